"""Write tests/vectors/certificates.json anew: ``python -m tests.certificates.make_vectors``.

The keys are made from fixed seeds and sign nothing outside these tests.
"""

from __future__ import annotations

import base64
import hmac
import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from certificates.keys import FileSigner
from certificates.token import (
    Body,
    NotAnId,
    PublicKey,
    base32,
    cbor,
    fragment,
    join,
    key_id,
    message,
    path_id,
    read_typed,
    typed_code,
)
from certificates.token.algorithms import ED25519, ES256, P256_ORDER
from certificates.token.digits import from_digits, to_digits
from certificates.token.verify import verify_fragment

PATH = Path(__file__).parent.parent / "vectors" / "certificates.json"
ORDER = 2**252 + 27742317777372353535851937790883648493

SCHOOL = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
CENTRE = Ed25519PrivateKey.from_private_bytes(bytes(range(32, 64)))
STRANGER = Ed25519PrivateKey.from_private_bytes(bytes(range(64, 96)))
WITHDRAWN = Ed25519PrivateKey.from_private_bytes(bytes(range(96, 128)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(range(128, 160)))
TOWN = ec.derive_private_key(int.from_bytes(bytes(range(160, 192)), "big"), ec.SECP256R1())


def public_key(private: Any, issuer: int, status: str = "active", algorithm: str = ED25519) -> PublicKey:
    raw = FileSigner(private).public_key
    return PublicKey(
        key_id(algorithm, raw), algorithm, raw, issuer, date(2025, 1, 1), date(2025, 12, 31), status
    )


KEYS = {
    key.kid: key
    for key in (
        public_key(SCHOOL, 1),
        public_key(CENTRE, 2),
        public_key(WITHDRAWN, 1, "withdrawn"),
        public_key(OTHER, 1, algorithm="Later"),
        public_key(TOWN, 1, algorithm=ES256),
    )
}
SCHOOL_KID, CENTRE_KID, WITHDRAWN_KID, OTHER_KID, TOWN_KID = KEYS

BODY = Body(
    id=bytes.fromhex("0123456789abcdef0011"),
    name="Nguyễn Thị Phương Thảo",
    birth=date(1980, 2, 1),
    programme=7,
    issuer=1,
    issued_on=date(2025, 3, 28),
    valid_until=None,
    posts=(3, 11, 240),
    status_index=70_001,
    serial="TH000123",
    rules=2,
)

NAMES = (
    "Lê An",
    "Nguyễn Văn An",
    "H'Hen Niê",
    "Y Bliă Êban",
    "Siu H'Bơ Rơ Châm Krông",
    "Hơ Ƀak Kƀuôr",
    "Y Ngông Niê Kdăm Ê̆",
    "Trần Đặng Quỳnh Như",
    "Công Tằng Tôn Nữ Thị Phương Thảo",
    "Nguyễn Phúc Công Huyền Tôn Nữ Hoàng Ngân Khánh",
)


def sign(body: bytes, private: Any = SCHOOL, kid: bytes = SCHOOL_KID) -> bytes:
    return join(kid, body, FileSigner(private).sign(message(kid, body)))


def main() -> None:
    """Write the file."""
    document = {
        "comment": "Shared by the Python and the JavaScript verifier; see docs/certificate-format.md.",
        "keys": [_key(key) for key in KEYS.values()],
        "digits": [{"hex": raw.hex(), "digits": to_digits(raw)} for raw in _byte_strings()],
        "typed": [_typed(why, text) for why, text in _typed_texts().items()],
        "ids": [{"hex": raw.hex(), "path": path_id(raw), "typed": typed_code(raw)} for raw in _ids()],
        "tokens": [*_genuine(), *_refused()],
    }
    PATH.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n")


def _key(key: PublicKey) -> dict[str, Any]:
    return {
        "kid": key.kid.hex(),
        "alg": key.algorithm,
        "pub": base64.b64encode(key.raw).decode(),
        "issuer": key.issuer,
        "not_before": key.not_before.isoformat(),
        "not_after": key.not_after.isoformat(),
        "status": key.status,
    }


def _byte_strings() -> list[bytes]:
    return [bytes(range(250, 250 - size, -1)) for size in range(16)] + [b"\xff" * 7, b"\0" * 9]


def _ids() -> list[bytes]:
    return [bytes(10), b"\xff" * 10, BODY.id, bytes.fromhex("a1b2c3d4e5f60718293a")]


def _typed_texts() -> dict[str, str]:
    """What a differential fuzz found read in two ways once: capitals of other alphabets, and what counts as a space."""
    code = typed_code(bytes.fromhex("0123456789abcdef0011"))
    return {
        "as printed": code,
        "small letters, slips and spaces": code.lower().replace("0", "o").replace("1", "l").replace("-", " "),
        "tab and new line around it": f"\t{code}\r\n",
        "no-break space and dashes": code.replace("-", "\u00a0\u2011"),
        "dotless i for 1": typed_code(bytes.fromhex("08421084210842108421")).replace("1", "\u0131", 1),
        "long s for S": code.replace("S", "\u017f", 1),
        "sharp s": code[:-1] + "\u00df",
        "ligature": code[:-1] + "\ufb01",
        "full-width letter": code.replace("H", "\uff28", 1),
        "small u is named as typed": "u" + code[1:],
        "byte order mark after it": code + "\ufeff",
        "information separator before it": "\x1c" + code,
        "next line after it": code + "\x85",
        "ideographic space after it": code + "\u3000",
        "letter beyond the first plane": code[:-1] + "\U0001d7ce",
    }


def _typed(why: str, text: str) -> dict[str, Any]:
    try:
        return {"why": why, "typed": text, "answer": {"id": path_id(read_typed(text))}}
    except NotAnId as wrong:
        symbol = {"symbol": wrong.symbol} if wrong.symbol else {}
        return {"why": why, "typed": text, "answer": {"wrong": wrong.code, **symbol}}


def _genuine() -> list[dict[str, Any]]:
    bodies = [replace(BODY, name=name, id=bytes([at]) * 10) for at, name in enumerate(NAMES)]
    bodies += [
        replace(BODY, birth=1958),
        replace(BODY, birth=date(1900, 1, 1), posts=(), rules=0, status_index=0),
        replace(BODY, birth=date(1904, 2, 29), valid_until=date(2030, 3, 28), programme=65535),
        replace(BODY, posts=tuple(range(1, 33)), status_index=2**32 - 1, serial="Đ/12-2025.A"),
        replace(BODY, issued_on=date(2025, 1, 1)),
        replace(BODY, issued_on=date(2025, 12, 31), valid_until=date(2025, 12, 31)),
    ]
    cases = [_case("genuine", body.id, fragment(sign(body.encode()))) for body in bodies]
    town = [replace(BODY, name=name, id=bytes([at + 32]) * 10) for at, name in enumerate(NAMES[:4])]
    return cases + [
        _case("genuine, ES256", body.id, fragment(sign(body.encode(), TOWN, TOWN_KID))) for body in town
    ]


def _refused() -> list[dict[str, Any]]:
    good = sign(BODY.encode())
    digits = fragment(good)
    short = from_digits(digits)
    raw = BODY.encode()
    higher = int.from_bytes(good[-32:], "little") + ORDER
    malleable = good[:-32] + higher.to_bytes(32, "little")
    es256 = sign(raw, TOWN, TOWN_KID)
    r, s = es256[-64:-32], int.from_bytes(es256[-32:], "big")
    outside = P256_ORDER.to_bytes(32, "big")
    cases = [
        ("ES256 with the high s", es256[:-32] + (P256_ORDER - s).to_bytes(32, "big")),
        ("ES256 with r zero", es256[:-64] + bytes(32) + es256[-32:]),
        ("ES256 with s zero", es256[:-32] + bytes(32)),
        ("ES256 with r the group order", es256[:-64] + outside + es256[-32:]),
        ("ES256 with r and s exchanged", es256[:-64] + es256[-32:] + r),
        ("ES256 with another body", es256[:-70] + bytes([es256[-70] ^ 1]) + es256[-69:]),
        ("ES256 under the key id of an Ed25519 key", sign(raw, TOWN, SCHOOL_KID)),
        ("Ed25519 under the key id of an ES256 key", sign(raw, SCHOOL, TOWN_KID)),
        ("HMAC with the public key", join(SCHOOL_KID, raw, _hmac(SCHOOL_KID, raw))),
        ("HMAC with the public ES256 key", join(TOWN_KID, raw, _hmac(TOWN_KID, raw))),
        ("no signature at all", join(SCHOOL_KID, raw, bytes(64))),
        ("no signature under an ES256 key", join(TOWN_KID, raw, bytes(64))),
        ("unknown key", sign(raw, STRANGER, public_key(STRANGER, 1).kid)),
        ("own key under a genuine key id", sign(raw, STRANGER)),
        ("key of another issuer", sign(raw, CENTRE, CENTRE_KID)),
        ("issued before the key's time", sign(replace(BODY, issued_on=date(2024, 12, 31)).encode())),
        ("issued after the key's time", sign(replace(BODY, issued_on=date(2026, 1, 1)).encode())),
        ("withdrawn key", sign(raw, WITHDRAWN, WITHDRAWN_KID)),
        ("algorithm this reader does not know", sign(raw, OTHER, OTHER_KID)),
        ("later version, genuine signature", sign(b"\x8c\x02" + raw[2:])),
        ("later version, made up", b"".join((SCHOOL_KID, b"\x8c\x02", raw[2:], good[-64:]))),
        ("signature plus the group order", malleable),
        ("thirteen fields", sign(b"\x8d" + raw[1:] + b"\x00")),
        ("eleven fields", sign(b"\x8b" + raw[1:-1])),
        ("trailing byte", sign(raw + b"\x00")),
        ("indefinite array", sign(b"\x9f" + raw[1:] + b"\xff")),
        ("programme written too long", sign(_with(programme=b"\x18\x07"))),
        ("programme as a float", sign(_with(programme=b"\xf9\x47\x00"))),
        ("programme zero", sign(_with(programme=b"\x00"))),
        ("programme of eight bytes", sign(_with(programme=b"\x1b" + b"\xff" * 8))),
        ("name as bytes", sign(_with(name=cbor.write_bytes(b"Le An abcdef")))),
        ("name not UTF-8", sign(_with(name=b"\x6c" + b"\xff" * 12))),
        ("name with a surrogate", sign(_with(name=b"\x6cLe An abc\xed\xa0\x80"))),
        ("name decomposed", sign(_with(name=cbor.write_text("Nguye\u0302\u0303n Va\u0306n An")))),
        ("name with override", sign(_with(name=cbor.write_text("Le\u202eAn abcdef")))),
        ("name with zero width", sign(_with(name=cbor.write_text("Le An\u200b abcdef")))),
        ("name with byte order mark", sign(_with(name=cbor.write_text("\ufeffLe An abcdef")))),
        ("name with NUL", sign(_with(name=cbor.write_text("Le An\x00 abcdef")))),
        ("name in Cyrillic look-alikes", sign(_with(name=cbor.write_text("Lе Аn abcdef")))),
        ("name as markup", sign(_with(name=cbor.write_text("<script>alert(1)</script>")))),
        ("name as formula", sign(_with(name=cbor.write_text("=cmd|' /C calc'!A0")))),
        ("name with two spaces", sign(_with(name=cbor.write_text("Le  An abcdef")))),
        ("name with a space at the end", sign(_with(name=cbor.write_text("Le An abcdef ")))),
        ("name empty", sign(_with(name=b"\x60", serial=cbor.write_text("TH00012300000")))),
        ("name of 81 bytes", sign(_with(name=cbor.write_text("A" * 81), posts=b"\x80"))),
        ("posts out of order", sign(_with(posts=b"\x82\x04\x03"))),
        ("posts twice", sign(_with(posts=b"\x82\x04\x04"))),
        ("valid until before issue", sign(_with(valid_until=cbor.write_int(20_000)))),
        ("issue day zero", sign(_with(issued_on=b"\x00"))),
        ("birth year 1899", sign(_with(birth=cbor.write_int(-1899)))),
        ("birth far away", sign(_with(birth=cbor.write_int(65536)))),
        ("serial with a space", sign(_with(serial=cbor.write_text("TH 00123")))),
        ("serial empty", sign(_with(serial=b"\x60"))),
        ("status index too large", sign(_with(status_index=cbor.write_int(2**32)))),
        ("rules too large", sign(_with(rules=cbor.write_int(65536)))),
    ]
    refused = [_case(why, BODY.id, fragment(token)) for why, token in cases]
    texts = {
        "no digits": "",
        "letter": digits[:-1] + "a",
        "space": digits[:20] + " " + digits[21:],
        "percent-encoded": digits[:20] + "%30" + digits[21:],
        "full-width digit": digits[:20] + "\uff11" + digits[21:],
        "Arabic digit": digits[:20] + "\u0661" + digits[21:],
        "plus sign": "+" + digits[1:],
        "one digit more": digits + "0",
        "one digit less": digits[:-1],
        "leading zero added": "0" + digits,
        "group too large": "99999999999999999" + digits[17:],
        "too long": digits * 2,
        "301 digits beyond the first plane": "\U0001d7ce" * 301,
        "byte missing": to_digits(short[:-1]),
        "byte added": to_digits(short + b"\0"),
        "only a key id": to_digits(short[:4]),
        "new line at the end": digits + "\n",
    }
    refused += [_case(why, BODY.id, text) for why, text in texts.items()]
    other = replace(BODY, id=bytes.fromhex("ffeeddccbbaa99887766"))
    refused.append(_case("genuine id, another paper's digits", other.id, digits))
    return refused


def _hmac(kid: bytes, raw: bytes) -> bytes:
    return hmac.digest(KEYS[kid].raw, message(kid, raw), "sha512")


def _with(**parts: bytes) -> bytes:
    """The body with the encoding of some fields put by hand."""
    fields = {
        "id": cbor.write_bytes(BODY.id),
        "name": cbor.write_text("Le An abcdef"),
        "birth": cbor.write_int((BODY.birth - date(1900, 1, 1)).days),  # type: ignore[operator]
        "programme": cbor.write_int(BODY.programme),
        "issuer": cbor.write_int(BODY.issuer),
        "issued_on": cbor.write_int((BODY.issued_on - date(1970, 1, 1)) // timedelta(days=1)),
        "valid_until": cbor.write_int(0),
        "posts": b"\x81\x03",
        "status_index": cbor.write_int(BODY.status_index),
        "serial": cbor.write_text(BODY.serial),
        "rules": cbor.write_int(BODY.rules),
    }
    return cbor.write_array_head(12) + cbor.write_int(1) + b"".join((fields | parts).values())


def _case(why: str, identifier: bytes, digits: str) -> dict[str, Any]:
    outcome = verify_fragment(identifier, digits, KEYS)
    case: dict[str, Any] = {
        "why": why,
        "id": base32.path_id(identifier),
        "digits": digits,
        "outcome": outcome.code,
    }
    if outcome.detail:
        case["detail"] = outcome.detail
    if outcome.token and outcome.token.body:
        body = outcome.token.body
        case["body"] = {
            "name": body.name,
            "birth": str(body.birth),
            "programme": body.programme,
            "issuer": body.issuer,
            "issuedOn": body.issued_on.isoformat(),
            "validUntil": body.valid_until.isoformat() if body.valid_until else None,
            "posts": list(body.posts),
            "statusIndex": body.status_index,
            "serial": body.serial,
            "rules": body.rules,
        }
    return case


if __name__ == "__main__":
    main()
