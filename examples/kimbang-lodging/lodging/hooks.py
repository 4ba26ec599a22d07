"""Answers of lodging to the platform's questions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from courses.hookspecs import ClassTab, ClosingCheck, Condition
from courses.models import Klass, Membership
from lms.access import can
from lms.access.models import User
from lms.answers import HomeCard, NavItem, PersonTab
from lms.people.models import Official
from lms.plugins import hookimpl, setting
from lodging import queries, services


@hookimpl
def navigation(user: User) -> list[NavItem] | None:
    if not can(user, "lodging.view"):
        return None
    return [NavItem(_("Lodging"), url_for("lodging.rooms"), "house", weight=400, active="lodging.rooms")]


@hookimpl
def home_cards(user: User) -> list[HomeCard] | None:
    if not can(user, "lodging.manage"):
        return None
    lines = queries.rooms()
    context = {"free": sum(line.free for line in lines), "taken": sum(line.taken for line in lines)}
    return [HomeCard(_("Lodging"), "lodging/home.html", context, weight=80)]


@hookimpl
def class_tabs(klass: Klass, user: User) -> list[ClassTab] | None:
    if not can(user, "lodging.view"):
        return None
    url = url_for("lodging.of_class", class_id=klass.id)
    return [ClassTab(_("Lodging"), url, "lodging.of_class", weight=80)]


@hookimpl
def person_tabs(official: Official, user: User) -> list[PersonTab] | None:
    if not can(user, "lodging.view"):
        return None
    url = url_for("lodging.of_person", official_id=official.id)
    return [PersonTab(_("Lodging"), url, "lodging.of_person", weight=80)]


@hookimpl
def closing_checks(klass: Klass) -> list[ClosingCheck] | None:
    if not setting("lodging.keys_before_closing", klass):
        return None
    out = len(queries.stays(klass))
    detail = ngettext("%(num)s key is still out.", "%(num)s keys are still out.", out) if out else ""
    return [
        ClosingCheck(
            "lodging.keys",
            _("Every key of the dormitory is back"),
            met=not out,
            detail=detail,
            url=url_for("lodging.of_class", class_id=klass.id),
            action=_("Take keys back") if out else "",
            weight=80,
        )
    ]


@hookimpl
def completion_conditions(klass: Klass, memberships: Sequence[Membership]) -> list[Condition] | None:
    """An optional condition: whoever has or had a bed has paid for it. One query for any number of learners."""
    if not setting("lodging.payment_needed", klass):
        return None
    owing = queries.unpaid(klass)
    url = url_for("lodging.of_class", class_id=klass.id)
    words = {None: _("no bed needed"), False: _("paid"), True: _("not paid")}
    return [
        Condition(
            membership_id=one.id,
            code="lodging.paid",
            title=_("Lodging paid, or not needed"),
            needed=_("paid, or no bed"),
            actual=words[owing.get(one.id)],
            met=not owing.get(one.id),
            evidence_url=url,
            legal_source=_("Rules of the dormitory"),
            weight=80,
        )
        for one in memberships
    ]


@hookimpl
def privacy_export(official: Official) -> dict[str, Any]:
    return {
        "lodging": [
            {
                "room": stay.room.name,
                "class": stay.membership.klass.code,
                "from": stay.began_at.isoformat(),
                "until": stay.ended_at.isoformat() if stay.ended_at else None,
                "paid": stay.paid_at.isoformat() if stay.paid_at else None,
            }
            for stay in queries.of_official(official)
        ]
    }


@hookimpl
def privacy_erase(official: Official) -> dict[str, int]:
    return {"lodging_stay": services.erase(official)}
