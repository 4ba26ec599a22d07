"""The token: two readers, one format (threats 1, 2, 3, 8, 9, 22, 23, 24)."""

from __future__ import annotations

import base64
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import fuzz
from certificates import keys
from certificates.token import (
    Body,
    Malformed,
    NotAnId,
    PublicKey,
    address,
    algorithms,
    base32,
    fragment,
    from_fragment,
    join,
    key_id,
    message,
    read_address,
    read_typed,
    split,
    typed_code,
    verify_fragment,
    verify_token,
)
from certificates.token.digits import from_digits, to_digits
from tests.certificates import in_node
from tests.certificates.make_vectors import BODY, KEYS, NAMES, sign

pytestmark = pytest.mark.once

VECTORS = json.loads((Path(__file__).parents[1] / "vectors/certificates.json").read_text())
GOOD = sign(BODY.encode())


def keys_of(vectors: dict[str, Any]) -> dict[bytes, PublicKey]:
    return {
        bytes.fromhex(key["kid"]): PublicKey(
            bytes.fromhex(key["kid"]),
            key["alg"],
            base64.b64decode(key["pub"]),
            key["issuer"],
            date.fromisoformat(key["not_before"]),
            date.fromisoformat(key["not_after"]),
            key["status"],
        )
        for key in vectors["keys"]
    }


@pytest.mark.parametrize("case", VECTORS["tokens"], ids=lambda case: case["why"])
def test_python_answers_every_vector(case: dict[str, Any]) -> None:
    outcome = verify_fragment(base32.decode(case["id"]), case["digits"], keys_of(VECTORS))
    assert (outcome.code, outcome.detail) == (case["outcome"], case.get("detail", ""))
    if case["outcome"] == "genuine":
        assert outcome.token
        assert outcome.token.body
        assert outcome.token.body.name == case["body"]["name"]
        assert str(outcome.token.body.birth) == case["body"]["birth"]


@pytest.mark.parametrize("fallback", [False, True], ids=["WebCrypto", "noble"])
def test_javascript_answers_every_vector_the_same(tmp_path: Path, fallback: bool) -> None:
    cases = VECTORS["tokens"]
    answers = in_node.run(
        tmp_path,
        {"keys": VECTORS["keys"], "cases": [[c["id"], c["digits"]] for c in cases]},
        fallback=fallback,
    )
    kids = {key["kid"]: key["alg"] for key in VECTORS["keys"]}
    for case, answer in zip(cases, answers, strict=True):
        wanted = {"code": case["outcome"]}
        if fallback and kids.get(_kid(case)) == "ES256" and answer["code"] == "unsupported":
            wanted["code"] = "unsupported"
        wanted |= {name: case[name] for name in ("detail", "body") if name in case}
        assert answer == wanted, case["why"]


def test_digits_and_typed_codes_are_the_same_in_both(tmp_path: Path) -> None:
    digits, ids = VECTORS["digits"], VECTORS["ids"]
    answers = in_node.run(
        tmp_path, {"keys": [], "digits": [d["hex"] for d in digits], "typed": [i["typed"] for i in ids]}
    )
    assert answers == [d["digits"] for d in digits] + [{"id": i["path"]} for i in ids]
    assert [to_digits(bytes.fromhex(d["hex"])) for d in digits] == [d["digits"] for d in digits]
    assert [typed_code(bytes.fromhex(i["hex"])) for i in ids] == [i["typed"] for i in ids]


def test_threat_01_a_key_of_ones_own_makes_nothing_genuine(tmp_path: Path) -> None:
    """Somebody signs a right body with a fresh key: under its own key id, and under one copied from a real paper."""
    body = BODY.encode()
    tokens = []
    for algorithm in ("Ed25519", "ES256"):
        signer = keys.new_signer(algorithm)
        for kid in (key_id(algorithm, signer.public_key), *KEYS):
            tokens.append(join(kid, body, signer.sign(message(kid, body))))
    in_python = [verify_token(token, KEYS).code for token in tokens]
    assert set(in_python) == {"unknown_key", "bad_signature", "unknown_algorithm"}
    assert in_python.count("unknown_key") == 2
    cases = [[base32.path_id(BODY.id), fragment(token)] for token in tokens]
    answers = in_node.run(tmp_path, {"keys": VECTORS["keys"], "cases": cases})
    assert [answer["code"] for answer in answers] == in_python


