"""Reads of old registers, inside the user's organisations."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from peewee import JOIN, fn

from certificates.intake.old.models import OldEntry, OldRegister
from certificates.intake.queries import RECOGNISE
from courses.models import Programme
from lms.access import scope
from lms.access.models import User
from lms.errors import NotFound
from lms.people.models import Official


def registers(user: User) -> Any:
    """Old registers the user's desk took in, the newest first, each with the number of its rows."""
    counted = OldEntry.select(fn.COUNT(OldEntry.id)).where(OldEntry.register == OldRegister.id)
    query = OldRegister.select(OldRegister, User, counted.alias("count")).join(
        User, on=(OldRegister.first_by == User.id), attr="first_by"
    )
    return scope.limit(query, OldRegister.organisation, user, RECOGNISE).order_by(OldRegister.id.desc())


def register_or_404(register_id: int, user: User) -> OldRegister:
    """One old register of the user's desk. Raises NotFound."""
    row: OldRegister | None = registers(user).where(OldRegister.id == register_id).first()
    if row is None:
        raise NotFound(_("There is no such register among those you may see."))
    return row


def entry_or_404(register: OldRegister, entry_id: int) -> OldEntry:
    """One row of a register. Raises NotFound."""
    row: OldEntry | None = rows(register).where(OldEntry.id == entry_id).first()
    if row is None:
        raise NotFound(_("The register has no such row."))
    row.register = register
    return row


def rows(register: OldRegister) -> Any:
    """All rows, in the order of the list, with holder and programme."""
    return (
        OldEntry.select(OldEntry, Official, Programme)
        .join(Official, JOIN.LEFT_OUTER)
        .switch(OldEntry)
        .join(Programme, JOIN.LEFT_OUTER)
        .where(OldEntry.register == register)
        .order_by(OldEntry.number)
    )


def to_read(register: OldRegister) -> Any:
    """Rows that a second person still has to read: doubtful and drawn ones, all once the sample found a mistake."""
    query = rows(register).where(OldEntry.state.in_(("waiting", "differs")))
    if sample_failed(register):
        return query
    return query.where(OldEntry.drawn | OldEntry.doubted | (OldEntry.state == "differs"))


def sample_failed(register: OldRegister) -> bool:
    """Whether a drawn row was wrong in the list: then none is taken on trust."""
    wrong = OldEntry.corrected | (OldEntry.state == "refused")
    return bool(OldEntry.select().where(OldEntry.register == register, OldEntry.drawn, wrong).exists())


def counts(register: OldRegister) -> dict[str, int]:
    """How many rows of each state."""
    query = OldEntry.select(OldEntry.state, fn.COUNT(OldEntry.id)).where(OldEntry.register == register)
    return dict(query.group_by(OldEntry.state).tuples())


def kept(register: OldRegister | None) -> list[OldEntry]:
    """Confirmed rows whose holder was not on record."""
    query = OldEntry.select(OldEntry, OldRegister).join(OldRegister).where(OldEntry.state == "kept")
    return list(query.where(OldEntry.register == register) if register else query)


def of_intake(intake_id: int) -> OldEntry | None:
    """The row of an old register from which a paper was recognised."""
    query = OldEntry.select(OldEntry, OldRegister).join(OldRegister).where(OldEntry.intake == intake_id)
    found: OldEntry | None = query.first()
    return found
