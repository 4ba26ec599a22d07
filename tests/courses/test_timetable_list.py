"""A timetable as a list like every other: corrected in place, remembered, taken back, and out again unchanged."""

from __future__ import annotations

import io
from datetime import date, datetime, timedelta

import pytest
from openpyxl import load_workbook

from courses import queries
from courses import services as courses
from courses.models import ClassSession, Klass
from lms import clock, jobs
from lms.audit.models import AuditRow
from lms.errors import Invalid, NotFound
from lms.events import EventRow
from lms.importing import drafts, services
from lms.importing.preview import Status
from lms.importing.services import CannotUndo
from plugins.attendance import services as attendance
from plugins.attendance.services.marking import Given
from tests.courses.conftest import LICH_HOC, preview_of, take_in

pytestmark = pytest.mark.usefixtures("page")

HEADER = "Ngày\tBuổi\tChuyên đề\tSố tiết\tGiảng viên\tPhòng\n"
FIRST = "3/3/2025\tSáng\tBài một\t4\tTS. Trần Văn Ví\tA201\n"
SECOND = "4/3/2025\tSáng\tBài hai\t4\tThS. Lê Thị Mẫu\tA201\n"


@pytest.fixture
def klass(make):
    return make.klass("K05-2025", state="enrolling", starts_on=date(2025, 3, 3), ends_on=date(2025, 3, 28))


def fresh(draft, by):
    return drafts.by_key(draft.key, by=by)


def applied(klass, text, by):
    draft, _preview = preview_of(klass, text, by)
    services.apply(draft, by=by)
    return fresh(draft, by)


def state_of(klass):
    """Everything on record of the sessions people see."""
    names = ("starts_at", "ends_at", "topic", "periods", "lecturer", "room", "cancelled_at", "number")
    rows = queries.sessions(klass, cancelled=True)
    return [tuple(row.__data__[name] for name in names) for row in rows]


# --- checking --------------------------------------------------------------------------------------


def test_a_line_is_corrected_in_place_and_judged_again(klass, officer):
    text = "Thứ\tNgày\tBuổi\tChuyên đề\nThứ 3\t03/03/2025\tNửa đêm\tBài một\n"
    draft, preview = preview_of(klass, text, officer)
    row = preview.row(2)
    assert row.problem("weekday") and row.problem("time")
    assert row.values["time"] == "Nửa đêm"

    preview = services.correct(draft, 2, {"weekday": "Thứ 2", "time": "Sáng"}, by=officer)
    assert (preview.row(2).status, preview.row(2).values["time"]) == (Status.NEW, "07:30–11:00")
    preview = services.correct(draft, 2, {"weekday": "-", "date": "04/03/2025", "time": "Chiều"}, by=officer)

    assert preview.row(2).status is Status.NEW
    services.apply(fresh(draft, officer), by=officer)
    (session,) = queries.sessions(klass)
    assert f"{clock.local(session.starts_at):%d/%m %H:%M}" == "04/03 13:30"


def test_columns_chosen_once_are_remembered_for_the_next_file(klass, officer):
    unknown = "Khi nào\tBuổi\tChuyên đề\tAi lên lớp\n"
    draft, preview = preview_of(klass, unknown + "3/3/2025\tSáng\tBài một\tTrần Văn Ví\n", officer)
    assert preview.facts["missing"]
    services.choose(draft, by=officer, mapping={"date": 0, "lecturer": 3})
    services.apply(fresh(draft, officer), by=officer)

    _draft, preview = preview_of(klass, unknown + "4/3/2025\tSáng\tBài hai\tTrần Văn Ví\n", officer)

    assert preview.row(2).values["lecturer"] == "Trần Văn Ví"
    assert [session.lecturer.name for session in queries.sessions(klass)] == ["Trần Văn Ví"]


