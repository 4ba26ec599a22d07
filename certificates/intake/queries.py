"""Reads of the intake desk, inside the user's organisations."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _

from certificates.hookspecs import Evidence
from certificates.intake.models import Intake
from certificates.intake.words import LEVELS
from courses.models import Programme
from lms import clock
from lms.access import scope
from lms.access.models import User
from lms.errors import NotFound
from lms.people.models import Official

RECOGNISE = "certificates.recognise"
OPEN = ("keyed", "differs")


def intakes(user: User, *, done: bool = False) -> Any:
    """Papers that wait, oldest first, or those decided, newest first."""
    query = Intake.select(Intake, Official, Programme).join(Official).switch(Intake).join(Programme)
    query = scope.limit(query, Official.organisation, user, RECOGNISE)
    if done:
        return query.where(Intake.state.not_in(OPEN)).order_by(Intake.id.desc())
    return query.where(Intake.state.in_(OPEN)).order_by(Intake.id)


def intake_or_404(intake_id: int, user: User) -> Intake:
    """One paper inside the user's organisations. Raises NotFound."""
    for done in (False, True):
        row: Intake | None = intakes(user, done=done).where(Intake.id == intake_id).first()
        if row is not None:
            return row
    raise NotFound(_("There is no such paper among those you may see."))


def of_official(official_id: int) -> list[Intake]:
    """Recognised papers of an official, the newest first."""
    query = Intake.select(Intake, Programme).join(Programme)
    return list(
        query.where(Intake.official == official_id, Intake.state == "recognised").order_by(Intake.id.desc())
    )


def evidence(official_ids: Sequence[int], on: date, address: str) -> list[Evidence]:
    """Recognised papers known on a day: one query for each 30,000 persons. They count as what they are: not ours."""
    found: list[Evidence] = []
    for start in range(0, len(official_ids), 30_000):
        rows = (
            Intake.select(Intake, Programme)
            .join(Programme)
            .where(
                Intake.official.in_(list(official_ids[start : start + 30_000])),
                Intake.recognised_at.is_null(False),
            )
            .order_by(Intake.id)
        )
        found += [_as_evidence(row, on, address) for row in rows if _day(row.recognised_at) <= on]
    return found


def _as_evidence(row: Intake, on: date, address: str) -> Evidence:
    ended = row.state == "withdrawn" and _day(row.ended_at) <= on
    return Evidence(
        official_id=row.official_id,
        kind="recognised",
        programme_code=row.programme.code,
        number=row.first["number"],
        awarded_on=row.day("awarded_on"),
        # Known here from the day it was recognised, whatever the paper says.
        issued_on=_day(row.recognised_at),
        valid_until=row.day("valid_until"),
        status="revoked" if ended else "issued",
        status_from=_day(row.ended_at if ended else row.recognised_at),
        url=f"{address}/certificates/recognition/{row.id}",
        issuer=_(
            "%(issuer)s (recognised; %(level)s)", issuer=row.first["issuer"], level=LEVELS[row.confidence]
        ),
    )


def _day(moment: Any) -> date:
    return clock.local(moment).date()
