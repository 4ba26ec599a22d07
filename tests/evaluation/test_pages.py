"""The form on the phone and the officer's pages, as browsers and hostile hands use them."""

from __future__ import annotations

import re

import pytest

from evaluation import queries, services
from evaluation.codes import printed
from evaluation.models import Answer, Ballot, Campaign, Comment, Draw
from lms.access.limits import _limiter
from lms.plugins import ask

from .conftest import REASON

# The form --------------------------------------------------------------------------------------------------


def test_the_form_opens_without_sign_in_and_names_no_session(client, evaluated):
    one = evaluated()
    answer = client.get(f"/s/{printed(one.codes[0])}")
    page = answer.get_data(as_text=True)

    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert len(re.findall(r'<input type="radio"', page)) == 200
    assert re.search(r"Câu trả lời không gắn với tên", page)


@pytest.mark.parametrize("shape", [str.lower, lambda code: code, lambda code: f"{code[:5]} {code[5:]}"])
def test_a_code_opens_its_form_however_it_is_typed(client, evaluated, shape):
    one = evaluated()
    answer = client.get(f"/s/{shape(one.codes[0])}", follow_redirects=True)
    assert 'id="ballot"' in answer.get_data(as_text=True)


def test_opening_a_link_twice_shows_the_same_form_and_writes_nothing(client, evaluated, max_queries):
    one = evaluated()
    with max_queries(8) as asked:
        first = client.get(f"/s/{one.codes[0]}").data
    assert not [sql for sql in asked if not sql.startswith("SELECT")]
    assert client.get(f"/s/{one.codes[0]}").data == first


def test_the_page_weighs_at_most_sixty_kilobytes_with_its_styles_and_scripts(client, evaluated):
    one = evaluated()
    page = client.get(f"/s/{one.codes[0]}").get_data(as_text=True)
    parts = re.findall(r'(?:<link rel="stylesheet" href|<script type="module" src)="([^"]+)"', page)
    assert len(parts) == 4
    weight = len(page.encode()) + sum(
        len(client.get(part.replace("&amp;", "&"), buffered=True).data) for part in parts
    )
    assert weight <= 60_000


def test_a_sent_form_is_taken_once_and_the_next_page_names_no_code(client, evaluated):
    one = evaluated()
    code = one.codes[0]
    sent = client.post("/evaluation/send", data=one.page(code, 9, comment="Lớp tốt"))
    assert (sent.status_code, sent.headers["Location"]) == (303, "/evaluation/thanks")
    assert "Set-Cookie" not in sent.headers
    assert {row.value for row in Answer.select()} == {9}
    assert Comment.get().text == "Lớp tốt"

    again = client.post("/evaluation/send", data=one.page(code, 1))
    assert again.status_code == 409
    assert Ballot.select().count() == 1
    spent = client.get(f"/s/{code}")
    assert spent.status_code == 410
    assert "đã được gửi" in spent.get_data(as_text=True)


@pytest.mark.parametrize(
    "value", ["0", "11", "-1", "1.5", "١", "５", "7 ", "1e1", "0x7", "999999999999", "NaN", "<b>", "7\0"]
)
def test_a_hostile_mark_is_refused_beside_its_line_and_the_rest_is_kept(client, evaluated, value):
    one = evaluated()
    bad = one.items[4]
    data = one.page(one.codes[0], 6, comment="Giữ lại câu này") | {f"q{bad.id}": value}
    answer = client.post("/evaluation/send", data=data)
    page = answer.get_data(as_text=True)

    assert answer.status_code == 422
    assert f'id="e{bad.id}"' in page
    assert page.count(" checked") == 19
    assert "Giữ lại câu này" in page
    assert Ballot.select().count() == 0


def test_two_ticks_on_one_line_are_refused(client, evaluated):
    one = evaluated()
    item = one.items[0]
    data = one.page(one.codes[0], 6)
    data[f"q{item.id}"] = ["6", "7"]
    answer = client.post("/evaluation/send", data=data)
    assert answer.status_code == 422
    assert f'id="e{item.id}"' in answer.get_data(as_text=True)


