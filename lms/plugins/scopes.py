"""Where something may be chosen for a plugin: the site, an organisation, and what plugins name (a programme, a class).

The kernel knows no class. Whoever owns classes answers two questions: `scope_kinds` (what scopes are called and
how one is found) and `class_scopes` (the scopes around each class, broadest first).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from lms.answers import ScopeKind
from lms.context import with_addresses

Scope = tuple[str, int]

SITE: Scope = ("site", 0)
CLASS = "class"
#: Classes whose scopes are asked for together, so that a list of classes costs one question.
BLOCK = 512


class Chains:
    """The scopes around each class, asked for when somebody chose something between the site and the class."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Scope, ...]] = {}
        self._blocks: set[int] = set()

    def forget(self) -> None:
        """A class may have moved to another organiser: ask again."""
        self._known, self._blocks = {}, set()

    def narrowest_first(self, klass: Any, chosen_in: Collection[Scope]) -> Iterator[Scope]:
        """The scopes of a class (a row or its id) in which something may have been chosen; `chosen_in` saves asking."""
        number = int(getattr(klass, "id", klass))
        yield CLASS, number
        if any(scope[0] != CLASS and scope != SITE for scope in chosen_in):
            yield from reversed(self.around(number))
        yield SITE

    def around(self, number: int) -> tuple[Scope, ...]:
        """What stands between the site and the class, broadest first."""
        block = number // BLOCK
        if block not in self._blocks:
            self._ask(block)
        return self._known.get(number, ())

    def _ask(self, block: int) -> None:
        from lms.plugins.asking import ask  # noqa: PLC0415  asking decides by the switch, the switch by these scopes

        ids = range(block * BLOCK, (block + 1) * BLOCK)
        for answer in ask("class_scopes", class_ids=ids):
            self._known[answer.class_id] = tuple(answer.scopes)
        self._blocks.add(block)


@dataclass(frozen=True)
class Named:
    """A scope as people call it."""

    kind: str
    scope_id: int
    kind_title: Any
    title: Any
    url: str = ""


def kinds() -> dict[str, ScopeKind]:
    """Every kind of scope below the site, broadest first."""
    from lms.plugins.asking import ask  # noqa: PLC0415  see above

    return {kind.name: kind for kind in ask("scope_kinds")}


def named(scopes: Collection[Scope]) -> dict[Scope, Named]:
    """Names of many scopes, one look-up a kind. What no longer exists keeps its number as its name.

    Names come with addresses, so this also works where there is no page: the command line, a job.
    """
    known = kinds()
    found: dict[Scope, Named] = {SITE: Named(*SITE, _("Site"), _("The whole site"))}
    for kind in {scope[0] for scope in scopes} - {"site"}:
        ids = sorted({scope_id for one, scope_id in scopes if one == kind})
        with with_addresses():
            titles = known[kind].named(ids) if kind in known else {}
        for scope_id in ids:
            title = titles.get(scope_id, (f"{kind} {scope_id}", ""))
            found[kind, scope_id] = Named(
                kind, scope_id, known[kind].title if kind in known else kind, *title
            )
    return found
