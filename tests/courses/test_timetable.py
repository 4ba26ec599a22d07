"""The school's own timetable, row by row, and the shapes other schools give theirs."""

from datetime import date, datetime, timedelta

import pytest

from courses import queries, services
from courses.hookspecs import SessionLock
from courses.models import ClassSession, Klass, Lecturer, Room
from courses.services.classes import WrongState
from lms import clock
from lms.audit.models import AuditRow
from lms.errors import Conflict, Invalid
from lms.importing import services as imports
from lms.importing.preview import Status
from lms.importing.services import PreviewOutdated
from lms.importing.sheets import MOST_ROWS, SPARE_ROWS
from tests.courses.conftest import LICH_HOC, preview_of, take_in

pytestmark = pytest.mark.usefixtures("page")

VI, MAU, SPEAKER = "TS. Trần Văn Ví", "ThS. Lê Thị Mẫu", "Báo cáo viên Sở Nội vụ"
HALL, A201 = "Hội trường 1", "A201"
LEADING, DIGITAL, ADVICE, STAFF, TALK = (
    "Tổng quan về lãnh đạo, quản lý",
    "Chuyển đổi số",
    "Kỹ năng tham mưu",
    "Công tác cán bộ",
    "Kỹ năng giao tiếp",
)
#: Every line of the file: day of March 2025, topic number and words, lecturer, room; mornings and afternoons in turn.
LINES = [
    (3, 1, LEADING, VI, HALL), (3, 2, DIGITAL, MAU, HALL), (4, 2, LEADING, SPEAKER, HALL), (4, 3, ADVICE, VI, HALL),
    (5, 3, LEADING, VI, A201), (5, 4, STAFF, SPEAKER, A201), (6, 4, ADVICE, MAU, A201), (6, 5, ADVICE, MAU, A201),
    (7, 5, LEADING, SPEAKER, HALL), (7, 6, STAFF, MAU, A201), (10, 6, ADVICE, SPEAKER, A201), (10, 7, DIGITAL, VI, A201),
    (11, 7, LEADING, MAU, HALL), (11, 8, LEADING, SPEAKER, HALL), (12, 8, STAFF, VI, HALL), (12, 9, LEADING, MAU, HALL),
    (13, 9, TALK, MAU, HALL), (13, 10, ADVICE, MAU, HALL), (14, 10, LEADING, MAU, HALL), (14, 11, DIGITAL, SPEAKER, A201),
    (17, 11, STAFF, SPEAKER, HALL), (17, 12, DIGITAL, MAU, A201), (18, 12, STAFF, SPEAKER, A201), (18, 13, STAFF, SPEAKER, HALL),
    (19, 13, DIGITAL, MAU, HALL), (19, 14, LEADING, SPEAKER, HALL), (20, 14, TALK, SPEAKER, A201), (20, 15, DIGITAL, SPEAKER, A201),
    (21, 15, LEADING, MAU, A201), (21, 16, ADVICE, SPEAKER, A201), (24, 16, ADVICE, MAU, HALL), (24, 17, STAFF, SPEAKER, A201),
    (25, 17, LEADING, MAU, A201), (25, 18, STAFF, MAU, HALL), (26, 18, DIGITAL, MAU, HALL), (26, 19, LEADING, VI, A201),
    (27, 19, ADVICE, MAU, HALL), (27, 20, LEADING, VI, HALL), (28, 20, DIGITAL, SPEAKER, HALL), (28, 21, LEADING, MAU, A201),
]  # fmt: skip

HEADER = "Ngày\tBuổi\tChuyên đề\tSố tiết\tGiảng viên\tPhòng\n"


@pytest.fixture
def klass(make):
    return make.klass("K05-2025", state="enrolling", starts_on=date(2025, 3, 3), ends_on=date(2025, 3, 28))


def only(preview, number):
    return next(row for row in preview.rows if row.number == number)


# --- the file as it is -----------------------------------------------------------------------------


