"""The list of scores that was exported comes back filled in: judged row by row, entered by the rules, taken back."""

from decimal import Decimal

import pytest

from lms.errors import Conflict, NotFound
from lms.importing import drafts, services
from lms.importing.kinds import kind_or_404
from plugins.assessment.models import Correction, Score

HEADER = "Mã CB;Họ và tên;Bài kiểm tra;Lần thi;Điểm\n"


def points():
    return {(row.test.title, row.attempt): row.points for row in Score.select()}


@pytest.fixture
def take_in(school):
    def send(data, name="x.csv"):
        return services.take_in(
            kind_or_404("assessment.scores"), data, name, by=school.officer, target=school.klass.id
        )

    return send


def judged(draft):
    return [(row.status.value, row.reason) for row in drafts.preview(draft).only(None)]


def line(member, test="Bài 1", attempt="", score="", code=None):
    return f"{code if code is not None else member.official.code or ''};{member.official.full_name};{test};{attempt};{score}\n"


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_what_is_exported_comes_back_unchanged(school, take_in, login, ending):
    school.enter(school.cell(0, "7,5"), school.cell(1, "4"), school.cell(1, "6", test=1))
    data = (
        login(school.officer).get(f"/lists/assessment.scores/export.{ending}?target={school.klass.id}").data
    )
    assert {status for status, _reason in judged(take_in(data, f"x.{ending}"))} == {"same"}


def test_scores_are_entered_changed_and_taken_back_with_corrections(school, take_in):
    first, second, third = school.learners
    school.enter(school.cell(0, "7,5"))
    rows = line(first, score="8") + line(second, score="6,25") + line(third, score="")
    draft = take_in((HEADER + rows).encode())
    assert [status for status, _reason in judged(draft)] == ["changed", "new", "same"]
    assert "7,5 → 8" in judged(draft)[0][1]
    services.start(draft, by=school.officer)
    assert {row.membership_id: row.points for row in Score.select()} == {
        first.id: Decimal("8"),
        second.id: Decimal("6.25"),
    }
    assert services.undo(drafts.by_key(draft.key, by=school.officer), by=school.officer) == 2
    assert {row.membership_id: row.points for row in Score.select()} == {
        first.id: Decimal("7.5"),
        second.id: None,
    }
    assert Correction.select().count() == 3


def test_rows_are_judged_by_the_rules_of_the_page(school, take_in):
    first, second, _third = school.learners
    rows = (
        line(first, score="11")
        + line(first, test="Bài lạ", score="5")
        + line(second, attempt="2", score="5")
        + line(second, score="5", code="999999")
        + "000000;Người lạ;Bài 1;;5\n"
        + line(second, score="năm")
    )
    draft = take_in((HEADER + rows).encode())
    assert [status for status, _reason in judged(draft)] == ["error"] * 6, judged(draft)


def test_the_same_score_twice_is_a_conflict(school, take_in):
    rows = line(school.learners[0], score="5") + line(school.learners[0], score="6")
    assert [status for status, _r in judged(take_in((HEADER + rows).encode()))] == ["new", "conflict"]


def test_two_learners_of_one_name_need_the_staff_code(make, school, take_in):
    twins = [make.learner(school.klass, "Lê Thị Sinh Đôi", code=code) for code in ("111111", "222222")]
    rows = line(twins[0], score="5", code="") + line(twins[1], score="6")
    assert [status for status, _r in judged(take_in((HEADER + rows).encode()))] == ["error", "new"]


def test_a_score_changed_later_is_not_taken_back(school, take_in):
    draft = take_in((HEADER + line(school.learners[0], score="5")).encode())
    services.start(draft, by=school.officer)
    school.enter(school.cell(0, "9"))
    with pytest.raises(services.CannotUndo):
        services.undo(drafts.by_key(draft.key, by=school.officer), by=school.officer)
    assert points()["Bài 1", 1] == Decimal("9")


def test_a_class_without_assessment_takes_no_scores(school, take_in, turn_off):
    turn_off("assessment", school.klass.id)
    with pytest.raises(NotFound):
        take_in(HEADER.encode())


def test_a_class_that_is_closed_meanwhile_takes_none(school, take_in):
    draft = take_in((HEADER + line(school.learners[0], score="5")).encode())
    type(school.klass).update(state="closed").where(type(school.klass).id == school.klass.id).execute()
    with pytest.raises(Conflict):
        services.start(draft, by=school.officer)
    assert points() == {}
