"""Who sees which class, which session is on, and what a list costs."""

from datetime import date, datetime

import pytest

from courses import queries, services
from lms.errors import NotFound


@pytest.fixture
def two_agencies(make):
    """Two agencies, a class with a learner of each, and one with the second's alone."""
    first, second = make.organisation("mot"), make.organisation("hai")
    both, other = make.klass("CA-HAI"), make.klass("MOT-BEN")
    make.learner(both, "Nguyễn Thị An", organisation=first)
    make.learner(both, "Trần Văn Bình", organisation=second)
    make.learner(other, "Lê Thị Chi", organisation=second)
    return first, second, both, other


def codes(user, **values):
    return {klass.code for klass in queries.classes_for(user, **values)}


@pytest.mark.parametrize("role", ["academic_officer", "school_head", "department_officer", "inspector"])
def test_school_department_and_inspection_see_every_class(make, two_agencies, role):
    assert codes(make.user(role)) == {"CA-HAI", "MOT-BEN"}


def test_an_agency_sees_classes_with_its_own_officials_and_those_open_for_enrolment(make, two_agencies):
    first, _second, both, other = two_agencies
    make.klass("DANG-CHIEU-SINH", state="enrolling")
    make.klass("NHAP", state="draft")
    user = make.user("training_officer", organisation=first)

    assert codes(user) == {"CA-HAI", "DANG-CHIEU-SINH"}
    assert [row.official.full_name for row in queries.learners_for(both, user)] == ["Nguyễn Thị An"]
    with pytest.raises(NotFound):
        queries.class_or_404(other.id, user)


def test_an_agency_above_sees_what_is_below(make):
    above = make.organisation("tren")
    below = make.organisation("duoi", parent=above)
    make.learner(make.klass("LOP"), organisation=below)

    assert codes(make.user("training_officer", organisation=above)) == {"LOP"}


def test_a_lecturer_sees_classes_with_own_sessions_and_the_homeroom_class(make):
    user = make.user("lecturer")
    mine = make.lecturer(user=user)
    make.klass("TOI-DAY", sessions=2, lecturer=mine)
    make.klass("CHU-NHIEM", homeroom_lecturer=mine)
    other = make.klass("NGUOI-KHAC", sessions=1, lecturer=make.lecturer("Người Khác"))

    assert codes(user) == {"TOI-DAY", "CHU-NHIEM"}
    with pytest.raises(NotFound):
        queries.class_or_404(other.id, user)
    with pytest.raises(NotFound):
        queries.session_or_404(queries.sessions(other)[0].id, user)


def test_a_colleagues_session_of_ones_own_class_is_not_ones_own(make):
    user = make.user("lecturer")
    klass = make.klass(sessions=1, lecturer=make.lecturer(user=user))
    theirs = make.session(klass, 2, date(2025, 3, 10), lecturer=make.lecturer("Người Khác"))

    assert queries.session_or_404(queries.sessions(klass)[0].id, user)
    with pytest.raises(NotFound):
        queries.session_or_404(theirs.id, user)


def test_a_trainee_sees_own_classes_until_leaving(make, officer):
    official = make.official()
    user = make.user("trainee", official=official)
    klass = make.klass("CUA-TOI")
    make.klass("KHONG-PHAI")
    services.add_learner(klass, official, by=officer)
    assert codes(user) == {"CUA-TOI"}

    services.remove_learner(klass, official, "Chuyển công tác", by=officer)
    assert codes(user) == set()


def test_somebody_without_a_role_sees_nothing(make, two_agencies):
    assert codes(make.user()) == set()


def test_search_ignores_accents_and_capitals(make, officer):
    given = {
        "programme_version": make.programme(),
        "organiser": make.organisation(kind="school"),
        "by": officer,
    }
    services.open_class("K05-2025", "Bồi dưỡng Đặng Đình", **given)
    services.open_class("K06-2025", "Lớp khác", **given)

    assert codes(officer, search="boi DUONG dang") == {"K05-2025"}
    assert codes(officer, search="k06") == {"K06-2025"}
    assert codes(officer, state="draft", search="'; drop") == set()