def test_every_one_of_the_43_rows_is_judged(klass, officer):
    _draft, preview = preview_of(klass, LICH_HOC.read_bytes(), officer)

    assert [row.number for row in preview.rows] == list(range(1, 44))
    assert [row.status for row in preview.rows] == [Status.SKIPPED] * 3 + [Status.NEW] * 40
    assert preview.notes == (
        "Phòng chưa có trong hệ thống, sẽ được thêm: Hội trường 1, A201.",
        f"Giảng viên chưa có trong hệ thống, sẽ được thêm: {VI}, {MAU}, {SPEAKER}.",
    )


def test_every_line_becomes_the_session_it_means(klass, officer):
    take_in(klass, LICH_HOC.read_bytes(), officer)

    rows = queries.sessions(klass)
    read = [
        (
            clock.local(s.starts_at),
            clock.local(s.ends_at),
            s.topic,
            s.periods,
            str(s.lecturer),
            str(s.room),
            s.number,
        )
        for s in rows
    ]
    expected = []
    for place, (day, number, words, lecturer, room) in enumerate(LINES):
        begin, end = ((7, 30), (11, 0)) if place % 2 == 0 else ((13, 30), (17, 0))
        expected.append(
            (
                datetime(2025, 3, day, *begin, tzinfo=clock.TIME_ZONE),
                datetime(2025, 3, day, *end, tzinfo=clock.TIME_ZONE),
                f"Chuyên đề {number}: {words}",
                4,
                lecturer,
                room,
                place + 1,
            )
        )
    assert read == expected


def test_the_result_carries_counts_and_what_was_added(klass, officer):
    result = take_in(klass, LICH_HOC.read_bytes(), officer)

    assert result.counts == {
        "new": 40, "changed": 0, "same": 0, "conflict": 0, "error": 0, "skipped": 3,
        "rooms": 2, "lecturers": 3, "cancelled": 0,
    }  # fmt: skip
    assert {room.name for room in Room.select()} == {HALL, A201}
    assert AuditRow.select().where(AuditRow.deed == "courses.timetable_imported").count() == 1


def test_the_speaker_an_agency_will_send_is_a_seat_of_that_agency(klass, officer, make):
    agency = make.organisation("snv", name="Sở Nội vụ", kind="department")
    take_in(klass, LICH_HOC.read_bytes(), officer)

    speaker = Lecturer.get(Lecturer.unnamed)
    assert (speaker.name, speaker.visiting, speaker.organisation_id) == (SPEAKER, True, agency.id)


def test_a_known_lecturer_is_recognised_without_title_and_accents(klass, officer, make):
    user = make.user("lecturer")
    known = make.lecturer("Trần Văn Ví", user=user)
    take_in(klass, LICH_HOC.read_bytes(), officer)

    assert Lecturer.select().where(Lecturer.name == "Trần Văn Ví").count() == 1
    assert sum(session.lecturer_id == known.id for session in queries.sessions(klass)) == 7


def test_uploading_again_changes_nothing(klass, officer):
    take_in(klass, LICH_HOC.read_bytes(), officer)
    before = [vars(row)["__data__"] for row in queries.sessions(klass)]

    draft, preview = preview_of(klass, LICH_HOC.read_bytes(), officer)

    assert [row.status for row in preview.only(None)] == [Status.SAME] * 40
    with pytest.raises(Invalid, match="lịch học này"):
        imports.apply(draft, by=officer)
    assert [vars(row)["__data__"] for row in queries.sessions(klass)] == before


def test_pasting_from_the_spreadsheet_gives_the_same_sessions(klass, officer):
    text = "Tuần\tThứ\tNgày\tBuổi\tChuyên đề\tSố tiết\tGiảng viên\tPhòng\n"
    for place, (day, number, words, lecturer, room) in enumerate(LINES):
        when = f"{day}/3/2025\tSáng" if place % 2 == 0 else "\tChiều"
        invited = lecturer.replace("Báo", "Mời báo")
        text += f"\t\t{when}\tChuyên đề {number}: {words}\t4\t{invited}\t{room}\n"
    take_in(klass, text, officer)

    _draft, preview = preview_of(klass, LICH_HOC.read_bytes(), officer)

    assert [row.status for row in preview.only(None)] == [Status.SAME] * 40


