"""Bring every signed state to people outside: over HTTP with the proof, by mail once a day."""

from __future__ import annotations

import base64
import logging
import re
import secrets
from datetime import timedelta

from flask_babel import force_locale
from flask_babel import gettext as _

from certificates.log import checkpoints, cosignatures, reading
from certificates.log.models import Checkpoint, Witness
from lms import audit, clock, crypto, text
from lms.access.models import User
from lms.api.webhooks import sending, targets
from lms.db import atomic
from lms.errors import Conflict, Invalid, LmsError, NotFound
from lms.jobs import huey
from lms.notify import write_to

_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")

log = logging.getLogger(__name__)

#: Bytes of an answer that are read: a few lines of signatures.
_MOST_ANSWER = 8000
#: Minutes until it is tried again, after each failure in a row.
_BACK_OFF = (1, 5, 15, 60, 360)
#: A letter goes out at most so often.
_LETTERS = timedelta(hours=24)


def all_of_them() -> list[Witness]:
    return list(Witness.select().order_by(Witness.id))


def witness_or_404(number: int) -> Witness:
    """Raises NotFound."""
    found: Witness | None = Witness.get_or_none(Witness.id == number)
    if found is None:
        raise NotFound(_("There is no such witness."))
    return found


@atomic
def add(title: str, address: str, *, by: User | None) -> tuple[Witness, str]:
    """Send every signed state to an address from now on; returns the witness and, over HTTP, its secret (shown once).

    Raises Invalid for an address that cannot be sent to, Conflict for one that is a witness already.
    """
    title, address = text.clean_line(title)[:120], address.strip()[:400]
    by_mail = "://" not in address
    if not title:
        raise Invalid(fields={"title": _("Please say who the witness is.")})
    _check(address, by_mail)
    if Witness.select().where(Witness.address == address).exists():
        raise Conflict(_("This address is a witness already."))
    secret = "" if by_mail else secrets.token_urlsafe(32)
    made: Witness = Witness.create(
        title=title,
        address=address,
        by_mail=by_mail,
        secret_sealed=crypto.seal(secret) if secret else "",
    )
    audit.record(by, "certificates.witness_added", made, address=address)
    return made, secret


@atomic
def remove(witness: Witness, *, by: User | None) -> None:
    """Send nothing there any more."""
    audit.record(by, "certificates.witness_removed", witness, address=witness.address)
    Witness.delete().where(Witness.id == witness.id).execute()


def due() -> list[int]:
    """Witnesses that lack the newest state and whose turn has come."""
    waiting = Witness.select(Witness.id).where(
        Witness.size < checkpoints.published(), Witness.due_at <= clock.now()
    )
    return [row[0] for row in waiting.order_by(Witness.id).tuples()]


def queue_due() -> int:
    """Queue what is due; returns how many witnesses."""
    waiting = due()
    for number in waiting:
        _send(number)
    return len(waiting)


@huey.task()
def _send(number: int) -> None:
    send(number)


def send(number: int) -> bool:
    """Send the newest state to one witness, if it is due and nobody else is at it; returns whether it was taken now.

    A failure is kept beside the witness and tried again later. HTTP goes on outside any transaction.
    """
    witness, last = _claim(number), checkpoints.latest()
    if witness is None or last is None:
        return False
    try:
        (_write if witness.by_mail else _post)(witness, last)
    except LmsError as problem:
        log.warning("witness %s did not take the state of %s entries", witness.id, last.size)
        minutes = _BACK_OFF[min(witness.attempts, len(_BACK_OFF) - 1)]
        later = clock.now() + timedelta(minutes=minutes)
        _note(witness, error=str(problem)[:500], attempts=witness.attempts + 1, due_at=later)
        return False
    now = clock.now()
    rest = _LETTERS if witness.by_mail else timedelta(0)
    _note(witness, size=last.size, taken_at=now, error="", attempts=0, due_at=now + rest)
    return True


def _claim(number: int) -> Witness | None:
    """The witness when it is due, kept from others for two minutes."""
    now = clock.now()
    taken = (
        Witness.update(due_at=now + timedelta(minutes=2))
        .where(Witness.id == number, Witness.due_at <= now, Witness.size < checkpoints.published())
        .execute()
    )
    return Witness.get_by_id(number) if taken else None


def message(old: int, last: Checkpoint) -> bytes:
    """What is posted: old size, consistency proof, empty line, signed state (C2SP tlog-witness, add-checkpoint)."""
    proof = reading.consistency_proof(old, int(last.size)) if old else []
    lines = [f"old {old}", *(base64.b64encode(one).decode() for one in proof), "", str(last.note)]
    return "\n".join(lines).encode()


def _post(witness: Witness, last: Checkpoint) -> None:
    """Post a state; when the witness answers that it stands elsewhere (409 with its size), once more from there."""
    try:
        answer = _posted(witness, last, int(witness.size))
    except sending.NotTaken as refused:
        theirs = _size_of(refused)
        if theirs is None or theirs in {int(witness.size), 0} or theirs > last.size:
            raise
        answer = _posted(witness, last, theirs)
    if witness.vkey:
        cosignatures.add(int(last.size), cosignatures.signature_lines(answer))


def _posted(witness: Witness, last: Checkpoint, old: int) -> bytes:
    return sending.post_signed(
        str(witness.address),
        crypto.unseal(witness.secret_sealed),
        message(old, last),
        event="certificates.checkpoint",
        number=int(last.size),
        content_type="text/plain; charset=utf-8",
        most=_MOST_ANSWER,
    )


def _size_of(refused: sending.NotTaken) -> int | None:
    """The size that a witness says it stands at (C2SP tlog-witness); None when it says something else."""
    said = bytes(refused.details.get("answer", b"")).strip()
    right = refused.details.get("answered") == 409 and said.isdigit() and len(said) < 15
    return int(said) if right else None


def _write(witness: Witness, last: Checkpoint) -> None:
    with force_locale("vi"):
        subject = _("Public log of certificates: %(size)s entries", size=last.size)
        words = _(
            "Please keep this letter. It is a signed state of the public log of certificates; with it anybody can prove later whether something before it was changed."
        )
    write_to(
        str(witness.address),
        str(witness.title),
        subject,
        f"{words}\n\n{last.note}",
        key=f"witness:{witness.id}:{last.size}",
    )


@atomic
def _note(witness: Witness, **values: object) -> None:
    Witness.update(**values).where(Witness.id == witness.id).execute()


def _check(address: str, by_mail: bool) -> None:
    if not by_mail:
        try:
            targets.parse(address)
        except LmsError as wrong:
            raise Invalid(fields={"address": wrong.message}) from wrong
    elif not _MAIL.fullmatch(address):
        raise Invalid(
            fields={"address": _("This is neither an address like https://… nor an e-mail address.")}
        )
