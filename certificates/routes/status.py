"""The status lists over HTTP: the same bytes for everybody, kept in memory, so that nobody need ask about one certificate."""

from __future__ import annotations

import json
import time
from base64 import urlsafe_b64encode
from typing import Any

from flask import Response, request
from flask_babel import gettext as _

from certificates import keyset
from certificates.routes.blueprint import verify
from certificates.status import places
from certificates.status.documents import SignedList
from certificates.status.models import StatusListVersion
from certificates.token import PublicKey
from certificates.token.algorithms import ED25519
from lms.access import public
from lms.errors import NotFound
from lms.lean import lean

#: A process looks for a newer list this often.
SECONDS_FRESH = 10.0
_kept: dict[int, tuple[float, StatusListVersion | None]] = {}


@verify.get("/status/<int:number>")
@public
@lean
def status_list(number: int) -> Response:
    """A list in our form."""
    row = _newest(number)
    signed = SignedList(row.document, row.kid, bytes(row.signature))
    return _answer(json.dumps(signed.as_json()), "application/json", f"{row.sequence}-{row.digest[:16]}")


@verify.get("/status/<int:number>/<any(revocation,suspension):purpose>")
@public
@lean
def status_credential(number: int, purpose: str) -> Response:
    """A list as W3C Bitstring Status List, a VC-JWT."""
    row = _newest(number)
    return _answer(getattr(row, purpose), "application/vc+jwt", f"{purpose}-{row.sequence}-{row.digest[:16]}")


@verify.get("/jwks.json")
@public
@lean
def jwks() -> Response:
    """The status keys as programs for verifiable credentials read keys."""
    keys = [_jwk(key) for key in keyset.book().status_keys.values() if key.status != "withdrawn"]
    return _answer(
        json.dumps({"keys": keys}), "application/json", f"jwks-{len(keys)}-{keyset.book().read_at}"
    )


def _newest(number: int) -> StatusListVersion:
    read_at, row = _kept.get(number, (0.0, None))
    if time.monotonic() - read_at > SECONDS_FRESH:
        row = places.newest(number)
        if row is not None:  # numbers that do not exist fill no memory
            _kept[number] = (time.monotonic(), row)
    if row is None:
        raise NotFound(_("There is no status list with this number."))
    return row


def forget() -> None:
    """Look again at the next request."""
    _kept.clear()


def _answer(body: str, kind: str, tag: str) -> Response:
    response = Response(body, mimetype=kind)
    response.headers["Cache-Control"] = "public, max-age=60"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.set_etag(tag)
    response.make_conditional(request)
    return response


def _jwk(key: PublicKey) -> dict[str, Any]:
    kid = key.kid.hex()
    if key.algorithm == ED25519:
        return {
            "kty": "OKP",
            "crv": "Ed25519",
            "x": _coordinate(key.raw),
            "kid": kid,
            "alg": "EdDSA",
            "use": "sig",
        }
    x, y = key.raw[1:33], key.raw[33:]
    curve = {"kty": "EC", "crv": "P-256", "x": _coordinate(x), "y": _coordinate(y)}
    return curve | {"kid": kid, "alg": "ES256", "use": "sig"}


def _coordinate(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
