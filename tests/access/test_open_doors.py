"""Addresses that ask nobody to sign in: they name nobody, cannot be counted through, and slow guessing down.

Routes are found in the application, so a new one is asked the same questions; what rightly differs is listed with its reason.
"""

from __future__ import annotations

import base64
import binascii
import html
import json
import logging
import re
import statistics
import time
from types import SimpleNamespace
from typing import Any

from flask import Flask
from werkzeug.routing import Rule
from werkzeug.routing.converters import NumberConverter

from certificates.log import checkpoints
from certificates.models import Certificate
from certificates.services import publish_status_lists
from certificates.sharing.models import Share
from lms.access import limits
from lms.access.limits import TooOften, slow_down
from lms.crypto import keyed_hash, unseal
from lms.operations import logs
from lms.people.models import Official
from lms.text import fold
from tests.access.doors import guard, routes, words
from tests.access.world import SECRETS, World

#: Numbers in open addresses, and why counting through them tells nothing of a person or a paper.
COUNTED = {
    ("attendance.link_roll", "session_id"): "opens with the sealed link of that session alone",
    ("attendance.link_undo", "session_id"): "opens with the sealed link of that session alone",
    (
        "certificates_log.entries_page",
        "page",
    ): "the public log is there to be read whole; its leaves are hashes",
    ("verify.issuer", "number"): "the public dictionary of issuers",
    ("verify.programme", "number"): "the public dictionary of programmes",
    ("verify.status_list", "number"): "whole lists of bits at random places",
    ("verify.status_credential", "number"): "whole lists of bits at random places",
}
#: Parameters that carry what only the holder of a paper, a link or a slip knows.
CODES = {"code", "share_code", "case_code", "token"}
#: Open addresses that answer however often they are asked, and why guessing at them gains nothing.
FREE = {
    **dict.fromkeys(
        ("api.description", "api.docs", "evaluation.promise", "evaluation.thanks", "privacy.about", "web.home", "web.language",
         "certificates_offline.about_file", "certificates_offline.check", "certificates_offline.file_facts",
         "certificates_offline.manifest", "certificates_offline.worker", "verify.file"),
        "the same page for everybody",
    ),
    **dict.fromkeys(("operations.alive", "operations.ready", "operations.figures"), "asked by machines of the operator"),
    **dict.fromkeys(
        ("verify.typed", "verify.keys", "verify.jwk", "verify.jwks", "verify.credential_jwks", "verify.issuer", "verify.programme",
         "verify.status_list", "verify.status_credential"),
        "published for everybody's verifier, whole",
    ),
    **dict.fromkeys(
        ("access.add_passkey", "access.authenticator", "access.confirm_authenticator", "access.passkey_options",
         "access.second_step", "access.second_step_code", "access.set_up"),
        "a step after the password, for who has just given it; the sign-in counts its own tries",
    ),
    **dict.fromkeys(("verify.account", "verify.account_of"), "an empty form; what is sent with it counts"),
    **dict.fromkeys(("attendance.link_roll", "attendance.link_undo"), "a sealed link of 160 bits and more"),
}  # fmt: skip
#: Addresses whose codes have two forms, each with a sentence of its own; within a form every failure sounds the same.
TWO_FORMS = dict.fromkeys(("access.short", "evaluation.answer"), "short links of people, codes of ballots")
#: Addresses that tell somebody's e-mail to who holds the secret link that was mailed there.
MAILED = {"access.set_password", "access.choose_password"}
NUMBER = "038181007431"
#: The birth date of who holds the certificate.
DAYS = ("1980-02-01", "01/02/1980")


def is_open(app: Flask, rule: Rule) -> bool:
    return guard(app, rule) == ("public",)


def unknown(value: Any) -> str:
    """A code of the same form that nothing has."""
    return re.sub(r"[0-9A-Za-z]", "z", str(value)) if len(str(value)) > 6 else "z" * 16


def codes(rule: Rule, world: World, change: Any = unknown) -> dict[str, str]:
    """Other values for the parameters of a route that carry a code."""
    return {
        name: change(world.by_route.get((rule.endpoint, name), world.by_name.get(name, "")))
        for name in rule.arguments & CODES
        if rule.endpoint != "web.language"
    }


def test_threat_19_no_open_address_can_be_counted_through(app):
    counted = {
        (rule.endpoint, name)
        for rule, _method in routes(app)
        if is_open(app, rule)
        for name, converter in rule._converters.items()
        if isinstance(converter, NumberConverter)
    }
    assert counted == set(COUNTED)