# --- changes, conflicts, errors --------------------------------------------------------------------


def test_a_corrected_line_is_shown_and_changes_only_what_differs(klass, officer):
    take_in(klass, LICH_HOC.read_bytes(), officer)
    text = HEADER + f"03/03/2025\tSáng\tChuyên đề 1: {LEADING}\t5\t{MAU}\t{HALL}\n"

    _draft, preview = preview_of(klass, text, officer)

    row = only(preview, 2)
    assert row.status is Status.CHANGED
    assert "4 → 5" in row.reason
    assert VI in row.reason
    assert len(preview.facts["summary"]["missing"]) == 39

    take_in(klass, text, officer)
    assert queries.sessions(klass)[0].periods == 5
    assert len(queries.sessions(klass)) == 40


def test_sessions_missing_in_the_file_stay_unless_somebody_says_so(klass, officer):
    take_in(klass, LICH_HOC.read_bytes(), officer)
    text = HEADER + f"03/03/2025\tSáng\tChuyên đề 1: {LEADING}\t4\t{VI}\t{HALL}\n"

    result = take_in(klass, text, officer, "cancel_missing")

    assert result.counts["cancelled"] == 39
    assert len(queries.sessions(klass)) == 1
    assert len(queries.sessions(klass, cancelled=True)) == 40


def test_a_cancelled_session_leaves_its_time_free(klass, officer):
    take_in(klass, HEADER + "03/03/2025\tSáng\tBài một\t4\t\t\n", officer)
    services.cancel_session(queries.sessions(klass)[0], by=officer)

    result = take_in(klass, HEADER + "03/03/2025\tSáng\tBài hai\t4\t\t\n", officer)

    assert result.counts["new"] == 1
    assert [session.topic for session in queries.sessions(klass)] == ["Bài hai"]


def test_a_column_the_file_does_not_have_changes_nothing(klass, officer):
    take_in(klass, LICH_HOC.read_bytes(), officer)

    _draft, preview = preview_of(
        klass, f"Ngày\tBuổi\tChuyên đề\n03/03/2025\tSáng\tChuyên đề 1: {LEADING}\n", officer
    )

    assert only(preview, 2).status is Status.SAME


def test_two_lines_at_one_time_are_a_conflict(klass, officer):
    _draft, preview = preview_of(
        klass, HEADER + "3/3/2025\tSáng\tMột\t4\t\t\n3/3/2025\tSáng\tHai\t4\t\t\n", officer
    )

    assert only(preview, 3).status is Status.CONFLICT
    assert "2" in only(preview, 3).reason


@pytest.fixture
def other(make):
    """Another class that has Mr Ví in A201 on the morning of 3 March."""
    other = make.klass("K06-2025", starts_on=date(2025, 3, 3))
    make.session(other, 1, date(2025, 3, 3), lecturer=make.lecturer("Trần Văn Ví"), room=make.room("A201"))
    return other


def test_a_busy_lecturer_is_a_conflict_that_may_be_taken_knowingly(klass, officer, other):
    text = HEADER + "3/3/2025\tSáng\tBài\t4\tTS. Trần Văn Ví\tA202\n"
    _draft, preview = preview_of(klass, text, officer)
    assert only(preview, 2).status is Status.CONFLICT
    assert "K06-2025" in only(preview, 2).reason

    with pytest.raises(Invalid):
        take_in(klass, text, officer)
    assert queries.sessions(klass) == []
    assert take_in(klass, text, officer, "take_busy").counts["new"] == 1


def test_a_busy_room_is_a_conflict(klass, officer, other):
    _draft, preview = preview_of(klass, HEADER + "3/3/2025\tSáng\tBài\t4\tThS. Lê Thị Mẫu\tA201\n", officer)

    assert only(preview, 2).status is Status.CONFLICT