def test_lines_of_another_form_are_refused(client, evaluated):
    one, other = evaluated(), evaluated()
    data = one.page(one.codes[0]) | {f"q{other.items[0].id}": "5"}
    assert client.post("/evaluation/send", data=data).status_code == 422
    assert client.post("/evaluation/send", data=other.page(one.codes[0])).status_code == 422
    assert Ballot.select().count() == 0


def test_too_many_blanks_asks_first_and_then_takes_the_form_as_it_is(client, evaluated):
    one = evaluated()
    first = client.post("/evaluation/send", data=one.page(one.codes[0], blank=2))
    page = first.get_data(as_text=True)
    assert first.status_code == 422
    assert page.count('class="q wrong"') == 2
    assert 'name="as_is"' in page

    assert client.post("/evaluation/send", data=one.page(one.codes[0], blank=2, as_is="1")).status_code == 303
    assert Answer.select().count() == 18


def test_one_blank_is_taken_without_a_word(client, evaluated):
    one = evaluated()
    assert client.post("/evaluation/send", data=one.page(one.codes[0], blank=1)).status_code == 303


def test_a_comment_too_long_is_said_and_kept(client, evaluated):
    one = evaluated()
    answer = client.post("/evaluation/send", data=one.page(one.codes[0], comment="ồ" * 2001))
    assert answer.status_code == 422
    assert "ồ" * 2001 in answer.get_data(as_text=True)
    assert client.post("/evaluation/send", data=one.page(one.codes[0], comment="ồ" * 2000)).status_code == 303


def test_markup_in_a_comment_is_shown_as_text(client, login, evaluated):
    one = evaluated()
    for code in one.codes[:5]:
        client.post("/evaluation/send", data=one.page(code, comment="<script>alert(1)</script>"))
    one.close()
    page = login(one.officer).get(f"/evaluation/classes/{one.klass.id}").get_data(as_text=True)
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


@pytest.mark.parametrize("code", ["AAAAA-AAAAA", "0000000000", "ABCDE-FGHJK"])
def test_a_code_nobody_printed_is_not_found(client, evaluated, code):
    evaluated()
    assert client.get(f"/s/{code}").status_code == 404
    assert client.post("/evaluation/send", data={"code": code}).status_code == 404


def test_a_post_without_a_code_is_not_found(client, app):
    assert client.post("/evaluation/send", data={}).status_code == 404


def test_guessing_is_held_off_without_holding_off_the_class_behind_the_same_address(client, app, evaluated):
    one = evaluated(learners=40)
    _limiter.cache_clear()
    app.config["RATELIMIT_ENABLED"] = True
    try:
        for code in one.codes[:35]:
            assert client.get(f"/s/{code}").status_code == 200
        wrong = [client.get(f"/s/ZZZZZ-{number:05d}").status_code for number in range(31)]
        assert wrong == [404] * 30 + [429]
        assert client.get(f"/s/{one.codes[39]}").status_code == 429
        other = client.get(f"/s/{one.codes[39]}", environ_base={"REMOTE_ADDR": "203.0.113.9"})
        assert other.status_code == 200
    finally:
        app.config["RATELIMIT_ENABLED"] = False
        _limiter.cache_clear()


def test_after_closing_the_form_says_so(client, evaluated):
    one = evaluated()
    one.close()
    assert client.get(f"/s/{one.codes[0]}").status_code == 410
    assert client.post("/evaluation/send", data=one.page(one.codes[0])).status_code == 409


def test_the_promise_shows_the_tables_of_the_database_itself(client, app):
    page = client.get("/evaluation/promise").get_data(as_text=True)
    for column in ("code_hash", "sealed", "official_id", "object_code", "number"):
        assert f"<code>{column}</code>" in page


def test_a_signed_in_trainee_sees_neither_name_nor_menu_on_the_form(make, login, evaluated):
    one = evaluated()
    trainee = make.user("trainee", display_name="Trịnh Bảo Châu")
    page = login(trainee).get(f"/s/{one.codes[0]}").get_data(as_text=True)
    assert 'id="ballot"' in page
    assert "Trịnh Bảo Châu" not in page


