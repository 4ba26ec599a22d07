"""Enter an old register, read rows of it again at the book, confirm it, find holders that were not on record."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from certificates.errors import SamePerson
from certificates.intake.models import Intake
from certificates.intake.old import queries
from certificates.intake.old.models import OldEntry, OldRegister
from certificates.intake.old.programmes import written_out
from certificates.intake.old.words import READ_AGAIN
from certificates.intake.queries import RECOGNISE
from certificates.intake.services import COMPARED, Decided, checked
from lms import audit, clock, names
from lms.access import scope
from lms.access.models import User
from lms.db import atomic, insert_many, lock
from lms.errors import Conflict, Invalid
from lms.importing import values as cells
from lms.people.models import Official
from lms.people.queries import birth_of, officials_by
from lms.plugins.settings import setting
from lms.text import fold


class NotChecked(Conflict):
    """Rows of an old register wait for the second person."""

    code = "old_register_not_checked"


@dataclass(frozen=True)
class Row:
    """A row of the list: what it says, and whom and which programme it means."""

    number: int
    values: dict[str, Any]
    official: int | None
    programme: int | None
    doubts: Sequence[str]


@dataclass(frozen=True)
class Confirmed:
    """What confirming did: rows recognised, and rows kept until their holder is on record."""

    recognised: int
    kept: int


@atomic
def enter(rows: Sequence[Row], *, by: User) -> OldRegister:
    """Keep a list as the first reading and draw the rows that a second person reads again.

    The sample is drawn after the list is handed in: who sent it could not know which rows.
    """
    offices = scope.offices(by, RECOGNISE)
    register: OldRegister = OldRegister.create(first_by=by, organisation=offices[0] if offices else None)
    drawn = set(secrets.SystemRandom().sample(range(len(rows)), min(len(rows), setting("certificates.old_sample"))))  # fmt: skip
    insert_many(OldEntry, [_entry(register, row, place in drawn) for place, row in enumerate(rows)])
    audit.record(by, "certificates.old_entered", register, count=len(rows), drawn=len(drawn))
    return register


@atomic
def take_back(register: OldRegister, *, by: User) -> None:
    """Remove a register that nobody has begun to check (its import is taken back)."""
    OldEntry.delete().where(OldEntry.register == register).execute()
    OldRegister.delete().where(OldRegister.id == register.id).execute()


@atomic
def read_again(entry: OldEntry, values: dict[str, Any], *, by: User) -> OldEntry:
    """A second person reads a row in the book without seeing the list; after a difference the first may correct it.

    Raises SamePerson, Decided, Invalid naming the field.
    """
    register = lock(entry.register)
    entry = lock(entry)
    _must_be_open(register)
    if entry.state not in {"waiting", "differs", "alike"}:
        raise Decided(_("This row is decided already."))
    mine = register.first_by_id == by.id
    if mine and entry.state != "differs":
        raise SamePerson(_("You sent this register: somebody else reads its rows again."))
    read = _read(values)
    if mine:
        _correct(entry, read, by)
    else:
        entry.second, entry.second_by = read, by
    alike = not differing(entry)
    entry.state = "alike" if alike else "differs"
    entry.programme_id = int(entry.first["programme"] or 0) or None
    entry.save()
    audit.record(by, "certificates.old_read", entry, register=str(register), alike=alike)
    return entry


@atomic
def refuse_entry(entry: OldEntry, *, reason: str, by: User) -> OldEntry:
    """Leave a row out for good, with the reason. Raises Invalid, Decided."""
    register = lock(entry.register)
    entry = lock(entry)
    _must_be_open(register)
    if entry.state == "refused":
        raise Decided(_("This row is decided already."))
    entry.state, entry.reason = "refused", _reason(reason)
    entry.save(only=[OldEntry.state, OldEntry.reason])
    audit.record(by, "certificates.old_row_refused", entry, register=str(register), reason=entry.reason)
    return entry


@atomic
def confirm(register: OldRegister, *, by: User) -> Confirmed:
    """The second person's yes: rows read alike and, when the sample held, the others are recognised.

    A row whose holder is not on record is kept and counts from the day the holder is found.
    Raises SamePerson, Decided, NotChecked.
    """
    register = lock(register)
    _must_be_open(register)
    if register.first_by_id == by.id:
        raise SamePerson(_("You sent this register: somebody else confirms it."))
    left = queries.to_read(register).count()
    if left:
        raise NotChecked(ngettext("%(num)s row still has to be read in the book.", "%(num)s rows still have to be read in the book.", left))  # fmt: skip
    register.state, register.second_by, register.ended_at = "recognised", by, clock.now()
    register.save()
    rows = list(queries.rows(register).where(OldEntry.state.in_(("alike", "waiting"))))
    for entry in rows:
        _settle(entry, register, register.ended_at)
    held = sum(entry.state == "recognised" for entry in rows)
    audit.record(by, "certificates.old_recognised", register, count=held, kept=len(rows) - held)
    return Confirmed(held, len(rows) - held)


@atomic
def refuse(register: OldRegister, *, reason: str, by: User) -> OldRegister:
    """Refuse a register as a whole; its rows stay as they were read. Raises Invalid, Decided."""
    register = lock(register)
    _must_be_open(register)
    register.state, register.reason, register.ended_at = "refused", _reason(reason), clock.now()
    register.save()
    OldEntry.update(state="refused").where(OldEntry.register == register).execute()
    audit.record(by, "certificates.old_refused", register, reason=register.reason)
    return register


@atomic
def find_holders(register: OldRegister | None, *, by: User | None) -> int:
    """Look again for the holders of kept rows, of one register or of all; returns how many were found."""
    kept = queries.kept(register)
    people = _by_name({entry.name_folded for entry in kept})
    found = 0
    for entry in kept:
        entry.official = _only_holder(entry, people.get(entry.name_folded, []), _within(entry.register))
        if entry.official is not None:
            _settle(entry, entry.register, clock.now())
            found += 1
    if found:
        audit.record(by, "certificates.old_holders_found", register, count=found)
    return found


def differing(entry: OldEntry) -> list[str]:
    """Which lines the two read differently; capitals and the place of a tone mark are no difference."""
    second = entry.second or {}
    return [name for name in READ_AGAIN if _as_compared(name, entry.said(name)) != _as_compared(name, second.get(name, ""))]  # fmt: skip


def _entry(register: OldRegister, row: Row, drawn: bool) -> dict[str, Any]:
    first = {name: _text(value) for name, value in row.values.items()}
    return {
        "register": register.id,
        "number": row.number,
        "state": "waiting",
        "drawn": drawn,
        "doubted": bool(row.doubts),
        "doubts": list(row.doubts),
        "corrected": False,
        "official": row.official,
        "programme": row.programme,
        "serial": first["number"],
        "name_folded": fold(first["name"])[:120],
        "said_words": written_out(first["said"])[:200],
        "first": first,
        "reason": "",
    }


def _correct(entry: OldEntry, read: dict[str, str], by: User) -> None:
    """The first person's reading anew: the holder is looked for again, and the sample has found a mistake."""
    wrong = [name for name in READ_AGAIN if entry.said(name) and _as_compared(name, entry.said(name)) != _as_compared(name, read[name])]  # fmt: skip
    entry.corrected = entry.corrected or bool(wrong)
    entry.first = entry.first | read
    entry.serial, entry.name_folded = read["number"][:60], fold(read["name"])[:120]
    if {"name", "birth"} & set(wrong):
        people = _by_name({entry.name_folded})
        entry.official = _only_holder(entry, people.get(entry.name_folded, []), scope.organisations(by, RECOGNISE))  # fmt: skip


