"""Cards of the home pages: a lecturer's session now, a trainee's classes, what keeps each class from its next state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from courses import queries
from courses.hookspecs import ClassBlocker
from courses.models import Klass
from lms import clock
from lms.access import can, scope
from lms.access.models import User
from lms.answers import HomeCard
from lms.plugins import ask

#: Classes named on a home page; the list of classes has all.
SHOWN = 6


@dataclass(frozen=True)
class Standing:
    """A class with what keeps it from its next state."""

    klass: Klass
    blockers: list[ClassBlocker]

    @property
    def next_deed(self) -> Any:
        """What to do when nothing keeps it."""
        return {
            "enrolling": _("All is ready: start the class"),
            "running": _("Teaching is over: start the review"),
            "reviewing": _("No list is open: look at the review and close the class"),
        }[self.klass.state]


def of(user: User) -> list[HomeCard]:
    """The cards of this user, by what he or she may do."""
    cards = []
    if can(user, "courses.teach"):
        cards.append(_lecturer_card(user))
    if can(user, "courses.learn") and user.official_id:
        cards.append(_trainee_card(user))
    if can(user, "courses.manage"):
        cards.append(_school_card(user))
    elif can(user, "courses.view") and scope.organisations(user, "courses.view") is scope.ALL:
        cards.append(_province_card(user))
    return cards


def standings(user: User, *, limit: int = SHOWN) -> list[Standing]:
    """The classes that should move on first, each with its blockers: as many queries for one as for all."""
    classes = queries.under_way(user, limit=limit)
    lines: dict[int, list[ClassBlocker]] = {klass.id: [] for klass in classes}
    for one in ask("class_blockers", classes=classes, user=user) if classes else []:
        if one.class_id in lines:
            lines[one.class_id].append(one)
    return [Standing(klass, lines[klass.id]) for klass in classes]


def _province_card(user: User) -> HomeCard:
    """For who follows every class without running them."""
    counts = queries.counts_by_state(user)
    return HomeCard(_("Classes"), "courses/home_province.html", {"counts": counts}, weight=20, wide=True)


def _lecturer_card(user: User) -> HomeCard:
    now = queries.session_now(user)
    return HomeCard(
        _("Now: session %(number)s", number=now.number) if now else _("Your sessions today"),
        "courses/home_lecturer.html",
        {
            "now": now,
            "actions": ask("session_actions", klass=now.klass, session=now, user=user) if now else [],
            "today": queries.sessions_on(user, clock.today()),
            "next": None if now else queries.next_session_of(user),
            "at": clock.now(),
        },
        weight=10,
        wide=True,
    )


def _trainee_card(user: User) -> HomeCard:
    classes = list(
        queries.classes_for(user)
        .where(Klass.state.in_(("enrolling", "running", "reviewing", "closed")))
        .limit(6)
    )
    open_ones = [klass.id for klass in classes if klass.state in {"enrolling", "running"}]
    return HomeCard(
        _("My classes"),
        "courses/home_trainee.html",
        {"classes": classes, "upcoming": queries.next_sessions(open_ones), "at": clock.now()},
        weight=10,
        wide=True,
    )


def _school_card(user: User) -> HomeCard:
    counts = queries.counts_by_state(user)
    context = {"counts": counts, "standings": standings(user)}
    return HomeCard(_("Classes"), "courses/home_school.html", context, weight=20, wide=True)
