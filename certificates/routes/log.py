"""The public log over HTTP: states, proofs and entries, for programs; nothing here says anything about a person."""

from __future__ import annotations

import base64
import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, jsonify, request
from flask_babel import gettext as _

from certificates import page
from certificates.log import checkpoints, cosignatures, entries, reading, rotation
from certificates.log.models import LogKey
from certificates.routes.blueprint import verify
from certificates.token import NotAnId, base32
from lms.access import public
from lms.access.limits import slow_down
from lms.errors import Invalid, NotFound
from lms.lean import lean

log = Blueprint("certificates_log", "certificates", url_prefix="/log")

_PRIVATE = (
    ("Cache-Control", "no-store"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Robots-Tag", "noindex, nofollow"),
    ("Vary", "Cookie"),
)
#: Requests a minute and address. A mirror of a million entries needs 4,000 pages: it takes a quarter of an hour.
PER_MINUTE = 300
_SHORT = "public, max-age=5"
_FOR_EVER = "public, max-age=31536000, immutable"
_WITNESS = Path(__file__).parents[1] / "log" / "witness.py"


@log.get("/checkpoint")
@public
@lean
def checkpoint() -> Response:
    """The newest signed state (C2SP tlog-checkpoint)."""
    _count()
    last = checkpoints.latest()
    if last is None:
        raise NotFound(_("The log has no signed state yet. Please try again in a minute."))
    return _text(f"{last.note}{cosignatures.lines_of(int(last.size))}", _SHORT)


@log.get("/")
@public
@lean
def home() -> Response:
    """The log for people: how long it is, who outside countersigned it and when."""
    _count()
    signing, change = checkpoints.signing_keys(), rotation.under_way()
    shown = {
        "last": checkpoints.latest(),
        "key": checkpoints.vkey(signing[-1]) if signing else "",
        "change": change,
        "witnesses": cosignatures.newest(),
    }
    return Response(page.plain("certificates/verify/log_home.html", **shown), headers=_PRIVATE)


@log.get("/key")
@public
@lean
def key() -> Response:
    """The public key of the log, as a witness pins it."""
    _count()
    mine = checkpoints.key()
    if mine is None:
        raise NotFound(_("The log has no signed state yet. Please try again in a minute."))
    return _text(f"{checkpoints.vkey(mine)}\n", "public, max-age=300")


@log.get("/keys")
@public
@lean
def keys() -> Response:
    """Every key the log had, and the announcements under which one followed the other."""
    _count()
    known = LogKey.select().order_by(LogKey.id)
    told = {"keys": [checkpoints.vkey(one) for one in known], "changes": rotation.announced()}
    return _json(told, _SHORT)


@log.get("/proof/consistency")
@public
@lean
def consistency() -> Response:
    """The proof that the log of `second` entries continues the log of `first`."""
    _count()
    first, second = _number("first"), _number("second")
    if not 0 < first <= second <= checkpoints.published():
        raise NotFound(_("There is no such state of the log: give first and second, 0 < first ≤ second."))
    hashes = reading.consistency_proof(first, second)
    return _json({"first": first, "second": second, "hashes": _encoded(hashes)}, _FOR_EVER)


@log.get("/proof/inclusion")
@public
@lean
def inclusion() -> Response:
    """The proof that an entry is in the log, by its `index`; or all entries on a certificate, by its id."""
    _count()
    published = checkpoints.published()
    size = _number("size") if "size" in request.args else published
    if not 0 < size <= published:
        raise NotFound(_("There is no such state of the log yet."))
    if "certificate" in request.args:
        found = reading.entries_of(_ref(request.args["certificate"]), size)
        proofs = _proofs([place for place, _text_ in found], size)
        told = [proof | {"entry": text} for proof, (_place, text) in zip(proofs, found, strict=True)]
        return _json({"size": size, "entries": told}, _SHORT)
    index = _number("index")
    if not index < size:
        raise NotFound(_("The log has no such entry."))
    lasting = _FOR_EVER if "size" in request.args else _SHORT
    return _json({"size": size} | _proofs([index], size)[0], lasting)


@log.get("/entries/<int:page>")
@public
@lean
def entries_page(page: int) -> Response:
    """256 entries, one a line, as they were hashed: line k of page p is entry 256·p + k."""
    _count()
    published = checkpoints.published()
    if not page * reading.PAGE < published:
        raise NotFound(_("The log has no such entry."))
    lines = reading.entries_page(page, published)
    full = len(lines) == reading.PAGE
    return _text("".join(f"{line}\n" for line in lines), _FOR_EVER if full else _SHORT)


@verify.get("/<code>/log")
@public
@lean
def proof(code: str) -> Response:
    """What the log holds of one certificate, for people: a page of its own, so that the check itself stays quick."""
    _count()
    published = checkpoints.published()
    found = reading.entries_of(_ref(code), published)
    if not found:
        return Response(page.plain("certificates/verify/unknown.html"), 404, _PRIVATE)
    told = [_told(place, text) for place, text in found]
    signed = next((one["place"] for one in told if one["type"] == "sign"), None)
    words = dict(zip(entries.OF_CERTIFICATES, _words(), strict=True))
    shown = {"code": code, "told": told, "signed_at": signed, "size": published, "words": words}
    return Response(page.plain("certificates/verify/log.html", **shown), headers=_PRIVATE)


@log.get("/witness.py")
@public
@lean
def witness() -> Response:
    """The program of a witness: one file."""
    _count()
    return _text(_WITNESS.read_text(), "public, max-age=3600")


def _count() -> None:
    slow_down("certificates.log", most=PER_MINUTE, seconds=60)


def _number(name: str) -> int:
    text = request.args.get(name, "")
    if not text.isascii() or not text.isdigit() or len(text) > 15:
        raise Invalid(_("“%(name)s” must be a whole number.", name=name))
    return int(text)


def _ref(identifier: str) -> str:
    try:
        return entries.certificate_ref(base32.path_id(base32.decode(identifier)))
    except NotAnId:
        return ""


def _told(place: int, text: str) -> dict[str, Any]:
    """An entry as people read it; its place counted from 1."""
    entry = json.loads(text)
    on = date.fromisoformat(entry["on"]) if entry["type"] not in {"issue", "sign", "print"} else None
    at = datetime.fromisoformat(entry["time"].removesuffix("Z"))
    return {"place": place + 1, "type": entry["type"], "at": at, "on": on, "late": "late" in entry}


def _words() -> tuple[str, ...]:
    """Kinds of entries on a certificate in words, in their order."""
    return (
        _("Issued"),
        _("Code signed"),
        _("Paper made"),
        _("Suspended"),
        _("In force again"),
        _("Revoked"),
        _("Replaced"),
    )


def _proofs(places: list[int], size: int) -> list[dict[str, Any]]:
    proofs = reading.inclusion_proofs(places, size)
    return [{"index": place, "hashes": _encoded(proof)} for place, proof in zip(places, proofs, strict=True)]


def _encoded(hashes: list[bytes]) -> list[str]:
    return [base64.b64encode(one).decode() for one in hashes]


def _json(content: dict[str, Any], lasting: str) -> Response:
    return _headed(jsonify(content), lasting)


def _text(content: str, lasting: str) -> Response:
    return _headed(Response(content, content_type="text/plain; charset=utf-8"), lasting)


def _headed(response: Response, lasting: str) -> Response:
    response.headers["Cache-Control"] = lasting
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
