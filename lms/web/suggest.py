"""What a lost reader may have meant: near addresses, the pages of their role, the part that is switched off."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _

from lms.access import current_user
from lms.plugins.registry import registry
from lms.plugins.switch import is_on
from lms.web.navigation import navigation

log = logging.getLogger(__name__)

#: How alike two addresses must be to be offered (0–1), and how many are offered.
LIKENESS = 0.55
MOST = 6


@dataclass(frozen=True)
class Suggestion:
    """A page the reader may have looked for."""

    title: Any
    url: str
    near: bool = False


def for_missing_page() -> list[Suggestion]:
    """Near addresses first, then the reader's own pages. Never fails: a lost reader must not meet a second error."""
    try:
        known = _pages()
    except Exception:
        log.exception("no suggestions")
        return []
    rated = [(_likeness(request.path, page.url), page) for page in known]
    rated.sort(key=lambda pair: -pair[0])
    return [Suggestion(page.title, page.url, near=rate >= LIKENESS) for rate, page in rated[:MOST]]


def switched_off() -> str | None:
    """A sentence when the address belongs to a plugin that is off."""
    blueprint = request.blueprints[-1] if request.blueprints else ""
    owner = registry.blueprints.get(blueprint)
    if owner is None or is_on(owner, (request.view_args or {}).get("class_id")):
        return None
    title = registry.found[owner].plugin.title
    return _("The part “%(title)s” is switched off at present. Its data is kept.", title=title)


def _pages() -> list[Suggestion]:
    if not current_user.is_authenticated:
        return [
            Suggestion(_("Check a certificate"), url_for("web.home")),
            Suggestion(_("Sign in"), url_for("security.login")),
        ]
    menu = [Suggestion(entry.title, entry.url) for group in navigation() for entry in group.items]
    home = Suggestion(_("Home"), url_for("web.home"))
    return [home, *(page for page in menu if page.url != home.url)]


def _likeness(wanted: str, known: str) -> float:
    first = SequenceMatcher(None, wanted.strip("/").lower(), known.strip("/").lower()).ratio()
    head = SequenceMatcher(
        None, wanted.strip("/").split("/")[0].lower(), known.strip("/").split("/")[0].lower()
    ).ratio()
    return max(first, head)