def test_threat_19_unknown_and_malformed_codes_are_one_answer(app, knock, world):
    """Nobody learns from an answer which part of a guess was right."""
    differ = []
    for rule, method in routes(app):
        if not is_open(app, rule) or not codes(rule, world) or rule.endpoint in TWO_FORMS:
            continue
        answers = []
        for change in (unknown, lambda _value: "khong-phai-ma"):
            asked = codes(rule, world, change)
            answer = knock(method, world.address(app, rule, **asked))
            text = answer.get_data(as_text=True)
            for one in asked.values():
                text = text.replace(one, "").replace(one.upper(), "")
            text = re.sub(r'(name="csrf_token" value|nonce)="[^"]*"', "", text)
            answers.append((answer.status_code, text))
            assert answer.status_code < 500, rule.rule
        if answers[0] != answers[1]:
            differ.append(f"{method} {rule.rule}: {answers[0][0]}, {answers[1][0]}")
    assert differ == []


def test_threat_19_guesses_at_every_open_address_are_slowed_down_with_a_sentence(
    app, knock, world, monkeypatch
):
    """Every window is full: an open address says so, with a sentence and when to try again, or has a reason to answer."""
    full = SimpleNamespace(
        hit=lambda *_a: False, test=lambda *_a: False,
        get_window_stats=lambda *_a: SimpleNamespace(reset_time=time.time() + 30, remaining=0),
    )  # fmt: skip
    monkeypatch.setattr(limits, "_limiter", lambda: full)
    monkeypatch.setitem(app.config, "RATELIMIT_ENABLED", True)
    wrong = []
    for rule, method in routes(app):
        if not is_open(app, rule):
            continue
        answer = knock(method, world.address(app, rule, **codes(rule, world)))
        if (answer.status_code == 429) is (rule.endpoint in FREE):
            wrong.append(f"{method} {rule.rule} ({rule.endpoint}): {answer.status}")
        if answer.status_code == 429:
            assert "Thử quá nhiều lần" in html.unescape(readable(answer)), rule.rule
            assert 0 < int(answer.headers["Retry-After"]) <= 3600, rule.rule
    assert len(wrong) == 0, "\n".join(wrong)


def test_threat_19_ten_thousand_guesses_get_sixty_answers(app, client, world):
    """By the address that asks; then the limiter itself, so that ten thousand cost nothing."""
    app.config["RATELIMIT_ENABLED"] = True
    said = [client.get(f"/c/{at:016d}").status_code for at in range(62)]
    assert (said.count(404), said[-1]) == (60, 429)
    refused = 0
    with app.test_request_context("/c/x", environ_base={"REMOTE_ADDR": "203.0.113.9"}):
        for _guess in range(10_000):
            try:
                slow_down("certificates.unknown", most=60, seconds=60)
            except TooOften:
                refused += 1
    assert refused == 10_000 - 60


def test_threat_19_one_line_with_many_addresses_counts_as_one(app, monkeypatch):
    """An IPv6 line has 2⁶⁴ addresses; its neighbour is somebody else. IPv4 written as IPv6 is the same address."""
    monkeypatch.setitem(app.config, "RATELIMIT_ENABLED", True)

    def is_refused(address: str) -> bool:
        with app.test_request_context("/c/x", environ_base={"REMOTE_ADDR": address}):
            try:
                slow_down("certificates.one_line", most=3, seconds=60)
            except TooOften:
                return True
        return False

    assert [is_refused(f"2001:db8:7:7:{at:x}::{at:x}") for at in range(1, 6)] == [False] * 3 + [True] * 2
    assert not is_refused("2001:db8:7:8::1")
    four = ["198.51.100.7", "::ffff:198.51.100.7", "198.51.100.7", "::ffff:198.51.100.7", "198.51.100.8"]
    assert [is_refused(address) for address in four] == [False] * 3 + [True, False]


def test_threat_19_who_types_slowly_all_day_is_stopped_too(app, client, monkeypatch):
    """Ten a minute would be ten thousand guesses a day: a hundred an hour, and the answer says when."""
    monkeypatch.setitem(app.config, "RATELIMIT_ENABLED", True)
    allowed = limits.slow_down

    def a_minute_later(what: str, **window: Any) -> None:
        if what != "certificates.typed":
            allowed(what, **window)

    monkeypatch.setattr("certificates.routes.verifying.slow_down", a_minute_later)
    sent = {"code": "0000-0000-0000-0000-0", "birth_year": "1980"}
    said = [client.post("/c/", data=sent, environ_base={"REMOTE_ADDR": "192.0.2.44"}) for _ in range(101)]
    assert 429 not in [one.status_code for one in said[:100]]
    assert said[100].status_code == 429
    assert "Vui lòng thử lại sau 60 phút" in html.unescape(said[100].text)
    assert 3500 < int(said[100].headers["Retry-After"]) <= 3600


