"""Facts that certificates announces."""

from __future__ import annotations

from dataclasses import dataclass

from lms.events import Event


@dataclass(frozen=True)
class CertificateIssued(Event):
    """Number and frozen values exist; the signature follows within moments, by the worker."""

    certificate_id: int


@dataclass(frozen=True)
class CertificateRevoked(Event):
    certificate_id: int


@dataclass(frozen=True)
class CertificateSuperseded(Event):
    """A corrected certificate took its place."""

    certificate_id: int
    successor_id: int
