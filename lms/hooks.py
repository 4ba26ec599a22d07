"""The kernel's own answers: its lines of the menu and its home cards."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from lms.access import can
from lms.answers import Hit, HomeCard, NavItem, PersonTab, ScopeKind, Story
from lms.approvals import queries as approvals
from lms.cards import audit_card, imports_card, records_card
from lms.jobs import JobRun
from lms.people import scopes as organisations
from lms.people.models import Official
from lms.people.queries import officials
from lms.plugins import hookimpl
from lms.plugins.registry import registry
from lms.plugins.switch import state_of
from lms.web import found

#: Permission, endpoint, icon, group, weight; titles follow in `navigation`.
_LINES = (
    ("people.view", "people.officials", "users", "people", 10),
    ("people.view", "people.organisations", "building-2", "people", 20),
    ("people.merge", "merging.suggested", "users", "people", 30),
    ("people.privacy", "privacy.requests", "shield-check", "people", 40),
    ("platform.users", "access.accounts", "user-check", "platform", 5),
    ("platform.plugins", "web.plugins", "plug", "platform", 10),
    ("platform.jobs", "web.jobs", "layers", "platform", 20),
    ("platform.mail", "notify.mails", "mail", "platform", 25),
    ("platform.webhooks", "webhooks.index", "send", "platform", 27),
    ("platform.audit", "web.audit", "scroll-text", "platform", 30),
    ("platform.admin", "admin.index", "settings", "platform", 40),
)


@hookimpl
def navigation(user: Any) -> list[NavItem]:
    """Officials, organisations and the running of the platform."""
    titles = {
        "people.officials": _("Officials"),
        "people.organisations": _("Organisations"),
        "merging.suggested": _("Possible duplicates"),
        "privacy.requests": _("Personal data"),
        "access.accounts": _("Accounts"),
        "web.plugins": _("Plugins"),
        "web.jobs": _("Background work"),
        "notify.mails": _("Mail"),
        "webhooks.index": _("Webhooks"),
        "web.audit": _("Audit record"),
        "admin.index": _("Reference data"),
    }
    return [
        NavItem(titles[endpoint], url_for(endpoint), icon, weight, group)
        for permission, endpoint, icon, group, weight in _LINES
        if can(user, permission)
    ]


@hookimpl
def search(words: str, user: Any) -> list[Hit]:
    """Officials and organisations in scope; pages and settings of the platform."""
    return [*found.people(words, user), *found.organisations(words, user), *found.pages(words, user)]


@hookimpl
def history_of(kind: str, object_id: str, user: Any) -> list[Story]:
    """An official's history is read by who keeps the record of that official."""
    if kind != "lms_official" or not object_id.isdigit() or not can(user, "people.manage"):
        return []
    mine = officials(user, permission="people.manage").where(Official.id == int(object_id)).exists()
    return [Story(kind, [object_id])] if mine else []


@hookimpl
def scope_kinds() -> list[ScopeKind]:
    """An organisation, with everything below it."""
    return [
        ScopeKind(
            "organisation",
            _("Organisation"),
            organisations.named,
            organisations.find,
            organisations.above,
            weight=10,
        )
    ]


@hookimpl
def person_tabs(official: Official, user: Any) -> list[PersonTab]:
    """What became of an official, with dates."""
    if not can(user, "people.view"):
        return []
    return [
        PersonTab(_("Timeline"), url_for("people.timeline", official_id=official.id), "people.timeline", 5)
    ]


@hookimpl
def home_cards(user: Any) -> list[HomeCard]:
    """What waits for a second person or on records; is the platform well; what the audit record heard last."""
    waiting = approvals.count_waiting(user)
    cards = []
    if waiting:
        title, template = _("Two-person approvals"), "approvals/card.html"
        cards = [HomeCard(title, template, {"count": waiting}, weight=3)]
    return [*cards, *_platform_card(user), *records_card(user), *imports_card(user), *audit_card(user)]


def _platform_card(user: Any) -> list[HomeCard]:
    if not can(user, "platform.plugins"):
        return []
    states = [(found, *state_of(found.name)) for found in registry.in_order()]
    ailing = [(found, state, reason) for found, state, reason in states if state not in {"on", "off"}]
    failed = JobRun.select().where(JobRun.state == "failed").count()
    running = JobRun.select().where(JobRun.state.in_(["queued", "running"])).count()
    context = {"ailing": ailing, "loaded": len(states) - len(ailing), "failed": failed, "running": running}
    return [HomeCard(_("State of the platform"), "web/platform_card.html", context, weight=5, wide=True)]