def test_threat_19_unknown_and_malformed_take_the_same_steps_and_time(client, world, max_queries):
    asked = {"unknown": "/c/" + "z" * 16, "malformed": "/c/khong-phai-ma-nao"}
    for path in asked.values():
        client.get(path)
        with max_queries(1):
            client.get(path)
    spent: dict[str, list[float]] = {name: [] for name in asked}
    for _round in range(40):
        for name, path in asked.items():
            begun = time.process_time()
            client.get(path)
            spent[name].append(time.process_time() - begun)
    one, other = (statistics.median(times) for times in spent.values())
    assert 0.5 < one / other < 2


def test_threat_20_nobodys_name_is_in_an_open_answer_or_a_log(app, client, knock, world, caplog):
    """Every open address, asked with codes of a real certificate: pages, errors, lists, logs, what is coded in base64."""
    certificate = Certificate.get_by_id(world.by_name["certificate_id"])
    holder = {"cccd_hash": keyed_hash(NUMBER), "cccd_tail": NUMBER[-3:], "email": "kin.dao@example.vn"}
    Official.update(**holder).where(Official.id == certificate.official_id).execute()
    shared = client.get(f"/c/shared/{unseal(Share.get().code_sealed)}")
    assert SECRETS[0] in readable(shared), "otherwise the silence of the others would prove nothing"
    checkpoints.make()
    publish_status_lists()
    known = {"code": certificate.id16}
    canaries = canaries_of(world)
    told = []
    caplog.set_level(logging.DEBUG)
    for name, level in logs._QUIET.items():  # as every process of the platform does
        caplog.set_level(level, logger=name)
    for rule, method in routes(app):
        if not is_open(app, rule):
            continue
        ours = rule.endpoint.startswith(("verify.", "certificates_api."))
        true = {name: known[name] for name in rule.arguments & known.keys() if ours}
        for instead in ({}, true) if true else ({},):
            text = readable(knock(method, world.address(app, rule, **instead)))
            found = [one for one in canaries if one in text]
            mailed = [world.officer.email] if rule.endpoint in MAILED else []
            told += [f"{method} {rule.rule}: “{one}”" for one in found if one not in mailed]
    assert "\n".join(told) == ""
    said = caplog.text + " ".join(str(record.args) for record in caplog.records)
    assert [one for one in (*canaries, certificate.id16) if one in said] == []


def test_threat_20_no_page_offers_itself_to_other_sites(client, world):
    """Neither cards for chats and networks, nor a list of pages; search engines are told to stay away."""
    certificate = Certificate.get_by_id(world.by_name["certificate_id"])
    page = client.get(f"/c/{certificate.id16}")
    assert not re.search(r'property="og:|name="twitter:|name="description"|application/ld\+json', page.text)
    assert "noindex" in page.headers["X-Robots-Tag"]
    for path in ("/sitemap.xml", "/c/sitemap.xml", "/.well-known/openid-configuration", "/c/?q=a", "/feed"):
        assert certificate.id16 not in client.get(path).text


def canaries_of(world: World) -> list[str]:
    """What would give somebody away, in every spelling."""
    names = [*SECRETS[:3], "Kín Đáo", "Bí Mật"]
    folded = [fold(name) for name in SECRETS[:2]]
    return [*names, *folded, *DAYS, world.officer.email, "kin.dao@example.vn", NUMBER, keyed_hash(NUMBER)]


def readable(answer: Any) -> str:
    """Everything an answer says: entities and escapes undone, JSON read, what looks like base64 decoded."""
    text = words(answer) + " ".join(f"{name}: {value}" for name, value in answer.headers)
    if answer.is_json:
        text += json.dumps(answer.json, ensure_ascii=False)
    text += html.unescape(text)
    for coded in re.findall(r"[A-Za-z0-9+/_-]{24,}", text):
        try:
            raw = base64.b64decode(coded.replace("-", "+").replace("_", "/") + "=" * (-len(coded) % 4))
        except binascii.Error:
            continue
        text += raw.decode(errors="ignore")
    return text
