"""Guessing is slowed down; an office behind one address and an owner under attack are not."""

from datetime import datetime, timedelta

import pytest
from flask import g

from lms.access import slowing
from lms.access.models import WrongTries
from lms.access.slowing import Wait

PASSWORD = "mat khau cua toi day"
NOW = datetime(2025, 3, 3, 7, 40)


def sign_in(client, email, password=PASSWORD, address="203.0.113.7"):
    g.pop("_login_user", None)
    return client.post(
        "/login", data={"email": email, "password": password}, environ_base={"REMOTE_ADDR": address}
    )


def test_forty_colleagues_behind_one_address_sign_in_at_once(app, make):
    colleagues = [make.user("lecturer", password=PASSWORD) for _ in range(40)]
    for one in colleagues[:15]:
        assert sign_in(app.test_client(), one.email, "go nham mat khau").status_code == 200
    answers = [sign_in(app.test_client(), one.email).status_code for one in colleagues]
    assert answers == [302] * 40


def test_a_thousand_tries_do_not_keep_the_owner_out_of_a_known_device(app, make, frozen):
    owner = make.user("lecturer", password=PASSWORD)
    known, attacker = app.test_client(), app.test_client()
    with frozen(NOW):
        assert sign_in(known, owner.email, address="198.51.100.2").status_code == 302
        g.pop("_login_user", None)
        known.post("/logout")
        answers = [
            sign_in(attacker, owner.email, f"doan {number}", f"203.0.113.{number % 250}").status_code
            for number in range(1000)
        ]
        assert answers.count(200) <= 21 and answers[-1] == 429
        assert sign_in(known, owner.email, address="198.51.100.2").status_code == 302


def test_the_wait_grows_and_ends(app, make, frozen):
    user = make.user("lecturer", password=PASSWORD)
    client = app.test_client()
    with frozen(NOW):
        for _ in range(5):
            assert sign_in(client, user.email, "sai").status_code == 200
        answer = sign_in(client, user.email)
        assert answer.status_code == 429 and answer.headers["Retry-After"] == "1"
        assert "giây" in answer.text
    with frozen(NOW + timedelta(seconds=1)):
        assert sign_in(client, user.email, "sai").status_code == 200
        assert sign_in(client, user.email).headers["Retry-After"] == "2"
    with frozen(NOW + timedelta(minutes=16)):
        assert sign_in(client, user.email).status_code == 302


def test_a_try_that_comes_too_early_does_not_prolong_the_wait(app, make, frozen):
    user = make.user("lecturer", password=PASSWORD)
    with frozen(NOW):
        for _ in range(50):
            sign_in(app.test_client(), user.email, "sai")
    with frozen(NOW + timedelta(seconds=1)):
        assert sign_in(app.test_client(), user.email).status_code == 302


def test_an_unknown_address_is_slowed_down_with_the_same_words(app, make, frozen):
    user = make.user("lecturer", password=PASSWORD)
    with frozen(NOW):
        pages = []
        for email in (user.email, "khong-co-ai@example.vn"):
            client = app.test_client()
            for _ in range(5):
                sign_in(client, email, "sai")
            pages.append(sign_in(client, email, "sai").text.replace(email, "…"))
    assert strip(pages[0]) == strip(pages[1])


def strip(page):
    return [line for line in page.splitlines() if "csrf" not in line and "token" not in line]


def test_the_mark_of_a_device_is_good_for_its_own_account_only(app, make, frozen):
    mine, victim = (make.user("lecturer", password=PASSWORD) for _ in range(2))
    attacker = app.test_client()
    with frozen(NOW):
        sign_in(attacker, mine.email)
        g.pop("_login_user", None)
        attacker.post("/logout")
        answers = [sign_in(attacker, victim.email, "doan").status_code for _ in range(8)]
    assert answers == [200] * 5 + [429] * 3


def test_counts_are_kept_without_the_address_or_the_account_being_readable(app, make):
    sign_in(app.test_client(), "ai-do@example.vn", "sai")
    assert "ai-do" not in str([row.__data__ for row in WrongTries.select()])


def test_old_counts_are_forgotten(app, frozen):
    names = slowing.names("a@example.vn", address="203.0.113.7")
    with frozen(NOW):
        for _ in range(12):
            slowing.count_wrong(names)
        with pytest.raises(Wait):
            slowing.refuse_early(names)
    with frozen(NOW + timedelta(hours=25)):
        slowing.count_wrong(slowing.names("b@example.vn", address="203.0.113.8"))
        assert WrongTries.select().count() == 2


def test_looking_costs_one_query(app, max_queries):
    with max_queries(1):
        slowing.refuse_early(slowing.names("a@example.vn", address="203.0.113.7"))
