"""The main menu: what plugins offer to this user, grouped; asked only when a page shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lms.access import current_user
from lms.answers import NavItem
from lms.plugins import ask

#: Groups of the menu in their order; entries of an unknown group come last, under its own name.
GROUPS = {
    "work": _l("Training"),
    "people": _l("Officials and agencies"),
    "reports": _l("Reports"),
    "platform": _l("Platform"),
}


#: Where a request keeps its answers: a page and its error page ask once.
_OFFERED = "kimbang.navigation"


@dataclass(frozen=True)
class Entry:
    """A line of the menu; `current` marks the open page."""

    title: Any
    url: str
    icon: str
    current: bool


@dataclass(frozen=True)
class Group:
    """Lines that belong together; the first group has no title."""

    title: Any
    items: list[Entry]


def navigation(active: str | None = None) -> list[Group]:
    """The menu of the signed-in user, one entry marked as open.

    `active` names the open entry by its url or the first word of it. Without it the entry's own endpoint
    prefix decides, then the longest address that begins the current one.
    """
    offered = request.environ.get(_OFFERED)
    if offered is None:
        offered = request.environ[_OFFERED] = ask("navigation", user=current_user)
    home = NavItem(_("Home"), url_for("web.home"), "house", group="")
    opened = _opened([home, *offered], active)
    groups = {"": Group("", []), **{name: Group(title, []) for name, title in GROUPS.items()}}
    for item in [home, *offered]:
        group = groups.setdefault(item.group, Group(item.group, []))
        group.items.append(Entry(item.title, item.url, item.icon, item is opened))
    return [group for group in groups.values() if group.items]


def _opened(items: list[NavItem], active: str | None) -> NavItem | None:
    if active:
        named = [item for item in items if active in (item.url, _first_word(item.url))]
        if named:
            return named[0]
    endpoint = request.endpoint or ""
    path = (
        active if active and active.startswith("/") else request.path
    )  # a page below the entry it belongs to
    by_endpoint = [item for item in items if item.active and endpoint.startswith(item.active)]
    by_path = [item for item in items if path == item.url or path.startswith(item.url.rstrip("/") + "/")]
    fitting = [item for item in by_path if item.url != "/" or path == "/"] or by_endpoint
    return max(fitting, key=lambda item: len(item.url), default=None)


def _first_word(url: str) -> str:
    return url.strip("/").split("/")[0]
