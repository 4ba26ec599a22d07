"""Signing keys: made, withdrawn. Only the worker and the command line come here."""

from __future__ import annotations

from datetime import date

from flask_babel import gettext as _

from certificates import keys, keyset
from certificates.models import Issuer, Key
from certificates.token.algorithms import ED25519
from lms import audit, clock
from lms.access.models import User
from lms.db import atomic
from lms.errors import Invalid


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
    half into the key set.

    Raises Invalid when the time is empty, KeyUnavailable when the key cannot be kept.
    """
    if not_after < not_before:
        raise Invalid(fields={"not_after": _("The last day lies before the first day.")})
    signer = keys.create(algorithm, in_hardware=in_hardware)
    while Key.select().where(Key.kid == signer.kid.hex()).exists():
        signer = keys.create(algorithm, in_hardware=in_hardware)
    key: Key = Key.create(
        kid=signer.kid.hex(),
        algorithm=signer.algorithm,
        public_key=signer.public_key,
        issuer_number=issuer.number,
        not_before=not_before,
        not_after=not_after,
    )
    audit.record(
        by, "certificates.key_created", key, issuer=issuer.number, not_before=not_before, not_after=not_after
    )
    keyset.refresh()
    return key


@atomic
def withdraw_key(key: Key, *, by: User | None, reason: str) -> None:
    """Take a key out of trust (its private half leaked): what it signed is no longer shown as genuine by itself."""
    Key.update(status="withdrawn", withdrawn_at=clock.now()).where(Key.id == key.id).execute()
    audit.record(by, "certificates.key_withdrawn", key, reason=reason)
    keyset.refresh()
