"""Time-stamps for papers signed as files (RFC 3161), and what is embedded so that the signature can be checked for years.

`LMS_TSA_URL` names the authority, `paper-roots.pem` in the instance folder the roots that are believed. An authority that
does not answer is left alone for a while: the papers go on without it.
"""

from __future__ import annotations

import asyncio
import base64
import http.client
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

from asn1crypto import tsp, x509
from cryptography import x509 as pyca
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.sign.timestamps import TimeStamper
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.fetchers.requests_fetchers import RequestsFetcherBackend

from certificates.paper.looking import aside
from lms.config import settings

#: Seconds the authority has to answer, how often it is asked, and how long it is left alone after that.
SECONDS, TRIES, REST = 5, 2, 300
#: Seconds that fetched revocation lists are embedded before they are fetched again.
FRESH = 3600
_MOST_BYTES = 100_000


class NoStamp(OSError):
    """The authority gave no time-stamp; the text says why, without its address."""


@dataclass
class _Known:
    """What this process knows of the authority and of revocation lists."""

    down_until: float = 0.0
    why: str = ""
    unvouched_until: float = 0.0
    crls: list[Any] = field(default_factory=list)
    ocsps: list[Any] = field(default_factory=list)
    fetched: float = 0.0


_known = _Known()


class Authority(TimeStamper):
    """The time-stamp authority at an address; a user and password in it are sent as basic authentication."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        for left in reversed(range(TRIES)):
            try:
                return tsp.TimeStampResp.load(_posted(self._url, req.dump()))
            except (OSError, http.client.HTTPException, ValueError) as problem:
                if not left:
                    raise NoStamp(_reason(problem)) from problem
        raise NoStamp("TRIES")


def stamper() -> Authority | None:
    """The authority papers are stamped by now; None when there is none, or while it is left alone."""
    url = settings().tsa_url
    return _authority(url) if url and time.monotonic() >= _known.down_until else None


def leave_alone(why: str) -> None:
    """Do not ask the authority again for a while."""
    _known.down_until, _known.why = time.monotonic() + REST, why


def trial() -> str:
    """Ask the authority for one time-stamp now; why it gave none, or nothing when it did."""
    authority = Authority(settings().tsa_url)
    try:
        aside(lambda: asyncio.run(authority.async_timestamp(b"\x00" * 32, "sha256")))
    except (OSError, ValueError) as problem:
        return str(problem) or type(problem).__name__
    return ""


def why_not() -> str:
    """Why there is no time-stamp now; empty when none is wanted."""
    return _known.why if settings().tsa_url else ""


def forget() -> None:
    """Know nothing of before: the authority is asked again."""
    global _known
    _known = _Known()
    _authority.cache_clear()


def roots() -> list[Any]:
    """The root certificates that are believed, from paper-roots.pem; [] when there is no such file."""
    path = settings().instance / "paper-roots.pem"
    return _read_roots(path.read_bytes()) if path.is_file() else []


def vouching(chain: Sequence[Any]) -> ValidationContext | None:
    """What fetches and keeps the lists that are embedded; None without roots, or while fetching failed just now."""
    believed = roots()
    if not believed or time.monotonic() < _known.unvouched_until:
        return None
    fresh = time.monotonic() - _known.fetched < FRESH
    return ValidationContext(
        trust_roots=believed,
        other_certs=list(chain),
        allow_fetching=True,
        revocation_mode="hard-fail",
        crls=_known.crls if fresh else (),
        ocsps=_known.ocsps if fresh else (),
        fetcher_backend=RequestsFetcherBackend(per_request_timeout=SECONDS),
    )


def vouched(context: ValidationContext) -> None:
    """Keep what was fetched for the next papers."""
    if time.monotonic() - _known.fetched < FRESH:
        return
    _known.crls, _known.ocsps, _known.fetched = list(context.crls), list(context.ocsps), time.monotonic()


def not_vouched() -> None:
    """Nothing can be fetched now: papers are stamped without it for a while."""
    _known.unvouched_until = time.monotonic() + REST


def _posted(url: str, body: bytes) -> bytes:
    parts = urlsplit(url)
    bare = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
    headers = {"Content-Type": "application/timestamp-query", "User-Agent": "KimBang"}
    if parts.username:
        secret = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        headers["Authorization"] = f"Basic {base64.b64encode(secret.encode()).decode()}"
    # The scheme was checked when the settings were read.
    asked = urllib.request.Request(bare, body, headers)
    try:
        with urllib.request.urlopen(asked, timeout=SECONDS) as answer:
            raw: bytes = answer.read(_MOST_BYTES + 1)
    except urllib.error.HTTPError as refused:
        refused.close()
        raise
    if len(raw) > _MOST_BYTES:
        raise ValueError("too long")
    return raw


def _reason(problem: Exception) -> str:
    if isinstance(problem, urllib.error.HTTPError):
        return f"HTTP {problem.code}"
    cause = getattr(problem, "reason", problem)
    return f"{type(cause).__name__}: {cause}"[:120] if isinstance(cause, Exception) else str(cause)[:120]


@lru_cache(maxsize=2)
def _authority(url: str) -> Authority:
    return Authority(url)


@lru_cache(maxsize=2)
def _read_roots(pem: bytes) -> list[Any]:
    found = pyca.load_pem_x509_certificates(pem)
    return [x509.Certificate.load(one.public_bytes(Encoding.DER)) for one in found]
