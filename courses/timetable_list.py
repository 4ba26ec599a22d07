"""The timetable of a class as a list that comes in as schools write it, and goes out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.datastructures import MultiDict

from courses import queries, services
from courses.models import SCHEDULABLE_STATES, ClassSession, Klass
from courses.timetable import judging
from courses.timetable.judging import CANCEL_MISSING, TAKE_BUSY
from courses.timetable.known import Known, lecturers_of, look_up
from courses.timetable.reading import read_line
from lms import audit, clock, text
from lms.access.models import User
from lms.importing import drafts, values
from lms.importing.columns import Entry, ListColumn
from lms.importing.kinds import Change, ListKind, Verdict, list_kind
from lms.importing.models import ImportDraft
from lms.importing.preview import APPLICABLE, Preview, Status
from lms.importing.reading import About, Option, Reading
from lms.importing.rows import Row
from lms.importing.wording import Figure


def _hours(session: ClassSession) -> str:
    begin, end = clock.local(session.starts_at), clock.local(session.ends_at)
    return f"{begin:%H:%M}–{end:%H:%M}"


_COLUMNS = (
    ListColumn("week", _l("Week"), ("Tuần", "Week"), alternative=True),
    ListColumn("date", _l("Date"), ("Ngày", "Ngày tháng", "Ngày học", "Ngày, tháng, năm", "Ngày/tháng", "Date"), "date", value=lambda one: clock.local(one.starts_at).date()),
    ListColumn("weekday", _l("Day"), ("Thứ", "Thứ, ngày", "Thứ ngày", "Thứ/ngày", "Weekday"), alternative=True),
    ListColumn("part", _l("Part of the day"), ("Buổi", "Buổi học", "Ca", "Session"), alternative=True),
    ListColumn("time", _l("Hours"), ("Thời gian", "Giờ", "Giờ học", "Time"), value=_hours),
    ListColumn("topic", _l("Topic"), ("Chuyên đề", "Nội dung", "Tên chuyên đề", "Nội dung giảng dạy", "Nội dung bài giảng", "Bài giảng", "Môn học", "Chuyên đề, nội dung", "Topic"), required=True, value=lambda one: one.topic),
    ListColumn("periods", _l("Periods"), ("Số tiết", "Tiết", "Periods"), "whole", value=lambda one: one.periods),
    ListColumn("lecturer", _l("Lecturer"), ("Giảng viên", "Báo cáo viên", "Giảng viên, báo cáo viên", "Người giảng", "Người dạy", "Lecturer"), value=lambda one: str(one.lecturer) if one.lecturer_id else None),
    ListColumn("room", _l("Room"), ("Phòng", "Phòng học", "Địa điểm", "Hội trường", "Giảng đường", "Room"), value=lambda one: one.room.name if one.room_id else None),
    ListColumn("note", _l("Note"), ("Ghi chú", "Note"), alternative=True),
)  # fmt: skip


class _Words(ListKind):
    """What the pages of a timetable say."""

    asks = _l("Take the line all the same?")
    lead = _l("A header row with a topic (Chuyên đề), a date (Ngày) and a part of the day (Buổi: Sáng, Chiều, Tối) or hours (Giờ). Lecturer, room and periods may be missing. Week, day and date written once hold for the lines below.")  # fmt: skip
    undo_lead = _l("The sessions it added are withdrawn; those it changed or cancelled are as before. New rooms and lecturers stay.")  # fmt: skip

    def says_ready(self, counts: Mapping[str, int]) -> str:
        ready = counts["new"] + counts["changed"]
        if not ready and counts["same"]:
            return _("The class already has this timetable.")
        return ngettext("%(num)s line can be applied", "%(num)s lines can be applied", ready)

    def apply_label(self, counts: Mapping[str, int]) -> str:
        ready = counts["new"] + counts["changed"]
        return ngettext("Apply %(num)s line", "Apply %(num)s lines", ready) if ready else _("Apply the timetable")  # fmt: skip

    def nothing_stands(self) -> str:
        return _("Nothing to apply: the class already has this timetable, or no line can be used as it is.")

    def thrown_away(self, filename: str) -> str:
        return _("The uploaded timetable was thrown away; nothing was changed.")

    def says_done(self, counts: Mapping[str, int]) -> str:
        written = counts["new"] + counts["changed"]
        said = ngettext("%(num)s session written", "%(num)s sessions written", written)
        if not counts.get("cancelled"):
            return said
        return f"{said}, " + ngettext("%(num)s cancelled", "%(num)s cancelled", counts["cancelled"])

    def figures(self, counts: Mapping[str, int]) -> Sequence[Figure]:
        more: tuple[Figure, ...] = (
            (counts.get("cancelled", 0), _("sessions cancelled"), ""),
            (counts.get("lecturers", 0), _("lecturers put on record"), ""),
            (counts.get("rooms", 0), _("rooms put on record"), ""),
        )
        return (
            (counts["new"], _("new sessions"), "new"),
            (counts["changed"], _("changed sessions"), "changed"),
            *(figure for figure in more if figure[0]),
        )

    def taken_back(self, count: int) -> str:
        return ngettext("The import was taken back: %(num)d session is as before.", "The import was taken back: %(num)d sessions are as before.", count)  # fmt: skip


@list_kind
class TimetableList(_Words):
    """Sessions of a class. A line means the session that starts then, else one at that time that no other line means."""

    key = "courses.timetable"
    title = _l("Timetable")
    view_permission = "courses.view"
    import_permission = "courses.manage"
    primary = ("topic",)
    any_of = (("date", "weekday"), ("time", "part"))
    fixable = ("date", "time", "topic", "periods", "lecturer", "room")
    carried = ("week", "date", "weekday")
    # A line with a number of periods is a line of the table, even when its date reads like the foot of a letter.
    numbered = "periods"
    whole = True
    exact = True

    def columns(self) -> Sequence[ListColumn]:
        return _COLUMNS

    def target_or_404(self, target: int | None, user: User) -> Klass:
        return queries.class_or_404(target or 0, user)

    def back_url(self, target: int | None) -> str:
        return url_for("courses.sessions", class_id=target)

    def import_url(self, user: Any, target: int | None) -> str | None:
        klass = Klass.get_or_none(Klass.id == target)
        return super().import_url(user, target) if klass and klass.state in SCHEDULABLE_STATES else None

    def must_take(self, target: Klass) -> None:
        services.must_schedule(target)

    def read(self, row: Row, fixes: Mapping[str, str]) -> Entry:
        """The row as it is: what its cells mean depends on the class, and is read in `prepare`."""
        return Entry(row, fixes=fixes)

    def about(self, reading: Reading, target: Klass) -> About:
        title = next((values.text(cell) for row in reading.grid.rows[: reading.header.last + 1] for cell in row if values.text(cell)), "")  # fmt: skip
        if not title or target.code.lower() in title.lower() or " lop " not in f" {text.fold(title)} ":
            return About()
        note = _("The title of the file is “%(title)s”, the class is %(code)s. Check that it is the right file.", title=title[:120], code=target.code)  # fmt: skip
        return About((note,))

    def prepare(self, entries: Sequence[Entry], *, by: User, target: Klass) -> Known:
        sessions, calendar = queries.sessions(target), judging.calendar(target)
        lecturers = lecturers_of(sessions)
        for entry in entries:
            line = entry.values["line"] = read_line(entry, calendar, lecturers.by_full_name)
            entry.shown = judging.shown(line, entry.row.cells)
            entry.notes, entry.problems = list(line.notes), list(line.problems)
        left_out = {entry.number for entry in entries if entry.fixes.get("skip")}
        known = look_up(target, sessions, lecturers, [entry.values["line"] for entry in entries], left_out)
        for entry in entries:
            if (session := known.pairs.get(entry.number)) is not None:
                entry.facts["session_id"] = session.id
        return known

    def match(self, entry: Entry, records: Known) -> ClassSession | None:
        return records.pairs.get(entry.number)

    def judge(self, entry: Entry, records: Known) -> Verdict:
        return judging.judge(entry, entry.values["line"], records)

    def summary(self, entries: Sequence[Entry], records: Known) -> About:
        read = [entry for entry in entries if entry.status not in {Status.ERROR, Status.SKIPPED}]
        missing = [[number, judging.label(one)] for number, one in records.missing.items()]
        return About(tuple(_remarks(read, records.klass)), {"missing": missing})

    def options(self, preview: Preview) -> Sequence[Option]:
        return [one for one in (_busy(preview), _missing(preview)) if one is not None]

    def ready(self, preview: Preview) -> int:
        cancelled = preview.facts["summary"]["missing"] if CANCEL_MISSING in preview.facts["chosen"] else ()
        return len(preview.applicable) + len(cancelled)

    def apply(self, entries: Sequence[Entry], *, by: User, target: Klass) -> list[Change]:
        cancelling = any(CANCEL_MISSING in entry.file["chosen"] for entry in entries)
        return services.import_sessions(target, entries, by=by, cancel_missing=cancelling)  # type: ignore[no-any-return]

    def counted(self, entries: Sequence[Entry], changes: Sequence[Change]) -> Mapping[str, int]:
        written = [entry for entry in entries if entry.status in APPLICABLE]
        return {
            "rooms": len(_new(written, "room")),
            "lecturers": len(_new(written, "lecturer")),
            "cancelled": sum(1 for change in changes if "cancelled_at" in change.after),
        }

    def written(self, draft: ImportDraft, changes: Sequence[Change]) -> None:
        counts = drafts.result(draft).counts  # type: ignore[union-attr]  # just applied
        told = {name: counts[name] for name in ("new", "changed", "cancelled", "rooms", "lecturers")}
        klass = Klass.get_by_id(draft.target)
        audit.record(draft.owner, "courses.timetable_imported", klass, filename=draft.filename, **told)

    def obstacles(self, changes: Sequence[Change]) -> list[str]:
        return services.timetable_obstacles(changes)  # type: ignore[no-any-return]

    def undo(self, changes: Sequence[Change], *, by: User) -> None:
        services.take_timetable_back(changes, by=by)

    def export(self, user: User, arguments: MultiDict[str, str], target: Klass) -> Iterable[ClassSession]:
        return queries.sessions(target)

    def filename(self, target: Klass | None) -> str:
        return f"lich-hoc-{target.code}" if target is not None else "lich-hoc"


def _remarks(read: Sequence[Entry], klass: Klass) -> list[str]:
    """What will be put on record besides sessions, and whether the periods are those of the programme."""
    notes = []
    if rooms := _new(read, "room"):
        notes.append(_("Rooms that are not on record yet and will be added: %(names)s.", names=", ".join(rooms)))  # fmt: skip
    if lecturers := _new(read, "lecturer"):
        notes.append(_("Lecturers who are not on record yet and will be added: %(names)s.", names=", ".join(lecturers)))  # fmt: skip
    have, planned = sum(entry.facts["periods"] for entry in read), klass.programme_version.periods
    if planned and have and planned != have:
        notes.append(_("The timetable has %(have)d periods, the programme %(planned)d.", have=have, planned=planned))  # fmt: skip
    return notes


def _new(entries: Sequence[Entry], what: str) -> list[str]:
    """Names of rooms or lecturers that are not on record, each once."""
    names = [entry.facts[what] for entry in entries if entry.facts.get(f"new_{what}")]
    return list({text.fold(name): name for name in names}.values())


def _busy(preview: Preview) -> Option | None:
    on = TAKE_BUSY in preview.facts["chosen"]
    rows = [row for row in preview.rows if row.facts.get("busy") and (on or not row.applicable)]
    if not rows:
        return None
    if on:
        said = ngettext("%(num)s line is taken although its lecturer, room or learners are busy elsewhere.", "%(num)s lines are taken although their lecturer, room or learners are busy elsewhere.", len(rows))  # fmt: skip
        return Option(TAKE_BUSY, said, _("Leave them out again"), on=True)
    said = ngettext("%(num)s line stays out: its lecturer, room or learners are busy elsewhere.", "%(num)s lines stay out: their lecturer, room or learners are busy elsewhere.", len(rows))  # fmt: skip
    return Option(TAKE_BUSY, said, _("Take them all the same"))


def _missing(preview: Preview) -> Option | None:
    labels = tuple(label for _id, label in preview.facts["summary"]["missing"])
    if not labels:
        return None
    if CANCEL_MISSING in preview.facts["chosen"]:
        said = ngettext("%(num)s session that is not in this file will be cancelled.", "%(num)s sessions that are not in this file will be cancelled.", len(labels))  # fmt: skip
        return Option(CANCEL_MISSING, said, _("Keep them"), on=True, details=labels)
    said = ngettext("%(num)s session of the class is not in this file and stays as it is.", "%(num)s sessions of the class are not in this file and stay as they are.", len(labels))  # fmt: skip
    return Option(CANCEL_MISSING, said, _("Cancel them"), details=labels)
