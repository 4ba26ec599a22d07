"""Lean pages: the platform's own steps surround them, sessions and sign-in do not."""

import pytest
from flask import Response, session

from lms.access import public
from lms.lean import Platform, lean

KEPT = {"someone": "was here"}


@pytest.fixture
def site():
    """A small platform with one ordinary and one lean page, and a session that every visitor keeps."""
    site = Platform("site")
    site.secret_key = "of this test"
    site.config["SESSION_REFRESH_EACH_REQUEST"] = True

    @site.get("/ordinary")
    @public
    def ordinary():
        session.permanent = True
        session.update(KEPT)
        return "ordinary"

    @site.get("/lean")
    @public
    @lean
    def plain():
        return "lean"

    return site


def test_a_lean_page_gets_the_steps_of_every_answer_in_the_same_order(site):
    said = []

    def first(answer: Response) -> Response:
        said.append("first")
        return answer

    def second(answer: Response) -> Response:
        said.append("second")
        answer.headers["X-Step"] = "done"
        return answer

    site.after_every(first)
    site.after_every(second)
    for page in ("/ordinary", "/lean"):
        said.clear()
        assert site.test_client().get(page).headers["X-Step"] == "done"
        assert said == ["second", "first"]


def test_a_step_may_answer_in_place_of_a_lean_page(site):
    site.before_every(lambda: None)
    site.before_every(lambda: "closed today")
    assert site.test_client().get("/lean").text == "closed today"


def test_what_libraries_do_before_and_after_is_left_out(site):
    said = []
    site.before_request(lambda: said.append("before"))
    site.after_request(lambda answer: said.append("after") or answer)
    visitor = site.test_client()
    visitor.get("/lean")
    assert said == []
    visitor.get("/ordinary")
    assert said == ["before", "after"]


def test_a_lean_page_neither_renews_nor_ends_the_session_of_its_reader(site):
    visitor = site.test_client()
    assert "Set-Cookie" in visitor.get("/ordinary").headers
    assert "Set-Cookie" not in visitor.get("/lean").headers
    with visitor.session_transaction() as kept:
        assert kept["someone"] == "was here"


def test_the_headers_of_a_lean_page_are_those_of_every_page(client):
    lean_page, ordinary = client.get("/c/keys.json").headers, client.get("/c/").headers
    for name in (
        "Content-Security-Policy",
        "X-Content-Type-Options",
        "X-Frame-Options",
        "Permissions-Policy",
    ):
        assert lean_page[name] == ordinary[name]