def test_learners_are_in_vietnamese_order_of_given_names(make):
    klass = make.klass()
    for name in (
        "Nguyễn Văn Ông",
        "Trần Thị Đào",
        "Lê Văn Dũng",
        "Hoàng Văn An",
        "Phạm Thị Ánh",
        "Bùi Văn Oanh",
    ):
        make.learner(klass, name)

    assert [row.official.full_name.split()[-1] for row in queries.learners(klass)] == [
        "An",
        "Ánh",
        "Dũng",
        "Đào",
        "Oanh",
        "Ông",
    ]


@pytest.mark.parametrize(
    ("at", "topic"),
    [
        ("06:59", None),
        ("07:00", "Chuyên đề 1"),
        ("11:00", "Chuyên đề 1"),
        ("11:01", None),
        ("13:15", "Chiều"),
        ("17:01", None),
    ],
)
def test_the_session_that_is_on(make, frozen, at, topic):
    user = make.user("lecturer")
    mine = make.lecturer(user=user)
    klass = make.klass(sessions=1, lecturer=mine)
    make.session(
        klass,
        2,
        date(2025, 3, 3),
        at=datetime.fromisoformat("2025-03-03T13:30").time(),
        topic="Chiều",
        lecturer=mine,
    )

    with frozen(datetime.fromisoformat(f"2025-03-03T{at}")):
        for whom in (user, klass):
            now = queries.session_now(whom)
            assert (now.topic if now else None) == topic


def test_of_two_sessions_the_one_that_began_is_on(make, frozen):
    klass = make.klass(sessions=1)
    make.session(
        klass, 2, date(2025, 3, 3), at=datetime.fromisoformat("2025-03-03T11:15").time(), topic="Sau"
    )

    with frozen(datetime(2025, 3, 3, 10, 55)):
        assert queries.session_now(klass).topic == "Chuyên đề 1"
    with frozen(datetime(2025, 3, 3, 11, 16)):
        assert queries.session_now(klass).topic == "Sau"


def test_a_cancelled_session_is_never_on(make, frozen, officer):
    klass = make.klass(sessions=1)
    services.cancel_session(queries.sessions(klass)[0], by=officer)

    with frozen(datetime(2025, 3, 3, 8)):
        assert queries.session_now(klass) is None


def test_the_day_of_a_lecturer_is_the_local_day(make):
    user = make.user("lecturer")
    klass = make.klass(sessions=3, lecturer=make.lecturer(user=user))

    assert [s.number for s in queries.sessions_on(user, date(2025, 3, 4))] == [2]
    assert queries.next_session_of(user, datetime(2025, 3, 3, 0, 30)).number == 2
    assert queries.next_sessions([klass.id], datetime(2025, 3, 4, 12))[klass.id].number == 3


def test_lists_cost_the_same_whatever_their_length(make, max_queries):
    user = make.user("training_officer", organisation=make.organisation("co-quan"))
    klass = make.klass("DAU", state="enrolling", learners=25, sessions=20, lecturer=make.lecturer())
    for number in range(12):
        make.klass(f"L{number}", state="enrolling", sessions=1)
    assert len(user.roles) == 1

    with max_queries(6):
        rows = list(queries.classes_for(user))
        _shown = [(row.programme.title, row.organiser.name) for row in rows]
        queries.learner_counts(rows)
        queries.next_sessions([row.id for row in rows])
    with max_queries(1):
        _people = [
            (row.official.full_name, row.official.organisation.name) for row in queries.learners(klass)
        ]
    with max_queries(1):
        _times = [
            (row.lecturer and row.lecturer.name, row.room and row.room.name)
            for row in queries.sessions(klass)
        ]
