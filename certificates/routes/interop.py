"""Credentials for other systems: keys, issuers and programmes as they name them, and the holder's own credential."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify, request
from flask_babel import gettext as _

from certificates import keyset
from certificates.interop import badge, jose
from certificates.interop import services as interop
from certificates.models import Certificate
from certificates.routes.blueprint import bp, verify
from lms import clock
from lms.access import current_user, public, requires
from lms.config import settings
from lms.errors import NotFound
from lms.lean import lean


@verify.get("/credentials/jwks.json")
@public
@lean
def credential_jwks() -> Response:
    """The public keys of credentials, those withdrawn left out."""
    base = settings().base_url
    known = keyset.book().keys.values()
    return _open({"keys": [jose.jwk(base, key) for key in known if key.status != "withdrawn"]})


@verify.get("/jwk/<kid>")
@public
@lean
def jwk(kid: str) -> Response:
    """One public key, at the address that credentials name."""
    key = next((one for one in keyset.book().keys.values() if one.kid.hex() == kid), None)
    if key is None or key.status == "withdrawn":
        raise NotFound()
    return _open(jose.jwk(settings().base_url, key))


@verify.get("/issuers/<int:number>")
@public
@lean
def issuer(number: int) -> Response:
    """The profile of an issuer, at the address that credentials name."""
    base = settings().base_url
    term = _term("issuer", number)
    profile = {"id": badge.issuer_address(base, number), "type": ["Profile"], "name": term.title, "url": base}
    return _open(profile | {"jwks": f"{base}/c/credentials/jwks.json"})


@verify.get("/programmes/<int:number>")
@public
@lean
def programme(number: int) -> Response:
    """A programme, at the address that credentials name; `lang=en` for its English name."""
    term = _term("programme", number)
    english = request.args.get("lang") == "en" and bool(term.title_en)
    title = term.title_en if english else term.title
    document = {
        "id": f"{settings().base_url}/c/programmes/{number}" + ("?lang=en" if english else ""),
        "type": ["Achievement"],
        "name": title,
        "description": title,
        "criteria": {"narrative": title},
        "humanCode": term.code,
        "inLanguage": "en" if english else "vi",
    }
    return _open(document)


@bp.get("/mine/<int:certificate_id>/credential.jwt")
@requires("certificates.own")
def my_credential(certificate_id: int) -> Response:
    """The holder's own certificate as an Open Badges 3.0 credential."""
    row = Certificate.get_or_none(
        Certificate.id == certificate_id, Certificate.official == (current_user.official_id or -1)
    )
    if row is None:
        raise NotFound(_("This certificate is not yours."))
    return Response(
        interop.token(row),
        mimetype="application/vc+jwt",
        headers={
            "Content-Disposition": f'attachment; filename="{row.serial}.jwt"',
            "Cache-Control": "private, no-store",
        },
    )


def _term(kind: str, number: int) -> Any:
    term = keyset.book().term(kind, number, clock.today())
    if term is None:
        raise NotFound()
    return term


def _open(document: dict[str, Any]) -> Response:
    response = jsonify(document)
    response.headers["Cache-Control"] = "public, max-age=60"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
