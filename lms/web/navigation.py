"""The main menu: what plugins offer to this user, grouped; asked only when a page shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import g, request

from lms.access import current_user
from lms.plugins import ask


@dataclass(frozen=True)
class Entry:
    title: Any
    url: str
    icon: str
    current: bool


@dataclass(frozen=True)
class Group:
    title: Any
    items: list[Entry]


def navigation(active: str | None = None) -> list[Group]:
    """The menu of the signed-in user: groups in the order of their first entry; one entry is the open one.

    `active` names the open entry by url or by the first word of its path; without it the longest address
    that begins the current one wins.
    """
    items = g.get("_nav_items")
    if items is None:
        items = g._nav_items = ask("navigation", user=current_user)
    open_url = _open_url([str(item.url) for item in items], active)
    groups: dict[str, Group] = {}
    for item in items:
        title = getattr(item, "group", "") or ""
        group = groups.setdefault(str(title), Group(title, []))
        group.items.append(Entry(item.title, item.url, getattr(item, "icon", ""), str(item.url) == open_url))
    return list(groups.values())


def _open_url(urls: list[str], active: str | None) -> str | None:
    if active:
        named = [url for url in urls if url == active or url.strip("/").split("/")[0] == active]
        if named:
            return named[0]
    path = request.path
    fitting = [url for url in urls if path == url or (url != "/" and path.startswith(url.rstrip("/") + "/"))]
    return max(fitting, key=len, default=None)
