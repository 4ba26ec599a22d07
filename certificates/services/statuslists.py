"""Publish the status lists: after a change, and before the ones in force end. The worker's part."""

from __future__ import annotations

import hashlib
import logging
from datetime import timedelta

from flask_babel import gettext as _
from peewee import fn

from certificates import keys, keyset, log, queries
from certificates.keyset import pinned
from certificates.models import Certificate, Key, StatusChange
from certificates.services.keys import create_status_key
from certificates.status import documents, encoding, noted, places, reading
from certificates.status.documents import SignedList
from certificates.status.models import StatusListVersion
from lms import clock
from lms.config import settings
from lms.db import atomic
from lms.errors import Conflict

#: A list is good for a day, and made anew when half of that is over.
FRESH = timedelta(hours=24)

_log = logging.getLogger(__name__)


class StatusCleared(Conflict):
    """The register says less than what was published: somebody took a revocation back, or an old database is in use."""

    code = "status_cleared"


def publish_status_lists() -> list[StatusListVersion]:
    """Publish every list that changed or is half through its time; returns what was published.

    Raises StatusCleared when a list would take back what is final, KeyUnavailable when no status key can sign.
    """
    changed_to = (
        # Named one by one, so that an index finds the few; nearly all rows say "issued".
        StatusChange.select(fn.MAX(StatusChange.id))
        .where(StatusChange.status.in_(("suspended", "reinstated", "revoked", "superseded")))
        .scalar()
        or 0
    )
    published = []
    for number in places.lists_in_use():
        made = _publish(number, changed_to)
        if made:
            published.append(made)
    return published


def states_of(number: int, *, upto: int | None = None) -> dict[int, int]:
    """What the register says of the places of a list, or said when `upto` was the last change; those that stand are left out."""
    later = StatusChange.alias()
    newer = later.select().where(
        later.certificate == StatusChange.certificate, later.number > StatusChange.number
    )
    if upto is not None:
        newer = newer.where((later.id <= upto) | (later.status == "issued"))
    start = number * encoding.SIZE
    query = (
        StatusChange.select(Certificate.status_index, StatusChange.status)
        .join(Certificate)
        .where(
            StatusChange.status.in_(list(encoding.STATES)),
            Certificate.status_index >= start,
            Certificate.status_index < start + encoding.SIZE,
            ~fn.EXISTS(newer),
        )
    )
    if upto is not None:
        query = query.where(StatusChange.id <= upto)
    return {index - start: encoding.STATES[status] for index, status in query.tuples()}


def must_be_consistent(number: int) -> None:
    """Compare a list as it would be now with what was published. Raises StatusCleared."""
    _must_not_clear(number, places.newest(number), encoding.pack(states_of(number)))


@atomic
def _publish(number: int, changed_to: int) -> StatusListVersion | None:
    before = places.newest(number)
    due = before is None or before.next_update - clock.now() < FRESH / 2
    if before and not due and before.changed_to >= changed_to:
        return None
    states = states_of(number)
    bits = encoding.pack(states)
    digest = hashlib.sha256(bits).hexdigest()
    if before and not due and before.digest == digest:
        return None
    _must_not_clear(number, before, bits)
    sequence = max(before.sequence if before else 0, noted.seen(number)) + 1
    key = _key()
    signer = keys.signer_for(key.kid)
    now = clock.now().replace(microsecond=0)
    until = now + FRESH
    text = documents.write(number, sequence, now, until, states)
    base = settings().base_url
    credentials = {
        purpose: documents.vc_jwt(
            documents.credential(
                f"{base}/c/status/{number}/{purpose}", purpose, sequence, now, until, states, issuer=base
            ),
            signer,
        )
        for purpose in encoding.PURPOSES
    }
    made: StatusListVersion = StatusListVersion.create(
        number=number,
        sequence=sequence,
        document=text,
        kid=key.kid,
        signature=keys.released(signer, documents.message(key.kid, text)),
        digest=digest,
        issued_at=now,
        next_update=until,
        changed_to=changed_to,
        **credentials,
    )
    log.append("statuslist", list=number, sequence=sequence, digest=digest)
    return made


def _must_not_clear(number: int, before: StatusListVersion | None, bits: bytes) -> None:
    """Revoked and superseded are final. Raises StatusCleared."""
    if (before.sequence if before else 0) < noted.seen(number):
        raise StatusCleared(
            _(
                "Status list %(list)s was published further than this database knows. Is an old copy in use?",
                list=number,
            )
        )
    if before is None:
        return
    signed = SignedList(before.document, before.kid, bytes(before.signature))
    try:
        published = reading.read(signed, keyset.book().status_keys, number=number, now=clock.now()).bits
    except reading.Unreadable as wrong:
        if wrong.code == "key":  # its key is withdrawn: nothing can be held against it
            return
        raise StatusCleared(_("Status list %(list)s was altered in the database.", list=number)) from wrong
    lost = [
        place
        for place in encoding.places_set(published)
        if (old := encoding.state_at(published, place)) != 3 and encoding.state_at(bits, place) != old
    ]
    if lost:
        _log.error("status_cleared", extra={"list": number, "places": len(lost)})
        raise StatusCleared(
            _(
                "%(count)s certificates were published as revoked or replaced, and the register no longer says so. Nothing was published; keep this database as evidence.",
                count=len(lost),
            )
        )


def _key() -> Key:
    """The status key of today, made when the root is on this machine. Raises KeyUnavailable."""
    today = clock.today()
    key = queries.status_key(today)
    if key is None and pinned.is_development():
        key = create_status_key(today.year, by=None)
    if key is None or Key.get_by_id(key.id).published_at is None:
        raise keys.KeyUnavailable(
            _(
                "No published key signs status lists today. Make one: lms keys rotate status --year %(year)s, then lms keys publish.",
                year=today.year,
            )
        )
    return key
