"""What courses answers to others' questions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from courses import blocking, cards, merging, queries, review
from courses.hookspecs import ClassBlocker, ClassTab, ClosingCheck
from courses.models import ClassSession, Klass, Membership
from courses.queries import calendar
from courses.review import Verdict
from courses.services.classes import STATE_NAMES
from lms.access import can
from lms.access.models import User
from lms.answers import (
    CalendarEntry,
    ClassScopes,
    DataKind,
    Hit,
    HomeCard,
    Impact,
    Moving,
    NavItem,
    ScopeKind,
    Story,
)
from lms.people.models import Official
from lms.plugins import hookimpl
from lms.plugins.registry import registry


@hookimpl
def navigation(user: User) -> list[NavItem] | None:
    if not any(can(user, f"courses.{deed}") for deed in ("view", "teach", "learn")):
        return None
    return [NavItem(_("Classes"), url_for("courses.classes"), "graduation-cap", weight=20, active="courses.")]


@hookimpl
def class_tabs(klass: Klass, user: User) -> list[ClassTab]:
    tabs = [
        ClassTab(_("Overview"), url_for("courses.klass", class_id=klass.id), "courses.klass", weight=10),
        ClassTab(
            _("Timetable"), url_for("courses.sessions", class_id=klass.id), "courses.sessions", weight=20
        ),
    ]
    if can(user, "courses.view") or can(user, "courses.teach"):
        tabs.append(
            ClassTab(
                _("Learners"), url_for("courses.learners", class_id=klass.id), "courses.learners", weight=15
            )
        )
    if can(user, "courses.view"):
        tabs.append(
            ClassTab(_("Review"), url_for("courses.reviews", class_id=klass.id), "courses.reviews", weight=80)
        )
    if can(user, "courses.manage"):
        tabs.append(
            ClassTab(
                _("Modules"), url_for("courses.modules", class_id=klass.id), "courses.modules", weight=95
            )
        )
    return tabs


@hookimpl
def calendar_entries(user: User, part: str) -> list[CalendarEntry] | None:
    """Own sessions, or ("class-12") all sessions of one class the user may see."""
    if not part:
        return calendar.entries_for(user)
    kind, _sign, number = part.partition("-")
    return calendar.entries_for(user, int(number)) if kind == "class" else None


@hookimpl
def search(words: str, user: User) -> list[Hit] | None:
    """Classes by code and title."""
    if not any(can(user, f"courses.{deed}") for deed in ("view", "teach", "learn")):
        return None
    return [
        Hit(
            klass.title,
            url_for("courses.klass", class_id=klass.id),
            _("Classes"),
            f"{klass.code} · {STATE_NAMES[klass.state]}",
            "graduation-cap",
            weight=20,
        )
        for klass in queries.classes_for(user, search=words).limit(6)
    ]


@hookimpl
def history_of(kind: str, object_id: str, user: User) -> list[Story]:
    """The history of a class with its sessions; of a session. For who runs classes, within the own scope."""
    if not object_id.isdigit() or not (can(user, "courses.manage") or can(user, "courses.close")):
        return []
    number = int(object_id)
    if kind == "courses_session":
        session = ClassSession.get_or_none(ClassSession.id == number)
        mine = session is not None and queries.classes_for(user).where(Klass.id == session.klass_id).exists()
        return [Story(kind, [number])] if mine else []
    if kind != "courses_class" or not queries.classes_for(user).where(Klass.id == number).exists():
        return []
    sessions = ClassSession.select(ClassSession.id).where(ClassSession.klass == number).tuples()
    return [Story(kind, [number]), Story("courses_session", [row[0] for row in sessions])]


@hookimpl
def closing_checks(klass: Klass) -> list[ClosingCheck]:
    """Learners are there, and nobody's result is left open."""
    reviews = review.judge(klass, queries.learners(klass))
    undecided = sum(one.verdict is Verdict.OPEN for one in reviews)
    passed = sum(one.verdict is Verdict.COMPLETE for one in reviews)
    if not reviews:
        detail = _("Nobody is in the class.")
    elif undecided:
        detail = ngettext(
            "%(num)s result cannot be decided yet.", "%(num)s results cannot be decided yet.", undecided
        )
    else:
        detail = _(
            "%(passed)s complete, %(failed)s not complete.", passed=passed, failed=len(reviews) - passed
        )
    return [
        ClosingCheck(
            code="courses.results",
            title=_("Every learner has a result"),
            met=bool(reviews) and not undecided,
            detail=detail,
            url=url_for("courses.reviews", class_id=klass.id, show=Verdict.OPEN.value if undecided else None),
            action=_("See the conditions"),
            weight=90,
        )
    ]


@hookimpl
def home_cards(user: User) -> list[HomeCard]:
    return cards.of(user)


@hookimpl
def class_blockers(classes: Sequence[Klass], user: User) -> list[ClassBlocker]:
    """Sessions to come, no timetable, nobody in the class."""
    return blocking.of(classes)


@hookimpl
def scope_kinds() -> list[ScopeKind]:
    """A programme, and a class."""
    return [
        ScopeKind("programme", _("Programme"), queries.programmes_named, queries.find_programmes, weight=20),
        ScopeKind(
            "class",
            _("Class"),
            lambda ids: {
                number: (title, url_for("courses.modules", class_id=number))
                for number, title in queries.classes_named(ids).items()
            },
            queries.find_classes,
            weight=30,
        ),
    ]


@hookimpl
def class_scopes(class_ids: range) -> list[ClassScopes]:
    """Organisations from the top of the tree to the organiser, then the programme."""
    return [ClassScopes(class_id, around) for class_id, around in queries.scopes_around(class_ids).items()]


@hookimpl
def switch_impact(name: str) -> list[Impact]:
    """How many classes under way would lose, or get, the plugin."""
    if registry.found[name].plugin.required:
        return []
    count = queries.count_with(name)
    return [
        Impact(
            ngettext(
                "%(num)s class that is enrolling, running or under review works with it.",
                "%(num)s classes that are enrolling, running or under review work with it.",
                count,
            ),
            count,
            url_for("courses.classes"),
        )
    ]


@hookimpl
def privacy_export(official: Official) -> dict[str, Any] | None:
    """Classes an official was in, with dates."""
    rows = Membership.select(Membership, Klass).join(Klass).where(Membership.official == official)
    found = [
        {
            "class": row.klass.code,
            "title": row.klass.title,
            "joined_at": row.joined_at.isoformat(),
            "left_at": row.left_at and row.left_at.isoformat(),
        }
        for row in rows
    ]
    return {"classes": found} if found else None


@hookimpl
def privacy_erase(official: Official) -> dict[str, int]:
    """Nothing goes: who was in which class, and with what result, is kept as the register of training."""
    return {}


@hookimpl
def personal_data() -> list[DataKind]:
    return [
        DataKind(
            "courses.membership",
            _("Places in classes and results"),
            _("To run classes and to recognise results"),
            _("State management of officials by law; no consent is needed (Law 91/2025/QH15)"),
            _("Permanently, with the register of the class"),
            kept_because=_("Class registers and recognised results are kept permanently."),
        ),
    ]


@hookimpl
def merge_officials(kept: Official, gone: Official) -> list[Moving]:
    """Classes go along. Of two places in one class the one already left stays; two live ones forbid the merge."""
    return merging.moving(kept, gone)


@hookimpl
def demo_data(context: Any) -> None:
    from courses.demo import fill  # noqa: PLC0415  generators are not needed to run a site

    fill(context)
