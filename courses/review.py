"""Everything about the review of a class: each learner's conditions, the verdict, and what still blocks closing.

Nothing here is stored: the answers are asked of the plugins at the moment they are needed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from courses import queries
from courses.hookspecs import ClosingCheck, Condition
from courses.models import Klass, Membership, Result
from lms.plugins import ask


@dataclass(frozen=True)
class Column:
    """One condition as the heading of a column: what is the same for every learner."""

    code: str
    title: Any
    #: Empty when it differs between learners; the cells then say it.
    needed: Any
    legal_source: Any


class Verdict(StrEnum):
    """What the conditions of one learner add up to."""

    COMPLETE = "complete"
    INCOMPLETE = "incomplete"
    OPEN = "open"


@dataclass(frozen=True)
class LearnerReview:
    """One learner with every condition and the verdict; `frozen` once the class is closed."""

    membership: Membership
    conditions: tuple[Condition, ...]
    verdict: Verdict
    frozen: bool = False

    def condition(self, code: str) -> Condition | None:
        """The condition of that code, None when it does not apply to this learner."""
        return next((one for one in self.conditions if one.code == code), None)

    @property
    def unmet(self) -> list[Condition]:
        return [one for one in self.conditions if one.met is False]

    @property
    def undecided(self) -> list[Condition]:
        return [one for one in self.conditions if one.met is None]


def completion(klass: Klass) -> list[LearnerReview]:
    """Every learner's conditions and verdict, in name order. A closed class answers with what was frozen."""
    members = queries.learners(klass)
    if klass.state == "closed":
        return _frozen(klass, members)
    return judge(klass, members)


def judge(klass: Klass, members: list[Membership]) -> list[LearnerReview]:
    """Ask every plugin for its conditions now: a constant number of queries for any number of learners."""
    answers: dict[int, list[Condition]] = {member.id: [] for member in members}
    for condition in ask("completion_conditions", klass=klass, memberships=members):
        if condition.membership_id in answers:
            answers[condition.membership_id].append(condition)
    return [
        LearnerReview(member, tuple(answers[member.id]), verdict(answers[member.id])) for member in members
    ]


def verdict(conditions: list[Condition]) -> Verdict:
    """Incomplete as soon as one condition is not met; complete only when all are; without any, nobody can say."""
    if any(one.met is False for one in conditions):
        return Verdict.INCOMPLETE
    if conditions and all(one.met for one in conditions):
        return Verdict.COMPLETE
    return Verdict.OPEN


def columns(reviews: list[LearnerReview]) -> list[Column]:
    """The conditions of a class in their order, each named once."""
    found: dict[str, list[Condition]] = {}
    for one in (condition for row in reviews for condition in row.conditions):
        found.setdefault(one.code, []).append(one)
    return [
        Column(
            code,
            same[0].title,
            _common(one.needed for one in same),
            _common(one.legal_source for one in same),
        )
        for code, same in found.items()
    ]


def _common(values: Iterable[Any]) -> Any:
    """The one value all share, else empty."""
    known = {str(value) for value in values}
    return known.pop() if len(known) == 1 else ""


def closing_checks(klass: Klass) -> list[ClosingCheck]:
    """Every line of the closing checklist, of courses itself and of the plugins that are on for the class."""
    return ask("closing_checks", klass=klass)


def blockers(checks: list[ClosingCheck]) -> list[ClosingCheck]:
    """The lines that keep the class from being closed."""
    return [check for check in checks if check.blocking and not check.met]


def evidence(review: LearnerReview) -> list[dict[str, Any]]:
    """The conditions as they are kept for good: plain values, sentences as they were shown."""
    return [
        {
            "code": one.code,
            "title": str(one.title),
            "needed": str(one.needed),
            "actual": str(one.actual),
            "met": one.met,
            "evidence_url": one.evidence_url,
            "legal_source": str(one.legal_source),
            "rule_id": one.rule_id,
        }
        for one in review.conditions
    ]


def _frozen(klass: Klass, members: list[Membership]) -> list[LearnerReview]:
    kept = queries.results(klass)
    return [_from_result(member, kept[member.id]) for member in members if member.id in kept]


def _from_result(member: Membership, result: Result) -> LearnerReview:
    conditions = tuple(Condition(membership_id=member.id, **row) for row in result.conditions)
    return LearnerReview(
        member, conditions, Verdict.COMPLETE if result.completed else Verdict.INCOMPLETE, frozen=True
    )
