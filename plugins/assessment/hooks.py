"""Assessment's answers to other people's questions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from courses.hookspecs import ClassBlocker, ClassTab, ClassTile, ClosingCheck, Condition
from courses.models import Klass, Membership
from courses.queries import certificate_rule
from courses.rules import rules_in_force
from lms import clock
from lms.access import can
from lms.access.models import User
from lms.answers import DataKind, Impact, Moving
from lms.people.models import Official
from lms.plugins import hookimpl, setting
from plugins.assessment import conditions, marks, queries
from plugins.assessment.models import Score, Test


@hookimpl
def class_tabs(klass: Klass, user: User) -> list[ClassTab] | None:
    if not can(user, "assessment.view"):
        return None
    return [ClassTab(_("Scores"), _address(klass), "assessment.scores", weight=40)]


@hookimpl
def class_tiles(klass: Klass, user: User) -> list[ClassTile] | None:
    if not can(user, "assessment.view"):
        return None
    grid = queries.grid(klass, certificate_rule(klass))
    wanted = conditions.required(grid)
    if not wanted:
        return [ClassTile(_("Scores"), "–", _("No test planned yet"), url=_address(klass), weight=40)]
    found = [grid.attempts(test, one) for test in wanted for one in grid.memberships]
    entered = sum(1 for one in found if one.counting is not None)
    failed = sum(1 for one in found if one.passed(grid.share) is False)
    note = (
        ngettext("%(num)s below the pass mark", "%(num)s below the pass mark", failed)
        if failed
        else ngettext("%(num)s required test", "%(num)s required tests", len(wanted))
    )
    return [
        ClassTile(
            _("Scores"), f"{entered}/{len(found)}", note, url=_address(klass), tone="warn" if failed else "neutral",
            weight=40, series=_pass_shares(grid, wanted),
        )
    ]  # fmt: skip


@hookimpl
def closing_checks(klass: Klass) -> list[ClosingCheck] | None:
    """All required tests have scores."""
    if not setting("assessment.tests_expected", klass=klass):
        return None
    grid = queries.grid(klass, certificate_rule(klass))
    wanted = conditions.required(grid)
    gaps = [(test, len(grid.missing(test))) for test in wanted]
    gaps = [(test, count) for test, count in gaps if count]
    return [
        ClosingCheck(
            "assessment.scores",
            _("All required tests have scores"),
            met=bool(wanted) and not gaps,
            detail=_gaps(wanted, gaps),
            url=_address(klass),
            action=_("Enter scores") if wanted else _("Plan the tests"),
            weight=40,
        )
    ]


@hookimpl
def class_blockers(classes: Sequence[Klass], user: User) -> list[ClassBlocker]:
    """Scores that are missing in tests already held; under review, in every required test."""
    asked = [
        klass
        for klass in classes
        if klass.state != "enrolling" and setting("assessment.tests_expected", klass=klass)
    ]
    reads = can(user, "assessment.view")
    return [
        ClassBlocker(
            klass.id,
            ngettext("%(num)s score is missing", "%(num)s scores are missing", missing)
            if missing
            else _("No test is planned"),
            _address(klass) if reads else "",
            weight=50,
        )
        for klass, missing in queries.missing_counts(asked)
    ]


@hookimpl
def completion_conditions(klass: Klass, memberships: Sequence[Membership]) -> list[Condition] | None:
    """“Every test passed” for every learner, by the rule in force on the class's date."""
    if not setting("assessment.tests_expected", klass=klass):
        return None
    rule = certificate_rule(klass)
    grid = queries.grid(klass, rule, memberships)
    needed = conditions.needed(grid, rule)
    evidence = _address(klass)
    answers = []
    for one in memberships:
        verdict = conditions.judge(grid, one, rule)
        answers.append(
            Condition(
                membership_id=one.id,
                code="assessment.every_test",
                title=_("Every required test passed"),
                needed=needed,
                actual=verdict.actual,
                met=verdict.met,
                evidence_url=f"{evidence}#m{one.id}" if evidence else "",
                legal_source=rule.legal_source if rule else "",
                rule_id=rule.id if rule else "",
                weight=40,
            )
        )
    return answers


@hookimpl
def switch_impact(name: str) -> list[Impact] | None:
    """Rules in force whose condition nobody would answer without this plugin."""
    if name != "assessment":
        return None
    count = sum(rule.every_test_min > 0 for rule in rules_in_force(clock.today()))
    sentence = ngettext(
        "%(num)s rule in force on certificates asks for passed tests.",
        "%(num)s rules in force on certificates ask for passed tests.",
        count,
    )
    return [Impact(sentence, count)]


@hookimpl
def privacy_export(official: Official) -> dict[str, Any] | None:
    """The scores of an official, attempt by attempt."""
    query = (
        Score.select(Score, Test)
        .join(Test)
        .switch(Score)
        .join(Membership)
        .where(Membership.official == official)
        .order_by(Score.id)
    )
    rows = [
        {
            "test": row.test.title,
            "class": row.test.klass_id,
            "attempt": row.attempt,
            "points": marks.write(row.points),
            "scale": marks.write(row.test.scale_max),
            "at": row.at.isoformat(),
        }
        for row in query
    ]
    return {"scores": rows} if rows else None


@hookimpl
def privacy_erase(official: Official) -> dict[str, int] | None:
    """Scores are records of legal value, and nothing else is kept here: nothing to erase."""
    return None


@hookimpl
def personal_data() -> list[DataKind]:
    return [
        DataKind(
            "assessment.score",
            _("Scores"),
            _("To assess whether a class is completed"),
            _("State management of officials by law; no consent is needed (Law 91/2025/QH15)"),
            _("Permanently, with the register of the class"),
            kept_because=_("Scores belong to the register of the class."),
        ),
    ]


@hookimpl
def merge_officials(kept: Official, gone: Official) -> list[Moving]:
    """Scores hang on the place in the class and go along with it; they are counted, so that none is missed."""
    counts = [
        Score.select(Score.id).join(Membership).where(Membership.official == one.id).tuples()
        for one in (kept, gone)
    ]
    return [
        Moving(Score, _("Scores"), tuple(row[0] for row in counts[1]), counts[0].count(), field="", weight=51)
    ]


@hookimpl
def demo_data(context: Any) -> None:
    from plugins.assessment.demo import fill  # noqa: PLC0415  generators are not needed to run a site

    fill(context)


def _address(klass: Klass) -> str:
    """The class's scores."""
    return url_for("assessment.scores", class_id=klass.id)


def _pass_shares(grid: queries.Grid, wanted: Sequence[Test]) -> tuple[float, ...]:
    people = len(grid.memberships)
    if not people:
        return ()
    return tuple(
        sum(1 for one in grid.memberships if grid.attempts(test, one).passed(grid.share)) / people
        for test in wanted
    )


def _gaps(wanted: Sequence[Test], gaps: Sequence[tuple[Test, int]]) -> str:
    if not wanted:
        return _(
            "No required test is planned. If the programme has none, switch the requirement off for this class."
        )
    if not gaps:
        return ngettext(
            "%(num)s required test, all scores in", "%(num)s required tests, all scores in", len(wanted)
        )
    return "; ".join(
        _("%(test)s: %(count)s without a score", test=test.title, count=count) for test, count in gaps[:4]
    )
