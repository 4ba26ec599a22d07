"""Passkeys (WebAuthn): the ceremonies, with the `webauthn` library doing the arithmetic.

A passkey that checks its holder (fingerprint, face, PIN) is both factors at once, so it also signs in without the
password. Challenges stand in the visitor's session, are used once and live five minutes.
"""

from __future__ import annotations

import base64
import json
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import webauthn
from flask import request, session
from flask_babel import gettext as _
from webauthn.helpers import bytes_to_base64url
from webauthn.helpers.exceptions import (
    InvalidAuthenticationResponse,
    InvalidJSONStructure,
    InvalidRegistrationResponse,
)
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from lms import audit, clock, crypto
from lms.access import second
from lms.access.models import Passkey, User
from lms.access.second import Having
from lms.config import settings
from lms.db import atomic
from lms.errors import Conflict, Invalid, NotFound

#: How long a ceremony may take.
TIME = timedelta(minutes=5)
#: The most passkeys of one account.
MOST = 10

_CHALLENGE = "passkey"


def creation_options(user: User) -> dict[str, Any]:
    """What the browser needs to make a passkey for the account."""
    known = [one.credential_id for one in Passkey.select().where(Passkey.user == user.id)]
    if len(known) >= MOST:
        raise Conflict(
            _("There are enough passkeys on this account. Please remove one you no longer use first.")
        )
    options = webauthn.generate_registration_options(
        rp_id=_domain(),
        rp_name=settings().site_name,
        user_name=str(user.email),
        user_id=crypto.keyed_hash(str(user.id), "passkey-user")[:32].encode(),
        user_display_name=str(user.display_name),
        exclude_credentials=[_descriptor(one) for one in known],
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED,
            user_verification=UserVerificationRequirement.PREFERRED,
        ),
    )
    _remember_challenge("create", options.challenge)
    return _plain(options)


@atomic
def add(user: User, credential: dict[str, Any], name: str) -> tuple[Passkey, list[str]]:
    """Keep a new passkey; returns it, and recovery codes when there were none. Raises Invalid."""
    challenge = _challenge("create")
    try:
        checked = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=_domain(),
            expected_origin=_origin(),
        )
    except (InvalidRegistrationResponse, InvalidJSONStructure) as wrong:
        raise Invalid(_("The passkey could not be checked. Please try once more.")) from wrong
    made = Passkey.create(
        user=user.id,
        credential_id=bytes_to_base64url(checked.credential_id),
        public_key=checked.credential_public_key,
        sign_count=checked.sign_count,
        name=" ".join(name.split())[:80] or _("Passkey"),
    )
    audit.record(user, "access.passkey_added", user, name=made.name)
    return made, second.first_recovery_codes(user)


def sign_in_options(user: User | None) -> dict[str, Any]:
    """What the browser needs to show a passkey: of the account that gave its password, or of anybody."""
    own = (
        [] if user is None else [row.credential_id for row in Passkey.select().where(Passkey.user == user.id)]
    )
    options = webauthn.generate_authentication_options(
        rp_id=_domain(),
        allow_credentials=[_descriptor(one) for one in own],
        user_verification=_verification(user),
    )
    _remember_challenge("get", options.challenge)
    return _plain(options)


@atomic
def check(credential: dict[str, Any], user: User | None) -> User:
    """The account whose passkey was shown: that of `user`, or, with its holder checked, anybody's. Raises Invalid."""
    challenge = _challenge("get")
    row = (
        Passkey.select(Passkey, User)
        .join(User)
        .where(Passkey.credential_id == str(credential.get("id", "")), User.active)
        .first()
    )
    if row is None or (user is not None and row.user_id != user.id):
        raise Invalid(_("This passkey is not known here. Please use another way to sign in."))
    try:
        checked = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=_domain(),
            expected_origin=_origin(),
            credential_public_key=bytes(row.public_key),
            credential_current_sign_count=row.sign_count,
            require_user_verification=user is None,
        )
    except (InvalidAuthenticationResponse, InvalidJSONStructure) as wrong:
        raise Invalid(_("The passkey could not be checked. Please try once more.")) from wrong
    Passkey.update(sign_count=checked.new_sign_count, last_used_at=clock.now()).where(
        Passkey.id == row.id
    ).execute()
    found: User = row.user
    return found


@atomic
def remove(user: User, passkey_id: int, password: str) -> None:
    """Take one's own passkey away. Raises Invalid for a wrong password, NotFound, Conflict when it must stay."""
    row = Passkey.get_or_none(Passkey.id == passkey_id, Passkey.user == user.id)
    if row is None:
        raise NotFound()
    second.confirm_password(user, password)
    has = second.having(user)
    left = [one for one in has.passkeys if one.id != row.id]
    second.must_keep_one(user, Having(has.totp_at, left, 0))
    row.delete_instance()
    audit.record(user, "access.passkey_removed", user, name=row.name)


def sent(body: Any) -> dict[str, Any]:
    """The credential in what a browser sent. Raises Invalid when there is none."""
    credential = body.get("credential") if isinstance(body, dict) else None
    if not isinstance(credential, dict):
        raise Invalid(_("The passkey could not be checked. Please try once more."))
    return credential


def _verification(user: User | None) -> UserVerificationRequirement:
    # Without the password the passkey is all there is: it must have checked its holder.
    return UserVerificationRequirement.REQUIRED if user is None else UserVerificationRequirement.PREFERRED


def _descriptor(credential_id: str) -> PublicKeyCredentialDescriptor:
    return PublicKeyCredentialDescriptor(id=webauthn.base64url_to_bytes(credential_id))


def _plain(options: Any) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(webauthn.options_to_json(options))
    return plain


def _remember_challenge(deed: str, challenge: bytes) -> None:
    session[_CHALLENGE] = [deed, base64.b64encode(challenge).decode(), clock.now().isoformat()]


def _challenge(deed: str) -> bytes:
    """The challenge of this visitor's ceremony, once. Raises Invalid when there is none of this kind, or it is old."""
    kept = session.pop(_CHALLENGE, None)
    if not kept or kept[0] != deed or datetime.fromisoformat(kept[2]) < clock.now() - TIME:
        raise Invalid(_("This took too long. Please try once more."))
    return base64.b64decode(kept[1])


def _origin() -> str:
    """The address people reach the site under; a passkey is good for it alone."""
    here = request.host_url.rstrip("/")
    if urlsplit(here).hostname == "localhost":  # this very machine, under whatever name it is published
        return here
    return settings().public_url.rstrip("/") or here


def _domain() -> str:
    return urlsplit(_origin()).hostname or ""
