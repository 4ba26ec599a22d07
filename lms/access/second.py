"""The second factor: an authenticator's code, a recovery code, or a passkey (`lms.access.passkeys`).

The libraries do the arithmetic (Flask-Security's TOTP, sealed and good once); this file says whose factors they are.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_security import Totp
from peewee import JOIN

from lms import audit, clock, crypto
from lms.access import passwords
from lms.access.models import Passkey, Role, SecondFactor, SignIn, User, UserRole
from lms.config import settings
from lms.db import atomic, lock
from lms.errors import Conflict, Invalid
from lms.plugins.settings import setting
from lms.text import fold

#: How many recovery codes are given at a time.
CODES = 8
#: Seconds a phone's clock may be off.
WINDOW = 30


class _Codes(Totp):  # type: ignore[misc]
    """Authenticator codes that are good once: the last half minute used stands in our table."""

    def generate_qrcode(self, username: str, totp: str) -> str:
        """The secret for a phone's camera, as sparse as it can be: no error correction is needed on a screen."""
        import qrcode  # noqa: PLC0415  heavy (Pillow, lxml), and needed once a person
        from qrcode.image.svg import SvgPathImage  # noqa: PLC0415

        code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_L, border=4)
        code.add_data(self.get_totp_uri(username, totp))
        drawn = code.make_image(image_factory=SvgPathImage).to_string()
        return f"data:image/svg+xml;base64,{base64.b64encode(drawn).decode('ascii')}"

    def get_last_counter(self, user: Any) -> int | None:
        row = of(user)
        return row.totp_counter if row else None

    def set_last_counter(self, user: Any, tmatch: Any) -> None:
        SecondFactor.update(totp_counter=tmatch.counter).where(SecondFactor.user == user.id).execute()


@dataclass(frozen=True)
class Having:
    """The factors of an account: an authenticator, passkeys, unused recovery codes."""

    totp_at: datetime | None
    passkeys: list[Passkey]
    codes_left: int

    @property
    def any(self) -> bool:
        return bool(self.totp_at or self.passkeys)


def totp() -> Totp:
    """The library's arithmetic with this instance's key and name."""
    # Letters without accents: an app shows them everywhere, and the code to scan is half as dense.
    issuer = fold(settings().site_name).title().replace(":", " ")
    return _Codes({"1": settings().secret("totp_key")}, issuer)


def of(user: User) -> SecondFactor | None:
    found: SecondFactor | None = SecondFactor.get_or_none(SecondFactor.user == user.id)
    return found


def having(user: User) -> Having:
    """What the account can show besides its password; two queries."""
    row = of(user)
    keys = list(Passkey.select().where(Passkey.user == user.id).order_by(Passkey.id))
    return Having(row.totp_at if row else None, keys, len(row.recovery_codes) if row else 0)


def wanted(user: User) -> bool:
    """Whether one of the account's roles must sign in with a second factor."""
    return bool(_roles_asked() & user.role_names)


def _roles_asked() -> frozenset[str]:
    """Names of the roles that must sign in with a second factor."""
    return frozenset(name.strip() for name in setting("lms.second_factor_roles").split(","))


@atomic
def days_of_grace_end(user: User) -> datetime:
    """When an account that must have a second factor has to have it; the first question starts the days of grace."""
    SecondFactor.insert(
        user=user.id, recovery_codes=[], wanted_from=clock.now()
    ).on_conflict_ignore().execute()
    never = SecondFactor.wanted_from.is_null() & (SecondFactor.user == user.id)
    SecondFactor.update(wanted_from=clock.now()).where(never).execute()
    row = of(user)
    since = (row and row.wanted_from) or clock.now()
    return since + timedelta(days=setting("lms.second_factor_grace"))


@atomic
def hold(user_id: int) -> datetime | None:
    """Let an account that must have a second factor and has none stay signed in no longer than the days of grace.

    For everything that happens while somebody is signed in: a role given, the setting changed. Whoever stays until
    then is asked for the second factor at the next page. Returns until when; None when nobody is signed in or owes one.
    """
    user: User = User.get_by_id(user_id)
    if not wanted(user) or having(user).any:
        return None
    here = (SignIn.user == user.id) & SignIn.ended_at.is_null() & (SignIn.ends_at > clock.now())
    if not SignIn.select().where(here).exists():
        return None  # the days of grace begin when they sign in
    until = days_of_grace_end(user)
    SignIn.update(ends_at=until).where(here, SignIn.ends_at > until).execute()
    return until


