"""The pages of a roll: who may open them, what they carry, what they do without a script."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from flask import g

from courses.models import ClassSession
from lms import clock
from lms.plugins import ask
from plugins.attendance import queries, services
from plugins.attendance.models import Mark, Roll, Submission
from plugins.attendance.services import Given
from tests.attendance.conftest import a_school


def fields(page: str) -> dict[str, str]:
    """What a browser would send of the roll: hidden fields, checked radios, text fields."""
    form = page[page.index('<form class="roll"') : page.index("</form>", page.index('<form class="roll"'))]
    sent = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r' name="?([^"\s>]+)', tag), re.search(r' value=(?:"([^"]*)"|(\w+))', tag)
        if name and not ("type=radio" in tag and " checked" not in tag):
            sent[name.group(1)] = (value.group(1) or value.group(2) or "") if value else ""
    return sent


def url(session, more=""):
    return f"/attendance/sessions/{session.id}{more}"


def test_now_leads_to_the_session_that_is_on(school, login, during):
    client = login(school.lecturer)
    with during(2):
        assert client.get("/attendance/now").location == url(school.sessions[1])
    with during(2, 20):
        page = client.get("/attendance/now").text
        assert page.count(url(school.sessions[1])) == 2  # today's, and still to be confirmed
        assert url(school.sessions[0]) in page and url(school.sessions[2]) not in page


def test_the_whole_roll_without_a_script(school, login, during):
    client = login(school.lecturer)
    with during(1):
        page = client.get(url(school.first)).text
        sent = fields(page)
        assert sorted(value for name, value in sent.items() if name[0] == "m") == ["p", "p", "p"]
        sent[f"m{school.learners[1].id}"] = "a"
        answer = client.post(url(school.first), data=sent)
        assert (answer.status_code, answer.location) == (303, url(school.first))
        summary = client.get(answer.location).text
    assert school.learners[1].official.full_name.split()[-1] in summary
    assert 'action="' + url(school.first, "/undo") in summary
    assert {mark.membership_id: mark.status for mark in Mark.select()}[school.learners[1].id] == "absent"


def test_sending_the_same_page_twice_is_one_roll(school, login, during):
    client = login(school.lecturer)
    with during(1):
        sent = fields(client.get(url(school.first)).text)
        assert client.post(url(school.first), data=sent).status_code == 303
        assert client.post(url(school.first), data=sent).status_code == 303
    assert Submission.select().count() == 1


def test_a_script_is_answered_in_json(school, login, during):
    client = login(school.lecturer)
    with during(1):
        sent = fields(client.get(url(school.first)).text)
        answer = client.post(url(school.first), data=sent, headers={"Accept": "application/json"})
        assert answer.json["url"] == url(school.first)
        assert (answer.json["in_room"], answer.json["away"]) == (3, 0)
        services.lock_roll(school.first, by=school.officer)
        refused = client.post(
            url(school.first), data={**sent, "nonce": "another-nonce"}, headers={"Accept": "application/json"}
        )
    assert (refused.status_code, refused.json["error"]["code"]) == (409, "roll_locked")


def test_undo_from_the_summary(school, login, during):
    client = login(school.lecturer)
    with during(1):
        client.post(url(school.first), data=fields(client.get(url(school.first)).text))
    with during(1, 7, 45):
        assert "/undo" in client.get(url(school.first)).text
        client.post(url(school.first, "/undo"))
        assert '<form class="roll"' in client.get(url(school.first)).text
    assert Roll.get().confirmed_at is None


def test_after_ten_minutes_there_is_no_undo(school, login, during):
    client = login(school.lecturer)
    with during(1):
        client.post(url(school.first), data=fields(client.get(url(school.first)).text))
    with clock.frozen(datetime(2025, 3, 3, 7, 50, 1)):
        assert "/undo" not in client.get(url(school.first)).text
        assert client.post(url(school.first, "/undo")).status_code == 409


def test_wrong_minutes_are_said_beside_the_row_and_nothing_is_lost(school, login, during):
    client = login(school.lecturer)
    learner = school.learners[0].id
    with during(1):
        sent = fields(client.get(url(school.first)).text)
        sent |= {
            f"m{learner}": "l",
            f"t{learner}": "mười",
            f"r{learner}": "Kẹt xe <b>",
            f"m{school.learners[1].id}": "a",
        }
        answer = client.post(url(school.first), data=sent)
    assert answer.status_code == 422
    kept = fields(answer.text)
    assert (kept[f"m{learner}"], kept[f"t{learner}"], kept[f"m{school.learners[1].id}"]) == ("l", "mười", "a")
    assert "Kẹt xe &lt;b&gt;" in answer.text and f'id="e{learner}"' in answer.text
    assert Mark.select().count() == 0


@pytest.mark.parametrize(
    "extra",
    [
        {"m999999": "a"},
        {"m-1": "a", "mx": "a", "m": "p", "m9999999999999999999999": "a", "t": "x"},
        {"seen": "1p" * 9000, "nonce": "'; drop table attendance_mark; --"},
        {"nonce": "x" * 500},
    ],
)
def test_hostile_fields_do_no_harm(school, login, during, extra):
    client = login(school.lecturer)
    with during(1):
        sent = fields(client.get(url(school.first)).text) | extra
        answer = client.post(url(school.first), data=sent)
    assert answer.status_code in (303, 422)
    if "m999999" in extra:
        assert Mark.select().count() == 0
    else:
        assert Mark.select().count() == 3


def test_another_lecturers_session_is_not_there(school, make, login, during):
    client = login(make.user("lecturer"))
    with during(1):
        assert client.get(url(school.first)).status_code == 404
        assert client.post(url(school.first), data={"nonce": "12345678"}).status_code == 404
        assert client.post(url(school.first, "/undo")).status_code == 404
        assert client.get(f"/attendance/classes/{school.klass.id}").status_code == 404


@pytest.mark.parametrize(
    "role", ["trainee", "inspector", "department_officer", "training_officer", "platform_admin"]
)
def test_other_roles_take_no_roll(school, make, login, during, role):
    client = login(make.user(role))
    with during(1):
        assert client.get(url(school.first)).status_code == 403
        assert client.get("/attendance/now").status_code == 403
        assert client.post(f"/attendance/classes/{school.klass.id}/lock").status_code == 403


def test_a_lecturer_neither_locks_nor_amends(school, login, during):
    client = login(school.lecturer)
    with during(1):
        assert client.post(url(school.first, "/lock")).status_code == 403
        assert client.get(url(school.first, f"/learners/{school.learners[0].id}")).status_code == 403


def test_the_homeroom_lecturer_may_take_the_roll(school, make, login, during):
    user = make.user("lecturer")
    school.klass.homeroom_lecturer = make.lecturer("Lê Chủ Nhiệm", user=user)
    school.klass.save()
    with during(1):
        assert login(user).get(url(school.first)).status_code == 200


def test_off_for_the_class_is_404(school, login, during, turn_off):
    turn_off("attendance", school.klass.id)
    client = login(school.officer)
    with during(1):
        assert client.get(url(school.first)).status_code == 404
        assert client.get(f"/attendance/classes/{school.klass.id}").status_code == 404


def test_the_sheet_to_sign_names_everybody_and_who_signs(school, login):
    page = login(school.lecturer).get(url(school.sessions[2], "/paper")).text
    assert [row.official.full_name in page for row in school.learners] == [True] * len(school.learners)
    for words in (str(school.klass.organiser), "Chữ ký", "Giảng viên", "Cán bộ giáo vụ", "In lúc"):
        assert words in page


def test_another_lecturers_sheet_is_not_there(school, make, login):
    assert login(make.user("lecturer")).get(url(school.first, "/paper")).status_code == 404


def test_a_future_session_says_when_its_roll_opens(school, login, during):
    with during(1):
        page = login(school.lecturer).get(url(school.sessions[3]))
    assert page.status_code == 200
    assert "07:00, 06/03/2025" in page.text and '<form class="roll"' not in page.text


def test_an_empty_class_teaches_the_next_step(make, login, during):
    empty = a_school(make, learners=0)
    with during(1):
        page = login(empty.lecturer).get(url(empty.first))
    assert page.status_code == 200
    assert 'class="empty"' in page.text


def test_a_short_link_opens_exactly_one_roll(school, client, login, during):
    office = login(school.officer)
    with during(1):
        shown = office.post(url(school.first, "/link"))
        code = re.search(r"/s/([0-9A-Z]{8})", shown.text).group(1)
        with client.session_transaction() as cookie:
            cookie.clear()
        g.pop("_login_user", None)
        assert client.get(f"/attendance/link/{school.first.id}").status_code == 403
        assert client.get(f"/s/{code}").location == f"/attendance/link/{school.first.id}"
        page = client.get(f"/attendance/link/{school.first.id}")
        assert page.status_code == 200
        assert client.get(f"/attendance/link/{school.sessions[1].id}").status_code == 403
        assert client.get(url(school.first)).status_code in (302, 401)
        answer = client.post(f"/attendance/link/{school.first.id}", data=fields(page.text))
        assert answer.location == f"/attendance/link/{school.first.id}"
        assert client.get(answer.location).status_code == 200
    roll = Roll.get()
    assert (roll.confirmed_by, roll.confirmed_through) == (None, f"link:{school.first.lecturer_id}")
    with during(2):
        assert client.get(f"/attendance/link/{school.first.id}").status_code == 403


def test_the_desk_shows_every_mark_and_locks_what_is_confirmed(school, login, during):
    client = login(school.officer)
    with during(1):
        services.confirm_roll(
            school.first,
            [
                Given(one.id, "excused" if n == 0 else "present", reason="Họp <i>")
                for n, one in enumerate(school.learners)
            ],
            by=school.lecturer,
            nonce="nonce-0001",
        )
        page = client.get(f"/attendance/classes/{school.klass.id}").text
        assert "Họp &lt;i&gt;" in page
        client.post(f"/attendance/classes/{school.klass.id}/lock")
        assert Roll.get().locked_at is not None
        page = client.get(f"/attendance/classes/{school.klass.id}").text
        assert url(school.first, f"/learners/{school.learners[0].id}") in page


def test_amending_at_the_desk(school, login, during):
    client = login(school.officer)
    with during(1):
        services.confirm_roll(
            school.first,
            [Given(one.id, "absent") for one in school.learners],
            by=school.lecturer,
            nonce="nonce-0001",
        )
        address = url(school.first, f"/learners/{school.learners[0].id}")
        assert client.get(address).status_code == 200
        services.lock_roll(school.first, by=school.officer)
        wrong = client.post(address, data={"status": "excused", "reason": "x"})
        assert wrong.status_code == 422 and 'value="x"' in wrong.text
        done = client.post(address, data={"status": "excused", "reason": "Đơn xin phép số 12"})
        assert done.location == f"/attendance/classes/{school.klass.id}"
        made_up = client.post(
            address + "/make-up", data={"held_on": "2025-03-03", "note": "Học bù buổi chiều"}
        )
        assert made_up.status_code == 303
        assert client.post(address + "/make-up/withdraw").status_code == 303
        assert "Đơn xin phép số 12" in client.get(address).text


def test_pages_cost_the_same_for_30_and_200(make, login, during, max_queries):
    for learners in (30, 200):
        school = a_school(make, learners=learners, sessions=1)
        client = login(school.officer)
        with during(1):
            client.get(url(school.first))
            with max_queries(12):
                assert client.get(url(school.first)).status_code == 200
            client.post(url(school.first), data=fields(client.get(url(school.first)).text))
            with max_queries(24):
                assert client.get(f"/attendance/classes/{school.klass.id}").status_code == 200


def test_the_roll_of_60_is_light(make, login, during):
    school = a_school(make, learners=60, sessions=1)
    client = login(school.lecturer)
    with during(1):
        page = client.get(url(school.first)).text
    weight = len(page.encode())
    for address in re.findall(r'(?:href|src)="(/[^"#?]+\.(?:css|js))', page):
        with client.get(address) as file:
            weight += len(file.data)
    assert weight <= 100_000


def test_session_actions_offer_the_roll_to_its_lecturer_only(app, school, make, during):
    session = queries.session_by_id(school.first.id)
    with app.test_request_context(), during(1):
        assert [one.url for one in ask("session_actions", session=session, user=school.lecturer)] == [
            url(school.first)
        ]
        assert ask("session_actions", session=session, user=make.user("lecturer")) == []
        later = queries.session_by_id(school.sessions[3].id)
        assert [
            one
            for one in ask("session_actions", session=later, user=school.lecturer)
            if "attendance" in one.url
        ] == []
        ClassSession.update(cancelled_at=clock.now()).where(ClassSession.id == session.id).execute()
        cancelled = queries.session_by_id(session.id)
        assert [
            one
            for one in ask("session_actions", session=cancelled, user=school.lecturer)
            if "attendance" in one.url
        ] == []
