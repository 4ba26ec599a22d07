"""One certificate as PDF, tested. Anything doubtful is an error, never a page with gaps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from certificates.paper import document, drawing, html, press, proof, qr, selftest, signature, versions
from certificates.paper.values import Values, values_of
from certificates.token import address
from lms.config import settings


@dataclass(frozen=True)
class Paper:
    """A finished PDF; `untimed` says why it has no time-stamp though one is wanted."""

    pdf: bytes
    untimed: str = ""


def paper(certificate: Any) -> bytes:
    """The PDF of a signed certificate, tested. Raises SelfTestFailed."""
    return finished(certificate).pdf


def finished(certificate: Any) -> Paper:
    """The PDF of a signed certificate, tested, and what to say of it. Raises SelfTestFailed.

    Papers of one class share their layout: the first is drawn in full, the others are filled into a stencil of it
    (`press`), at a small part of the cost. The proof is attached, and with a certificate for files the whole is signed last.
    """
    url = address(settings().base_url, bytes(certificate.token))
    values, symbol = values_of(certificate), qr.symbol(url)
    attached = proof.proof(certificate, url)
    made = press.printed(values, symbol, attached)
    if made is None:
        made = document.with_proof(drawing.full(values, symbol), attached)
        selftest.embedded(made, values.serial)
    selftest.check(made, values, url)
    selftest.leads_back(certificate, url)
    if not signature.configured():
        return Paper(made)
    whole = signature.signed(made, issuer=values.issuer_name, serial=values.serial, place=values.place)
    return Paper(whole.pdf, whole.untimed)


def specimen(values: Values) -> bytes:
    """A sample for the eye before approval: no code that verifies, "MẪU" across it."""
    symbol = qr.symbol(f"{settings().base_url}/c/")
    made = drawing.drawn(html.page(values, symbol, specimen=True))
    return made if versions.design(values.template_version) is None else drawing.marked(made)
