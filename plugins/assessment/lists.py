"""The scores of a class as a list that goes out and comes back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from courses.models import Klass, Membership
from courses.queries import certificate_rule, class_or_404, learners_for
from lms.access.models import User
from lms.errors import Invalid, NotFound
from lms.importing.columns import Entry, ListColumn
from lms.importing.kinds import Change, ListKind, Verdict, list_kind
from lms.importing.preview import Status
from lms.people.models import Official
from lms.people.queries import birth_of
from lms.plugins import is_on
from lms.text import fold
from plugins.assessment import marks, queries, services
from plugins.assessment.models import Score, Test
from plugins.assessment.queries import Grid
from plugins.assessment.services import Cell

_COLUMNS = (
    ListColumn("code", _l("Staff code"), ("Mã CB", "Mã cán bộ", "Mã CBCCVC"), "code", length=6, most=20, value=lambda line: line.official.code),
    ListColumn("name", _l("Full name"), ("Họ và tên", "Họ tên", "Họ, tên"), required=True, value=lambda line: line.official.full_name),
    ListColumn("birth", _l("Birth date"), ("Ngày sinh", "Năm sinh"), "birth", value=lambda line: birth_of(line.official)),
    ListColumn("organisation", _l("Organisation"), value=lambda line: line.official.organisation.name, export_only=True),
    ListColumn("test", _l("Test"), ("Bài kiểm tra", "Tên bài kiểm tra", "Môn kiểm tra"), required=True, value=lambda line: line.test.title),
    ListColumn("held_on", _l("Held on"), ("Ngày kiểm tra",), "date", value=lambda line: line.test.held_on),
    ListColumn("attempt", _l("Attempt"), ("Lần", "Lần thi"), "whole", value=lambda line: line.attempt),
    ListColumn("points", _l("Score"), ("Điểm", "Điểm số"), "number", value=lambda line: _without_zeros(line.points)),
)  # fmt: skip


@dataclass(frozen=True)
class _Line:
    """One learner's score in one attempt; without a score the attempt is empty."""

    official: Official
    test: Test
    attempt: int | None = None
    points: Decimal | None = None


@dataclass
class _Sheet:
    """The scores on record, and the learners and tests by what a list calls them."""

    grid: Grid
    by_code: dict[str, Membership] = field(default_factory=dict)
    by_name: dict[str, list[Membership]] = field(default_factory=dict)
    tests: dict[str, list[Test]] = field(default_factory=dict)


@list_kind
class ScoreList(ListKind):
    """Every learner's score in every test, one row an attempt; the same rules as on the page when it comes back."""

    key = "assessment.scores"
    title = _l("Scores")
    view_permission = "assessment.view"
    import_permission = "assessment.enter"
    primary = ("name",)
    lead = _l(
        "Export the scores, fill in the column of scores, and send the list back. A row without a score changes nothing."
    )

    def columns(self) -> Sequence[ListColumn]:
        return _COLUMNS

    def target_or_404(self, target: int | None, user: User) -> Klass:
        klass = class_or_404(target or 0, user)
        if not is_on("assessment", klass):
            raise NotFound(_("Assessment is switched off for this class."))
        return klass

    def back_url(self, target: int | None) -> str:
        return url_for("assessment.scores", class_id=target)

    def prepare(self, entries: Sequence[Entry], *, by: User, target: Klass) -> _Sheet:
        sheet = _Sheet(queries.grid(target, certificate_rule(target), learners_for(target, by)))
        for member in sheet.grid.memberships:
            if member.official.code:
                sheet.by_code[str(member.official.code)] = member
            sheet.by_name.setdefault(fold(member.official.full_name), []).append(member)
        for test in sheet.grid.tests:
            sheet.tests.setdefault(fold(test.title), []).append(test)
        return sheet

    def match(self, entry: Entry, records: _Sheet) -> None:
        member, test = _member(entry, records), _test(entry, records)
        if member is not None and test is not None:
            points = entry.get("points")
            typed = (
                "" if points is None else marks.write(points) if points == round(points, 2) else str(points)
            )
            entry.values["_cell"] = Cell(test.id, member.id, entry.get("attempt") or 1, typed)

    def identity(self, entry: Entry) -> str:
        cell = entry.get("_cell")
        return ":".join(str(part) for part in cell.key) if cell else ""

    def judge(self, entry: Entry, records: _Sheet) -> Verdict:
        cell = entry.get("_cell")
        if cell is None:
            return Verdict(Status.ERROR)
        [judged] = services.judge(records.grid, [cell]).judged
        if judged.verdict == "wrong":
            entry.wrong("points", judged.message)
            return Verdict(Status.ERROR)
        if judged.verdict == "new":
            return Verdict(Status.NEW, _("Will be entered."))
        if judged.verdict == "changed":
            return Verdict(Status.CHANGED, _("Will be changed: %(before)s → %(after)s.",
                           before=marks.write(_stored(records.grid, cell)), after=marks.write(judged.points)))  # fmt: skip
        if judged.verdict == "kept":
            return Verdict(Status.SAME, _("No score in this row, nothing changes."))
        return Verdict(Status.SAME, _("On record already, nothing changes."))

    def apply(self, entries: Sequence[Entry], *, by: User, target: Klass) -> list[Change]:
        cells = {entry.get("_cell").key: entry for entry in entries}
        before = _scores(list(cells))
        _enter(target, [entry.get("_cell") for entry in entries], by)
        after = _scores(list(cells))
        return [
            Change(
                entry.number,
                after[key].id,
                {"points": _plain(before[key])} if key in before else None,
                {"points": _plain(after[key])},
            )
            for key, entry in cells.items()
        ]

    def obstacles(self, changes: Sequence[Change]) -> list[str]:
        rows = {row.id: row for row in _rows(changes)}
        return [
            _("Row %(row)d: the score was changed again later.", row=change.number)
            for change in changes
            if change.id not in rows or _plain(rows[change.id]) != change.after["points"]
        ]

    def undo(self, changes: Sequence[Change], *, by: User) -> None:
        """Earlier scores come back, new ones are withdrawn; each leaves its correction. Later attempts go first."""
        wanted = {one.id: str((one.before or {}).get("points") or "") for one in changes}
        by_attempt: dict[int, list[Cell]] = {}
        klass = None
        for row in _rows(changes):
            klass = row.test.klass
            typed = marks.write(Decimal(wanted[row.id])) if wanted[row.id] else marks.WITHDRAW
            by_attempt.setdefault(row.attempt, []).append(
                Cell(row.test_id, row.membership_id, row.attempt, typed)
            )
        for attempt in sorted(by_attempt, reverse=True):
            _enter(klass, by_attempt[attempt], by)

    def export(self, user: User, arguments: MultiDict[str, str], target: Klass) -> Iterable[_Line]:
        grid = queries.grid(target, None, learners_for(target, user))
        for test in grid.tests:
            for member in grid.memberships:
                points = grid.attempts(test, member).points
                if not points:
                    yield _Line(member.official, test)
                for attempt in sorted(points):
                    yield _Line(member.official, test, attempt, points[attempt])

    def filename(self, target: Klass | None) -> str:
        return f"diem-{target.code}" if target is not None else "diem"


