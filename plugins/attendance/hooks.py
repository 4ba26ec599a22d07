"""Attendance's answers to other people's questions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from courses.hookspecs import (
    ClassBlocker,
    ClassTab,
    ClassTile,
    ClosingCheck,
    Condition,
    SessionAction,
    SessionLock,
)
from courses.models import ClassSession, Klass, Membership
from courses.queries import certificate_rule
from courses.rules import rules_in_force
from lms import clock
from lms.access import can
from lms.access.models import ShortLink, User
from lms.answers import DataKind, Impact, Moving, NavItem
from lms.people.models import Official
from lms.plugins import hookimpl
from lms.web.filters import percent
from plugins.attendance import conditions, doors, matrix, queries, services
from plugins.attendance.models import Mark, Roll


@hookimpl
def navigation(user: User) -> list[NavItem] | None:
    if not can(user, "attendance.mark"):
        return None
    return [
        NavItem(
            _("Roll call"), url_for("attendance.now"), "clipboard-check", weight=30, active="attendance.now"
        )
    ]


@hookimpl
def class_tabs(klass: Klass, user: User) -> list[ClassTab] | None:
    if not can(user, "attendance.view"):
        return None
    url = url_for("attendance.class_sheet", class_id=klass.id)
    return [ClassTab(_("Attendance"), url, "attendance.class_sheet", weight=30)]


@hookimpl
def class_tiles(klass: Klass, user: User) -> list[ClassTile] | None:
    if not can(user, "attendance.view"):
        return None
    found = matrix.sheet(klass)
    return [
        ClassTile(
            _("Attendance"),
            percent(found.share, 1) if found.share is not None else "–",
            _tile_note(found),
            url=url_for("attendance.class_sheet", class_id=klass.id),
            tone="warn" if found.unrolled else "neutral",
            weight=30,
            series=matrix.week_shares(found),
        )
    ]


@hookimpl
def session_actions(session: ClassSession, user: User) -> list[SessionAction] | None:
    if (
        session.cancelled_at is not None
        or not can(user, "attendance.mark")
        or not queries.may_mark(session, user)
    ):
        return None
    if clock.now() < queries.opens_at(session):
        return None
    return [
        SessionAction(
            _("Roll call"), url_for("attendance.roll", session_id=session.id), primary=True, weight=10
        )
    ]


@hookimpl
def session_locks(klass: Klass) -> list[SessionLock]:
    """A session whose roll is locked stays as it was held."""
    query = (
        Roll.select(Roll.session)
        .join(ClassSession)
        .where(ClassSession.klass == klass, Roll.locked_at.is_null(False))
    )
    return [SessionLock(roll.session_id, _("The roll of this session is locked.")) for roll in query]


@hookimpl
def closing_checks(klass: Klass) -> list[ClosingCheck]:
    """Every held session's roll is locked; the address lists those that are not, each with its button."""
    found = matrix.sheet(klass, [])
    open_ones = found.unlocked
    return [
        ClosingCheck(
            "attendance.locked",
            _("The roll of every held session is locked"),
            met=not open_ones,
            detail=_open_sessions(open_ones) if open_ones else _locked_sessions(found),
            url=url_for("attendance.class_sheet", class_id=klass.id, show="missing" if open_ones else None),
            action=_("Open the rolls") if open_ones else "",
            weight=30,
        )
    ]


@hookimpl
def class_blockers(classes: Sequence[Klass], user: User) -> list[ClassBlocker]:
    """Held sessions whose roll is not locked."""
    reads = can(user, "attendance.view")
    return [
        ClassBlocker(
            klass_id,
            ngettext("%(num)s roll is not locked", "%(num)s rolls are not locked", count),
            url_for("attendance.class_sheet", class_id=klass_id, show="missing") if reads else "",
            weight=40,
        )
        for klass_id, count in queries.unlocked_counts(classes).items()
    ]


@hookimpl
def completion_conditions(klass: Klass, memberships: Sequence[Membership]) -> list[Condition]:
    """“Required sessions attended” for every learner, by the rule in force on the class's date."""
    asked = conditions.demand(klass, certificate_rule(klass))
    found = matrix.sheet(klass, memberships)
    evidence = url_for("attendance.class_sheet", class_id=klass.id)
    answers = []
    for line in found.lines:
        verdict = conditions.judge(line.cells, asked)
        answers.append(
            Condition(
                membership_id=line.membership.id,
                code="attendance.sessions",
                title=_("Required sessions attended"),
                needed=asked.words,
                actual=verdict.actual,
                met=verdict.met,
                evidence_url=f"{evidence}#m{line.membership.id}" if evidence else "",
                legal_source=asked.legal_source,
                rule_id=asked.rule_id,
                weight=30,
            )
        )
    return answers


