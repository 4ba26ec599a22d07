"""Reads for switching plugins by programme and by class."""

from __future__ import annotations

from collections.abc import Sequence

from courses.models import Klass, Programme, ProgrammeVersion
from lms import text
from lms.people import scopes as organisations
from lms.people.models import Organisation
from lms.plugins.switch import ON, switches


def scopes_around(class_ids: range) -> dict[int, tuple[tuple[str, int], ...]]:
    """Class id → its organiser's line of organisations from the top, then its programme; two queries."""
    rows = list(
        Klass.select(Klass.id, Organisation.path, ProgrammeVersion.programme)
        .join(Organisation)
        .switch(Klass)
        .join(ProgrammeVersion)
        .where(Klass.id >= class_ids.start, Klass.id < class_ids.stop)
        .tuples()
    )
    lines = organisations.lines({path for _, path, _ in rows})
    return {
        class_id: (*(("organisation", one) for one in lines[path]), ("programme", programme_id))
        for class_id, path, programme_id in rows
    }


def programmes_named(ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Programme id → (title, no page of its own)."""
    rows = Programme.select(Programme.id, Programme.title).where(Programme.id.in_(list(ids))).tuples()
    return {number: (title, "") for number, title in rows}


def find_programmes(typed: str) -> list[tuple[int, str]]:
    """Up to twenty programmes whose code or title has the words, without accents."""
    words = text.fold(typed).split()
    rows = Programme.select(Programme.id, Programme.code, Programme.title).order_by(Programme.title).tuples()
    fitting = [
        (number, title)
        for number, code, title in rows
        if all(word in text.fold(f"{code} {title}") for word in words)
    ]
    return fitting[:20]


def classes_named(ids: Sequence[int]) -> dict[int, str]:
    """Class id → "code · title"."""
    rows = Klass.select(Klass.id, Klass.code, Klass.title).where(Klass.id.in_(list(ids))).tuples()
    return {number: f"{code} · {title}" for number, code, title in rows}


def find_classes(typed: str) -> list[tuple[int, str]]:
    """Up to twenty classes whose code or title has the words, without accents, the latest first."""
    query = Klass.select(Klass.id, Klass.code, Klass.title).order_by(Klass.id.desc()).limit(20)
    for word in text.fold(typed).split():
        query = query.where(Klass.search_folded.contains(word))
    return [(number, f"{code} · {title}") for number, code, title in query.tuples()]


def count_with(plugin: str) -> int:
    """How many classes under way have not chosen, themselves or above, to be without a plugin."""
    ids = [
        row[0]
        for row in Klass.select(Klass.id)
        .where(Klass.state.in_(("enrolling", "running", "reviewing")))
        .tuples()
    ]
    known = switches.fresh()
    choices = (known.chosen(plugin, ON, class_id) for class_id in ids)
    return sum(choice is None or bool(choice.value) for choice in choices)
