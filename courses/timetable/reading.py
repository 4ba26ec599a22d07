"""From the cells of a timetable to lines: a day, a time, a topic, a lecturer and a room each.

Knows how timetables are written: a title above the table, week, day and date written once for several
lines, "Sáng" and "Chiều" for the hours of the day, "TS." before a name, "Mời báo cáo viên Sở Nội vụ"
for somebody an agency will send.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from flask_babel import gettext as _

from courses.timetable.teachers import Teacher, read_teacher
from lms.importing import values
from lms.importing.headers import Column, Header, find
from lms.importing.preview import Problem
from lms.importing.rows import Kind, Row, body, carry_down
from lms.importing.sheets import Cell, Grid
from lms.importing.values import Read
from lms.text import fold_words

PARTS = {
    "morning": ("sang", "buoi sang", "s", "am", "morning"),
    "afternoon": ("chieu", "buoi chieu", "c", "pm", "afternoon"),
    "evening": ("toi", "buoi toi", "t", "evening"),
}
_WHOLE_DAY = ("ca ngay", "sang chieu", "sang va chieu", "hai buoi", "2 buoi")
_WEEKDAYS = {"hai": 0, "ba": 1, "tu": 2, "nam": 3, "sau": 4, "bay": 5, "chu nhat": 6, "cn": 6}
_DAY_OFF = re.compile(r"^(nghi\b|le\b|nghi le|tet\b|giai lao)")
_TOTAL = re.compile(r"^(tong|cong|tong cong|tong so|tong so tiet)$")
_DATE_INSIDE = re.compile(r"\d{1,2}\s*[/.\-]\s*\d{1,2}(?:\s*[/.\-]\s*\d{2,4})?")
_DAY_MONTH = re.compile(r"^(\d{1,2})\s*[/.\-]\s*(\d{1,2})$")
_HOURS = re.compile(
    r"(\d{1,2}\s*[:hg]\s*\d{0,2})\s*(?:p|phút)?\s*(?:-|–|—|~|đến|tới)\s*(\d{1,2}\s*[:hg]\s*\d{0,2})",
    re.IGNORECASE,
)

V = TypeVar("V")

Hours = tuple[datetime.time, datetime.time]


@dataclass(frozen=True)
class Line:
    """One line of a timetable as it is meant; times are local."""

    number: int
    day: datetime.date | None = None
    starts: datetime.time | None = None
    ends: datetime.time | None = None
    topic: str = ""
    periods: int = 0
    teacher: Teacher | None = None
    room: str = ""
    #: Cells as written, by column key.
    written: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    #: Why the line is no session at all: a day off, no topic.
    skipped: str = ""


@dataclass(frozen=True)
class Calendar:
    """What a timetable leaves unsaid: hours of the parts of the day, and the class's first and last day."""

    hours: Mapping[str, Hours]
    first_day: datetime.date | None = None
    last_day: datetime.date | None = None


def columns() -> tuple[Column, ...]:
    """The columns of a timetable and the labels people give them."""
    return (
        Column("week", _("Week"), ("Tuần", "Week")),
        Column("date", _("Date"), ("Ngày", "Ngày tháng", "Ngày học", "Ngày, tháng, năm", "Ngày/tháng", "Date")),
        Column("weekday", _("Day"), ("Thứ", "Thứ, ngày", "Thứ ngày", "Thứ/ngày", "Weekday")),
        Column("part", _("Part of the day"), ("Buổi", "Buổi học", "Ca", "Session")),
        Column("time", _("Hours"), ("Thời gian", "Giờ", "Giờ học", "Time")),
        Column(
            "topic",
            _("Topic"),
            ("Chuyên đề", "Nội dung", "Tên chuyên đề", "Nội dung giảng dạy", "Nội dung bài giảng", "Bài giảng", "Môn học",
             "Chuyên đề, nội dung", "Topic"),
            required=True,
        ),
        Column("periods", _("Periods"), ("Số tiết", "Tiết", "Periods")),
        Column(
            "lecturer",
            _("Lecturer"),
            ("Giảng viên", "Báo cáo viên", "Giảng viên, báo cáo viên", "Người giảng", "Người dạy", "Lecturer"),
        ),
        Column("room", _("Room"), ("Phòng", "Phòng học", "Địa điểm", "Hội trường", "Giảng đường", "Room")),
        Column("note", _("Note"), ("Ghi chú", "Note")),
    )  # fmt: skip


def read(grid: Grid, calendar: Calendar) -> tuple[Header, list[Row], list[Line]]:
    """The header, every physical row with its kind, and the lines of the table.

    Raises Invalid when there is no header with a topic, a date or day, and a part of the day or hours.
    """
    header = find(grid, columns(), any_of=(("date", "weekday"), ("part", "time")))
    filled = _fill_merged(grid, header)
    # A line with a number of periods is a line of the table, even when its date reads like the foot of a letter.
    rows = carry_down(body(filled, header, primary=("topic",), number="periods"), ("week", "date", "weekday"))
    return header, rows, [_line(row, calendar) for row in rows if row.kind is Kind.DATA]


def weekday_name(day: datetime.date) -> str:
    """Monday is Thứ 2, Sunday Chủ nhật."""
    return str(
        (_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"))[
            day.weekday()
        ]
    )


def _fill_merged(grid: Grid, header: Header) -> Grid:
    """Cells merged downwards hold for every line they cover."""
    rows = [list(row) for row in grid.rows]
    for top, left, bottom, right in grid.merged:
        if top > header.last and bottom > top and left == right:
            for place in range(top + 1, min(bottom, len(rows) - 1) + 1):
                rows[place][left] = rows[top][left]
    return replace(grid, rows=tuple(tuple(row) for row in rows))


