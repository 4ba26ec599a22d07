"""The demonstration of enrolment: nominations in every state for the class that takes them."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from courses.models import Klass
from lms import clock
from lms.demo.nominees import NOMINEES
from lms.people.models import Official
from plugins.enrolment.models import Nomination
from plugins.enrolment.services.deciding import accept, reject
from plugins.enrolment.services.nominating import nominate_one, withdraw

#: The nominee of the sample list whom the agency has put forward already.
EARLY = "060995"


def fill(context: Any) -> None:
    """Other agencies nominated for the enrolling class: some accepted, rejected, withdrawn, most waiting."""
    klass: Klass = context.things["class.enrolling"]
    officer, agency = context.users["academic_officer"], context.users["training_officer"]
    with _at(klass, 18, context):
        made = [_nominate(klass, official) for official in _others(context)]
        early = Official.get(Official.code == EARLY)
        nominate_one(klass, early, early.organisation, by=agency)
    with _at(klass, 14, context):
        accept(klass, [one.id for one in made[:4]], by=officer)
        reject(klass, [made[4].id], by=officer, reason="Đã có chứng chỉ của chương trình này, còn hiệu lực.")
        withdraw(made[5], by=officer, reason="Cơ quan điều động đồng chí làm nhiệm vụ khác.")
    context.things["nomination.early"] = early
    context.note(f"{Nomination.select().count()} nominations")


def _nominate(klass: Klass, official: Official) -> Nomination:
    return nominate_one(klass, official, official.organisation, by=None, remark="Quy hoạch")


def _others(context: Any) -> list[Official]:
    """A dozen deputies and heads of division of other agencies, not in the class."""
    sample = {nominee[0] for nominee in NOMINEES}
    inside = {one.official_id for one in context.things["class.enrolling"].memberships}
    free = [
        one
        for one in context.officials
        if one.position in {"Phó Trưởng phòng", "Trưởng phòng"}
        and one.organisation.kind == "agency"
        and one.code not in sample
        and one.id not in inside
    ]
    chosen: list[Official] = context.rng.sample(free, 12)
    return chosen


def _at(klass: Klass, days_before: int, context: Any) -> Any:
    starts = klass.starts_on or context.today
    day = min(starts - timedelta(days=days_before), context.today)
    return clock.frozen(datetime.combine(day, time(9)))
