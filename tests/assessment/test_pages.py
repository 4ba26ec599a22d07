"""The score grid and its faces: typing, pasting, planning, and who may."""

from __future__ import annotations

import re

import pytest

from lms.importing import sheets
from plugins.assessment import queries
from plugins.assessment.forms import read_paste
from plugins.assessment.models import Correction, Score, Test
from tests.assessment.conftest import a_school


def url(school, more=""):
    return f"/assessment/classes/{school.klass.id}{more}"


def name(school, person, test=0, attempt=1):
    return f"s-{school.tests[test].id}-{school.learners[person].id}-{attempt}"


def value(page, field):
    return re.search(rf'name="{field}" value="([^"]*)"', page).group(1)


def seen(page):
    return re.search(r'name="seen" value="([^"]*)"', page).group(1)


def test_typing_a_grid(school, login):
    client = login(school.officer)
    page = client.get(url(school)).text
    sent = {
        "seen": seen(page),
        "deed": "save",
        name(school, 0): "7,5",
        name(school, 1): "",
        name(school, 2): "4",
    }
    assert client.post(url(school), data=sent).location == url(school)
    page = client.get(url(school)).text
    assert value(page, name(school, 0)) == "7,5"
    assert f'name="{name(school, 2, attempt=2)}"' in page  # failed: a retake is offered
    assert f'name="{name(school, 0, attempt=2)}"' not in page


def test_an_error_is_beside_its_cell_and_nothing_is_lost(school, login):
    client = login(school.officer)
    sent = {"seen": "", name(school, 0): "7,5", name(school, 1): "75", name(school, 2, 1): '"><script>'}
    answer = client.post(url(school), data=sent)
    assert answer.status_code == 422
    assert value(answer.text, name(school, 0)) == "7,5"
    assert value(answer.text, name(school, 1)) == "75"
    assert "<script>" not in answer.text.replace("<script type", "")
    assert f'id="e-{school.tests[0].id}-{school.learners[1].id}-1"' in answer.text
    assert Score.select().count() == 0


def test_checking_saves_nothing(school, login):
    answer = login(school.officer).post(
        url(school), data={"seen": "", "deed": "check", name(school, 0): "7,5"}
    )
    assert (answer.status_code, value(answer.text, name(school, 0))) == (200, "7,5")
    assert Score.select().count() == 0


def test_somebody_elses_entry_is_named_then_replaced_knowingly(school, login):
    client = login(school.officer)
    old = client.get(url(school)).text
    school.enter(school.cell(0, "6"), school.cell(1, "9"))
    sent = {"seen": seen(old), name(school, 0): "8", name(school, 1): ""}
    answer = client.post(url(school), data=sent)
    assert answer.status_code == 422
    assert value(answer.text, name(school, 1)) == "9"
    again = {"seen": seen(answer.text), name(school, 0): "8", name(school, 1): "9"}
    assert client.post(url(school), data=again).status_code == 303
    assert Correction.select().count() == 1


def test_a_pasted_column_fills_the_grid_unsaved(school, login):
    client = login(school.officer)
    answer = client.post(
        url(school, "/paste"), data={"test": school.tests[1].id, "pasted": "7,5\r\n\r\n12\r\n5\r\n"}
    )
    page = answer.text
    assert value(page, name(school, 0, 1)) == "7,5"
    assert value(page, name(school, 2, 1)) == "12"
    assert f'id="e-{school.tests[1].id}-{school.learners[2].id}-1"' in page
    assert Score.select().count() == 0


@pytest.fixture
def named(make):
    school = a_school(make, people=0, tests=1)
    for full_name in ("Nguyễn Thị Ánh", "Lê Văn Bình", "Lê Văn Bình"):
        make.learner(school.klass, full_name)
    return school


@pytest.mark.parametrize(
    ("text", "typed", "unmatched"),
    [
        ("NGUYEN THI ANH\t7,5", {0: "7,5"}, 0),
        ("1\tNguyễn Thị Ánh\t8\n2\tLê Văn Bình\t6\n3\tLê Văn Bình\t5", {0: "8", 1: "6", 2: "5"}, 0),
        ("Lê Văn Bình\t6", {}, 1),
        ("3\t9", {2: "9"}, 0),
        ("4\t9\nTrần Ai\t7\n0\t3", {}, 3),
        ("Họ và tên\tĐiểm\nNguyễn Thị Ánh\t7", {0: "7"}, 1),
        ("Nguyễn Thị Ánh\t", {}, 0),
        ("1\t7\n1\t8", {0: "7"}, 1),
        ("1\n2\n3\n4", {0: "1", 1: "2", 2: "3"}, 1),
        ("", {}, 0),
        ("\t\t\n" * 50, {}, 0),
    ],
)
def test_two_columns_find_their_learners(named, app, text, typed, unmatched):
    with app.test_request_context():
        grid = queries.grid(named.klass, None)
        pasted = read_paste(text, grid, named.tests[0].id)
    places = {one.id: place for place, one in enumerate(grid.memberships)}
    assert {places[key[1]]: said for key, said in pasted.typed.items()} == typed
    assert len(pasted.unmatched) == unmatched


