"""What enrolment answers to others' questions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from courses.hookspecs import ClassBlocker, ClassTab, ClosingCheck
from courses.models import Klass
from lms.access import can, scope
from lms.access.models import User
from lms.answers import DataKind, HomeCard, Moving, NavItem
from lms.people.models import Official, Organisation
from lms.plugins import hookimpl
from plugins.enrolment import demo, queries
from plugins.enrolment.models import ACCEPTED, STATUS_TITLES, SUBMITTED, Nomination


@hookimpl
def navigation(user: User) -> list[NavItem]:
    """Nominating for agencies, deciding for the school."""
    items = []
    if can(user, "enrolment.nominate"):
        items.append(NavItem(_("Nominate officials"), url_for("enrolment.index"), "user-plus", 20))
        items.append(NavItem(_("Own nominations"), url_for("enrolment.own"), "list-checks", 21))
    if can(user, "enrolment.decide"):
        items.append(NavItem(_("Decide nominations"), url_for("enrolment.to_decide"), "user-check", 30))
    return items


@hookimpl
def home_cards(user: User) -> list[HomeCard]:
    """Open classes for agencies; nominations waiting for the school."""
    cards = []
    if can(user, "enrolment.nominate"):
        lines = queries.open_classes(user)
        context = {
            "lines": lines[:5],
            "more": max(0, len(lines) - 5),
            "counts": queries.own_counts(user),
            "titles": STATUS_TITLES,
        }
        cards.append(
            HomeCard(_("Nominate officials"), "enrolment/home_nominate.html", context, weight=10, wide=True)
        )
    decides = can(user, "enrolment.decide")
    if decides or _follows_all(user):
        waiting = [line for line in queries.classes_to_decide() if line.waiting]
        if waiting:
            total = sum(line.waiting for line in waiting)
            context = {"lines": waiting[:5], "total": total, "decides": decides}
            cards.append(
                HomeCard(
                    _("Nominations waiting"), "enrolment/home_decide.html", context, weight=15, tone="info"
                )
            )
    return cards


def _follows_all(user: User) -> bool:
    """Whether somebody follows the classes of the whole province, as the Department does."""
    return can(user, "courses.view") and scope.organisations(user, "courses.view") is scope.ALL


@hookimpl
def class_tabs(klass: Klass, user: User) -> list[ClassTab]:
    """The tab on the class page, for those who decide or nominate."""
    if can(user, "enrolment.decide"):
        waiting = queries.line(klass).waiting
        url = url_for("enrolment.of_class", class_id=klass.id)
        return [
            ClassTab(_("Nominations"), url, "enrolment.of_class", 20, badge=str(waiting) if waiting else "")
        ]
    if can(user, "enrolment.nominate"):
        url = url_for("enrolment.show_class", class_id=klass.id)
        return [ClassTab(_("Own nominations"), url, "enrolment.show_class", 20)]
    return []


@hookimpl
def closing_checks(klass: Klass) -> list[ClosingCheck]:
    """No nomination is left without an answer."""
    waiting = queries.line(klass).waiting
    if waiting:
        detail = ngettext("%(num)d nomination is waiting.", "%(num)d nominations are waiting.", waiting)
    else:
        detail = _("None is waiting.")
    return [
        ClosingCheck(
            code="enrolment.decided",
            title=_("Every nomination is decided"),
            met=not waiting,
            detail=detail,
            url=url_for("enrolment.of_class", class_id=klass.id, status="submitted"),
            action=_("Decide"),
            weight=10,
        )
    ]


@hookimpl
def class_blockers(classes: Sequence[Klass], user: User) -> list[ClassBlocker]:
    """Nominations without an answer."""
    decides = can(user, "enrolment.decide")
    return [
        ClassBlocker(
            klass_id,
            ngettext(
                "%(num)s nomination without an answer", "%(num)s nominations without an answer", waiting
            ),
            url_for("enrolment.of_class", class_id=klass_id, status="submitted") if decides else "",
            weight=30,
        )
        for klass_id, waiting in queries.waiting_counts(classes).items()
    ]


@hookimpl
def privacy_export(official: Official) -> dict[str, Any]:
    """Nominations of an official."""
    rows = Nomination.select().where(Nomination.official == official).order_by(Nomination.id)
    return {
        "nominations": [
            {
                "class": one.klass.code,
                "agency": one.organisation.name,
                "status": one.status,
                "nominated_at": one.nominated_at.isoformat(),
                "position": one.position,
                "unit": one.unit_text,
                "remark": one.remark,
                "reason": one.reason,
            }
            for one in rows
        ]
    }


@hookimpl
def privacy_erase(official: Official) -> dict[str, int]:
    """Nothing: a nomination is part of the file of a sending decision and is kept with the class."""
    return {"enrolment_nomination": 0}


@hookimpl
def personal_data() -> list[DataKind]:
    return [
        DataKind(
            "enrolment.nomination",
            _("Nominations with position and unit"),
            _("To decide who joins a class"),
            _("State management of officials by law; no consent is needed (Law 91/2025/QH15)"),
            _("Permanently, with the sending decision"),
            kept_because=_("A nomination belongs to the file of the sending decision."),
        ),
    ]


@hookimpl
def merge_officials(kept: Official, gone: Official) -> list[Moving]:
    """Nominations go along. Of two for one class, one that came to nothing stays; two live ones forbid the merge."""
    own = {row.klass_id: row for row in _nominations(kept)}
    rows = _nominations(gone)
    both = [row for row in rows if row.klass_id in own]
    return [
        Moving(
            Nomination,
            _("Nominations"),
            tuple(row.id for row in rows if row.klass_id not in own),
            len(own),
            staying=len(both),
            note=_("Of two nominations for one class the one that came to nothing stays with the old record.")
            if both
            else "",
            conflicts=tuple(filter(None, (_against(own[row.klass_id], row) for row in both))),
            weight=45,
        )
    ]


@hookimpl
def organisation_succeeded(old: Organisation, new: Organisation) -> list[Moving]:
    """Nominations that wait for a decision are the successor's from now on; decided ones stay with who made them."""
    rows = Nomination.select(Nomination.id).where(
        Nomination.organisation == old.id, Nomination.status == SUBMITTED
    )
    ids = tuple(row[0] for row in rows.order_by(Nomination.id).tuples())
    return [Moving(Nomination, _("Open nominations"), ids, field="organisation", weight=45)]


def _against(own: Nomination, other: Nomination) -> str:
    live = (SUBMITTED, ACCEPTED)
    if other.status not in live:
        return ""
    if own.status in live:
        return _("Both are nominated for the class %(klass)s. Withdraw or reject one of the two first.", klass=own.klass.code)  # fmt: skip
    return _("For the class %(klass)s only the nomination of the other record stands. Merge the other way round.", klass=own.klass.code)  # fmt: skip


def _nominations(official: Official) -> list[Nomination]:
    query = Nomination.select(Nomination, Klass).join(Klass).where(Nomination.official == official.id)
    return list(query.order_by(Nomination.id))


@hookimpl
def demo_data(context: Any) -> None:
    """Nominations in several states for the classes of the demonstration."""
    demo.fill(context)