def hold_all() -> int:
    """`hold` for everybody who is signed in and has no second factor; returns how many owe one. Run by the timetable."""
    today = clock.today()
    begun = UserRole.from_date.is_null() | (UserRole.from_date <= today)
    query = (
        User.select(User.id)
        .distinct()
        .join(SignIn)
        .switch(User)
        .join(UserRole)
        .join(Role)
        .switch(User)
        .join(SecondFactor, JOIN.LEFT_OUTER)
        .where(
            Role.name.in_(sorted(_roles_asked())),
            begun,
            SignIn.ended_at.is_null(),
            SignIn.ends_at > clock.now(),
            SecondFactor.totp_at.is_null(),
        )
    )
    return sum(hold(row[0]) is not None for row in query.tuples())


@atomic
def confirm_totp(user: User, secret: str, code: str) -> list[str]:
    """Keep an authenticator once it has shown a right code; returns recovery codes when there were none.

    Raises Invalid for a wrong code.
    """
    SecondFactor.insert(user=user.id, recovery_codes=[]).on_conflict_ignore().execute()
    SecondFactor.update(totp_counter=None).where(SecondFactor.user == user.id).execute()
    if not totp().verify_totp(_digits(code), secret, user, window=WINDOW):
        raise Invalid(
            fields={
                "code": _("This code does not fit. Please type the six digits the app shows at this moment.")
            }
        )
    SecondFactor.update(totp_secret=secret, totp_at=clock.now()).where(SecondFactor.user == user.id).execute()
    audit.record(user, "access.authenticator_added", user)
    return first_recovery_codes(user)


def check_totp(user: User, code: str) -> bool:
    """Whether the code is the authenticator's of this half minute, not used before."""
    row = of(user)
    if row is None or not row.totp_secret:
        return False
    return bool(totp().verify_totp(_digits(code), row.totp_secret, user, window=WINDOW))


@atomic
def use_recovery_code(user: User, typed: str) -> bool:
    """Use one of the account's recovery codes up; whether it was one."""
    row = of(user)
    if row is None:
        return False
    row = lock(row)
    code_hash = _code_hash(user, typed)
    if code_hash not in row.recovery_codes:
        return False
    left = [one for one in row.recovery_codes if one != code_hash]
    SecondFactor.update(recovery_codes=left).where(SecondFactor.id == row.id).execute()
    audit.record(user, "access.recovery_code_used", user, left=len(left))
    return True


def first_recovery_codes(user: User) -> list[str]:
    """New recovery codes when the account has none, else nothing."""
    row = of(user)
    return [] if row and row.recovery_codes else new_recovery_codes(user)


@atomic
def new_recovery_codes(user: User) -> list[str]:
    """Draw new recovery codes; the ones before are void. Shown once, kept as keyed hashes."""
    codes = [str(code) for code in totp().generate_recovery_codes(CODES)]
    SecondFactor.insert(user=user.id, recovery_codes=[]).on_conflict_ignore().execute()
    hashes = [_code_hash(user, code) for code in codes]
    SecondFactor.update(recovery_codes=hashes).where(SecondFactor.user == user.id).execute()
    audit.record(user, "access.recovery_codes_made", user, count=len(codes))
    return codes


@atomic
def remove_totp(user: User, password: str) -> None:
    """Take one's own authenticator away. Raises Invalid for a wrong password, Conflict when it must stay."""
    confirm_password(user, password)
    must_keep_one(user, Having(None, having(user).passkeys, 0))
    SecondFactor.update(totp_secret=None, totp_at=None, totp_counter=None).where(
        SecondFactor.user == user.id
    ).execute()
    audit.record(user, "access.authenticator_removed", user)


@atomic
def reset(user: User, *, by: User) -> None:
    """An administrator takes all factors of somebody who lost them; the days of grace start again."""
    SecondFactor.delete().where(SecondFactor.user == user.id).execute()
    Passkey.delete().where(Passkey.user == user.id).execute()
    audit.record(by, "access.second_factor_reset", user)


def confirm_password(user: User, password: str) -> None:
    """Raise Invalid unless it is the account's password."""
    row: User = User.get_by_id(user.id)
    if not passwords.is_right(row, password or ""):
        raise Invalid(fields={"password": _("This is not your present password. Please type it again.")})


def must_keep_one(user: User, left: Having) -> None:
    """Raise Conflict when the account must have a second factor and would have none left."""
    if wanted(user) and not left.any:
        raise Conflict(
            _("Your role needs a second factor. Please add another one before you remove this one.")
        )


def _digits(code: str) -> str:
    return "".join(one for one in code if one.isdigit())[:6] or "0"


def _code_hash(user: User, typed: str) -> str:
    plain = "".join(one for one in typed.lower() if one.isalnum())
    return crypto.keyed_hash(f"{user.id} {plain}", "recovery-code")
