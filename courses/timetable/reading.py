"""From the cells of a timetable to lines: a day, a time, a topic, a lecturer and a room each.

Knows how timetables are written: a title above the table, week, day and date written once for several
lines, "Sáng" and "Chiều" for the hours of the day, "TS." before a name, "Mời báo cáo viên Sở Nội vụ"
for somebody an agency will send.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from flask_babel import gettext as _

from courses.timetable.teachers import Teacher, read_teacher
from lms import clock
from lms.importing import values
from lms.importing.columns import Entry
from lms.importing.preview import Problem
from lms.importing.sheets import Cell
from lms.importing.values import Read
from lms.text import fold, fold_words

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
#: Start and end of a session, naive UTC.
Times = tuple[datetime.datetime, datetime.datetime]


@dataclass(frozen=True)
class Line:
    """One line of a timetable as it is meant; times are local."""

    number: int
    day: datetime.date | None = None
    starts: datetime.time | None = None
    ends: datetime.time | None = None
    topic: str = ""
    #: None where the line does not say.
    periods: int | None = None
    teacher: Teacher | None = None
    room: str = ""
    #: Cells as written, by column key.
    written: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    #: Why the line is no session at all: a day off, no topic.
    skipped: str = ""

    @property
    def times(self) -> Times | None:
        """When the session is; None when the line does not say."""
        if not (self.day and self.starts and self.ends):
            return None
        begin, end = (datetime.datetime.combine(self.day, at) for at in (self.starts, self.ends))
        return clock.from_local(begin), clock.from_local(end)


@dataclass(frozen=True)
class Calendar:
    """What a timetable leaves unsaid: hours of the parts of the day, and the class's first and last day."""

    hours: Mapping[str, Hours]
    first_day: datetime.date | None = None
    last_day: datetime.date | None = None


def weekday_name(day: datetime.date) -> str:
    """Monday is Thứ 2, Sunday Chủ nhật."""
    return str(
        (_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"))[
            day.weekday()
        ]
    )


def read_line(entry: Entry, calendar: Calendar, lecturers: Collection[str]) -> Line:
    """A row of a timetable with its corrections. `lecturers` are the folded names on record, with their titles."""
    cells = _corrected(entry)
    written = {key: values.text(cell) for key, cell in cells.items()}
    topic = written.get("topic", "")
    notes: list[str] = []
    problems: list[Problem] = []
    day = _take(_day(cells, calendar), "date", notes, problems)
    hours = _take(_hours(cells, calendar), "time", notes, problems)
    periods = _take(_periods(cells.get("periods")), "periods", notes, problems)
    teacher = _take(_teacher(written.get("lecturer", ""), lecturers), "lecturer", notes, problems)
    if day and (wrong := _wrong_weekday(day, written)):
        problems.append(Problem("weekday", wrong))
    if len(topic) > 300:
        notes.append(_("The topic is longer than 300 characters and was cut."))
    skipped = _nothing_to_schedule(topic)
    starts, ends = hours or (None, None)
    return Line(
        entry.number,
        day=day,
        starts=starts,
        ends=ends,
        topic=topic[:300],
        periods=periods,
        teacher=teacher,
        room=written.get("room", "")[:80],
        written=written,
        notes=() if skipped else tuple(notes),
        problems=() if skipped else tuple(problems),
        skipped=skipped,
    )


def _corrected(entry: Entry) -> dict[str, Cell]:
    """The cells of a row under its corrections; a date or hours typed by a person need no weekday or part of the day."""
    fixes = {key: None if typed == "-" else typed for key, typed in entry.fixes.items()}
    cells = {**entry.row.cells, **fixes}
    for said, other in (("date", "weekday"), ("time", "part")):
        if fixes.get(said) and other not in fixes:
            cells[other] = None
    return cells


def _nothing_to_schedule(topic: str) -> str:
    """Why a line with this topic is no session; empty when it is one."""
    if not topic:
        return str(_("No topic: nothing to schedule."))
    if _TOTAL.match(fold_words(topic)):
        return str(_("A total: nothing to schedule."))
    return str(_("A day off: nothing to schedule.")) if _DAY_OFF.match(fold_words(topic)) else ""


def _teacher(written: str, lecturers: Collection[str]) -> Read[Teacher]:
    """Who teaches; a name that is on record just so needs no understanding."""
    return Read(Teacher(written)) if fold(written) in lecturers else read_teacher(written)


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
    number = re.sub(r"\s*(tiết|tiet|t|periods?)\.?$", "", values.text(cell), flags=re.IGNORECASE)
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