def test_threat_02_no_bit_of_a_token_may_change(tmp_path: Path) -> None:
    """Every single bit of the digits' bytes and of the id, and every missing byte, in both readers."""
    digits = fragment(GOOD)
    short = from_digits(digits)
    path = base32.path_id(BODY.id)
    cases = [[path, to_digits(flipped)] for flipped in _flips(short)]
    cases += [[base32.path_id(flipped), digits] for flipped in _flips(BODY.id)]
    cases += [[path, to_digits(short[:at] + short[at + 1 :])] for at in range(len(short))]
    assert len(cases) > 1000
    refused = {"malformed", "bad_signature", "unknown_key"}
    in_python = [verify_fragment(base32.decode(id), text, KEYS).code for id, text in cases]
    assert set(in_python) <= refused
    answers = in_node.run(tmp_path, {"keys": VECTORS["keys"], "cases": cases})
    assert [answer["code"] for answer in answers] == in_python


def test_threat_03_the_id_of_one_paper_does_not_carry_the_digits_of_another(tmp_path: Path) -> None:
    """All pairs of genuine papers, in both readers."""
    tokens = [sign(_named(name, at).encode()) for at, name in enumerate(NAMES)]
    pairs = [(one, other) for one in tokens for other in tokens]
    for one, other in pairs:
        assert verify_fragment(one[7:17], fragment(other), KEYS).genuine is (one is other)
    cases = [[base32.path_id(one[7:17]), fragment(other)] for one, other in pairs]
    answers = in_node.run(tmp_path, {"keys": VECTORS["keys"], "cases": cases})
    assert [answer["code"] == "genuine" for answer in answers] == [one is other for one, other in pairs]


def test_threat_23_both_readers_answer_twenty_thousand_odd_codes_alike() -> None:
    """A bounded differential fuzz, the same on the same code; `make fuzz` asks a million."""
    done = fuzz.compare(seed=23, count=20_000)
    assert done.differ == []
    said = set(done.answers)
    assert len({one for one in said if one.startswith("token: ")}) > 18, (
        "the cases no longer reach every rule"
    )
    assert {"verify: genuine", "verify: bad_signature", "typed: read", "digits: written"} <= said


def test_threat_23_typed_codes_are_read_alike(tmp_path: Path) -> None:
    """Capitals and spaces of other alphabets, which languages treat each in their own way."""
    wanted = [case["answer"] for case in VECTORS["typed"]]
    given = [case["typed"] for case in VECTORS["typed"]]
    assert in_node.run(tmp_path, {"keys": [], "typed": given}) == wanted
    assert [fuzz.answer(["typed", text]) for text in given] == wanted


@given(st.binary(max_size=220))
@settings(max_examples=200, deadline=None)
def test_digits_come_back(raw: bytes) -> None:
    assert from_digits(to_digits(raw)) == raw


@given(st.binary(max_size=260))
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_refused_with_a_reason(raw: bytes) -> None:
    assert verify_token(raw, KEYS).code in {"malformed", "unknown_key"}


@given(
    birth=st.one_of(st.integers(1900, 2079), st.dates(date(1900, 1, 1), date(2079, 1, 1))),
    posts=st.sets(st.integers(1, 65535), max_size=32),
    index=st.integers(0, 2**32 - 1),
    valid=st.one_of(st.none(), st.dates(date(2025, 3, 28), date(2100, 1, 1))),
)
@settings(max_examples=200, deadline=None)
def test_a_body_comes_back(birth: Any, posts: set[int], index: int, valid: date | None) -> None:
    body = Body(
        BODY.id, BODY.name, birth, 7, 1, date(2025, 3, 28), valid, tuple(sorted(posts)), index, "TH000123", 2
    )
    token = split(GOOD[:4] + body.encode() + GOOD[-64:]) if len(body.encode()) <= 152 else None
    assert token is None or token.body == body


def test_the_address_is_lower_case_and_reads_back() -> None:
    url = address("https://VBCC.Noivu.gov.vn/", GOOD)
    assert url.startswith("https://vbcc.noivu.gov.vn/c/04hmasw9nf6yy00h#")
    base, identifier, digits = read_address(url)
    assert base == "https://vbcc.noivu.gov.vn"
    assert from_fragment(identifier, digits).raw == GOOD
    assert len(url) < 400


def test_body_refuses_what_the_paper_may_not_print() -> None:
    for name in ("", " An", "An ", "A" * 81, "An\n", "An\u202e", "1An", "Анна", "=1+1"):
        with pytest.raises(Malformed):
            _named(name, 1).encode()


