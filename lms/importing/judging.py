"""From an uploaded file to judged rows, for every kind of list alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from lms.access.models import User
from lms.importing import headers, rows
from lms.importing.columns import Entry
from lms.importing.kinds import RUNNING_NUMBER, ListKind, Progress, Verdict
from lms.importing.preview import Preview, RowJudgement, Status, skipped
from lms.importing.reading import Reading
from lms.importing.sheets import Grid

Fixes = Mapping[int, Mapping[str, str]]


@dataclass
class Judged:
    """A preview with the typed rows behind it."""

    preview: Preview
    entries: list[Entry]
    verdicts: Mapping[int, Verdict]

    @property
    def applicable(self) -> list[Entry]:
        """Rows that will be written."""
        numbers = {row.number for row in self.preview.applicable}
        return [entry for entry in self.entries if entry.number in numbers]


def read(
    kind: ListKind,
    grid: Grid,
    *,
    mapping: Mapping[str, int | None] | None = None,
    fixes: Fixes | None = None,
    progress: Progress | None = None,
) -> Reading:
    """Find the header and read every row. Raises Invalid when nothing looks like a header."""
    wanted = kind.header_columns()
    header, missing = headers.guess(grid, wanted, any_of=kind.any_of)
    if mapping:
        header = headers.remap(header, mapping)
        missing = headers.missing_in(header, wanted, kind.any_of)
    reading = Reading(grid, header, missing)
    if missing:
        return reading
    reading.body = _body(kind, grid, header)
    for place, row in enumerate(rows.data(reading.body), 1):
        reading.entries.append(kind.read(row, (fixes or {}).get(row.number, {})))
        if progress is not None and place % 200 == 0:
            progress(200)
    return reading


def _body(kind: ListKind, grid: Grid, header: headers.Header) -> list[rows.Row]:
    number = kind.numbered if kind.numbered in header.columns else RUNNING_NUMBER
    if not kind.carried:
        return rows.body(grid, header, primary=kind.primary, number=number)
    filled = rows.fill_merged(grid, header)
    return rows.carry_down(rows.body(filled, header, primary=kind.primary, number=number), kind.carried)


def judge(kind: ListKind, reading: Reading, *, by: User, target: Any) -> Judged:
    """Judge every row that was read against what is on record now."""
    about = kind.about(reading, target)
    for entry in reading.entries:
        entry.file = {**about.facts, "chosen": reading.chosen}
    records = kind.prepare(reading.entries, by=by, target=target)
    seen: dict[str, int] = {}
    verdicts = {entry.number: _verdict(kind, entry, records, seen) for entry in reading.entries}
    judged = [_judged(entry, verdicts[entry.number]) for entry in reading.entries]
    summary = kind.summary(reading.entries, records)
    everything = sorted([*judged, *skipped(reading.body)], key=lambda row: row.number)
    preview = Preview(
        columns=tuple(_columns(kind, reading)),
        rows=everything,
        notes=(*_about(reading), *about.notes, *summary.notes),
        facts={
            **about.facts,
            "chosen": sorted(reading.chosen),
            "summary": dict(summary.facts),
            "header_row": reading.header.last + 1,
            "fingerprint": headers.fingerprint(reading.header),
            "labels": {str(place): label for place, label in reading.header.labels.items()},
            "mapping": dict(reading.header.columns),
            "missing": reading.missing,
            "encoding": reading.grid.encoding,
            "sample": _sample(reading.entries),
        },
    )
    return Judged(preview, reading.entries, verdicts)


def _columns(kind: ListKind, reading: Reading) -> list[tuple[str, str]]:
    """The columns worth printing: those the file has, and those another column spoke for."""
    there = set(reading.header.columns) | {key for entry in reading.entries for key in entry.shown}
    return [(one.key, str(one.title)) for one in kind.columns() if one.key in there and not one.alternative]


def _verdict(kind: ListKind, entry: Entry, records: Any, seen: dict[str, int]) -> Verdict:
    if entry.fixes.get("skip"):
        return Verdict(Status.SKIPPED, _("Skipped: you left this row out."))
    if entry.problems:
        return Verdict(Status.ERROR, entry.problems[0].sentence)
    entry.record = kind.match(entry, records)
    if entry.problems:
        return Verdict(Status.ERROR, entry.problems[0].sentence)
    verdict = kind.judge(entry, records)
    if entry.problems:
        return Verdict(Status.ERROR, entry.problems[0].sentence)
    return _twice(kind, entry, verdict, seen)


def _twice(kind: ListKind, entry: Entry, verdict: Verdict, seen: dict[str, int]) -> Verdict:
    """A row that means what an earlier row of the same file meant already."""
    if verdict.status not in {Status.NEW, Status.CHANGED, Status.SAME}:
        return verdict
    keys = kind.keys(entry)
    before = next((seen[key] for key in keys if key in seen), None)
    for key in keys:
        seen.setdefault(key, entry.number)
    if before is None:
        return verdict
    return Verdict(Status.CONFLICT, kind.same_as(before))


def _judged(entry: Entry, verdict: Verdict) -> RowJudgement:
    entry.status = verdict.status
    return RowJudgement(
        number=entry.number,
        status=verdict.status,
        reason=str(verdict.reason),
        values=entry.shown,
        notes=tuple(entry.notes),
        problems=tuple(entry.problems),
        section=entry.row.section,
        choices=verdict.choices,
        chosen=entry.fixes.get("record_chosen", ""),
        fixed=tuple(entry.fixes),
        facts=entry.facts,
    )


def _about(reading: Reading) -> list[str]:
    """Sentences about the file as a whole."""
    notes = []
    if reading.grid.other_sheets:
        notes.append(_("Only the sheet “%(sheet)s” was read; not read: %(others)s.",
                       sheet=reading.grid.name, others=", ".join(reading.grid.other_sheets)))  # fmt: skip
    if reading.header.unknown:
        notes.append(
            _("Columns not used: %(labels)s.", labels=", ".join(list(reading.header.unknown.values())[:8]))
        )
    return notes


def _sample(entries: Sequence[Entry]) -> list[str]:
    """A few cells with accents, to check an encoding by eye."""
    found = [value for entry in entries[:50] for value in entry.shown.values() if not value.isascii()]
    return list(dict.fromkeys(found))[:4]
