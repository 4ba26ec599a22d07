"""Sign and print one certificate: the worker's part. Each row is filled once; calling again does nothing."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from certificates import keys, keyset, log, queries, record
from certificates.errors import SelfTestFailed
from certificates.log.entries import digest
from certificates.models import Certificate, Key
from certificates.token import join, message, signature_holds, verify_token
from lms import audit, clock
from lms.config import settings
from lms.db import atomic

#: The audit row of a paper whose file has no time-stamp though one is wanted.
UNTIMED = "certificates.paper_untimed"


def sign(certificate: Certificate) -> bool:
    """Sign a certificate with the key of its issuer and day; returns whether it was signed now.

    Both signatures are verified before they are kept. Raises KeyUnavailable, SelfTestFailed.
    """
    if certificate.token is not None:
        return False
    key = queries.key_for(certificate.issuer_number, certificate.issued_on)
    if key is None:
        raise keys.KeyUnavailable(
            f"No signing key of issuer {certificate.issuer_number} for {certificate.issued_on}."
        )
    token, extract = signatures(certificate, keys.signer_for(key.kid), key)
    with atomic():
        filled = (
            Certificate.update(kid=key.kid, token=token, record_signature=extract, signed_at=clock.now())
            .where(Certificate.id == certificate.id, Certificate.token.is_null())
            .execute()
        )
        if filled:
            log.append("sign", certificate=certificate, token=digest(token))
    return bool(filled)


def signatures(certificate: Certificate, signer: keys.Signer, key: Key) -> tuple[bytes, bytes]:
    """Token and extract signature of a row, verified with the published key as any verifier would."""
    public = keyset.public_key(key)
    raw = record.body(certificate).encode()
    token = join(signer.kid, raw, signer.sign(message(signer.kid, raw)))
    extract = record.message(signer.kid, record.extract(certificate))
    extract_signature = signer.sign(extract)
    outcome = verify_token(token, {public.kid: public})
    if not outcome.genuine or not signature_holds(public, extract_signature, extract):
        raise SelfTestFailed(f"The signature of {certificate.serial} does not verify: {outcome.code}")
    return token, extract_signature


@dataclass(frozen=True)
class Printed:
    """A paper that was made now; `untimed` says why its file has no time-stamp though one is wanted."""

    untimed: str = ""


def print_paper(certificate: Certificate) -> Printed | None:
    """Make the PDF of a signed certificate, test it, and keep its place and hash; None when it was made before.

    A file without the wanted time-stamp stays as it is, for its hash is on record; the deed is in the audit log.
    Raises SelfTestFailed when the paper does not pass its own test.
    """
    if certificate.pdf_sha256 is not None:
        return None
    from certificates.paper import render  # noqa: PLC0415  the PDF library is slow to load and large

    paper = render.finished(certificate)
    made = paper.pdf
    path = Path("certificates") / str(certificate.register_year) / f"{certificate.id16}.pdf"
    write_whole(settings().files / path, made)
    with atomic():
        filled = (
            Certificate.update(pdf_path=str(path), pdf_sha256=digest(made), printed_at=clock.now())
            .where(Certificate.id == certificate.id, Certificate.pdf_sha256.is_null())
            .execute()
        )
        if filled:
            log.append("print", certificate=certificate, paper=digest(made))
        if filled and paper.untimed:
            audit.record(None, UNTIMED, certificate, why=paper.untimed)
    return Printed(paper.untimed) if filled else None


def write_whole(path: Path, content: bytes) -> None:
    """Put a file in place whole: a crash leaves either nothing or all of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}.new")
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
