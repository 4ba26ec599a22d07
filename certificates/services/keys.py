"""Signing keys: one an issuer and year, published before first use, retired after it, withdrawn when it leaked.

Only the worker and the command line come here.
"""

from __future__ import annotations

from datetime import date, timedelta

from flask_babel import gettext as _

from certificates import keys, keyset, queries
from certificates.models import Issuer, Key
from certificates.services import keysets
from certificates.token.algorithms import ED25519
from lms import audit, clock
from lms.access.models import User
from lms.db import atomic
from lms.errors import Conflict, Invalid

#: A key is published so long before its first day that every cached key set has it by then.
OVERLAP = timedelta(days=30)


@atomic
def rotate_key(
    issuer: Issuer,
    year: int,
    *,
    by: User | None,
    algorithm: str = ED25519,
    in_hardware: bool = False,
    urgent: bool = False,
) -> Key:
    """Make an issuer's key of a year. The key of the year before goes on until its last day, then only verifies.

    Raises Conflict when there is one already, Invalid when it is less than 30 days to its first day. `urgent` skips both,
    for the key that takes the place of a withdrawn one; it signs from today. The first key of an issuer may sign at once.
    """
    first, last = date(year, 1, 1), date(year, 12, 31)
    today = clock.today()
    if last < today:
        raise Invalid(_("The year %(year)s is over.", year=year))
    own = list(Key.select().where(Key.issuer_number == issuer.number, Key.status != "withdrawn"))
    if not urgent and any(key.not_before <= last and key.not_after >= last for key in own):
        raise Conflict(_("There is a key of this issuer for %(year)s already.", year=year))
    if not urgent and own and first < today + OVERLAP:
        raise Invalid(
            _(
                "A key is published at least 30 days before its first day, so that every reader has it by then. "
                "For one that must sign at once, because another was withdrawn, use --urgent."
            )
        )
    return create_key(
        issuer,
        max(first, today) if own and urgent else first,
        last,
        by=by,
        algorithm=algorithm,
        in_hardware=in_hardware,
    )


@atomic
def create_key(
    issuer: Issuer,
    not_before: date,
    not_after: date,
    *,
    by: User | None,
    algorithm: str = ED25519,
    in_hardware: bool = False,
) -> Key:
    """Make a signing key for an issuer and time: private half into an encrypted file or the hardware module, public
    half into the key set. It signs from when the root has published it; the development root does so at once.

    Raises Invalid when the time is empty, KeyUnavailable when the key cannot be kept.
    """
    if not_after < not_before:
        raise Invalid(fields={"not_after": _("The last day lies before the first day.")})
    key = _new_key(issuer.number, not_before, not_after, "certificate", algorithm, in_hardware)
    audit.record(
        by, "certificates.key_created", key, issuer=issuer.number, not_before=not_before, not_after=not_after
    )
    _let_be_known(by)
    return key


@atomic
def create_status_key(
    year: int, *, by: User | None, in_hardware: bool = False, algorithm: str = ED25519
) -> Key:
    """The key that signs the status lists of a year; it can sign no certificate. The one there is, if there is one."""
    found = queries.status_key(date(year, 12, 31))
    if found:
        return found
    key = _new_key(0, date(year, 1, 1), date(year, 12, 31), "status", algorithm, in_hardware)
    audit.record(by, "certificates.status_key_created", key, year=year)
    _let_be_known(by)
    return key


@atomic
def withdraw_key(
    key: Key,
    *,
    by: User | None,
    reason: str,
    last_good_checkpoint: int | None = None,
) -> None:
    """Take a key out of trust (its private half leaked): what it signed is no longer genuine by itself.

    Certificates that the public log held when it had `last_good_checkpoint` entries are still shown as genuine online;
    without that number none is. Raises Conflict when it is withdrawn already.
    """
    if key.status == "withdrawn":
        raise Conflict(_("The key %(kid)s is withdrawn already.", kid=key.kid))
    Key.update(
        status="withdrawn",
        withdrawn_at=clock.now(),
        last_good_checkpoint=last_good_checkpoint,
    ).where(Key.id == key.id).execute()
    audit.record(by, "certificates.key_withdrawn", key, reason=reason)
    _let_be_known(by)


def _new_key(
    issuer: int, not_before: date, not_after: date, purpose: str, algorithm: str, in_hardware: bool
) -> Key:
    """A key with an id that no key ever had: two keys with one id would vouch for each other's papers."""
    signer = keys.create(algorithm, in_hardware=in_hardware)
    while Key.select().where(Key.kid == signer.kid.hex()).exists():
        signer = keys.create(algorithm, in_hardware=in_hardware)
    key: Key = Key.create(
        kid=signer.kid.hex(),
        algorithm=signer.algorithm,
        public_key=signer.public_key,
        issuer_number=issuer,
        purpose=purpose,
        not_before=not_before,
        not_after=not_after,
    )
    return key


def _let_be_known(by: User | None) -> None:
    if not keysets.announce(by=by):
        keyset.refresh()
