"""What the kernel has under some words: officials, organisations, pages of the menu, settings of plugins."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from lms import text
from lms.access import can
from lms.answers import Hit
from lms.people import queries
from lms.people.models import Organisation
from lms.plugins import ask
from lms.plugins.registry import registry

#: So many of each kind; whoever wants all goes to the list.
MOST = 6


def people(words: str, user: Any) -> list[Hit]:
    """Officials of the user's scope by name, staff code or whole citizen id."""
    if not can(user, "people.view"):
        return []
    return [
        Hit(
            official.full_name,
            url_for("people.official", official_id=official.id),
            _("Officials"),
            " · ".join(filter(None, (official.position, official.organisation.name))),
            "users",
            weight=10,
        )
        for official in queries.officials(user, search=words).limit(MOST)
    ]


def organisations(words: str, user: Any) -> list[Hit]:
    """Organisations of the user's scope; each leads to its officials."""
    if not can(user, "people.view"):
        return []
    return [
        Hit(
            one.name,
            url_for("people.officials", organisation=one.id),
            _("Organisations"),
            icon="building-2",
            weight=40,
        )
        for one in queries.organisations(user, search=words).order_by(Organisation.name).limit(MOST)
    ]


def pages(words: str, user: Any) -> list[Hit]:
    """Lines of the user's menu, and for administrators the settings of every plugin."""
    folded = text.fold(words)
    hits = [
        Hit(item.title, item.url, _("Pages"), icon=item.icon, weight=60)
        for item in ask("navigation", user=user)
        if folded in text.fold(str(item.title))
    ]
    if not can(user, "platform.plugins"):
        return hits
    return hits + [
        Hit(
            setting.title,
            url_for("web.plugin", name=found.name) + f"#{setting.name}",
            _("Settings"),
            found.plugin.title,
            "settings",
            weight=70,
        )
        for found in registry.in_order()
        for setting in found.plugin.settings
        if folded in text.fold(f"{setting.title} {setting.name}")
    ]