def test_a_blank_cell_erases_nothing_and_self_study_has_nobody(klass, officer):
    applied(klass, HEADER + FIRST + SECOND, officer)
    text = HEADER + "3/3/2025\tSáng\tBài một\t\t\t\n4/3/2025\tSáng\tBài hai\t4\tTự học\tA201\n"

    _draft, preview = preview_of(klass, text, officer)

    assert [row.status for row in preview.only(None)] == [Status.SAME, Status.CHANGED]
    applied(klass, text, officer)
    assert [str(row.lecturer) for row in queries.sessions(klass)] == ["TS. Trần Văn Ví", "None"]


@pytest.mark.parametrize("broken", [{"skip": "1"}, {"periods": "nhiều"}])
def test_a_session_whose_line_is_left_out_is_not_missing(klass, officer, broken):
    applied(klass, HEADER + FIRST + SECOND, officer)
    draft, _preview = preview_of(klass, HEADER + FIRST + SECOND, officer)

    preview = services.correct(draft, 3, broken, by=officer)

    assert preview.facts["summary"]["missing"] == []


def test_one_line_is_taken_although_the_room_is_busy(make, klass, officer):
    other = make.klass("K06-2025", starts_on=date(2025, 3, 3))
    for day in (3, 4):
        make.session(other, day, date(2025, 3, day), room=make.room("A201"))
    draft, preview = preview_of(klass, HEADER + FIRST + SECOND, officer)
    assert [row.status for row in preview.only(None)] == [Status.CONFLICT] * 2

    services.correct(draft, 2, {"record_chosen": "anyway"}, by=officer)
    services.apply(fresh(draft, officer), by=officer)

    assert [session.topic for session in queries.sessions(klass)] == ["Bài một"]


def test_learners_who_sit_elsewhere_are_a_warning(make, klass, officer):
    other = make.klass("K06-2025", starts_on=date(2025, 3, 3), sessions=1)
    for _n in range(2):
        make.learner(klass, official=make.learner(other).official)

    _draft, preview = preview_of(klass, HEADER + FIRST, officer)

    row = preview.row(2)
    assert (row.status, row.reason) == (Status.CONFLICT, "2 học viên của lớp học lớp K06-2025 vào giờ đó.")
    assert take_in(klass, HEADER + FIRST, officer, "take_busy").counts["new"] == 1


def test_a_line_does_not_run_into_a_session_that_stays(make, klass, officer):
    make.session(klass, 1, date(2025, 3, 3), topic="Bài một")
    make.session(klass, 2, date(2025, 3, 3), at=datetime(2025, 3, 3, 13, 30).time(), topic="Giữ nguyên")
    text = HEADER + "3/3/2025\t7:30-15:00\tBài một\t4\t\t\n"

    draft, preview = preview_of(klass, text, officer)

    assert preview.row(2).status is Status.CONFLICT
    assert "Giữ nguyên" in preview.row(2).reason
    preview = services.decide(draft, "cancel_missing", True, by=officer)
    assert preview.row(2).status is Status.CHANGED


def test_a_choice_the_list_does_not_offer_is_refused(klass, officer):
    draft, _preview = preview_of(klass, HEADER + FIRST, officer)
    with pytest.raises(NotFound):
        services.decide(draft, "cancel_missing", True, by=officer)


# --- applying and taking back ----------------------------------------------------------------------


def test_more_than_a_hundred_lines_go_to_a_worker(klass, officer):
    days = [date(2025, 3, 3) + timedelta(days=n) for n in range(51)]
    text = HEADER + "".join(
        f"{day:%d/%m/%Y}\t{part}\tBài\t4\t\t\n" for day in days for part in ("Sáng", "Chiều")
    )
    draft, _preview = preview_of(klass, text, officer)

    run = services.start(draft, by=officer)
    assert run is not None and queries.sessions(klass) == []
    jobs.drain()

    assert len(queries.sessions(klass)) == 102
    assert fresh(draft, officer).applied_at