def _settle(entry: OldEntry, register: OldRegister, at: datetime) -> None:
    """Recognise a row, or keep it while its holder is not on record."""
    entry.state = "recognised" if entry.official_id else "kept"
    if entry.official_id:
        entry.intake = Intake.create(
            official=entry.official_id,
            programme=entry.programme_id,
            state="recognised",
            confidence="register" if entry.second else "sample",
            first={name: entry.said(name) for name in COMPARED},
            second={name: entry.said(name) for name in COMPARED} if entry.second else None,
            scan_path="",
            first_by=register.first_by_id,
            first_at=register.first_at,
            second_by=entry.second_by_id or register.second_by_id,
            recognised_at=at,
        )
    entry.save(only=[OldEntry.state, OldEntry.official, OldEntry.intake])


def _by_name(folded: set[str]) -> dict[str, list[Official]]:
    found: dict[str, list[Official]] = {}
    for one in officials_by(Official.name_folded, folded):
        found.setdefault(str(one.name_folded), []).append(one)
    return found


def _only_holder(entry: OldEntry, named: Sequence[Official], within: Any) -> Official | None:
    """The one official of that name whose birth fits; None for none or several."""
    birth = cells.birth_date(entry.said("birth")).value
    fitting = [
        one
        for one in named
        if one.organisation_id in within and birth and (on := birth_of(one)) and birth.agrees_with(on)
    ]
    return fitting[0] if len(fitting) == 1 else None


def _within(register: OldRegister) -> Any:
    return scope.subtree(register.organisation_id) if register.organisation_id else scope.ALL


def _read(values: dict[str, Any]) -> dict[str, str]:
    checked(values)
    return {name: _text(_birth(values[name]) if name == "birth" else values.get(name)) for name in READ_AGAIN}


def _birth(typed: Any) -> Any:
    read = cells.birth_date(typed)
    if read.problem or read.value is None:
        raise Invalid(fields={"birth": read.problem or _("Please give the birth date.")})
    return read.value


def _as_compared(name: str, said: str) -> Any:
    return names.sort_key(said) if name == "name" else said.casefold()


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else " ".join(str(value).split())


def _reason(reason: str) -> str:
    if not reason.strip():
        raise Invalid(fields={"reason": _("Please give the reason.")})
    return reason.strip()[:300]


def _must_be_open(register: OldRegister) -> None:
    if register.state != "keyed":
        raise Decided(_("This register is decided already."))