def test_an_unnamed_speaker_is_never_busy(klass, officer, make):
    elsewhere = make.klass("K07-2025", starts_on=date(2025, 3, 3))
    speaker = make.lecturer("Báo cáo viên Sở Nội vụ", unnamed=True, visiting=True)
    make.session(elsewhere, 1, date(2025, 3, 3), lecturer=speaker)

    _draft, preview = preview_of(
        klass, HEADER + "3/3/2025\tSáng\tBài\t4\tMời báo cáo viên Sở Nội vụ\t\n", officer
    )

    assert only(preview, 2).status is Status.NEW


def test_a_session_that_is_held_fast_is_not_changed(klass, officer, answers):
    take_in(klass, LICH_HOC.read_bytes(), officer)
    first = queries.sessions(klass)[0]
    answers(session_locks=lambda klass: [SessionLock(first.id, "Điểm danh đã khoá.")])
    text = HEADER + "03/03/2025\tSáng\tBài khác\t4\t\t\n"

    _draft, preview = preview_of(klass, text, officer)

    assert (only(preview, 2).status, only(preview, 2).reason) == (Status.CONFLICT, "Điểm danh đã khoá.")
    assert take_in(klass, text, officer, "cancel_missing").counts["changed"] == 0
    assert ClassSession.get_by_id(first.id).cancelled_at is None
    with pytest.raises(Conflict, match="khoá"):
        services.cancel_session(first, by=officer)


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("32/3/2025\tSáng\tBài\t4\t\t", "date"),
        ("hôm nay\tSáng\tBài\t4\t\t", "date"),
        ("\tSáng\tBài\t4\t\t", "date"),
        ("3/3/2025\t\tBài\t4\t\t", "time"),
        ("3/3/2025\tCả ngày\tBài\t4\t\t", "time"),
        ("3/3/2025\tNửa đêm\tBài\t4\t\t", "time"),
        ("3/3/2025\tSáng\tBài\tnhiều\t\t", "periods"),
        ("3/3/2025\tSáng\tBài\t-4\t\t", "periods"),
        ("3/3/2025\tSáng\tBài\t4,5\t\t", "periods"),
        ("3/3/2025\tSáng\tBài\t4\t<script>\t", "lecturer"),
    ],
)
def test_a_wrong_cell_is_named_beside_its_column(klass, officer, line, column):
    _draft, preview = preview_of(klass, f"{HEADER}{line}\n4/3/2025\tSáng\tĐúng\t4\t\t\n", officer)

    row = only(preview, 2)
    assert row.status is Status.ERROR
    assert row.problem(column)
    assert take_in(klass, f"{HEADER}{line}\n4/3/2025\tSáng\tĐúng\t4\t\t\n", officer).counts["new"] == 1


def test_a_weekday_that_contradicts_the_date_is_an_error(klass, officer):
    text = "Thứ\tNgày\tBuổi\tChuyên đề\nThứ 3\t03/03/2025\tSáng\tBài\nThứ hai\t10/03/2025\tSáng\tBài\nCN\t16/03/2025\tSáng\tBài\n"
    _draft, preview = preview_of(klass, text, officer)

    assert [row.status for row in preview.rows[1:]] == [Status.ERROR, Status.NEW, Status.NEW]
    assert "Thứ 3" in preview.rows[1].reason


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("45719", date(2025, 3, 3)),
        ("03.03.2025", date(2025, 3, 3)),
        ("3-3-25", date(2025, 3, 3)),
        ("2025-03-03", date(2025, 3, 3)),
        ("ngày 3 tháng 3 năm 2025", date(2025, 3, 3)),
        ("Thứ hai, 03/03/2025", date(2025, 3, 3)),
        ("3/3", date(2025, 3, 3)),
    ],
)
def test_dates_of_all_shapes(klass, officer, written, day):
    take_in(klass, f"{HEADER}{written}\tSáng\tBài\t4\t\t\n", officer)

    assert [clock.local(session.starts_at).date() for session in queries.sessions(klass)] == [day]


