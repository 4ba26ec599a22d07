"""Sign credentials (the worker's part) and hand them out."""

from __future__ import annotations

from flask_babel import gettext as _

from certificates import keys, keyset
from certificates.errors import SelfTestFailed
from certificates.interop import badge, jose
from certificates.interop.models import Credential
from certificates.models import Certificate
from lms.config import settings
from lms.db import atomic
from lms.errors import Conflict, NotFound

#: Certificates from before credentials that one night takes in.
A_NIGHT = 5000


class Altered(Conflict):
    """The certificate's row is not what was signed."""

    code = "credential_altered"


def make(certificate: Certificate) -> bool:
    """Sign the credential of a signed certificate with the key of its code; returns whether it was made now.

    Raises KeyUnavailable, SelfTestFailed. The worker calls it again after a crash.
    """
    if not certificate.kid or Credential.get_or_none(Credential.certificate == certificate) is not None:
        return False
    key = keyset.key(bytes.fromhex(str(certificate.kid)))
    if key is None or key.status != "active":
        return False
    base, signer = settings().base_url, keys.signer_for(str(certificate.kid))
    signed = _signed(certificate, base, badge.FORM, str(certificate.kid), signer.algorithm)
    signature = keys.released(signer, signed)
    try:
        jose.read(jose.joined(signed, signature), {key.kid: key})
    except jose.Refused as wrong:
        raise SelfTestFailed(
            f"The credential of {certificate.serial} does not verify: {wrong.code}"
        ) from wrong
    with atomic():
        Credential.insert(
            certificate=certificate, form=badge.FORM, base=base, kid=certificate.kid, signature=signature
        ).on_conflict_ignore().execute()
    return True


def catch_up(most: int = A_NIGHT) -> int:
    """Make credentials of certificates that have none: those from before, those a crash left out. Returns how many.

    A key that is withdrawn or not here signs nothing; its certificates stay without.
    """
    active = [kid.hex() for kid, key in keyset.book().keys.items() if key.status == "active"]
    have = Credential.select(Credential.certificate)
    rows = (
        Certificate.select()
        .where(Certificate.kid.in_(active or [""]), Certificate.id.not_in(have))
        .order_by(Certificate.id.desc())
        .limit(most)
    )
    made = 0
    for row in list(rows):
        try:
            made += make(row)
        except keys.KeyUnavailable:
            continue
    return made


def token(certificate: Certificate) -> str:
    """The credential of a certificate as a token, verified before it leaves. Raises NotFound, Altered."""
    row = Credential.get_or_none(Credential.certificate == certificate)
    key = keyset.key(bytes.fromhex(row.kid)) if row else None
    if row is None or key is None:
        raise NotFound(_("The digital credential is not made yet. Please try again tomorrow."))
    signed = _signed(certificate, row.base, row.form, row.kid, key.algorithm)
    text = jose.joined(signed, bytes(row.signature))
    try:
        jose.read(text, {key.kid: key})
    except jose.Refused as wrong:
        raise Altered(_("The digital credential cannot be handed out. Please tell the issuer.")) from wrong
    return text


def with_credential(rows: list[Certificate]) -> set[int]:
    """Ids of those certificates whose credential is made: one query."""
    ids = [row.id for row in rows] or [-1]
    made = Credential.select(Credential.certificate).where(Credential.certificate.in_(ids)).tuples()
    return {row[0] for row in made}


def _signed(certificate: Certificate, base: str, form: int, kid: str, algorithm: str) -> bytes:
    return jose.signing_input(badge.header(base, kid, algorithm), badge.payload(certificate, base, form))
