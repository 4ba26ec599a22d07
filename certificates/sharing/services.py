"""Give links out and take them back; count checks."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import timedelta

from flask_babel import gettext as _

from certificates.models import Certificate
from certificates.sharing.models import Check, Share
from certificates.sharing.queries import PURPOSE
from lms import audit, clock
from lms.access.models import User
from lms.crypto import keyed_hash, seal
from lms.db import atomic, lock
from lms.errors import Conflict, Invalid

#: Days a link may stand.
DAYS = (7, 30, 90)
#: Links of one certificate that stand at once.
MOST = 20
#: Counts of checks are kept three years.
KEPT = timedelta(days=3 * 366)


@atomic
def share(certificate: Certificate, *, label: str, days: int, by: User) -> tuple[Share, str]:
    """Make a link that shows a certificate's full lines for some days; returns it with its code.

    Raises Invalid naming the field, Conflict when too many stand.
    """
    if days not in DAYS:
        raise Invalid(fields={"days": _("Please choose how long the link stands.")})
    lock(certificate)
    standing = Share.select().where(
        Share.certificate == certificate, Share.revoked_at.is_null(), Share.expires_at > clock.now()
    )
    if standing.count() >= MOST:
        raise Conflict(_("Twenty links stand already. Please take one back first."))
    code = secrets.token_urlsafe(24)
    row = Share.create(
        certificate=certificate,
        code_hash=keyed_hash(code, PURPOSE),
        code_sealed=seal(code),
        label=label.strip(),
        created_by=by,
        expires_at=clock.now() + timedelta(days=days),
    )
    audit.record(by, "certificates.shared", certificate, days=days)
    return row, code


@atomic
def take_back(row: Share, *, by: User) -> None:
    """End a link now. Doing it again changes nothing."""
    if row.revoked_at is not None:
        return
    Share.update(revoked_at=clock.now()).where(Share.id == row.id).execute()
    audit.record(by, "certificates.share_ended", row.certificate)


@atomic
def count_checks(certificate_ids: Iterable[int], kind: str, *, who: str = "") -> None:
    """Count a check of each certificate today: who asked is an agency's name, or nobody."""
    ids = sorted(set(certificate_ids))
    today = clock.today()
    rows = [{"certificate": one, "day": today, "kind": kind, "who": who[:200], "count": 1} for one in ids]
    if not rows:
        return
    keys = (Check.certificate, Check.day, Check.kind, Check.who)
    Check.insert_many(rows).on_conflict(conflict_target=keys, update={Check.count: Check.count + 1}).execute()


def ids_of(codes: Iterable[str]) -> list[int]:
    """Ids of the certificates that these ids of addresses belong to: one query."""
    rows = Certificate.select(Certificate.id).where(Certificate.id16.in_(list(codes) or [""])).tuples()
    return [row[0] for row in rows]


def forget_old_checks() -> int:
    """Remove counts older than three years; returns how many."""
    return int(Check.delete().where(Check.day < clock.today() - KEPT).execute())
