"""What somebody may write into a code to make two readers see two papers: bodies, digits, ids and typed codes, by a seed.

Half of the cases are near the form (one thing wrong, a value at a limit, letters whose normal form is disputed), because
what is far from it is refused by everybody at the first byte.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from certificates.keys import FileSigner
from certificates.token import Body, PublicKey, base32, cbor, key_id, message, typed_code
from certificates.token.algorithms import ED25519, ES256, P256_ORDER
from certificates.token.digits import to_digits

#: A case is what the node process is given: the kind of question, and its texts.
Case = list[Any]

ED25519_ORDER = 2**252 + 27742317777372353535851937790883648493
#: Keys of this fuzz alone.
_EDWARDS = FileSigner(Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33))))
_CURVE = FileSigner(ec.derive_private_key(int.from_bytes(bytes(range(1, 33)), "big"), ec.SECP256R1()))


def _public(signer: FileSigner, algorithm: str, status: str) -> PublicKey:
    raw = signer.public_key
    days = (date(2025, 1, 1), date(2025, 12, 31))
    return PublicKey(key_id(algorithm, raw), algorithm, raw, 1, *days, status)


KEYS = {key.kid: key for key in (_public(_EDWARDS, ED25519, "active"), _public(_CURVE, ES256, "active"))}
_SIGNERS = dict(zip(KEYS, (_EDWARDS, _CURVE), strict=True))
_KIDS = tuple(KEYS)

_NUMBERS = (0, 1, 7, 23, 24, 255, 256, 1900, 2079, 20_175, 65_535, 65_536, 2**31, 2**32 - 1, 2**32)
_HUGE = (2**53 - 1, 2**53, 2**53 + 1, 9_007_199_254_740_000, 2**63, 2**64 - 1)
_NAMES = ("Lê An", "Nguyễn Thị Phương Thảo", "H'Hen Niê", "Hơ Ƀak Kƀuôr", "Y Ngông Niê Kdăm Ê̆", "A" * 80)
_SERIALS = ("TH000123", "Đ/12-2025.A", "0", "A" * 24, "A" * 25, "TH 1", "", "TH\u00e9")
#: Marks in every order, letters that normal forms write anew, letters at the ends of the closed list, and strangers.
_LETTERS = (
    *"aAzZđĐơƯ'’ʼ.- ",
    *"\u0300\u0301\u0302\u0303\u0306\u0309\u031b\u0323\u0327\u0328\u0340\u0341\u0343\u0344\u0345\u034f\u035c\u036f",
    *"\u00bf\u00c0\u00d7\u00f7\u01c4\u01d5\u0212\u0218\u024f\u0250\u1dff\u1e00\u1e9b\u1e9e\u1ea0\u1eff\u1f00",
    *"\u0000\n\u200b\u200d\u202e\u2019\u2018\ufeff\u212b\u1100\u0430\uff21\uac00\U0001d400\U0001f600 ",
)
_NO_UTF8 = (b"\xff", b"\xc0\x80", b"\xc1\xbf", b"\xe0\x80\x80", b"\xed\xa0\x80", b"\xed\xbf\xbf", b"\xf4\x90\x80\x80", b"\xf0\x80\x80\x80", b"\xf8\x88\x80\x80\x80", b"\xe1\xba", b"\x80")  # fmt: skip
_ITEMS = (b"\xf6", b"\xf5", b"\xf9\x47\x00", b"\xfb\x40\x1c" + bytes(6), b"\x5f\x41a\xff", b"\x7f\x61a\xff", b"\x9f\xff", b"\xc2\x41\x07", b"\xa1\x01\x02", b"\xc0\x07", b"\x1c", b"\xff", b"\x80", b"\x41\x07", b"\x61\x37")  # fmt: skip
_SIGNS = (*" +-.,eExX_%/\n\t\u00a0\u2007\u3000\uff10\uff19\u0660\u06f0\u07c0\u0966\u00b2\u2460\u0d66", "\U0001d7ce", "\U000104a0", "%30", "0x", "١", "\ud800", "\x00")  # fmt: skip
_SLIPS = (*"oOiIlLuU -\u00a0\u2010\u2011\u2013\u2012\u2014\u0131\u017f\u00df\ufb01\u212a\u0130\uff21\u0391\u0000\u001c\u0085\ufeff\u2028\u3000", "\ud83d", "\U0001d7ce")  # fmt: skip

_BODY = Body(
    bytes(10), "Lê An", date(1980, 2, 1), 7, 1, date(2025, 3, 28), None, (3, 11, 240), 70_001, "TH000123", 2
)


def cases(seed: int, count: int) -> Iterator[Case]:
    """So many cases, always the same for a seed."""
    rng = random.Random(seed)
    makers: tuple[Callable[[random.Random], Case], ...] = (_token, _text, _typed, _verified, _written)
    for maker in rng.choices(makers, weights=(66, 14, 12, 4, 4), k=count):
        yield maker(rng)


def _token(rng: random.Random) -> Case:
    """A body under any signature: the codec alone decides."""
    identifier = rng.randbytes(10)
    raw = _wrapped(identifier, _bytes(rng, identifier), rng.choice(_KIDS), rng.randbytes(64))
    return ["token", base32.path_id(identifier), to_digits(raw)]


def _text(rng: random.Random) -> Case:
    """Something else than digits where digits should be, or another id than an address has."""
    identifier = rng.randbytes(10)
    digits = to_digits(_wrapped(identifier, _BODY.encode(), rng.choice(_KIDS), rng.randbytes(64)))
    path = base32.path_id(identifier)
    if rng.random() < 0.25:
        return ["token", _mutated(rng, path, (*_SLIPS, *"0aghz"), 2), digits]
    deed = rng.randrange(6)
    if deed == 0:
        digits = rng.choice(_SIGNS) * rng.choice((1, 200, 301, 599, 601)) + digits[: rng.randrange(400)]
    elif deed == 1:
        digits = "9" * rng.choice((17, 34, 119, 300, 598, 601)) + digits[17:]
    elif deed == 2:
        digits = digits[: rng.randrange(len(digits))]
    elif deed == 3:
        digits += rng.choice(("0", "00", "000", "0" * 17, digits, "\n", " "))
    else:
        digits = _mutated(rng, digits, (*_SIGNS, *"0123456789"), 3)
    return ["token", path, digits]


def _typed(rng: random.Random) -> Case:
    """The code beside the QR code, as fingers, programs and other alphabets write it."""
    text = typed_code(rng.randbytes(10))
    if rng.random() < 0.3:
        text = text.lower()
    return ["typed", _mutated(rng, text, (*_SLIPS, *base32.ALPHABET), rng.choice((1, 1, 2, 4)))]


def _verified(rng: random.Random) -> Case:
    """A body under a genuine signature, or one that is nearly so."""
    identifier = rng.randbytes(10)
    kid = rng.choice(_KIDS)
    issued = date(2025, 1, 1) if rng.random() < 0.9 else date(2026, 1, 1)
    body = replace(_BODY, id=identifier, issuer=rng.choice((1, 1, 1, 2)), issued_on=issued).encode()
    if rng.random() < 0.4:
        body = _bytes(rng, identifier)
    signature = _SIGNERS[kid].sign(message(kid, body))
    if rng.random() < 0.5:
        signature = _other_signature(rng, signature)
    kid = kid if rng.random() < 0.9 else rng.choice((*_KIDS, rng.randbytes(4)))
    return ["verify", base32.path_id(identifier), to_digits(_wrapped(identifier, body, kid, signature))]


def _written(rng: random.Random) -> Case:
    """Bytes to be written as digits."""
    return ["digits", rng.choice((rng.randbytes, bytes))(rng.randrange(240)).hex()]


def _other_signature(rng: random.Random, signature: bytes) -> bytes:
    first, second = signature[:32], signature[32:]
    little, big = int.from_bytes(second, "little"), int.from_bytes(second, "big")
    order = P256_ORDER.to_bytes(32, "big")
    return rng.choice(
        (
            first + ((little + ED25519_ORDER) % 2**256).to_bytes(32, "little"),
            first + ((P256_ORDER - big) % 2**256).to_bytes(32, "big"),
            first + ED25519_ORDER.to_bytes(32, "little"),
            *(first + part for part in (bytes(32), order, b"\xff" * 32)),
            *(part + second for part in (bytes(32), order, b"\xff" * 32)),
            second + first,
            _mutated_bytes(rng, signature),
        )
    )


def _bytes(rng: random.Random, identifier: bytes) -> bytes:
    """A body: right, or with one field put by hand, or with bytes changed, or both."""
    fields = _fields(rng, identifier)
    deeds = rng.randrange(10)
    if deeds >= 2:
        at = rng.randrange(2, len(fields))
        fields[at] = _field(rng, at)
    if deeds == 9:
        fields[rng.randrange(2, len(fields))] = rng.choice(_ITEMS)
    heads = (b"\x8c\x01",) if deeds < 8 else (b"\x8c\x01", b"\x8b\x01", b"\x8d\x01", b"\x8c\x02", b"\x8c\x00", b"\x8c\x21", b"\x9f\x01", b"\xac\x01", b"\x80\x02", b"\x98\x0c")  # fmt: skip
    fields[0] = rng.choice(heads)
    raw = b"".join(fields)
    return _mutated_bytes(rng, raw, keep=13) if deeds in {6, 7} else raw


def _fields(rng: random.Random, identifier: bytes) -> list[bytes]:
    posts = sorted(rng.sample(range(1, 400), rng.randrange(4)))
    birth = rng.choice((29_251, 0, 65_535, -1900, -2079, rng.randrange(65_536)))
    return [
        b"",
        cbor.write_bytes(identifier),
        cbor.write_text(rng.choice(_NAMES)),
        cbor.write_int(birth),
        *(cbor.write_int(number) for number in (rng.randrange(1, 65_536), 1, 20_175)),
        cbor.write_int(rng.choice((0, 0, 22_000))),
        cbor.write_array_head(len(posts)) + b"".join(map(cbor.write_int, posts)),
        cbor.write_int(rng.randrange(2**32)),
        cbor.write_text(rng.choice(_SERIALS[:4])),
        cbor.write_int(rng.randrange(65_536)),
    ]


def _field(rng: random.Random, at: int) -> bytes:
    """One field written otherwise: another value, a limit, another kind, a longer way."""
    if rng.random() < 0.12:
        return rng.choice(_ITEMS)
    if at in {2, 10}:
        return _a_text(rng, at)
    if at == 8:
        count = rng.choice((0, 1, 2, 31, 32, 33, 24, 255))
        head = cbor.write_array_head(count if rng.random() < 0.9 else rng.choice(_HUGE))
        return head + b"".join(_number(rng) for _ in range(min(count, 40)))
    return _number(rng)


def _number(rng: random.Random) -> bytes:
    value = rng.choice(_NUMBERS) if rng.random() < 0.85 else rng.choice(_HUGE)
    if rng.random() < 0.2:
        value += rng.choice((-1, 1)) if 0 < value < 2**64 - 1 else 0
    deed = rng.random()
    if deed < 0.15:
        return cbor.head(1, value)
    if deed < 0.25:
        size = rng.choice((1, 2, 4, 8))
        return bytes([24 + (1, 2, 4, 8).index(size)]) + (value % 256**size).to_bytes(size, "big")
    return cbor.head(0, value)


def _a_text(rng: random.Random, at: int) -> bytes:
    if rng.random() < 0.1:
        text = rng.choice(_NAMES).encode()
        place = rng.randrange(len(text) + 1)
        raw = text[:place] + rng.choice(_NO_UTF8) + text[place:]
        return cbor.head(3, len(raw)) + raw
    if at == 10:
        return cbor.write_text(_mutated(rng, rng.choice(_SERIALS), (*_LETTERS, *"/.-09AzĐđ"), 1))
    if rng.random() < 0.5:
        return cbor.write_text(_mutated(rng, rng.choice(_NAMES), _LETTERS, rng.choice((1, 1, 2, 3))))
    spans = ((0x41, 0x7B), (0xC0, 0x250), (0x300, 0x370), (0x1E00, 0x1F00))
    return cbor.write_text(
        "".join(chr(rng.randrange(*rng.choice(spans))) for _ in range(rng.randrange(1, 12)))
    )


def _wrapped(identifier: bytes, body: bytes, kid: bytes, signature: bytes) -> bytes:
    """The bytes behind the digits: the token without its id, when it stands where it must."""
    cut = 13 if body[2:13] == b"\x4a" + identifier else 2
    return kid + body[:2] + body[cut:] + signature


def _mutated(rng: random.Random, text: str, signs: tuple[str, ...], most: int) -> str:
    for _ in range(rng.randrange(most + 1)):
        at, deed = rng.randrange(len(text) + 1), rng.randrange(3)
        text = text[:at] + (rng.choice(signs) if deed else "") + text[at + (deed != 1) :]
    return text


def _mutated_bytes(rng: random.Random, raw: bytes, keep: int = 0) -> bytes:
    changed = bytearray(raw)
    for _ in range(rng.choice((1, 1, 2, 3))):
        at, deed = rng.randrange(keep, len(changed)), rng.randrange(4)
        if deed == 0:
            changed[at] ^= 1 << rng.randrange(8)
        elif deed == 1:
            changed[at : at + 1] = rng.randbytes(1)
        elif deed == 2:
            changed[at:at] = rng.randbytes(1)
        elif len(changed) > keep + 2:
            del changed[at]
    return bytes(changed)
