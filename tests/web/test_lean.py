"""Lean pages: the platform's own steps surround them, sessions and sign-in do not."""

import pytest
from flask import Response, session

from lms.access import public
from lms.lean import Leaf, Platform, lean

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


def test_the_end_of_a_request_comes_for_a_lean_page_too(site):
    said = []
    site.at_the_end_of_every(lambda _: said.append("every"))
    site.teardown_request(lambda _: said.append("library"))
    visitor = site.test_client()
    visitor.get("/lean")
    assert said == ["every"]
    visitor.get("/ordinary")
    assert said == ["every", "library", "every"]


def test_an_error_in_a_lean_page_is_explained_like_any_other(site):
    @site.get("/broken")
    @public
    @lean
    def broken():
        raise LookupError("nothing here")

    site.register_error_handler(LookupError, lambda problem: (str(problem), 418))
    site.after_every(lambda answer: answer.headers.update({"X-Step": "done"}) or answer)
    answer = site.test_client().get("/broken")
    assert (answer.status_code, answer.text, answer.headers["X-Step"]) == (418, "nothing here", "done")


def test_what_a_lean_page_may_be_asked_is_said_by_the_library(site):
    answer = site.test_client().options("/lean")
    assert answer.status_code == 200 and "GET" in answer.headers["Allow"]


def test_a_leaf_says_its_length_and_sends_no_body_where_none_is_asked(site):
    @site.get("/leaf")
    @public
    @lean
    def leaf():
        return Leaf("lá".encode(), 200, (("Content-Type", "text/plain; charset=utf-8"),))

    visitor = site.test_client()
    answer, head = visitor.get("/leaf"), visitor.head("/leaf")
    assert (answer.text, answer.headers["Content-Length"], answer.mimetype) == ("lá", "3", "text/plain")
    assert (head.data, head.headers["Content-Length"]) == (b"", "3")
