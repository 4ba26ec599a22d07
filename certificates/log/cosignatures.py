"""Countersignatures of witnesses over signed states (C2SP `cosignature/v1`): checked, kept, published with the state."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask_babel import gettext as _

from certificates.log import notes
from certificates.log.models import Checkpoint, Cosignature, Witness
from certificates.token.algorithms import ED25519, holds
from lms import audit, clock
from lms.db import atomic
from lms.errors import Invalid, NotFound

#: Lines of an answer that are looked at, and how far a witness's clock may be ahead of ours.
MOST_LINES = 20
_AHEAD = timedelta(minutes=10)


@dataclass(frozen=True)
class Standing:
    """The newest state that a witness countersigned."""

    name: str
    title: str
    size: int
    signed_at: datetime

    @property
    def hours(self) -> int:
        """Whole hours since then."""
        return int((clock.now() - self.signed_at).total_seconds() // 3600)


@atomic
def set_key(witness: Witness, vkey: str) -> None:
    """Remember the key a witness countersigns with; an empty one forgets it. Raises Invalid."""
    if vkey:
        notes.read_cosigner(vkey)
    Witness.update(vkey=vkey.strip()).where(Witness.id == witness.id).execute()
    audit.record(None, "certificates.witness_key", witness, key=vkey.strip()[:100] or "-")


@atomic
def add(size: int, lines: Iterable[str]) -> int:
    """Keep the lines that hold over the state of a size, by keys of known witnesses; returns how many are new.

    Everything else is left alone: who is no witness here may sign what he likes. Raises NotFound for an unknown state.
    """
    state: Checkpoint | None = Checkpoint.get_or_none(Checkpoint.size == size)
    if state is None:
        raise NotFound(_("No state of %(size)s entries was signed here.", size=size))
    said = str(state.note).partition("\n\n")[0] + "\n"
    known = [one for one in Witness.select().where(Witness.vkey != "") if one.vkey]
    new = 0
    for line in list(lines)[:MOST_LINES]:
        for one in known:
            signed_at = _holds(line, str(one.vkey), said)
            if signed_at is not None:
                new += _keep(size, line, one, signed_at)
    return new


def import_file(content: str) -> tuple[int, int]:
    """Take in a countersigned state, as a file; returns its size and how many lines are new. Raises Invalid, NotFound."""
    said, blank, rest = content.replace("\r\n", "\n").partition("\n\n")
    lines = said.split("\n")
    if not blank or len(lines) < 3 or not (lines[1].isascii() and lines[1].isdigit()):
        raise Invalid(_("This is no signed state of the log."))
    size = int(lines[1])
    state = Checkpoint.get_or_none(Checkpoint.size == size)
    if state is not None and str(state.note).partition("\n\n")[0] != said:
        raise Invalid(
            _("This state is not the one that was signed here. Keep the file: somebody signed another log.")
        )
    return size, add(size, rest.split("\n"))


def lines_of(size: int) -> str:
    """The countersignatures over a state, as they stand behind the log's own."""
    rows = Cosignature.select(Cosignature.line).where(Cosignature.size == size).order_by(Cosignature.id)
    return "".join(f"{line}\n" for (line,) in rows.tuples())


def newest() -> list[Standing]:
    """Each witness with the newest state it countersigned, the newest first: one query."""
    rows = (
        Cosignature.select(
            Cosignature.name, Cosignature.size, Cosignature.signed_at, Witness.title.alias("title")
        )
        .join(Witness)
        .order_by(Cosignature.size.desc(), Cosignature.id)
        .limit(500)
        .dicts()
    )
    found: dict[str, Standing] = {}
    for row in rows:
        found.setdefault(row["name"], Standing(row["name"], row["title"], row["size"], row["signed_at"]))
    return list(found.values())


def signature_lines(body: bytes) -> Sequence[str]:
    """The lines of an answer that look like signatures."""
    return [one for one in body.decode(errors="replace").split("\n") if one.startswith("— ")]


def _keep(size: int, line: str, witness: Witness, signed_at: datetime) -> int:
    name = line.split(" ")[1]
    there = Cosignature.select().where(Cosignature.size == size, Cosignature.name == name).exists()
    if not there:
        Cosignature.create(size=size, name=name, line=line, witness=witness, signed_at=signed_at)
    return int(not there)


def _holds(line: str, vkey: str, said: str) -> datetime | None:
    """When the line was signed, if it is this key's over this state; None for anything else."""
    name, public = notes.read_cosigner(vkey)
    if not line.startswith(f"— {name} ") or len(line) > 400:
        return None
    try:
        raw = base64.b64decode(line.rsplit(" ", 1)[1], validate=True)
    except ValueError:
        return None
    if len(raw) != 76 or raw[:4] != notes.key_hash(name, public, notes.COSIGNATURE):
        return None
    seconds = int.from_bytes(raw[4:12], "big")
    message = f"cosignature/v1\ntime {seconds}\n{said}".encode()
    if not holds(ED25519, public, raw[12:], message) or seconds > 253_402_300_799:
        return None
    at = datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)
    return at if at <= clock.now() + _AHEAD else None
