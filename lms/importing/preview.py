"""What people see before anything is written, and what they get after: one judgement per physical row."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lms.importing.rows import Kind, Row


class Status(StrEnum):
    """How a row stands to what is on record."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    CONFLICT = "conflict"
    ERROR = "error"
    SKIPPED = "skipped"


#: Plural names for filter chips, in the order in which people should look at them.
STATUS_TITLES = {
    Status.ERROR: _l("Errors"),
    Status.CONFLICT: _l("Conflicts"),
    Status.NEW: _l("New"),
    Status.CHANGED: _l("Changed"),
    Status.SAME: _l("Already there"),
    Status.SKIPPED: _l("Skipped"),
}
STATUS_NAMES = {
    Status.ERROR: _l("Error"),
    Status.CONFLICT: _l("Conflict"),
    Status.NEW: _l("New"),
    Status.CHANGED: _l("Changed"),
    Status.SAME: _l("Already there"),
    Status.SKIPPED: _l("Skipped"),
}
#: Tone and icon of a status badge; the word is always beside them.
STATUS_TONES = {
    Status.ERROR: "bad",
    Status.CONFLICT: "warn",
    Status.NEW: "good",
    Status.CHANGED: "info",
    Status.SAME: "neutral",
    Status.SKIPPED: "neutral",
}
#: Rows of these kinds are written when the preview is applied.
APPLICABLE = frozenset({Status.NEW, Status.CHANGED})


@dataclass(frozen=True)
class Problem:
    """What is wrong with one cell; `column` is a key of the preview's columns, empty for the row as a whole."""

    column: str
    sentence: str


@dataclass(frozen=True)
class Choice:
    """One of several records a row may mean."""

    value: str
    label: str


@dataclass
class RowJudgement:
    """One physical row with its verdict."""

    number: int
    status: Status
    #: One sentence: what happens with the row, or why not.
    reason: str = ""
    #: Shown values by column key.
    values: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    section: str = ""
    choices: tuple[Choice, ...] = ()
    chosen: str = ""
    #: Keys of values that somebody corrected in the preview.
    fixed: tuple[str, ...] = ()
    #: Plain facts that the applying service uses (ids); never printed.
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def applicable(self) -> bool:
        return self.status in APPLICABLE

    def problem(self, column: str) -> str:
        """The sentence beside a column, empty when there is none."""
        return next((p.sentence for p in self.problems if p.column == column), "")


@dataclass
class Preview:
    """All rows of one file, judged."""

    #: Keys and titles of the columns worth showing.
    columns: tuple[tuple[str, str], ...]
    rows: list[RowJudgement]
    #: Sentences about the file as a whole (decision number found, sheets not read …).
    notes: tuple[str, ...] = ()
    facts: dict[str, Any] = field(default_factory=dict)

    def counts(self) -> dict[Status, int]:
        """How many rows of each status, every status named."""
        counted = Counter(row.status for row in self.rows)
        return {status: counted.get(status, 0) for status in STATUS_TITLES}

    def only(self, status: Status | None) -> list[RowJudgement]:
        """Rows of a status; without one, every row that is data (not skipped)."""
        if status is None:
            return [row for row in self.rows if row.status is not Status.SKIPPED]
        return [row for row in self.rows if row.status is status]

    @property
    def applicable(self) -> list[RowJudgement]:
        return [row for row in self.rows if row.applicable]

    def row(self, number: int) -> RowJudgement | None:
        """The row with this number, as the spreadsheet counts."""
        return next((row for row in self.rows if row.number == number), None)

    def to_json(self) -> str:
        return json.dumps(
            {
                "columns": self.columns,
                "rows": [_plain(row) for row in self.rows],
                "notes": self.notes,
                "facts": self.facts,
            },
            ensure_ascii=False,
            separators=(",", ":"),
        )

    @classmethod
    def from_json(cls, text: str) -> Preview:
        kept = json.loads(text)
        return cls(
            columns=tuple((key, title) for key, title in kept["columns"]),
            rows=[_row(row) for row in kept["rows"]],
            notes=tuple(kept["notes"]),
            facts=kept["facts"],
        )


def _plain(row: RowJudgement) -> dict[str, Any]:
    # Much quicker than dataclasses.asdict, which copies every value.
    problems = [vars(problem) for problem in row.problems]
    return {**vars(row), "problems": problems, "choices": [vars(choice) for choice in row.choices]}


def _row(kept: dict[str, Any]) -> RowJudgement:
    return RowJudgement(
        number=kept["number"],
        status=Status(kept["status"]),
        reason=kept["reason"],
        values=kept["values"],
        notes=tuple(kept["notes"]),
        problems=tuple(Problem(**problem) for problem in kept["problems"]),
        section=kept["section"],
        choices=tuple(Choice(**choice) for choice in kept["choices"]),
        chosen=kept["chosen"],
        fixed=tuple(kept["fixed"]),
        facts=kept["facts"],
    )


@dataclass(frozen=True)
class Outcome:
    """What became of one row when the preview was applied."""

    number: int
    status: Status
    sentence: str
    done: bool = False


@dataclass(frozen=True)
class Result:
    """The answer to an import: counts for the page, sentences for the result file."""

    counts: Mapping[str, int]
    outcomes: tuple[Outcome, ...]

    def to_json(self) -> str:
        return json.dumps(
            {"counts": dict(self.counts), "outcomes": [asdict(outcome) for outcome in self.outcomes]},
            ensure_ascii=False,
        )

    @classmethod
    def from_json(cls, text: str) -> Result:
        kept = json.loads(text)
        outcomes = (
            Outcome(o["number"], Status(o["status"]), o["sentence"], o["done"]) for o in kept["outcomes"]
        )
        return cls(kept["counts"], tuple(outcomes))


def skipped(rows: Iterable[Row]) -> list[RowJudgement]:
    """A judgement for every physical row that is no data: it is named, never dropped in silence."""
    sentences = {
        Kind.TITLE: _("Skipped: title above the table."),
        Kind.HEADER: _("Skipped: header."),
        Kind.SECTION: _("Skipped: section title; the rows below stand under it."),
        Kind.FOOTER: _("Skipped: footer or signature block."),
        Kind.BLANK: _("Skipped: empty row."),
    }
    return [
        RowJudgement(
            row.number,
            Status.SKIPPED,
            sentences[row.kind],
            values={"text": row.text},
            facts={"kind": row.kind.value},
        )
        for row in rows
        if row.kind is not Kind.DATA
    ]
