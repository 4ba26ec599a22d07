"""What a staff list would change, row by row: new, changed, with another agency, or on record and not in the list."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from flask_babel import gettext as _

from lms.importing.columns import Entry, ListColumn
from lms.importing.preview import Status
from lms.people import queries
from lms.people.history import field_title
from lms.people.models import Official, Organisation
from lms.text import fold

NEW, CHANGED, SAME, LEFT, CONFLICT, ERROR = "new", "changed", "same", "left", "conflict", "error"
#: What an approver may accept, and what is accepted unless he or she says otherwise.
ACCEPTABLE = (NEW, CHANGED, CONFLICT, LEFT)
AS_A_RULE = (NEW, CHANGED)
#: What became of a row: taken over, could not be, not accepted.
TAKEN, FAILED, REFUSED = "accepted", "failed", "refused"

Differences = Callable[[Entry], list[ListColumn]]


@dataclass
class Row:
    """One row of the difference; `number` is the row of the file, or 0 for somebody the list does not name."""

    key: str
    number: int
    status: str
    name: str
    birth: str = ""
    official: int | None = None
    #: [{"title", "old", "new"}], as people read them; citizen ids masked.
    changes: list[dict[str, str]] = field(default_factory=list)
    #: The values to take over, as the services take them; dates as ISO text.
    values: dict[str, Any] = field(default_factory=dict)
    note: str = ""
    accepted: bool = False
    outcome: str = ""

    def plain(self) -> dict[str, Any]:
        """The row as it is kept."""
        return asdict(self)


def rows(
    organisation: Organisation,
    inside: Iterable[int],
    entries: Sequence[Entry],
    differences: Differences,
    serving: Sequence[Official],
) -> list[Row]:
    """The difference between judged rows and those who serve here; rows as on record and rows left out are not in it."""
    inside = frozenset(inside)
    found = [
        _row(organisation, inside, entry, differences)
        for entry in entries
        if entry.status in {Status.NEW, Status.CHANGED}
    ]
    return [*found, *_missing(entries, serving)]


def _row(organisation: Organisation, inside: frozenset[int], entry: Entry, differences: Differences) -> Row:
    person: Official | None = entry.record
    row = Row(
        str(entry.number), entry.number, NEW, entry.get("name"), str(entry.get("birth") or ""), accepted=True
    )
    if person is None:
        row.values = _values(entry, set(entry.values))
        row.note = " · ".join(filter(None, (entry.shown.get(key) for key in ("position", "code", "cccd"))))
        return row
    row.official = person.id
    if person.organisation_id not in inside:
        return _elsewhere(row, organisation, entry, person)
    row.status = CHANGED
    changed = differences(entry)
    row.values = _values(entry, {column.key for column in changed})
    for column in changed:
        old = column.cell(person)
        shown = old.strftime("%d/%m/%Y") if hasattr(old, "strftime") else str(old or "–")
        row.changes.append({"title": str(column.title), "old": shown, "new": entry.shown.get(column.key, "")})
    return row


def _elsewhere(row: Row, organisation: Organisation, entry: Entry, person: Official) -> Row:
    """What another agency keeps about the person is not shown to this one, nor overwritten by it."""
    row.status, row.accepted = CONFLICT, False
    row.note = _("On record at %(name)s. Accepting moves the person here.", name=person.organisation.name)
    row.changes = [{"title": str(field_title("organisation")), "old": str(person.organisation.name), "new": str(organisation.name)}]  # fmt: skip
    row.values = {"organisation": organisation.id, "position": entry.get("position", "")}
    return row


def _values(entry: Entry, wanted: set[str]) -> dict[str, Any]:
    """What the row says in these columns, as the services take it."""
    names = {"name": "full_name", "gender": "gender", "cccd": "cccd", "code": "code", "position": "position"}
    found = {names[key]: value for key, value in entry.values.items() if key in wanted and key in names}
    birth = entry.get("birth") if "birth" in wanted else None
    if birth is not None:
        found |= {"birth_date": birth.date.isoformat() if birth.date else None, "birth_year": birth.year}
    return found


def _missing(entries: Sequence[Entry], serving: Sequence[Official]) -> list[Row]:
    """Those who serve here according to the record and whom no row can mean, not even one left out."""
    meant = {entry.record.id for entry in entries if entry.record is not None}
    unclear = {fold(str(entry.shown.get("name", ""))) for entry in entries if entry.status in {Status.ERROR, Status.CONFLICT, Status.SKIPPED}}  # fmt: skip
    return [
        Row(f"left-{one.id}", 0, LEFT, str(one.full_name), str(queries.birth_of(one) or ""), one.id,
            note=_("On record here and not in the list. Left?"))
        for one in serving
        if one.id not in meant and one.name_folded not in unclear
    ]  # fmt: skip
