"""The signature inside the PDF (PAdES), for readers of files: printed, it is gone, and the QR code speaks for the paper.

With `instance/keys/paper.p12` (a certificate of a licensed authority with its key) every paper is certified last of all,
"no changes allowed". `look` says of any file whether what it shows is still what was signed.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from flask_babel import gettext as _
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields, signers
from pyhanko.sign.general import SigningError
from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko_certvalidator import ValidationContext

from certificates.errors import SelfTestFailed
from certificates.keys import KeyUnavailable, custody
from lms.config import settings

T = TypeVar("T")

FIELD = "KimBang"
MOST_BYTES = 20_000_000
# Its warnings quote certificates and documents.
for _name in ("pyhanko", "pyhanko_certvalidator"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)


@dataclass(frozen=True)
class Seen:
    """What a file says about its signature: none, intact or altered; who signed; whether a known authority vouches."""

    state: str
    signer: str = ""
    trusted: bool = False


def configured() -> bool:
    """Whether papers are signed here. Raises KeyUnavailable in a process that serves pages."""
    return _file().is_file()


def signed(pdf: bytes, *, issuer: str, serial: str, place: str) -> bytes:
    """The file certified, with no changes allowed. Raises KeyUnavailable, or SelfTestFailed when it does not verify."""
    meta = signers.PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        certify=True,
        subfilter=fields.SigSeedSubFilter.PADES,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES,
        name=issuer,
        reason=serial,
        location=place,
    )
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    try:
        own = signer()
        made: bytes = _aside(lambda: signers.sign_pdf(writer, meta, signer=own).getvalue())
    except (SigningError, PdfError) as failed:
        raise SelfTestFailed(f"{serial}: the file could not be signed") from failed
    if look(made).state != "intact":
        raise SelfTestFailed(f"{serial}: the signature of the file does not verify")
    return made


def signer() -> signers.SimpleSigner:
    """The signer of the instance's certificate. Raises KeyUnavailable when the file or its passphrase is wrong."""
    path = _file()
    if not path.is_file():
        raise KeyUnavailable(
            _("There is no certificate for signing files: keys/paper.p12 in the instance folder.")
        )
    return _load(path, path.stat().st_mtime_ns, settings().paper_passphrase)


def look(pdf: bytes, roots: Sequence[Any] = ()) -> Seen:
    """What the signature of a file says; a file with anything behind or inside it that was not signed is altered."""
    if len(pdf) > MOST_BYTES or b"/ByteRange" not in pdf:
        return Seen("none")
    try:
        found = PdfFileReader(io.BytesIO(pdf)).embedded_regular_signatures
        if not found:
            return Seen("altered")
        context = ValidationContext(trust_roots=list(roots), allow_fetching=False)
        status = _aside(lambda: validate_pdf_signature(found[0], signer_validation_context=context))
    except (PdfError, SignatureValidationError, ValueError, KeyError, TypeError, RecursionError):
        return Seen("altered")
    who = str(status.signing_cert.subject.native.get("common_name", ""))
    whole = status.coverage == SignatureCoverageLevel.ENTIRE_FILE and len(found) == 1
    if not (whole and status.intact and status.valid and status.docmdp_ok):
        return Seen("altered", who)
    return Seen("intact", who, bool(status.trusted))


def _aside(work: Callable[[], T]) -> T:
    """Do the work in a thread of its own: the library starts an event loop, and the caller may be in one."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(work).result()


@lru_cache(maxsize=2)
def _load(path: Path, _changed: int, passphrase: str) -> signers.SimpleSigner:
    loaded: Any = signers.SimpleSigner.load_pkcs12(path, passphrase=passphrase.encode() or None)
    if loaded is None:
        raise KeyUnavailable(
            _("keys/paper.p12 could not be opened. Check LMS_PAPER_PASSPHRASE and try again.")
        )
    return loaded  # type: ignore[no-any-return]


def _file() -> Path:
    return custody.folder() / "paper.p12"
