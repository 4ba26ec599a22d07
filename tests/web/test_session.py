"""The session cookie: signed, only set when there is something to keep."""

from flask import Flask, session

from lms.web.session import SessionCookie


def a_site(key: str = "first") -> Flask:
    site = Flask("site")
    site.secret_key = key
    site.session_interface = SessionCookie()
    site.add_url_rule("/keep", "keep", lambda: session.update(name="An") or "kept")
    site.add_url_rule("/read", "read", lambda: session.get("name", "nobody"))
    site.add_url_rule("/forget", "forget", lambda: session.clear() or "forgotten")
    return site


def test_a_visitor_without_session_gets_no_cookie_but_caches_are_told():
    headers = a_site().test_client().get("/read").headers
    assert "Set-Cookie" not in headers
    assert headers["Vary"] == "Cookie"


def test_what_is_kept_comes_back_and_goes_when_forgotten():
    visitor = a_site().test_client()
    visitor.get("/keep")
    assert visitor.get("/read").text == "An"
    assert "Expires=Thu, 01 Jan 1970" in visitor.get("/forget").headers["Set-Cookie"]
    assert visitor.get("/read").text == "nobody"


def test_a_changed_key_ends_the_sessions_signed_with_the_old_one():
    site = a_site()
    visitor = site.test_client()
    visitor.get("/keep")
    site.secret_key = "second"
    assert visitor.get("/read").text == "nobody"
    site.config["SECRET_KEY_FALLBACKS"] = ["first"]
    assert visitor.get("/read").text == "An"