# The officer -----------------------------------------------------------------------------------------------


def test_the_officer_opens_under_circular_10_with_the_plan_as_the_reason_in_one_click(make, login, officer):
    klass = make.klass(learners=10)
    browser = login(officer)
    page = browser.get(f"/evaluation/classes/{klass.id}").get_data(as_text=True)
    assert "KHÔNG RÕ" in page
    reason = re.search(r"<textarea[^>]*>\s*(.*?)</textarea>", page, re.S)
    assert reason is not None
    assert "II.5 và IV.2" in reason[1]

    sent = browser.post(
        f"/evaluation/classes/{klass.id}/open",
        data={"scheme": "TT10-2017", "reason": reason[1], "delivery": "slips"},
    )
    assert sent.status_code == 303
    assert Campaign.get().scheme.code == "TT10-2017"


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({"scheme": "TT10-2017", "delivery": "slips", "reason": ""}, 422),
        ({"scheme": "TT10-2017", "delivery": "pigeon", "reason": REASON}, 422),
        ({"scheme": "", "delivery": "slips", "reason": REASON}, 422),
        ({"scheme": "TT99-9999", "delivery": "slips", "reason": REASON}, 422),
        ({"scheme": "TT03-2023", "delivery": "slips"}, 409),
        ({}, 422),
    ],
)
def test_a_wrong_opening_is_refused_and_opens_nothing(make, login, officer, data, status):
    klass = make.klass(learners=10)
    answer = login(officer).post(f"/evaluation/classes/{klass.id}/open", data=data)
    assert answer.status_code == status
    assert Campaign.select().count() == 0


def test_the_slips_are_shown_once_and_kept_nowhere(make, login, officer, evaluated):
    one = evaluated(learners=9)
    browser = login(officer)
    sent = browser.post(f"/evaluation/classes/{one.klass.id}/slips", data={"printings": "1"})
    page = sent.get_data(as_text=True)
    shown = re.findall(r'class="slip-code">([0-9A-Z-]{11})<', page)

    assert sent.headers["Cache-Control"] == "no-store"
    assert len(set(shown)) == 9
    assert page.count('<svg class="qr"') == 9
    assert f"kiemtra.example.vn/s/<wbr>{shown[0]}" in page
    assert browser.get(f"/s/{shown[0]}").status_code == 200
    assert (
        browser.post(f"/evaluation/classes/{one.klass.id}/slips", data={"printings": "1"}).status_code == 409
    )


def test_results_stay_hidden_until_closing_and_then_show_the_indices(login, officer, evaluated):
    one = evaluated()
    one.answer(9, 9, 8, 8, 8, 8)
    browser = login(officer)
    page = browser.get(f"/evaluation/classes/{one.klass.id}").get_data(as_text=True)
    assert "5+/12" in page
    assert "8,33" not in page

    assert browser.post(f"/evaluation/classes/{one.klass.id}/close").status_code == 303
    page = browser.get(f"/evaluation/classes/{one.klass.id}").get_data(as_text=True)
    assert page.count('<span class="big">8,3</span>') == 4
    assert "mean-of-means v1" in page
    assert REASON in page


def test_with_four_forms_the_results_page_shows_no_figure(login, officer, evaluated):
    one = evaluated()
    for code in one.codes[:4]:
        services.cast_ballot(code, one.marks(7), comment="Tôi rất hài lòng")
    one.close()
    page = login(officer).get(f"/evaluation/classes/{one.klass.id}").get_data(as_text=True)
    assert "Quá ít phiếu" in page
    assert "Tôi rất hài lòng" not in page
    assert '<span class="big">' not in page


@pytest.mark.parametrize("role", ["school_head", "department_officer", "inspector"])
def test_others_read_the_figures_but_no_comment_and_change_nothing(make, login, evaluated, role):
    one = evaluated()
    for code in one.codes[:5]:
        services.cast_ballot(code, one.marks(7), comment="Góp ý riêng")
    one.close()
    browser = login(make.user(role))
    page = browser.get(f"/evaluation/classes/{one.klass.id}").get_data(as_text=True)
    assert '<span class="big">7,0</span>' in page
    assert "Góp ý riêng" not in page
    assert browser.post(f"/evaluation/classes/{one.klass.id}/close").status_code == 403