def test_a_long_list_that_no_longer_holds_waits_to_be_looked_at_again(make, klass, officer, monkeypatch):
    monkeypatch.setattr(services, "AT_ONCE", 1)
    draft, _preview = preview_of(klass, HEADER + FIRST + SECOND, officer)
    run = services.start(draft, by=officer)
    make.session(klass, 1, date(2025, 3, 3), topic="Chen vào")
    jobs.drain()

    assert "vừa có thay đổi" in jobs.JobRun.get_by_id(run.id).result["note"]
    assert [row.topic for row in queries.sessions(klass)] == ["Chen vào"]
    assert drafts.preview(fresh(draft, officer)).row(2).status is Status.CHANGED


def test_an_import_taken_back_leaves_the_timetable_as_it_was(klass, officer):
    applied(klass, HEADER + FIRST + SECOND + "5/3/2025\tSáng\tBài ba\t4\t\t\n", officer)
    before = state_of(klass)
    text = (
        HEADER
        + FIRST.replace("A201", "B1").replace("Bài một", "Bài khác")
        + "6/3/2025\tSáng\tBài bốn\t4\t\t\n"
    )
    draft, _preview = preview_of(klass, text, officer)
    services.decide(draft, "cancel_missing", True, by=officer)
    result = services.apply(fresh(draft, officer), by=officer)
    assert [result.counts[name] for name in ("new", "changed", "cancelled")] == [1, 1, 2]
    heard = EventRow.select().where(EventRow.name == "courses.SessionsChanged").count()

    assert services.undo(fresh(draft, officer), by=officer) == 4

    assert state_of(klass) == before
    assert EventRow.select().where(EventRow.name == "courses.SessionsChanged").count() == heard + 1
    assert AuditRow.select().where(AuditRow.deed == "courses.timetable_taken_back").count() == 1


def test_what_was_withdrawn_is_cancelled_in_calendars_and_its_time_is_free(klass, officer):
    draft = applied(klass, HEADER + FIRST, officer)
    services.undo(draft, by=officer)

    assert queries.sessions(klass, cancelled=True) == []
    (entry,) = queries.calendar.entries_of_class(klass)
    assert entry.cancelled
    assert take_in(klass, HEADER + FIRST, officer).counts["new"] == 1


def test_a_class_that_took_its_days_from_the_timetable_gives_them_back(klass, officer):
    Klass.update(starts_on=None, ends_on=None).where(Klass.id == klass.id).execute()
    draft = applied(queries.class_or_404(klass.id), HEADER + FIRST + SECOND, officer)
    assert Klass.get_by_id(klass.id).ends_on == date(2025, 3, 4)

    assert services.undo(draft, by=officer) == 2

    assert (Klass.get_by_id(klass.id).starts_on, Klass.get_by_id(klass.id).ends_on) == (None, None)


@pytest.fixture
def taught(make, officer):
    """A running class whose timetable of two sessions was imported, with one learner present in the first."""
    klass = make.klass("K08-2025", learners=1, starts_on=date(2025, 3, 3), ends_on=date(2025, 3, 28))
    draft = applied(klass, HEADER + FIRST + SECOND, officer)
    session = queries.sessions(klass)[0]
    with clock.frozen(datetime(2025, 3, 3, 8)):
        given = [Given(member.id, "present") for member in klass.memberships]
        attendance.mark(session, given, by=officer)
    return draft, session


def test_a_session_with_marks_keeps_the_whole_import(taught, officer):
    draft, session = taught
    with pytest.raises(
        CannotUndo, match=r"03/03/2025 07:30 · Bài một: đã có dữ liệu ở (Điểm danh|Chuyên cần)"
    ):
        services.undo(draft, by=officer)
    assert len(queries.sessions(session.klass)) == 2


def test_a_session_whose_roll_is_locked_keeps_the_whole_import(taught, officer):
    draft, session = taught
    with clock.frozen(datetime(2025, 3, 3, 12)):
        attendance.confirm_roll(session, [], by=officer, nonce="n")
        attendance.lock_roll(session, by=officer)
    with pytest.raises(CannotUndo, match="khoá"):
        services.undo(draft, by=officer)
    assert len(queries.sessions(session.klass)) == 2


