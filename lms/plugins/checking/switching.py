"""Check of switching: off → every page 404 → on again, as it was."""

from __future__ import annotations

from collections.abc import Iterator

from flask import current_app

from lms.plugins import ask, services
from lms.plugins.checking.pages import endpoints
from lms.plugins.checking.problem import Problem
from lms.plugins.registry import Found, registry
from lms.plugins.switch import is_on


def off_and_on(found: Found) -> Iterator[Problem]:
    """Switches for real: the caller rolls back."""
    if found.plugin.required:
        return
    _switch_on(found)
    pages = _pages(found)
    before = _statuses(pages)
    for page in [page for page, status in before.items() if status == 404 or status >= 500]:
        yield Problem(f"{page} answers {before[page]} while the plugin is on.", "See the log.")
    for name in [*_needing(found), found.name]:
        services.switch(name, False, by=None)
    if is_on(found.name):
        yield Problem("It stays on when it is switched off.", "It must not be `required`.")
    for page, status in _statuses(pages).items():
        if status != 404:
            yield Problem(
                f"{page} answers {status} while the plugin is off.",
                "Give the route to a blueprint of routes.py or api.py; those fall silent by themselves.",
            )
    if any(answer for answer in ask("navigation", user=None) if getattr(answer, "url", "") in pages):
        yield Problem("Its menu is there while it is off.", "Answer navigation in its own hooks.py.")
    services.switch(found.name, True, by=None)
    if _statuses(pages) != before:
        yield Problem(
            "Its pages answer differently after off and on.", "Keep no state in modules; use the database."
        )


def _switch_on(found: Found) -> None:
    for need in found.plugin.requires:
        _switch_on(registry.found[need])
    if not is_on(found.name):
        services.switch(found.name, True, by=None)


def _needing(found: Found) -> list[str]:
    """Plugins that are on and need this one, the outermost first."""
    needing = [one for one in registry.in_order() if found.name in one.plugin.requires and is_on(one.name)]
    names: list[str] = []
    for one in needing:
        names += [name for name in [*_needing(one), one.name] if name not in names]
    return names


def _pages(found: Found) -> list[str]:
    """Addresses without anything to fill in."""
    own = set(endpoints(found))
    return sorted(
        {
            rule.rule
            for rule in current_app.url_map.iter_rules()
            if rule.endpoint in own and not rule.arguments and "GET" in (rule.methods or ())
        }
    )


def _statuses(pages: list[str]) -> dict[str, int]:
    visitor = current_app.test_client()  # type: ignore[attr-defined]
    return {page: visitor.get(page).status_code for page in pages}