@pytest.mark.parametrize(
    ("part", "begins", "ends"),
    [
        ("S", "07:30", "11:00"),
        ("CHIỀU", "13:30", "17:00"),
        ("Tối", "18:00", "20:30"),
        ("7h30 - 9h15", "07:30", "09:15"),
        ("Sáng (8:00–11:30)", "08:00", "11:30"),
        ("14g đến 16g30", "14:00", "16:30"),
    ],
)
def test_hours_as_written_or_as_the_settings_say(klass, officer, part, begins, ends):
    take_in(klass, f"{HEADER}3/3/2025\t{part}\tBài\t4\t\t\n", officer)

    (session,) = queries.sessions(klass)
    assert (
        f"{clock.local(session.starts_at):%H:%M}-{clock.local(session.ends_at):%H:%M}" == f"{begins}-{ends}"
    )


def test_days_off_and_footers_are_named_and_skipped(klass, officer):
    text = (
        "TRƯỜNG CHÍNH TRỊ TỈNH\nLịch học\n"
        + HEADER
        + "3/3/2025\tSáng\tBài\t4\t\t\n4/3/2025\tSáng\tNghỉ lễ\t\t\t\n5/3/2025\tSáng\t\t\t\tA201\n6/3/2025\tSáng\tBài hai\t4\t\t\n"
        + "\t\tTổng số tiết\t8\t\t\nGhi chú: học viên mang thẻ\nNgười lập biểu\t\t\tHiệu trưởng\n"
    )
    _draft, preview = preview_of(klass, text, officer)

    statuses = {row.number: row.status for row in preview.rows}
    assert [number for number, status in statuses.items() if status is Status.NEW] == [4, 7]
    assert len(statuses) == len(text.splitlines())
    assert all(row.reason for row in preview.rows)


def test_a_public_holiday_is_remarked_upon_and_not_refused(klass, officer):
    _draft, preview = preview_of(klass, HEADER + "30/4/2025\tSáng\tBài\t4\t\t\n", officer)

    row = only(preview, 2)
    assert row.status is Status.NEW
    assert any("Ngày Chiến thắng" in note for note in row.notes)


def test_the_file_of_another_class_is_remarked_upon(make, officer):
    other = make.klass("K99-2025", state="enrolling", starts_on=date(2025, 3, 3), ends_on=date(2025, 3, 28))

    _draft, preview = preview_of(other, LICH_HOC.read_bytes(), officer)

    assert any("K99-2025" in note for note in preview.notes)


@pytest.mark.parametrize(
    ("written", "shown", "visiting"),
    [
        ("ThS Nguyễn Văn An", "ThS. Nguyễn Văn An", False),
        ("PGS.TS. Đỗ Thị Bình", "PGS.TS. Đỗ Thị Bình", False),
        ("Tiến sĩ Lò Văn Cường", "TS. Lò Văn Cường", False),
        ("Đ/c Phạm Dung", "Phạm Dung", False),
        ("H'Hen Niê", "H'Hen Niê", False),
        ("Mời TS. Vũ Em (Học viện Chính trị khu vực I)", "TS. Vũ Em", True),
        ("ThS. Ngô Giang - Sở Tư pháp", "ThS. Ngô Giang", True),
        ("Mời báo cáo viên Sở Tài chính", "Báo cáo viên Sở Tài chính", True),
        ("TRẦN VĂN HÙNG", "Trần Văn Hùng", False),
    ],
)
def test_lecturers_as_timetables_write_them(klass, officer, written, shown, visiting):
    take_in(klass, f"{HEADER}3/3/2025\tSáng\tBài\t4\t{written}\t\n", officer)

    (session,) = queries.sessions(klass)
    assert (str(session.lecturer), session.lecturer.visiting) == (shown, visiting)


