"""Calendars follow the timetable: the same event moves, is cancelled, and reaches nobody it does not concern."""

from datetime import date, datetime, timedelta

import icalendar
import pytest

from courses import services
from courses.models import ClassSession
from lms import clock
from lms.notify import calendars
from lms.notify.models import CalendarAddress, Notice

DAY = date(2025, 3, 3)


@pytest.fixture(autouse=True)
def _before_the_class(frozen):
    with frozen(datetime(2025, 3, 1, 9, 0)):
        yield


@pytest.fixture
def school(make):
    return make.user("academic_officer", display_name="Giáo vụ")


@pytest.fixture
def lecturer(make):
    return make.lecturer("Trần Văn Giảng", user=make.user("lecturer", display_name="Trần Văn Giảng"))


@pytest.fixture
def klass(make, lecturer, school, deliver):
    """A running class of three sessions whose timetable was told, with one learner who has an account."""
    klass = make.klass("K20-2025", sessions=2, lecturer=lecturer, starts_on=DAY)
    services.add_session(klass, by=school, **values_of(klass, DAY + timedelta(days=9), lecturer=lecturer))
    deliver()
    return klass


@pytest.fixture
def learner(make, klass):
    member = make.learner(klass, "Nguyễn Thị Hoa")
    return make.user(
        "trainee", official=member.official, display_name="Nguyễn Thị Hoa", email="hoa@example.vn"
    )


def values_of(klass, day, *, lecturer=None, room=None, hour=7):
    starts = clock.from_local(datetime.combine(day, datetime.min.time()).replace(hour=hour, minute=30))
    return {
        "starts_at": starts, "ends_at": starts + timedelta(hours=3), "topic": "Chuyên đề “Đạo đức công vụ”",
        "periods": 4, "lecturer": lecturer, "room": room, "required": True,
    }  # fmt: skip


def last(klass):
    return ClassSession.select().where(ClassSession.klass == klass).order_by(ClassSession.id.desc()).first()


def move(klass, by, lecturer, **more):
    values = values_of(klass, DAY + timedelta(days=10), lecturer=lecturer, hour=13) | more
    return services.change_session(last(klass), by=by, **values)


def feed(client, user, part=""):
    token = calendars.address_of(user) and calendars.address_of(user).rsplit("/", 1)[1].removesuffix(".ics")
    token = token or calendars.make_address(user)
    answer = client.get(f"/calendar/{token}/{part}.ics" if part else f"/calendar/{token}.ics")
    assert answer.status_code == 200
    return answer


def event(client, user, klass):
    events = icalendar.Calendar.from_ical(feed(client, user).data).events
    return next(one for one in events if one["UID"].startswith(f"session-{last(klass).id}@"))


def test_a_moved_session_stays_the_same_event_with_a_higher_number(
    client, klass, learner, school, lecturer, deliver
):
    before = event(client, learner, klass)
    move(klass, school, lecturer)
    deliver()
    after = event(client, learner, klass)
    assert after["UID"] == before["UID"]
    assert (before["SEQUENCE"], after["SEQUENCE"]) == (0, 1)
    assert after.start.isoformat() == "2025-03-13T13:30:00+07:00"


def test_a_cancelled_session_stays_and_says_so(client, klass, learner, school, deliver):
    services.cancel_session(last(klass), by=school)
    deliver()
    found = event(client, learner, klass)
    assert (found["STATUS"], found["SEQUENCE"]) == ("CANCELLED", 1)


def test_saving_without_a_change_changes_nothing(client, klass, learner, school, lecturer, deliver):
    services.change_session(
        last(klass), by=school, **values_of(klass, DAY + timedelta(days=9), lecturer=lecturer)
    )
    deliver()
    assert event(client, learner, klass)["SEQUENCE"] == 0
    assert Notice.select().count() == 0


def test_the_feed_is_folded_utf8_with_its_time_zone_and_nobodys_name(client, klass, learner):
    raw = feed(client, learner).data
    assert max(len(line) for line in raw.split(b"\r\n")) <= 75
    text = raw.decode().replace("\r\n ", "")
    assert "BEGIN:VTIMEZONE" in text and "DTSTART;TZID=Asia/Ho_Chi_Minh:20250312T073000" in text
    assert "Chuyên đề “Đạo đức công vụ” · K20-2025" in text
    assert "Nguyễn Thị Hoa" not in text and "Trần Văn Giảng" not in text


def test_learners_and_the_lecturer_hear_of_a_moved_session(klass, learner, lecturer, school, deliver):
    move(klass, school, lecturer)
    deliver()
    told = {notice.user.display_name: notice for notice in Notice.select()}
    assert set(told) == {"Nguyễn Thị Hoa", "Trần Văn Giảng"}
    assert told["Nguyễn Thị Hoa"].title == "Lớp K20-2025: 1 buổi học thay đổi"
    assert "07:30–10:30 12/03/2025 → 13:30–16:30 13/03/2025" in told["Nguyễn Thị Hoa"].body
    assert told["Nguyễn Thị Hoa"].by_id == school.id


