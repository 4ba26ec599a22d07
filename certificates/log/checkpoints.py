"""Signed states of the log. Only the worker makes them: web processes hold no private key."""

from __future__ import annotations

import base64
import os
from pathlib import Path
from urllib.parse import urlsplit

from flask_babel import gettext as _

from certificates import keys
from certificates.log import notes, reading, tree
from certificates.log.models import Checkpoint, KeyChange, LogHead, LogKey
from lms import audit, clock
from lms.config import settings
from lms.db import atomic, db, lock
from lms.errors import Conflict


class LogRewritten(Conflict):
    """The log is not a continuation of what was signed before; nothing is signed any more until somebody looks."""

    code = "log_rewritten"


def latest() -> Checkpoint | None:
    """The newest published state."""
    found: Checkpoint | None = Checkpoint.select().order_by(Checkpoint.size.desc()).first()
    return found


def published() -> int:
    """How many entries are published; 0 before the first checkpoint."""
    return int(Checkpoint.select(Checkpoint.size).order_by(Checkpoint.size.desc()).limit(1).scalar() or 0)


def key() -> LogKey | None:
    """The key that signs now."""
    found: LogKey | None = LogKey.select().order_by(LogKey.id.desc()).first()
    return found


def signing_keys() -> list[LogKey]:
    """The keys that sign now: the newest, after the one before it as long as an announced change is under way."""
    newest = list(LogKey.select().order_by(LogKey.id.desc()).limit(2))
    if len(newest) < 2:
        return newest
    both = (
        KeyChange.select().where(KeyChange.key == newest[0].id, KeyChange.alone_from > clock.now()).exists()
    )
    return newest[::-1] if both else newest[:1]


def origin() -> str:
    """The name of the log: host and path, without a scheme."""
    return f"{urlsplit(settings().base_url).netloc}/log"


@atomic
def make() -> Checkpoint | None:
    """Sign the present state of the log; None when nothing was added since the last one.

    The log's key is made when there is none. Raises LogRewritten when the log is shorter than, or differs from, the
    last state signed by this installation (in the database, or in its copy beside the database), and KeyUnavailable.
    """
    head = lock(LogHead.get_or_none() or LogHead.create())
    size, root = int(head.size), tree.fold(tree.Growing.read(head.size, bytes(head.peaks)).peaks)
    _must_continue(size, root)
    last = latest()
    if not size or (last is not None and last.size == size):
        return None
    signers = signing_keys() or [make_key()]
    text = notes.body(str(signers[-1].origin), size, root)
    note = text + "\n"
    for one in signers:
        signature = keys.signer_for(str(one.kid)).sign(text.encode())
        note += notes.line(str(one.origin), bytes(one.public_key), signature)
    made: Checkpoint = Checkpoint.create(size=size, root=root, note=note)
    db.obj.after_commit(lambda: _keep_copy(note))
    return made


@atomic
def make_key(name: str = "") -> LogKey:
    """Make a key of the log: private half into the key folder, public half into the database.

    `name`: of the log, when it has one already; it stays whatever address the site has later.
    """
    signer = keys.new_signer()
    keys.save(signer)
    made: LogKey = LogKey.create(kid=signer.kid.hex(), origin=name or origin(), public_key=signer.public_key)
    audit.record(None, "certificates.log_key_made", None, kid=made.kid, origin=made.origin)
    return made


def vkey(one: LogKey) -> str:
    """The public key as witnesses pin it."""
    return notes.verifier_key(str(one.origin), bytes(one.public_key))


def copy_path() -> Path:
    """Where the last signed state is kept outside the database, so that an old database is noticed."""
    return settings().instance / "log" / "checkpoint"


def read_copy() -> tuple[int, bytes] | None:
    """Size and root of the copy outside the database; None when there is none."""
    try:
        lines = copy_path().read_text().split("\n")
    except OSError:
        return None
    return int(lines[1]), base64.b64decode(lines[2])


def _must_continue(size: int, root: bytes) -> None:
    last = latest()
    known = [(int(last.size), bytes(last.root))] if last is not None else []
    copy = read_copy()
    for before, was in [*known, *([copy] if copy else [])]:
        if before > size:
            raise LogRewritten(
                _(
                    "The public log has %(size)s entries, but a state of %(before)s was signed before. An old database may have been put back. Nothing is signed until this is cleared up: run “lms certificates audit”.",
                    size=size,
                    before=before,
                )
            )
        if (root if before == size else reading.root(before)) != was:
            raise LogRewritten(
                _(
                    "The public log was changed below entry %(before)s, which was signed before. Nothing is signed until this is cleared up: run “lms certificates audit”.",
                    before=before,
                )
            )
    if size and reading.root(size) != root:
        raise LogRewritten(
            _(
                "The end of the public log does not fit its entries. Nothing is signed until this is cleared up: run “lms certificates audit”."
            )
        )


def _keep_copy(note: str) -> None:
    path = copy_path()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_suffix(f".{os.getpid()}.new")
    draft.write_text(note)
    draft.replace(path)