def test_a_test_is_planned_changed_and_called_off(school, login):
    client = login(school.officer)
    facts = {
        "title": "Bài thu hoạch",
        "kind": "paper",
        "scale_max": "10",
        "weight": "2",
        "held_on": "2025-03-28",
        "required": "y",
    }
    wrong = client.post(url(school, "/tests/new"), data={**facts, "scale_max": "mười"})
    assert wrong.status_code == 422 and 'value="mười"' in wrong.text
    assert client.post(url(school, "/tests/new"), data={**facts, "title": "Bài 1"}).status_code == 422
    assert client.post(url(school, "/tests/new"), data=facts).status_code == 303
    test = Test.get(Test.title == "Bài thu hoạch")
    assert (test.kind, test.weight, test.required) == ("paper", 2, True)
    assert client.get(f"/assessment/tests/{test.id}").status_code == 200
    assert (
        client.post(f"/assessment/tests/{test.id}", data={**facts, "title": "Thu hoạch"}).status_code == 303
    )
    assert client.post(f"/assessment/tests/{test.id}/cancel").status_code == 303
    assert client.get(f"/assessment/tests/{test.id}").status_code == 404


def test_another_lecturer_finds_no_such_class(school, make, login):
    client = login(make.user("lecturer"))
    assert client.get(url(school)).status_code == 404
    assert client.post(url(school), data={name(school, 0): "7"}).status_code == 404
    assert client.post(url(school, "/paste"), data={"pasted": "7"}).status_code == 404
    assert Score.select().count() == 0


def test_the_lecturer_of_the_class_enters_but_plans_no_test(school, login):
    client = login(school.lecturer)
    assert client.post(url(school), data={"seen": "", name(school, 0): "7"}).status_code == 303
    assert client.get(url(school, "/tests/new")).status_code == 403


@pytest.mark.parametrize("role", ["trainee", "training_officer", "platform_admin"])
def test_other_roles_see_no_scores(school, make, login, role):
    assert login(make.user(role)).get(url(school)).status_code == 403


def test_who_only_looks_types_nothing(school, make, login):
    client = login(make.user("inspector"))
    page = client.get(url(school)).text
    assert 'name="s-' not in page
    assert client.post(url(school), data={name(school, 0): "7"}).status_code == 403


def test_a_closed_class_refuses_and_says_why(school, login):
    school.klass.state = "closed"
    school.klass.save()
    client = login(school.officer)
    assert 'name="s-' not in client.get(url(school)).text
    assert client.post(url(school), data={"seen": "", name(school, 0): "7"}).status_code == 409
    assert Score.select().count() == 0


def test_hostile_fields_do_no_harm(school, login):
    client = login(school.officer)
    sent = {
        "seen": "1-1-1=" * 5000,
        "s-x-y-z": "7",
        "s-1-1": "7",
        "s-" + "9" * 30 + "-1-1": "7",
        name(school, 0): "7",
    }
    assert client.post(url(school), data=sent).status_code == 303
    assert client.post(url(school), data={"seen": "", "s-999999-999999-1": "7"}).status_code == 422
    assert client.post(url(school, "/paste"), data={"test": "x", "pasted": "\t" * 50_000}).status_code == 200
    assert Score.select().count() == 1


def test_the_grid_costs_the_same_for_30_and_200(make, login, max_queries):
    for people in (30, 200):
        school = a_school(make, people=people)
        school.enter(*(school.cell(n, "7") for n in range(people)))
        client = login(school.officer)
        client.get(url(school))
        with max_queries(20):
            assert client.get(url(school)).status_code == 200


def test_saving_200_is_a_handful_of_statements(make, login, max_queries):
    school = a_school(make, people=200)
    client = login(school.officer)
    client.get(url(school))
    sent = {"seen": "", **{name(school, n): "7" for n in range(200)}}
    with max_queries(28):
        assert client.post(url(school), data=sent).status_code == 303
    assert Score.select().count() == 200


def test_scores_go_out_a_row_for_each_attempt(school, login):
    client = login(school.officer)
    client.post(url(school), data={"seen": "", "deed": "save", name(school, 0): "7,5"})
    assert "/lists/assessment.scores/export.csv?target=" in client.get(url(school)).text
    data = client.get(f"/lists/assessment.scores/export.csv?target={school.klass.id}").data
    rows = sheets.read(data, "x.csv").rows
    assert [row[7] for row in rows[1:] if row[7]] == ["7.5"]
    assert len(rows) - 1 == len(school.learners) * len(school.tests)
