"""Is this address ours? One strict question, and where a foreign one leads, by name.

A forged paper may carry a code to a forged site. What is not letter for letter an address of ours is foreign: no URL
parser decides, because two parsers may see two hosts in one text.
"""

from __future__ import annotations

import contextlib
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote, urlsplit

#: Crockford's small letters, and the digits of the signed data.
_OURS = r"/c/([0-9a-hjkmnp-tv-z]{16})(?:#([0-9]{1,600}))?"
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_AUTHORITY = re.compile(r"[/\\]*([^/\\?#]*)")
_A_HOST = re.compile(r"(?:[^\W_](?:[\w-]*[^\W_])?\.)+[^\W\d_]{2,}", re.UNICODE)
#: Letters that look like others in many typefaces; pairs first.
_LIKE = (("vv", "w"), ("rn", "m"), ("cl", "d"), ("0", "o"), ("1", "l"), ("i", "l"), ("-", ""), ("_", ""))
_CYRILLIC_AND_GREEK = str.maketrans("авсԁеһіјкӏмнорԛгѕтухѵԝαβνορτυχικ", "abcdehijklmhopqrstyxvwabvoptuxlk")


@dataclass(frozen=True)
class Own:
    """An address of ours taken apart: the id of the path, and the digits after ``#`` ("" without)."""

    id16: str
    digits: str


@dataclass(frozen=True)
class Foreign:
    """Where a code leads that is not ours. `place` is a host or the kind of link, safe to show; never the whole text."""

    place: str
    #: It imitates our address.
    look_alike: bool = False


@lru_cache(maxsize=8)
def _pattern(base: str) -> re.Pattern[str]:
    return re.compile(re.escape(base) + _OURS, re.ASCII)


def own(text: str, base: str) -> Own | None:
    """The parts of an address of ours under `base` (scheme, host, port); None for every other text."""
    found = _pattern(base).fullmatch(text)
    return Own(found[1], found[2] or "") if found else None


def is_own_place(text: str, base: str) -> bool:
    """Whether a text begins with our origin and a path: ours, even when the rest is no certificate's address."""
    return text.startswith(f"{base}/")


def foreign(text: str, base: str) -> Foreign | None:
    """Where an address leads that is not ours; None for a text that is no address."""
    plain = "".join(sign for sign in text if sign.isprintable()).strip()
    scheme = _SCHEME.match(plain)
    if scheme is None or (scheme[1].lower() not in _WEB and _A_HOST.match(scheme[1])):
        return _without_scheme(plain, base)
    if scheme[1].lower() not in _WEB:
        return Foreign(f"{scheme[1].lower()}:")
    authority = _AUTHORITY.match(plain, scheme.end())
    named = authority[1] if authority else ""
    host = _host(named)
    return Foreign(host or scheme[0].lower(), _imitates(plain, named, host, base))


_WEB = ("http", "https")


def _without_scheme(plain: str, base: str) -> Foreign | None:
    """A link written without its beginning, as in ``evil.vn/c/…``."""
    authority = _AUTHORITY.match(plain)
    named = authority[1] if authority else ""
    host = _host(named)
    if not _A_HOST.fullmatch(named.rpartition("@")[2].rpartition(":")[0] or named.rpartition("@")[2]):
        return None
    return Foreign(host, _imitates(plain, named, host, base))


def _host(authority: str) -> str:
    """The host a browser would go to, in letters nobody can mistake: other alphabets as punycode."""
    host = unicodedata.normalize("NFKC", unquote(authority.rpartition("@")[2])).casefold()
    host = host.translate({0x3002: ".", 0xFF0E: "."})
    try:
        return host.encode("idna").decode("ascii") if not host.isascii() else host
    except UnicodeError:
        return host.encode("ascii", "backslashreplace").decode("ascii")


def _imitates(text: str, authority: str, host: str, base: str) -> bool:
    """Whether the address looks like ours without being it: our name somewhere in it, or one that reads like it."""
    ours = urlsplit(base).netloc.casefold()
    ours_bare = ours.partition(":")[0]
    their = _skeleton(host.partition(":")[0])
    if ours_bare in text.casefold() or ours_bare in unquote(text).casefold() or _skeleton(ours_bare) in their:
        return True
    if _skeleton(ours_bare) in _skeleton(authority):
        return True
    return _distance(their, _skeleton(ours_bare)) <= 2 or _same_words(their, _skeleton(ours_bare))


def _same_words(their: str, ours: str) -> bool:
    """Our first label or two under another ending, as in ``vbcc.example.com`` for ``vbcc.example.gov.vn``."""
    theirs = their.split(".")
    first = ours.split(".")[0]
    return len(first) >= 4 and any(first in label for label in theirs)


def _skeleton(host: str) -> str:
    """A host as the eye reads it: accents off, look-alike letters as one."""
    labels = []
    for label in host.split("."):
        with contextlib.suppress(UnicodeError):
            label = label.encode("ascii").decode("idna") if label.startswith("xn--") else label
        labels.append(label)
    text = unicodedata.normalize("NFKD", ".".join(labels).casefold())
    text = "".join(sign for sign in text if not unicodedata.combining(sign)).replace("đ", "d")
    text = text.translate(_CYRILLIC_AND_GREEK).rstrip(".")
    for written, read in _LIKE:
        text = text.replace(written, read)
    return text


def _distance(left: str, right: str) -> int:
    """Edit distance, enough of it to tell 0, 1, 2 from more."""
    if abs(len(left) - len(right)) > 2:
        return 3
    row = list(range(len(right) + 1))
    for place, one in enumerate(left, 1):
        before, row[0] = row[0], place
        for other, sign in enumerate(right, 1):
            before, row[other] = row[other], min(row[other] + 1, row[other - 1] + 1, before + (one != sign))
    return row[-1]
