"""What changes when a plugin is switched: counted from what is registered and kept, before anybody confirms it."""

from __future__ import annotations

from dataclasses import dataclass, field

from flask import current_app

from lms.answers import Impact
from lms.events import Delivery
from lms.plugins import wiring
from lms.plugins.asking import ask
from lms.plugins.registry import registry
from lms.plugins.switch import is_on
from lms.plugins.tables import Owned, tables_of


@dataclass(frozen=True)
class Preview:
    """Everything a plugin brings while it is on, and what is left when it is off."""

    pages: list[str]
    jobs: list[str]
    timetable: list[str]
    permissions: list[str]
    answers: list[str]
    #: Questions that nobody else answers.
    unanswered: list[str]
    hears: list[str]
    #: Deliveries that wait for its handlers.
    owed: int
    needs_off: list[str]
    needed_by: list[str]
    #: Those of them that are on now: they must be switched off first.
    needed_by_on: list[str]
    tables: list[Owned]
    sentences: list[Impact] = field(default_factory=list)

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables)


def preview(name: str) -> Preview:
    """The impact of switching a plugin on or off; a constant number of queries plus one a table."""
    plugin = registry.found[name].plugin
    work, timetable = wiring.work_of(name)
    answered = [one for one in wiring.questions() if name in one.answerers]
    needing = [other for other in registry.in_order() if name in other.plugin.requires]
    return Preview(
        pages=pages_of(name),
        jobs=[one.kind for one in work],
        timetable=[one.name for one in timetable],
        permissions=[str(one.title) for one in plugin.permissions],
        answers=[one.name for one in answered],
        unanswered=[one.name for one in answered if not _others(one.answerers, name)],
        hears=[fact.name for fact in wiring.facts() if name in dict(fact.hearers)],
        owed=Delivery.select().where(Delivery.plugin == name, Delivery.state != "done").count(),
        needs_off=[str(registry.found[need].plugin.title) for need in plugin.requires if not is_on(need)],
        needed_by=[str(other.plugin.title) for other in needing],
        needed_by_on=[str(other.plugin.title) for other in needing if is_on(other.name)],
        tables=tables_of(name),
        sentences=ask("switch_impact", name=name),
    )


def pages_of(name: str) -> list[str]:
    """Addresses that answer only while the plugin is on."""
    return sorted(
        {
            rule.rule
            for rule in current_app.url_map.iter_rules()
            if registry.blueprints.get(rule.endpoint.split(".")[0]) == name
            and not rule.endpoint.endswith(".static")
        }
    )


def _others(answerers: tuple[str, ...], name: str) -> list[str]:
    return [one for one in answerers if one != name and is_on(one)]