def _without_zeros(points: Decimal | None) -> Decimal | None:
    """7.5 and not 7.50: the databases keep the same score with more or fewer zeros."""
    return None if points is None else Decimal(format(Decimal(points).normalize(), "f"))


def _member(entry: Entry, records: _Sheet) -> Membership | None:
    """The learner a row means: by staff code with the name agreeing, else by name and birth date."""
    named = records.by_name.get(fold(entry.get("name", "")), [])
    if entry.get("code"):
        found = records.by_code.get(entry.get("code"))
        if found is None:
            entry.wrong("code", _("No learner of this class has this staff code."))
        elif found not in named:
            entry.wrong("name", _("The staff code belongs to %(name)s.", name=found.official.full_name))
            found = None
        return found
    birth = entry.get("birth")
    fitting = [
        one
        for one in named
        if not birth or (known := birth_of(one.official)) is None or birth.agrees_with(known)
    ]
    if len(fitting) == 1:
        return fitting[0]
    entry.wrong(
        "name",
        _("Several learners have this name. Give the staff code.")
        if fitting
        else _("No learner of this class has this name."),
    )
    return None


def _test(entry: Entry, records: _Sheet) -> Test | None:
    named = records.tests.get(fold(entry.get("test", "")), [])
    held_on = entry.get("held_on")
    fitting = [one for one in named if one.held_on == held_on] if held_on and len(named) > 1 else named
    if len(fitting) == 1:
        return fitting[0]
    entry.wrong(
        "test",
        _("Several tests have this title. Give the day it was held.")
        if fitting
        else _("The class has no such test. Plan it first, or correct the title."),
    )
    return None


def _enter(klass: Any, cells: Sequence[Cell], by: User) -> None:
    entered = services.enter_scores(klass, cells, by=by)
    if entered.wrong:
        raise Invalid(entered.wrong[0].message)


def _stored(grid: Grid, cell: Cell) -> Decimal | None:
    attempts = grid.cells.get((cell.test_id, cell.membership_id))
    return attempts.points.get(cell.attempt) if attempts else None


def _scores(keys: Sequence[tuple[int, int, int]]) -> dict[tuple[int, int, int], Score]:
    wanted, tests = set(keys), sorted({key[0] for key in keys})
    rows = Score.select().where(Score.test.in_(tests or [-1]))
    found = {(row.test_id, row.membership_id, row.attempt): row for row in rows}
    return {key: row for key, row in found.items() if key in wanted}


def _rows(changes: Sequence[Change]) -> list[Score]:
    ids = [change.id for change in changes]
    found: list[Score] = []
    for start in range(0, len(ids), 5000):
        query = Score.select(Score, Test).join(Test).where(Score.id.in_(ids[start : start + 5000]))
        found.extend(query)
    return found


def _plain(row: Score) -> str | None:
    return None if row.points is None else f"{Decimal(row.points):.2f}"