def _line(row: Row, calendar: Calendar) -> Line:
    cells = row.cells
    written = {key: values.text(cell) for key, cell in cells.items()}
    topic = written.get("topic", "")
    line = Line(row.number, topic=topic[:300], room=written.get("room", "")[:80], written=written)
    if not topic:
        return replace(line, skipped=_("No topic: nothing to schedule."))
    if _TOTAL.match(fold_words(topic)):
        return replace(line, skipped=_("A total: nothing to schedule."))
    if _DAY_OFF.match(fold_words(topic)):
        return replace(line, skipped=_("A day off: nothing to schedule."))
    notes: list[str] = []
    problems: list[Problem] = []

    day = _take(_day(cells, calendar), "date", notes, problems)
    hours = _take(_hours(cells, calendar), "part", notes, problems)
    periods = _take(_periods(cells.get("periods")), "periods", notes, problems)
    teacher = _take(read_teacher(written.get("lecturer", "")), "lecturer", notes, problems)
    if day and (wrong := _wrong_weekday(day, written)):
        problems.append(Problem("weekday", wrong))
    if len(topic) > 300:
        notes.append(_("The topic is longer than 300 characters and was cut."))
    starts, ends = hours or (None, None)
    return replace(
        line,
        day=day,
        starts=starts,
        ends=ends,
        periods=periods or 0,
        teacher=teacher,
        notes=tuple(notes),
        problems=tuple(problems),
    )


def _take(read: Read[V], column: str, notes: list[str], problems: list[Problem]) -> V | None:
    notes.extend(read.notes)
    if read.problem:
        problems.append(Problem(column, read.problem))
    return read.value


def _day(cells: Mapping[str, Cell], calendar: Calendar) -> Read[datetime.date]:
    """The date of a line: its own cell, or a date written beside the day ("Thứ 2 (03/3)")."""
    cell = cells.get("date")
    if values.text(cell):
        read = values.plain_date(cell)
        if not read.problem:
            return read
        inside = _DATE_INSIDE.search(values.text(cell))
    else:
        inside = _DATE_INSIDE.search(values.text(cells.get("weekday")))
        read = Read(problem=_("The line has no date."))
    if not inside:
        return read
    found = re.sub(r"\s", "", inside[0])
    return _without_year(found, calendar) if _DAY_MONTH.match(found) else values.plain_date(found)


def _without_year(written: str, calendar: Calendar) -> Read[datetime.date]:
    first = calendar.first_day
    if first is None:
        return Read(
            problem=_(
                "“%(text)s” has no year. Write day/month/year, or give the class its dates first.",
                text=written,
            )
        )
    last = calendar.last_day or first
    reads = [values.plain_date(f"{written}/{year}") for year in range(first.year, last.year + 1)]
    fitting = [read for read in reads if read.value and first <= read.value <= last]
    read = (fitting or reads)[0]
    if read.value is None:
        return read
    return Read(
        read.value,
        (_("“%(text)s” was read as %(date)s.", text=written, date=read.value.strftime("%d/%m/%Y")),),
    )


def _hours(cells: Mapping[str, Cell], calendar: Calendar) -> Read[Hours]:
    """The hours of a line: as written, or those of "Sáng" and "Chiều"."""
    part, time = values.text(cells.get("part")), values.text(cells.get("time"))
    for written in (time, part):
        if found := _HOURS.search(written):
            return _written_hours(found, written)
    words = fold_words(part) or fold_words(time)
    if not words:
        return Read(problem=_("The line says neither morning nor afternoon."))
    if words in _WHOLE_DAY:
        return Read(problem=_("Write morning and afternoon as two lines."))
    known = next((name for name, spellings in PARTS.items() if words in spellings), None)
    if known is None:
        return Read(problem=_("“%(text)s” is no part of the day. Write Sáng, Chiều or Tối, or hours like 7:30-11:00.", text=(part or time)[:30]))  # fmt: skip
    return Read(calendar.hours[known])


def _written_hours(found: re.Match[str], written: str) -> Read[Hours]:
    reads = [values.time_of_day(re.sub(r"\s", "", half)) for half in found.groups()]
    starts, ends = (read.value for read in reads)
    if starts is None or ends is None or ends <= starts:
        return Read(
            problem=_("The hours “%(text)s” cannot be read. Write for example 7:30-11:00.", text=written[:30])
        )
    return Read((starts, ends))


def _periods(cell: Cell) -> Read[int]:
    words = values.text(cell)
    if not words:
        return Read(0, (_("No number of periods is given; the session counts none."),))
    number = re.sub(r"\s*(tiết|tiet|t)\.?$", "", words, flags=re.IGNORECASE)
    return values.whole_number(number, least=0, most=20)


def _wrong_weekday(day: datetime.date, written: Mapping[str, str]) -> str:
    words = re.sub(r"^thu ", "", fold_words(_DATE_INSIDE.sub("", written.get("weekday", ""))))
    said = int(words) - 2 if words.isdigit() and 2 <= int(words) <= 7 else _WEEKDAYS.get(words)
    if said is None or said == day.weekday():
        return ""
    return str(
        _("%(date)s is a %(day)s, but the line says “%(said)s”.",
          date=day.strftime("%d/%m/%Y"), day=weekday_name(day), said=written["weekday"])
    )  # fmt: skip