def test_a_substitute_hears_it_is_theirs_and_the_other_that_it_is_not(
    make, klass, learner, lecturer, school, deliver
):
    other = make.lecturer("Lê Thị Thay", user=make.user("lecturer", display_name="Lê Thị Thay"))
    values = values_of(klass, DAY + timedelta(days=9), lecturer=other)
    services.change_session(last(klass), by=school, **values)
    deliver()
    told = {notice.user.display_name: notice.body for notice in Notice.select()}
    assert set(told) == {"Trần Văn Giảng", "Lê Thị Thay"}
    assert "Huỷ:" in told["Trần Văn Giảng"]
    assert "Giao cho anh/chị:" in told["Lê Thị Thay"]


def test_what_is_over_is_not_told(klass, learner, school, frozen, deliver):
    with frozen(datetime(2025, 4, 1, 9, 0)):
        services.cancel_session(last(klass), by=school)
        deliver()
    assert Notice.select().count() == 0


def test_a_cancelled_class_cancels_its_sessions(client, klass, learner, school, deliver):
    services.cancel_class(klass, "Chưa đủ học viên", by=school)
    deliver()
    assert Notice.get(Notice.user == learner).title == "Lớp K20-2025 bị huỷ"
    assert event(client, learner, klass)["STATUS"] == "CANCELLED"


def test_the_letter_carries_what_calendar_programs_act_upon(klass, learner, school, sink, post, deliver):
    services.cancel_session(last(klass), by=school)
    deliver()
    post()
    letter = next(one for one in sink.letters if "hoa@example.vn" in one["To"])
    (part,) = [one for one in letter.walk() if one.get_content_type() == "text/calendar"]
    assert part.get_param("method") == "CANCEL"
    calendar = icalendar.Calendar.from_ical(part.get_content())
    (found,) = calendar.events
    assert calendar["METHOD"] == "CANCEL"
    assert (found["STATUS"], found["SEQUENCE"]) == ("CANCELLED", 1)
    assert str(found["ATTENDEE"]) == "mailto:hoa@example.vn"
    assert found["UID"] == f"session-{last(klass).id}@kiemtra.example.vn"


def test_a_lecturer_subscribes_to_one_class_and_a_stranger_to_none(client, make, klass, lecturer, learner):
    part = f"class-{klass.id}"
    assert feed(client, lecturer.user, part).data.count(b"BEGIN:VEVENT") == 3
    assert feed(client, make.user("lecturer"), part).data.count(b"BEGIN:VEVENT") == 0
    assert feed(client, make.user("trainee")).data.count(b"BEGIN:VEVENT") == 0


def test_a_new_address_closes_the_old_one_and_closing_closes_both(client, login, learner):
    login(learner)
    client.post("/me/calendar")
    first = calendars.address_of(learner)
    client.post("/me/calendar")
    second = calendars.address_of(learner)
    client.get("/logout")
    path = lambda address: address.removeprefix("https://kiemtra.example.vn")  # noqa: E731
    assert client.get(path(first)).status_code == 404
    assert client.get(path(second)).status_code == 200
    calendars.revoke_address(learner)
    assert client.get(path(second)).status_code == 404
    assert CalendarAddress.select().count() == 0


def test_a_closed_account_has_no_calendar(client, learner):
    token = calendars.make_address(learner)
    learner.active = False
    learner.save()
    assert client.get(f"/calendar/{token}.ics").status_code == 404


def test_guessing_and_hammering_are_slowed_down(app, client, learner):
    app.config["RATELIMIT_ENABLED"] = True
    try:
        token = calendars.make_address(learner)
        answers = [client.get(f"/calendar/{token}.ics").status_code for _ in range(22)]
        assert answers[0] == 200 and answers[-1] == 429
        wrong = [client.get(f"/calendar/guess{number}.ics").status_code for number in range(32)]
        assert wrong[0] == 404 and wrong[-1] == 429
    finally:
        app.config["RATELIMIT_ENABLED"] = False


def test_a_long_timetable_costs_as_many_questions_as_a_short_one(client, make, klass, learner, max_queries):
    token = calendars.make_address(learner)
    for number in range(4, 44):
        make.session(klass, number, DAY + timedelta(days=20 + number))
    with max_queries(8):
        client.get(f"/calendar/{token}.ics")


def test_an_unchanged_feed_is_not_sent_again(client, learner):
    token = calendars.make_address(learner)
    first = client.get(f"/calendar/{token}.ics")
    again = client.get(f"/calendar/{token}.ics", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