def test_a_later_change_keeps_the_import(klass, officer):
    draft = applied(klass, HEADER + FIRST + SECOND, officer)
    courses.cancel_session(queries.sessions(klass)[1], by=officer)
    with pytest.raises(CannotUndo, match="Bài hai: buổi này đã được sửa"):
        services.undo(draft, by=officer)


def test_a_session_that_came_later_stands_in_the_way_of_an_earlier_time(make, klass, officer):
    session = make.session(klass, 1, date(2025, 3, 3), topic="Bài một")
    draft = applied(klass, HEADER + "3/3/2025\t10:00-12:00\tBài một\t4\t\t\n", officer)
    assert ClassSession.get_by_id(session.id).starts_at != session.starts_at
    make.session(klass, 2, date(2025, 3, 3), at=datetime(2025, 3, 3, 6).time(), topic="Chen vào")
    with pytest.raises(CannotUndo, match="Chen vào"):
        services.undo(draft, by=officer)


def test_the_timetable_of_a_class_under_review_stays(klass, officer):
    draft = applied(klass, HEADER + FIRST, officer)
    Klass.update(state="reviewing").where(Klass.id == klass.id).execute()
    assert services.obstacles(draft)
    with pytest.raises(CannotUndo):
        services.undo(draft, by=officer)


def test_the_result_file_says_why_beside_every_line(login, klass, officer):
    draft = applied(
        klass, HEADER + FIRST + "4/3/2025\tNửa đêm\tBài\t4\t\t\n5/3/2025\tSáng\tNghỉ lễ\t\t\t\n", officer
    )
    book = load_workbook(io.BytesIO(login(officer).get(f"/imports/{draft.key}/result.xlsx").data))
    rows = [[cell.value for cell in row][-2:] for row in book.active.iter_rows()]
    assert rows[0] == ["Kết quả", "Lý do"]
    assert rows[1][0] == "Mới"
    assert rows[2][0] == "Lỗi" and "Nửa đêm" in rows[2][1]
    assert rows[3] == ["Bỏ qua", "Ngày nghỉ: không xếp buổi học."]


# --- out and in again ------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_sessions_that_come_back_change_nothing(make, login, klass, officer, ending):
    applied(klass, LICH_HOC.read_bytes(), officer)
    odd = [
        ("=1+1", make.lecturer("GV-01/2025"), None),
        ("Nghỉ giữa khoá", make.lecturer("Nguyễn Văn An", academic_title="TS.", active=False), None),
        ("Tổng cộng", make.lecturer("Nguyễn Văn An", academic_title="ThS."), make.room("-B2")),
        ("Ghi chú: @x", None, make.room("Phòng 'số' 3")),
    ]
    for number, (topic, lecturer, room) in enumerate(odd):
        make.session(klass, 50 + number, date(2025, 4, 1 + number), topic=topic, lecturer=lecturer, room=room, periods=number)  # fmt: skip
    data = login(officer).get(f"/lists/courses.timetable/export.{ending}?target={klass.id}").data

    draft, preview = preview_of(klass, data, officer, f"x.{ending}")

    assert [(row.status.value, row.reason) for row in preview.only(None)] == [
        ("same", "Lớp đã có buổi này.")
    ] * 44
    assert preview.facts["summary"]["missing"] == []
    with pytest.raises(Invalid):
        services.apply(draft, by=officer)


def test_nothing_in_an_exported_timetable_runs(make, login, klass, officer):
    make.session(klass, 1, date(2025, 4, 1), topic="=cmd|'/c calc'!A1")
    data = login(officer).get(f"/lists/courses.timetable/export.csv?target={klass.id}").data
    assert "'=cmd" in data.decode("utf-8-sig")