def test_typed_code_forgives_slips_and_names_errors() -> None:
    code = typed_code(BODY.id)
    assert read_typed(code.lower().replace("0", "o").replace("1", "l").replace("-", "  ")) == BODY.id
    for text, why in (
        (code[:-1], "length"),
        (code + "0", "length"),
        (code.replace(code[0], "U", 1), "symbol"),
    ):
        with pytest.raises(NotAnId) as wrong:
            read_typed(text)
        assert wrong.value.code == why


def test_check_symbol_finds_every_single_slip_and_every_exchange() -> None:
    symbols = list(typed_code(BODY.id).replace("-", ""))
    for at, right in enumerate(symbols):
        for symbol in base32.ALPHABET:
            if symbol != right:
                assert not _reads([*symbols[:at], symbol, *symbols[at + 1 :]])
        for other in range(at + 1, len(symbols)):
            swapped = symbols.copy()
            swapped[at], swapped[other] = swapped[other], swapped[at]
            assert swapped == symbols or not _reads(swapped)


def test_threat_19_new_ids_have_no_order() -> None:
    """Ids are random; no two alike, every leading symbol about equally often."""
    ids = [base32.encode(base32.new_id()) for _ in range(6400)]
    assert len(set(ids)) == 6400
    counts = [sum(one[0] == symbol for one in ids) for symbol in base32.ALPHABET]
    assert min(counts) > 120
    assert max(counts) < 290


def test_es256_without_webcrypto_is_never_called_forged_or_genuine(tmp_path: Path) -> None:
    """A page on plain http cannot check P-256: it says so; what breaks the form is refused all the same."""
    cases = [case for case in VECTORS["tokens"] if case["why"].startswith(("genuine, ES256", "ES256 with"))]
    asked = [[case["id"], case["digits"]] for case in cases]
    answers = in_node.run(tmp_path, {"keys": VECTORS["keys"], "cases": asked}, fallback=True)
    said = {case["why"]: answer["code"] for case, answer in zip(cases, answers, strict=True)}
    assert said["genuine, ES256"] == said["ES256 with another body"] == "unsupported"
    assert said["ES256 with the high s"] == said["ES256 with s zero"] == "bad_signature"


@pytest.mark.parametrize("why", ["ES256 with the high s", "signature plus the group order"])
def test_threat_24_the_second_form_of_a_signature_is_refused(why: str) -> None:
    """Whoever holds a revoked paper cannot write its signature in another way and be somebody new."""
    case = next(case for case in VECTORS["tokens"] if case["why"] == why)
    assert case["outcome"] == "bad_signature"
    assert verify_fragment(base32.decode(case["id"]), case["digits"], KEYS).code == "bad_signature"


def test_threat_24_our_own_es256_signatures_are_always_low() -> None:
    signer = keys.new_signer("ES256")
    for number in range(40):
        text = str(number).encode()
        signature = signer.sign(text)
        assert int.from_bytes(signature[32:], "big") <= algorithms.P256_ORDER // 2
        assert signature == signer.sign(text)
        assert algorithms.holds("ES256", signer.public_key, signature, text)


def test_threat_08_the_algorithm_is_the_keys_and_no_other_is_tried() -> None:
    """The same bytes as an Ed25519 and an ES256 key have two key ids; each verifies with its own algorithm alone."""
    edwards, curve = keys.new_signer("Ed25519"), keys.new_signer("ES256")
    for signer, other in ((edwards, "ES256"), (curve, "Ed25519"), (edwards, "none"), (curve, "HS256")):
        signature = signer.sign(b"x")
        assert algorithms.holds(signer.algorithm, signer.public_key, signature, b"x")
        assert not algorithms.holds(other, signer.public_key, signature, b"x")
    assert key_id("Ed25519", edwards.public_key) != key_id("ES256", edwards.public_key)


def _kid(case: dict[str, Any]) -> str:
    try:
        return from_digits(case["digits"])[:4].hex()
    except Malformed:
        return ""


def _named(name: str, at: int) -> Body:
    return Body(bytes([at]) * 10, name, 1980, 7, 1, date(2025, 3, 28), None, (), at, "TH000123", 2)


def _flips(raw: bytes) -> list[bytes]:
    number = int.from_bytes(raw, "big")
    return [(number ^ 1 << bit).to_bytes(len(raw), "big") for bit in range(8 * len(raw))]


def _reads(symbols: list[str]) -> bool:
    try:
        read_typed("".join(symbols))
    except NotAnId:
        return False
    return True
