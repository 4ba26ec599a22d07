"""The signature inside the PDF (PAdES), for readers of files: printed, it is gone, and the QR code speaks for the paper.

With `instance/keys/paper.p12` (a certificate of a licensed authority with its key) every paper is certified last of all,
"no changes allowed", with a time-stamp when an authority for that is set and answers (`timestamps`). `look` says of any
file whether what it shows is still what was signed.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask_babel import gettext as _
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign import fields, signers
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers.pdf_signer import DSSContentSettings, SigDSSPlacementPreference
from pyhanko_certvalidator.errors import PathError

from certificates.errors import SelfTestFailed
from certificates.keys import KeyUnavailable, custody
from certificates.paper import timestamps
from certificates.paper.looking import B_B, B_LT, B_T, FIELD, INTACT, Seen, aside, look
from lms.config import settings

__all__ = ["B_B", "B_LT", "B_T", "FIELD", "Made", "Seen", "configured", "look", "signed", "signer"]

#: The lists lie in the revision that is signed, so that nothing has to follow it.
_TOGETHER = DSSContentSettings(include_vri=False, placement=SigDSSPlacementPreference.TOGETHER_WITH_SIGNATURE)
#: What an authority that does not answer, or answers nonsense, comes to.
_NO_STAMP = (OSError, ValueError)


@dataclass(frozen=True)
class Made:
    """A signed file, its level (PAdES), and why it has no time-stamp though one is wanted."""

    pdf: bytes
    level: str
    untimed: str = ""


def configured() -> bool:
    """Whether papers are signed here. Raises KeyUnavailable in a process that serves pages."""
    return _file().is_file()


def signed(pdf: bytes, *, issuer: str, serial: str, place: str) -> Made:
    """The file certified, with no changes allowed, as far as can be had now: B-LT, B-T or B-B.

    Raises KeyUnavailable, or SelfTestFailed when it does not verify.
    """
    meta = signers.PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        certify=True,
        subfilter=fields.SigSeedSubFilter.PADES,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES,
        name=issuer,
        reason=serial,
        location=place or None,
    )
    try:
        for attempt in (_lasting, _stamped):
            made = attempt(pdf, meta)
            if made and _holds(made):
                return made
            if made:
                timestamps.leave_alone("its time-stamp does not hold")
        made = Made(_sign(pdf, meta), B_B, timestamps.why_not())
    except (SigningError, PdfError) as failed:
        raise SelfTestFailed(f"{serial}: the file could not be signed") from failed
    if not _holds(made):
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


def _holds(made: Made) -> bool:
    seen = look(made.pdf)
    return (seen.state, seen.level) == (INTACT, made.level)


def _lasting(pdf: bytes, meta: signers.PdfSignatureMetadata) -> Made | None:
    """Stamped, with chains and revocation lists inside; None when they cannot be had now."""
    own = signer()
    context = timestamps.vouching(list(own.cert_registry)) if timestamps.stamper() else None
    if context is None:
        return None
    full = replace(meta, embed_validation_info=True, validation_context=context, dss_settings=_TOGETHER)
    try:
        made = _sign(pdf, full, timestamps.stamper())
    except timestamps.NoStamp as silent:
        timestamps.leave_alone(str(silent))
        return None
    except (SigningError, PathError, *_NO_STAMP):
        timestamps.not_vouched()
        return None
    timestamps.vouched(context)
    return Made(made, B_LT)


def _stamped(pdf: bytes, meta: signers.PdfSignatureMetadata) -> Made | None:
    """With a time-stamp; None when there is no authority, or it gives none."""
    authority = timestamps.stamper()
    if authority is None:
        return None
    try:
        return Made(_sign(pdf, meta, authority), B_T)
    except _NO_STAMP as silent:
        timestamps.leave_alone(str(silent)[:120] or type(silent).__name__)
        return None


def _sign(pdf: bytes, meta: signers.PdfSignatureMetadata, authority: Any = None) -> bytes:
    own, writer = signer(), IncrementalPdfFileWriter(io.BytesIO(pdf))
    made: bytes = aside(lambda: signers.sign_pdf(writer, meta, signer=own, timestamper=authority).getvalue())
    return made


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