def test_a_lecturer_reads_the_figures_of_own_classes_only(make, login, evaluated):
    user = make.user("lecturer")
    mine = evaluated(sessions=1, lecturer=make.lecturer(user=user))
    other = evaluated()
    for one in (mine, other):
        one.answer(7, 7, 7, 7, 7)
        one.close()
    browser = login(user)
    assert browser.get(f"/evaluation/classes/{mine.klass.id}").status_code == 200
    assert browser.get(f"/evaluation/classes/{other.klass.id}").status_code == 404


@pytest.mark.parametrize("role", ["trainee", "training_officer", "platform_admin"])
def test_nobody_else_sees_the_tab(make, login, evaluated, role):
    one = evaluated()
    assert login(make.user(role)).get(f"/evaluation/classes/{one.klass.id}").status_code == 403


def test_a_trainee_takes_a_form_on_the_own_page_once(make, login, evaluated):
    one = evaluated(learners=6, delivery="home")
    official = make.learner(one.klass).official
    browser = login(make.user("trainee", official=official))
    page = browser.get("/").get_data(as_text=True)
    assert f"/evaluation/draw/{one.questionnaire.id}" in page

    sent = browser.post(f"/evaluation/draw/{one.questionnaire.id}")
    assert sent.status_code == 303
    assert 'id="ballot"' in browser.get(sent.headers["Location"]).get_data(as_text=True)
    assert Draw.select().count() == 1
    assert browser.post(f"/evaluation/draw/{one.questionnaire.id}").status_code == 409
    assert "/evaluation/draw/" not in browser.get("/").get_data(as_text=True)


def test_the_list_costs_the_same_however_long_it_is(login, officer, evaluated, max_queries):
    browser = login(officer)
    evaluated(learners=6)
    browser.get("/evaluation/")
    with max_queries(30) as few:
        browser.get("/evaluation/")
    for _ in range(6):
        evaluated(learners=6)
    with max_queries(len(few)):
        browser.get("/evaluation/")


def test_results_cost_the_same_however_many_ballots_there_are(evaluated, max_queries):
    small, large = evaluated(learners=6), evaluated(learners=30)
    small.answer(*[8] * 6)
    large.answer(*[8] * 30)
    first, second = small.close(), large.close()
    with max_queries(8) as few:
        queries.results(first)
    with max_queries(len(few)):
        queries.results(second)


# Others' questions -----------------------------------------------------------------------------------------


def test_the_closing_checklist_blocks_only_for_an_open_evaluation(app, make, evaluated):
    def check(klass):
        with app.test_request_context():
            found = [one for one in ask("closing_checks", klass=klass) if one.code == "evaluation.closed"]
        return [(one.met, one.blocking) for one in found]

    assert check(make.klass(learners=8)) == [(False, False)]
    one = evaluated()
    assert check(one.klass) == [(False, True)]
    one.close()
    assert check(one.klass) == [(True, True)]


def test_the_tile_tells_the_index_of_the_course_after_closing(app, officer, evaluated):
    one = evaluated()
    one.answer(8, 8, 8, 8, 8)

    def tile():
        with app.test_request_context():
            return next(
                tile for tile in ask("class_tiles", klass=one.klass, user=officer) if "evaluation" in tile.url
            )

    assert tile().value == "5+/12"
    one.close()
    assert tile().value == "8,00 · Tốt"


def test_a_person_is_told_only_that_a_form_was_taken(make, evaluated):
    one = evaluated(learners=6, delivery="home")
    official = make.learner(one.klass).official
    services.draw(one.questionnaire, official)
    told = [
        answer for answer in ask("privacy_export", official=official) if "evaluation_forms_taken" in answer
    ]
    assert told == [{"evaluation_forms_taken": [{"class_id": one.klass.id}]}]
    assert {"evaluation_draw": 1} in ask("privacy_erase", official=official)
    assert Draw.select().count() == 0
