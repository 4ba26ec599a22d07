"""Reads on shared links and counts of checks."""

from __future__ import annotations

from collections import Counter
from itertools import groupby

from flask_babel import gettext as _

from certificates.desk.models import Pile, PileLine
from certificates.models import Certificate
from certificates.sharing.models import Check, Share
from lms import clock
from lms.access.models import User, UserRole
from lms.crypto import keyed_hash
from lms.errors import NotFound
from lms.people.models import Organisation

PURPOSE = "certificate-share"
#: Days of checks that the holder sees.
SHOWN = 60


def own_or_404(certificate_id: int, user: User) -> Certificate:
    """A certificate of the person signed in. Raises NotFound, the same for "not there" and "not yours"."""
    row: Certificate | None = Certificate.get_or_none(
        Certificate.id == certificate_id, Certificate.official == (user.official_id or -1)
    )
    if row is None:
        raise NotFound(_("This certificate is not yours."))
    return row


def shares_of(certificate: Certificate) -> list[Share]:
    """The links of a certificate, the newest first."""
    return list(Share.select().where(Share.certificate == certificate).order_by(Share.id.desc()).limit(50))


def share_or_404(share_id: int, certificate: Certificate) -> Share:
    """One link of a certificate. Raises NotFound."""
    row: Share | None = Share.get_or_none(Share.id == share_id, Share.certificate == certificate)
    if row is None:
        raise NotFound(_("There is no such link."))
    return row


def shared(code: str) -> Share | None:
    """The link of a code with its certificate, as long as it stands."""
    row: Share | None = (
        Share.select(Share, Certificate)
        .join(Certificate)
        .where(Share.code_hash == keyed_hash(code, PURPOSE))
        .first()
    )
    return row if row is not None and row.stands else None


def _at_desks(certificate: Certificate) -> list[Check]:
    """Checks at the verify desks of agencies, under the agency's name: two queries."""
    lines = (
        PileLine.select(PileLine.read_at, Pile.by)
        .join(Pile)
        .where(PileLine.id16 == certificate.id16)
        .order_by(PileLine.id.desc())
        .limit(4 * SHOWN)
        .tuples()
    )
    found = [(clock.local(at).date(), by) for at, by in lines]
    held = (
        UserRole.select(UserRole.user, Organisation.name)
        .join(Organisation)
        .where(UserRole.user.in_({by for _day, by in found} or {-1}))
        .order_by(UserRole.id.desc())
        .tuples()
    )
    agencies = dict(held)
    counts = Counter((day, agencies.get(by, "")) for day, by in found)
    return [
        Check(certificate=certificate, day=day, kind="desk", who=who, count=count)
        for (day, who), count in counts.items()
    ]


def checks_by_day(certificate: Certificate) -> list[tuple[object, list[Check]]]:
    """Checks of a certificate by day, the newest day first."""
    counted = (
        Check.select()
        .where(Check.certificate == certificate)
        .order_by(Check.day.desc(), Check.kind, Check.who)
        .limit(4 * SHOWN)
    )
    rows = sorted([*counted, *_at_desks(certificate)], key=lambda one: one.day, reverse=True)
    return [(day, list(group)) for day, group in groupby(rows, key=lambda one: one.day)][:SHOWN]