@hookimpl
def open_short_link(link: ShortLink) -> str | None:
    if link.purpose != doors.PURPOSE:
        return None
    return url_for("attendance.link_roll", session_id=link.target["session_id"])


@hookimpl
def switch_impact(name: str) -> list[Impact] | None:
    """Rules in force whose condition nobody would answer without this plugin."""
    if name != "attendance":
        return None
    count = sum(rule.attendance_min > 0 for rule in rules_in_force(clock.today()))
    sentence = ngettext(
        "%(num)s rule in force on certificates asks for attendance.",
        "%(num)s rules in force on certificates ask for attendance.",
        count,
    )
    return [Impact(sentence, count)]


@hookimpl
def privacy_export(official: Official) -> dict[str, Any] | None:
    """The marks of an official, session by session."""
    query = (
        Mark.select(Mark, ClassSession, Membership)
        .join(ClassSession)
        .switch(Mark)
        .join(Membership)
        .where(Membership.official == official)
        .order_by(ClassSession.starts_at)
    )
    rows = [
        {
            "session": mark.session_id,
            "starts_at": mark.session.starts_at.isoformat(),
            "status": mark.status,
            "minutes_late": mark.minutes_late,
            "note": mark.reason,
        }
        for mark in query
    ]
    return {"attendance": rows} if rows else None


@hookimpl
def privacy_erase(official: Official) -> dict[str, int] | None:
    """Notes on marks are erased (they tell of illness and family); the marks themselves are records of legal value."""
    return services.erase_notes(official)


@hookimpl
def personal_data() -> list[DataKind]:
    return [
        DataKind(
            "attendance.mark",
            _("Marks in rolls"),
            _("To see whether the required attendance is met"),
            _("State management of officials by law; no consent is needed (Law 91/2025/QH15)"),
            _("Permanently, with the register of the class"),
            kept_because=_("Locked rolls belong to the register of the class."),
        ),
        DataKind(
            "attendance.note",
            _("Notes on absences"),
            _("To excuse an absence"),
            _("State management of officials by law; no consent is needed (Law 91/2025/QH15)"),
            _("24 months"),
            months=24,
            due=services.count_old_notes,
            erase=services.erase_old_notes,
        ),
    ]


@hookimpl
def merge_officials(kept: Official, gone: Official) -> list[Moving]:
    """Marks hang on the place in the class and go along with it; they are counted, so that none is missed."""
    counts = [
        Mark.select(Mark.id).join(Membership).where(Membership.official == one.id).tuples()
        for one in (kept, gone)
    ]
    return [
        Moving(
            Mark,
            _("Marks in rolls"),
            tuple(row[0] for row in counts[1]),
            counts[0].count(),
            field="",
            weight=50,
        )
    ]


@hookimpl
def demo_data(context: Any) -> None:
    from plugins.attendance.demo import fill  # noqa: PLC0415  generators are not needed to run a site

    fill(context)


def _tile_note(found: matrix.Sheet) -> str:
    if not found.held:
        return _("No session held yet")
    if found.unrolled:
        return ngettext(
            "%(num)s held session without a confirmed roll",
            "%(num)s held sessions without a confirmed roll",
            len(found.unrolled),
        )
    return ngettext("%(num)s session held", "%(num)s sessions held", len(found.held))


def _open_sessions(columns: Sequence[matrix.Column]) -> str:
    shown = ", ".join(str(column.session.number) for column in columns[:8])
    more = len(columns) - 8
    if more > 0:
        return _("Not locked: sessions %(numbers)s and %(count)s more.", numbers=shown, count=more)
    return ngettext(
        "Not locked: session %(numbers)s.", "Not locked: sessions %(numbers)s.", len(columns), numbers=shown
    )


def _locked_sessions(found: matrix.Sheet) -> str:
    if not found.held:
        return _("No session held yet")
    return ngettext("%(num)s roll locked", "%(num)s rolls locked", len(found.held))
