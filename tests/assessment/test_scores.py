"""Planning tests, entering scores, retakes."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.audit.models import AuditRow
from lms.errors import Invalid
from lms.events import EventRow
from plugins.assessment import marks, queries, services
from plugins.assessment.errors import ClassNotRunning, NoRetake, ScoresExist
from plugins.assessment.models import Correction, Score
from plugins.assessment.services import Cell
from tests.assessment.conftest import a_school


def stored(school, person=0, test=0):
    query = Score.select().where(
        Score.test == school.tests[test], Score.membership == school.learners[person]
    )
    return {score.attempt: marks.write(score.points) for score in query}


@pytest.mark.parametrize(
    ("typed", "points"),
    [
        ("7,5", "7.5"),
        ("7.5", "7.5"),
        (" 10 ", "10"),
        ("0", "0"),
        ("10,0", "10"),
        ("9,75", "9.75"),
        ("007", "7"),
    ],
)
def test_scores_are_read_with_comma_or_point(typed, points):
    assert marks.read(typed, Decimal(10)) == Decimal(points)


@pytest.mark.parametrize(
    "typed",
    [
        "11",
        "10,01",
        "-1",
        "7,555",
        "7,",
        ",5",
        "1e1",
        "NaN",
        "Infinity",
        "٧",
        "７",
        "7 5",
        "tám",
        "=1+1",
        "7,5,0",
        "9" * 500,
        "7\x00",
        "<b>7</b>",
        "+7",
    ],
)
def test_what_is_no_score_is_said_so(app, typed):
    with app.test_request_context(), pytest.raises(Invalid) as refused:
        marks.read(typed, Decimal(10))
    assert str(refused.value)


@given(st.decimals(0, 1000, places=2))
def test_what_is_written_is_read_back(points):
    assert marks.read(marks.write(points), Decimal(1000)) == points


def test_scores_are_entered_once_and_counted(school):
    done = school.enter(school.cell(0, "7,5"), school.cell(1, "4"), school.cell(2, ""))

    assert [one.verdict for one in done.judged] == ["new", "new", "kept"]
    assert (stored(school, 0), stored(school, 1), stored(school, 2)) == ({1: "7,5"}, {1: "4"}, {})
    assert Correction.select().count() == 0
    assert [row.name for row in EventRow.select()][-1] == "assessment.ScoresEntered"
    assert AuditRow.select().where(AuditRow.deed == "assessment.scores").count() == 1


def test_one_wrong_cell_and_nothing_is_written(school):
    done = school.enter(school.cell(0, "7,5"), school.cell(1, "75"))
    assert [one.verdict for one in done.judged] == ["new", "wrong"]
    assert Score.select().count() == 0
    assert AuditRow.select().where(AuditRow.deed == "assessment.scores").count() == 0


def test_judging_writes_nothing(school):
    grid = queries.grid(school.klass, None)
    assert services.judge(grid, [school.cell(0, "8")]).judged[0].verdict == "new"
    assert Score.select().count() == 0


def test_a_change_leaves_a_correction_and_a_blank_keeps(school):
    school.enter(school.cell(0, "7"))
    school.enter(school.cell(0, ""))
    school.enter(school.cell(0, "7,0"))
    assert Correction.select().count() == 0
    school.enter(school.cell(0, "8"))
    row = Correction.get()
    assert (marks.write(row.old_points), marks.write(row.new_points), row.by_id) == (
        "7",
        "8",
        school.officer.id,
    )
    assert stored(school) == {1: "8"}


def test_a_score_taken_back_stays_on_record(school):
    school.enter(school.cell(0, "7"))
    done = school.enter(school.cell(0, "-"))
    assert done.count("withdrawn") == 1
    assert stored(school) == {1: ""}
    assert queries.grid(school.klass, None).attempts(school.tests[0], school.learners[0]).counting is None
    assert Correction.select().count() == 1


def test_two_people_at_once_lose_nothing(school):
    school.enter(school.cell(0, "6", seen=""))
    untouched = school.enter(school.cell(0, "", seen=""), school.cell(1, "9", seen=""))
    assert (untouched.wrong, stored(school, 0), stored(school, 1)) == ([], {1: "6"}, {1: "9"})
    clash = school.enter(school.cell(0, "8", seen=""))
    assert "6" in clash.wrong[0].message
    assert stored(school, 0) == {1: "6"}
    school.enter(school.cell(0, "8", seen="6"))
    assert stored(school, 0) == {1: "8"}


def test_a_page_that_shows_an_old_score_does_not_bring_it_back(school):
    school.enter(school.cell(0, "6"))
    school.enter(school.cell(0, "7"))
    school.enter(school.cell(0, "6", seen="6"), school.cell(1, "5", seen=""))
    assert stored(school, 0) == {1: "7"}


def test_people_and_tests_of_other_classes_are_refused(school, make):
    other = a_school(make)
    done = school.enter(Cell(school.tests[0].id, other.learners[0].id, 1, "7"))
    assert done.wrong
    done = school.enter(Cell(other.tests[0].id, school.learners[0].id, 1, "7"))
    assert done.wrong
    assert Score.select().count() == 0


# --- retakes ---------------------------------------------------------------------------------------


def test_a_retake_is_a_new_row(school):
    school.enter(school.cell(0, "4"))
    school.enter(school.cell(0, "6", attempt=2))
    assert stored(school) == {1: "4", 2: "6"}
    assert queries.grid(school.klass, None).attempts(school.tests[0], school.learners[0]).counting == Decimal(
        6
    )
    assert Correction.select().count() == 0


def test_nobody_repeats_what_is_passed_or_never_taken(school):
    assert school.enter(school.cell(0, "6", attempt=2)).wrong
    school.enter(school.cell(0, "5"))
    assert school.enter(school.cell(0, "9", attempt=2)).wrong
    assert school.enter(school.cell(0, "9", attempt=3)).wrong
    assert stored(school) == {1: "5"}
    with pytest.raises(NoRetake):
        services.record_retake(school.tests[0], school.learners[0], "9", by=school.officer)
    with pytest.raises(NoRetake):
        services.record_retake(school.tests[0], school.learners[1], "9", by=school.officer)


def test_one_retake_under_1147(make):
    school = a_school(make, year=2026, regime="commune_political_centre")
    school.enter(school.cell(0, "4"))
    services.record_retake(school.tests[0], school.learners[0], "4,5", by=school.officer)
    with pytest.raises(NoRetake):
        services.record_retake(school.tests[0], school.learners[0], "6", by=school.officer)
    assert school.enter(school.cell(0, "6", attempt=3)).wrong
    assert stored(school) == {1: "4", 2: "4,5"}


def test_no_limit_is_invented_under_circular_3(school):
    school.enter(school.cell(0, "2"))
    for typed in ("3", "4", "6"):
        services.record_retake(school.tests[0], school.learners[0], typed, by=school.officer)
    assert stored(school) == {1: "2", 2: "3", 3: "4", 4: "6"}


def test_a_first_score_is_not_taken_back_under_a_later_attempt(school):
    school.enter(school.cell(0, "4"))
    school.enter(school.cell(0, "6", attempt=2))
    assert school.enter(school.cell(0, "-")).wrong
    assert school.enter(school.cell(0, "-", attempt=2)).count("withdrawn") == 1


# --- tests -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"title": " "}, "title"), ({"title": "x" * 201}, "title"), ({"title": "Bài 1"}, "title"), ({"kind": "quiz"}, "kind"),
     ({"scale_max": Decimal(0)}, "scale_max"), ({"scale_max": Decimal("NaN")}, "scale_max"), ({"scale_max": Decimal(1001)}, "scale_max"),
     ({"weight": -1}, "weight")],
)  # fmt: skip
def test_a_test_that_cannot_be_is_refused(school, wrong, field):
    values = {"title": "Bài mới", **wrong}
    with pytest.raises(Invalid) as refused:
        services.plan_test(school.klass, values.pop("title"), by=school.officer, **values)
    assert list(refused.value.fields) == [field]


def test_the_scale_stays_once_there_are_scores(school):
    facts = {"kind": "test", "required": True, "weight": 1, "held_on": None, "by": school.officer}
    services.change_test(school.tests[0], "Bài 1", scale_max=Decimal(100), **facts)
    school.enter(school.cell(0, "75"))
    with pytest.raises(ScoresExist):
        services.change_test(school.tests[0], "Bài 1", scale_max=Decimal(10), **facts)
    services.change_test(school.tests[0], "Bài số 1", scale_max=Decimal(100), **facts)
    with pytest.raises(ScoresExist):
        services.cancel_test(school.tests[0], by=school.officer)
    services.cancel_test(school.tests[1], by=school.officer)
    assert [test.title for test in queries.tests(school.klass)] == ["Bài số 1"]


@pytest.mark.parametrize("state", ["closed", "cancelled"])
def test_nothing_is_entered_into_a_closed_class(school, state):
    school.klass.state = state
    school.klass.save()
    with pytest.raises(ClassNotRunning):
        school.enter(school.cell(0, "7"))
    with pytest.raises(ClassNotRunning):
        services.record_retake(school.tests[0], school.learners[0], "7", by=school.officer)
    with pytest.raises(ClassNotRunning):
        services.plan_test(school.klass, "Bài mới", by=school.officer)
