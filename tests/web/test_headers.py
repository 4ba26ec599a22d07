"""Every answer carries the strict policy, and no template needs anything weaker."""

import re

import pytest

from lms.plugins.registry import ROOT

TEMPLATES = sorted(
    path
    for top in ("lms", "courses", "certificates", "evaluation", "plugins")
    for path in (ROOT / top).rglob("templates/**/*.html")
)
#: Printed on paper by the PDF maker, never sent to a browser.
PAPER = {path for path in TEMPLATES if {"paper", "pdf"} & set(path.parts)}
#: The body of a letter: mail programs know no style sheets, and our policy does not reach them.
LETTERS = {path for path in TEMPLATES if path.name == "mail.html"}


def policy(answer) -> dict[str, str]:
    rules = answer.headers["Content-Security-Policy"].split("; ")
    return dict(rule.split(" ", 1) for rule in rules)


@pytest.mark.parametrize("page", ["/", "/login", "/not-there", "/static/web/kb.css", "/api/not-there"])
def test_threat_21_the_policy_allows_nothing_inline_and_nothing_from_elsewhere(client, page):
    rules = policy(client.get(page, buffered=True))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == rules["style-src"] == "'self'"
    assert rules["frame-ancestors"] == rules["base-uri"] == "'none'"
    assert not [rule for rule in rules.values() if "unsafe" in rule or "http" in rule or "*" in rule]


def test_the_administration_marks_its_own_scripts_anew_each_time(client, login, make):
    login(make.user("platform_admin"))
    marks = {policy(client.get("/admin/"))["script-src"] for _ in range(2)}
    assert len(marks) == 2
    assert all(re.fullmatch(r"'self' 'nonce-[\w-]{20,}'", mark) for mark in marks)


def test_answers_may_not_be_sniffed_framed_or_kept_by_others(client):
    headers = client.get("/").headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "private, no-cache"


def test_a_static_file_with_its_version_is_kept_for_a_year(app, client):
    with app.test_request_context():
        from flask import url_for

        address = url_for("web.static", filename="kb.css")
    assert "v=" in address
    assert (
        client.get(address, buffered=True).headers["Cache-Control"] == "public, max-age=31536000, immutable"
    )
    assert "immutable" not in client.get("/static/web/kb.css", buffered=True).headers["Cache-Control"]


@pytest.mark.parametrize(
    "path", [path for path in TEMPLATES if path not in PAPER | LETTERS], ids=lambda path: path.name
)
def test_a_template_has_no_inline_script_style_or_handler(path):
    text = re.sub(r"\{#.*?#\}", "", path.read_text(), flags=re.S)
    # The file that people take along has everything inside, under a policy of its own that names the digests.
    text = re.sub(r"\{% if inline %\}.*?\{% (?:else|endif) %\}", "", text, flags=re.S)
    assert re.findall(r"<style\b", text) == []
    assert re.findall(r"<script(?![^>]*(?:\bsrc=|application/json))[^>]*>", text) == []
    assert re.findall(r"""\s(?:on[a-z]+|style)\s*=\s*["']""", text) == []
    assert "javascript:" not in text


def test_every_icon_named_in_a_template_is_in_the_set():
    known = {
        line.strip()
        for line in (ROOT / "tools/icons.txt").read_text().splitlines()
        if not line.startswith("#")
    }
    named = {
        (path.name, icon)
        for path in TEMPLATES
        for icon in re.findall(r"""(?:\bicon=|ui\.icon\()["']([a-z0-9-]+)["']""", path.read_text())
    }
    assert {one for one in named if one[1] not in known} == set()
