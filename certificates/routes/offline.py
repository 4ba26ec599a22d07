"""The offline verifier over HTTP: page, service worker, data, and the same as one file. Nothing here knows a person."""

from __future__ import annotations

import json
from pathlib import Path

from flask import Blueprint, Response, render_template, request
from flask_babel import gettext as _

from certificates import keyset, page
from certificates.offline import making, scripts, shell
from lms.access import public
from lms.access.limits import slow_down
from lms.errors import NotFound
from lms.lean import lean
from lms.web.headers import policy

offline = Blueprint("certificates_offline", "certificates", url_prefix="/offline")

_SECONDS = 60
_NAME = "kim-bang-kiem-tra-ngoai-tuyen.html"


@offline.get("/")
@public
@lean
def check() -> Response:
    """The page; the same bytes for everybody."""
    response = Response(shell.served())
    response.headers["Content-Security-Policy"] = policy(wasm=True)
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-cache"
    return response


@offline.get("/worker.js")
@public
@lean
def worker() -> Response:
    """The service worker, with the files it keeps; it changes whenever one of them does."""
    served = shell.served()
    files = shell.kept_addresses()
    version = shell.digest([served, *files, shell.version()])
    head = "".join(
        f"const {name} = {json.dumps(value)}\n"
        for name, value in (("VERSION", version), ("PAGE", files[0]), ("FILES", files))
    )
    response = Response(
        head + (scripts.FOLDER / "offline" / "worker.js").read_text(), mimetype="text/javascript"
    )
    response.headers["Service-Worker-Allowed"] = files[0]
    response.headers["Cache-Control"] = "no-cache"
    return response


@offline.get("/manifest.webmanifest")
@public
@lean
def manifest() -> Response:
    """What makes the page installable."""
    return Response(json.dumps(shell.manifest(), ensure_ascii=False), mimetype="application/manifest+json")


@offline.get("/bundle.json")
@public
@lean
def bundle() -> Response:
    """The data: signed parts alone (docs/certificate-format.md, Offline data)."""
    slow_down("certificates.offline", most=120, seconds=_SECONDS)
    response = _file(making.bundle_path(), "application/json")
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@offline.get("/file")
@public
def about_file() -> str:
    """Date and SHA-256 of the file, and how to compare them."""
    said = making.facts()
    return render_template(
        "certificates/offline/file.html",
        said=said,
        name=_NAME,
        made_at=making.made_at(said) if said else None,
        host=page.host(),
        root=keyset.book().root,
    )


@offline.get("/" + _NAME)
@public
@lean
def file() -> Response:
    """The file itself."""
    slow_down("certificates.offline_file", most=20, seconds=_SECONDS)
    response = _file(making.file_path(), "text/html")
    response.headers["Content-Disposition"] = f"attachment; filename={_NAME}"
    return response


@offline.get("/file.json")
@public
@lean
def file_facts() -> Response:
    """Date, SHA-256 and signature of the file, for programs."""
    said = making.facts()
    if not said:
        raise _missing()
    told = {name: said[name] for name in ("made_at", "sha256", "bytes", "kid", "signature")}
    return Response(json.dumps(told), mimetype="application/json")


def _file(path: Path, kind: str) -> Response:
    """A file of the worker; it is put in place whole, so its time and size tell whether it was fetched before.

    A server in front that compresses makes the tag a weak one.
    """
    try:
        found = path.stat()
    except FileNotFoundError as gone:
        raise _missing() from gone
    tag = f"{found.st_mtime_ns:x}-{found.st_size:x}"
    is_known = request.if_none_match.contains_weak(tag)
    response = Response(status=304) if is_known else Response(path.read_bytes(), mimetype=kind)
    response.set_etag(tag)
    response.headers["Cache-Control"] = "no-cache"
    return response


def _missing() -> NotFound:
    return NotFound(_("The offline data are not made yet. Please try again in a few minutes."))
