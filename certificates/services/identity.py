"""Is the person of an identity card the one a certificate was issued to? For who holds the paper.

The number is in no code and in no page: it is compared here, as a keyed hash, and the answer is yes or no. Twelve digits
with a known structure are soon tried out, so five comparisons a day and certificate are all there are, right or wrong;
and only the signed data of the paper itself open the question.
"""

from __future__ import annotations

import hmac
from datetime import datetime, time, timedelta

from flask_babel import gettext as _
from peewee import fn

from certificates import verification
from certificates.models import Certificate
from certificates.sharing import services as sharing
from certificates.sharing.models import Check
from certificates.token import Malformed, base32, from_fragment
from certificates.verification import Verdict
from lms import audit, clock
from lms.access.limits import TooOften
from lms.crypto import keyed_hash
from lms.db import atomic, lock
from lms.errors import Invalid
from lms.people.models import Official

#: Comparisons of one certificate a day.
MOST_A_DAY = 5
#: Certificates whose holder may be asked about: the paper is genuine.
STANDING = frozenset({verification.GENUINE, verification.EXPIRED})
#: How the comparison is counted for the holder.
KIND = "identity"
#: Compared with when no citizen id is on record, so that this takes the same steps.
_NONE = "-" * 64


@atomic
def compare_identity(verdict: Verdict, scanned: str, number: str) -> bool:
    """Whether `number` (12 digits) is the citizen id of the person a certificate was issued to.

    `scanned` is what the code on the paper says: its address, or the digits alone. False also when no number is on
    record: who asks cannot tell the two apart. Raises Invalid when it is not this paper's code (or the paper is not
    genuine), TooOften after the fifth comparison of a day.
    """
    if not holds_paper(verdict, scanned):
        raise Invalid(
            fields={
                "scanned": _("This is not the code of this certificate. Scan the QR code on the paper again.")
            }
        )
    certificate = lock(Certificate.get_by_id(verdict.row.id))
    if _compared_today(certificate) >= MOST_A_DAY:
        raise TooOften(
            _(
                "The identity card for this certificate was compared %(most)s times today. Please try again tomorrow, or ask the issuer.",
                most=MOST_A_DAY,
            ),
            retry_after=_seconds_to_midnight(),
        )
    sharing.count_checks([certificate.id], KIND)
    known = Official.select(Official.cccd_hash).where(Official.id == certificate.official_id).scalar()
    same = hmac.compare_digest(keyed_hash(number), known or _NONE)
    audit.record(None, "certificates.identity_compared", certificate, answer="same" if same else "other")
    return same


def holds_paper(verdict: Verdict, scanned: str) -> bool:
    """Whether `scanned` is the signed code of a genuine certificate's own paper."""
    if verdict.code not in STANDING or verdict.row is None:
        return False
    digits = scanned.strip().rpartition("#")[2]
    try:
        token = from_fragment(base32.decode(verdict.id16), digits)
    except Malformed:
        return False
    # The register's token was verified with the verdict, and of every signature there is one form.
    return hmac.compare_digest(token.raw, bytes(verdict.row.token))


def _compared_today(certificate: Certificate) -> int:
    today = (Check.certificate == certificate) & (Check.day == clock.today()) & (Check.kind == KIND)
    return int(Check.select(fn.COALESCE(fn.SUM(Check.count), 0)).where(today).scalar())


def _seconds_to_midnight() -> int:
    now = clock.local(clock.now())
    midnight = datetime.combine(now.date() + timedelta(days=1), time(), tzinfo=now.tzinfo)
    return max(1, int((midnight - now).total_seconds()))
