"""What `lms doctor` says of papers signed as files: does the certificate end soon, does the time-stamp authority answer?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from certificates.keys import KeyUnavailable
from certificates.services.signing import UNTIMED
from lms import clock, config
from lms.answers import Finding
from lms.audit.models import AuditRow

#: Days before its end from which the certificate is spoken of: a licensed authority takes weeks.
SOON, NOW = 90, 30
_RENEW = "Order a new one from a licensed authority and put it in the place of instance/keys/paper.p12, its passphrase into signing.env."
_ASK = "Is LMS_TSA_URL right, and may this machine reach it? Papers are signed without time-stamps meanwhile."


def findings() -> Iterator[Finding]:
    """The certificate, the authority, papers without a time-stamp. Pages say nothing of them: they open no key."""
    if config.serves_pages():
        return
    from certificates.paper import signature, timestamps  # noqa: PLC0415  the signing library is slow to load

    if not signature.configured():
        return
    try:
        mine: Any = signature.signer().signing_cert
    except KeyUnavailable as problem:
        yield Finding("bad", "keys/paper.p12, which signs papers as files, cannot be opened.", str(problem))
        return
    yield _certificate(mine.subject.native.get("common_name", ""), mine.not_valid_after)
    if not config.settings().tsa_url:
        return
    yield _authority(timestamps.trial())
    if not timestamps.roots():
        yield Finding(
            "warn",
            "Signed files carry a time-stamp, but not what checks them when their authority is gone (B-LT).",
            "Put the root certificates of both authorities as paper-roots.pem into the instance folder.",
        )
    since = clock.now() - timedelta(days=NOW)
    untimed = AuditRow.select().where(AuditRow.deed == UNTIMED, AuditRow.at >= since).count()
    if untimed:
        yield Finding(
            "warn",
            f"{untimed} papers of the last {NOW} days were signed without a time-stamp.",
            "They are valid, and the public log proves when they were made; nothing is to be made again.",
        )


def _certificate(name: str, ends: datetime) -> Finding:
    left = (ends - datetime.now(UTC)).days
    said = f"The certificate of {name} that signs papers as files"
    if left < 0:
        return Finding("bad", f"{said} ended on {ends:%d/%m/%Y}: readers call new papers invalid.", _RENEW)
    if left < SOON:
        return Finding("bad" if left < NOW else "warn", f"{said} ends on {ends:%d/%m/%Y}.", _RENEW)
    return Finding("ok", f"{said} is good until {ends:%d/%m/%Y}.")


def _authority(problem: str) -> Finding:
    host = urlsplit(config.settings().tsa_url).hostname
    if problem:
        return Finding("warn", f"The time-stamp authority {host} gives no time-stamp ({problem}).", _ASK)
    return Finding("ok", f"The time-stamp authority {host} answers.")