def test_of_several_lecturers_the_first_is_recorded_and_that_is_said(klass, officer):
    _draft, preview = preview_of(
        klass, HEADER + "3/3/2025\tSáng\tBài\t4\tTS. Trần Văn Ví, ThS. Lê Thị Mẫu\t\n", officer
    )

    row = only(preview, 2)
    assert row.values["lecturer"] == VI
    assert any("Lê Thị Mẫu" in note for note in row.notes)


# --- applying --------------------------------------------------------------------------------------


def test_a_preview_that_no_longer_holds_is_not_applied(klass, officer):
    draft, _preview = preview_of(klass, LICH_HOC.read_bytes(), officer)
    services.add_session(
        klass,
        by=officer,
        topic="Khai giảng",
        starts_at=datetime(2025, 3, 3, 0),
        ends_at=datetime(2025, 3, 3, 1),
    )

    with pytest.raises(PreviewOutdated):
        imports.start(draft, by=officer)
    assert len(queries.sessions(klass)) == 1


def test_an_upload_is_applied_once(klass, officer):
    draft, _preview = preview_of(klass, LICH_HOC.read_bytes(), officer)
    imports.start(draft, by=officer)

    with pytest.raises(Conflict):
        imports.start(draft, by=officer)
    assert len(queries.sessions(klass)) == 40


@pytest.mark.parametrize("state", ["reviewing", "closed", "cancelled"])
def test_the_timetable_is_closed_with_the_class(make, officer, state):
    klass = make.klass(state="running", starts_on=date(2025, 3, 3))
    draft, _preview = preview_of(klass, LICH_HOC.read_bytes(), officer)
    Klass.update(state=state).where(Klass.id == klass.id).execute()

    with pytest.raises(WrongState):
        imports.start(draft, by=officer)
    with pytest.raises(WrongState):
        preview_of(klass, LICH_HOC.read_bytes(), officer)


def test_a_class_without_dates_takes_those_of_its_timetable(make, officer):
    klass = make.klass(state="draft")
    klass.starts_on = klass.ends_on = None
    klass.save()
    take_in(klass, LICH_HOC.read_bytes(), officer)

    fresh = queries.class_or_404(klass.id)
    assert (fresh.starts_on, fresh.ends_on) == (date(2025, 3, 3), date(2025, 3, 28))


def test_judging_costs_the_same_for_two_lines_and_for_two_hundred(klass, officer, max_queries):
    days = [date(2025, 3, 3) + timedelta(days=n) for n in range(100)]
    long = HEADER + "".join(
        f"{d:%d/%m/%Y}\t{part}\tBài\t4\tTS. Trần Văn Ví\tA201\n" for d in days for part in ("Sáng", "Chiều")
    )
    take_in(klass, long, officer)

    with max_queries(14):
        preview_of(klass, long, officer)


# --- hostile ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04broken",
        b"%PDF-1.7 not a sheet",
        b"\x00\x01\x02\x03" * 50,
        "một dòng chữ không có cột".encode(),
        "Họ và tên\tNgày sinh\nNguyễn Văn An\t1/1/1980".encode(),
        ("Ngày\tBuổi\tChuyên đề\n" + "3/3/2025\tSáng\tBài\n" * (MOST_ROWS + SPARE_ROWS + 1)).encode(),
    ],
)
def test_what_is_no_timetable_is_refused_with_a_sentence(klass, officer, content):
    with pytest.raises(Invalid) as refused:
        preview_of(klass, content, officer)
    assert str(refused.value)


@pytest.mark.parametrize(
    "topic",
    [
        "=cmd|'/c calc'!A1",
        "<img src=x onerror=alert(1)>",
        "x" * 5000,
        "\u202etxt.exe",
        "'; drop table courses_session; --",
    ],
)
def test_odd_topics_are_text_like_any_other(klass, officer, topic):
    take_in(klass, f"{HEADER}3/3/2025\tSáng\t{topic}\t4\t\t\n", officer)

    (session,) = queries.sessions(klass)
    assert 0 < len(session.topic) <= 300
    assert "\u202e" not in session.topic
