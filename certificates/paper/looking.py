"""What the signature inside a PDF says of the file: none, intact, altered. Knows files alone, no platform around it.

Of papers signed here (by the name of their field) every byte must be as it was signed, and nothing may stand behind it. In
files that others signed whatever their own rules allow may follow (a second signature, a time-stamp).
"""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from asn1crypto import parser
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

T = TypeVar("T")

#: The name of the field that papers are signed in here.
FIELD = "KimBang"
MOST_BYTES = 60_000_000
#: Signatures of one file that are looked at; a file with more is not one anybody can judge.
MOST_SIGNATURES = 10
NONE, INTACT, ALTERED = "none", "intact", "altered"
#: PAdES: signed; signed with a time-stamp; with everything needed to check it when its authority is gone.
B_B, B_T, B_LT = "B-B", "B-T", "B-LT"
# Its warnings quote certificates and documents.
for _name in ("pyhanko", "pyhanko_certvalidator"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)


@dataclass(frozen=True)
class Seen:
    """What a file says about its signature: none, intact or altered; who signed; whether a known authority vouches."""

    state: str
    signer: str = ""
    trusted: bool = False
    #: How far it can be checked later (PAdES), and the moment its time-stamp names.
    level: str = ""
    stamped_at: datetime | None = None


def look(pdf: bytes, roots: Sequence[Any] = ()) -> Seen:
    """What the signature of a file says; `roots` are certificates that are believed. Never raises for a hostile file."""
    if len(pdf) > MOST_BYTES or b"/ByteRange" not in pdf:
        return Seen(NONE)
    try:
        return _look(pdf, roots)
    except Exception:
        # A hostile file may bring the library down in any way. One of ours that cannot be read was changed; of one of
        # others nothing can be said.
        return Seen(ALTERED if _is_ours(pdf) else NONE)


def _look(pdf: bytes, roots: Sequence[Any]) -> Seen:
    reader = PdfFileReader(io.BytesIO(pdf))
    found = reader.embedded_regular_signatures
    if not found or len(found) > MOST_SIGNATURES:
        return Seen(ALTERED if _is_ours(pdf) else NONE)
    context = ValidationContext(trust_roots=list(roots), allow_fetching=False)
    states = aside(lambda: [validate_pdf_signature(one, signer_validation_context=context) for one in found])
    last = states[-1]
    who = str(last.signing_cert.subject.native.get("common_name", ""))
    ours = _is_ours(pdf) or any(one.field_name == FIELD for one in found)
    whole = _untouched(found, states) if ours else all(_allowed(one) for one in states)
    if not whole:
        return Seen(ALTERED, who)
    stamp = last.timestamp_validity
    level = B_B if stamp is None else B_LT if "/DSS" in reader.root else B_T
    return Seen(INTACT, who, bool(last.trusted), level, stamp.timestamp if stamp else None)


def _is_ours(pdf: bytes) -> bool:
    return f"({FIELD})".encode() in pdf


def _untouched(found: Sequence[Any], states: Sequence[Any]) -> bool:
    """One signature over the whole file, nothing behind it, its own place filled with zeros alone."""
    one, state = found[0], states[0]
    content = bytes(one.pkcs7_content)
    return (
        len(found) == 1
        and state.coverage == SignatureCoverageLevel.ENTIRE_FILE
        and _allowed(state)
        and not content[parser.peek(content) :].strip(b"\x00")
    )


def _allowed(state: Any) -> bool:
    stamp = state.timestamp_validity
    stamped = stamp is None or (stamp.intact and stamp.valid)
    return bool(state.intact and state.valid and state.docmdp_ok and stamped)


def aside(work: Callable[[], T]) -> T:
    """Do the work in a thread of its own: the library starts an event loop, and the caller may be in one."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(work).result()
