"""Deeds on other people's accounts, and standing in for somebody."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from flask_babel import gettext as _
from peewee import fn

from lms import audit, clock
from lms.access import account_queries, second, sign_ins
from lms.access.models import Role, User, UserRole
from lms.access.services import lasting_administrators, others_run_the_platform
from lms.db import atomic, lock
from lms.errors import Conflict, Invalid, NotFound

#: The longest time somebody can be stood in for.
LONGEST = timedelta(days=90)


@atomic
def deactivate(user: User, *, by: User) -> int:
    """Switch an account off and sign it out everywhere; returns on how many devices. Its records stay.

    Raises Conflict for one's own account and for the last one that runs the platform.
    """
    row = lock(user)
    if row.id == by.id:
        raise Conflict(_own())
    if row.has_role("platform_admin") and not others_run_the_platform(row.id):
        raise Conflict(_last(), code="last_admin")
    User.update(active=False).where(User.id == row.id).execute()
    audit.record(by, "access.user_off", row)
    return sign_ins.end_all(row, by=by)


def reasons_against_switching_off(users: Sequence[User], *, by: User) -> list[str]:
    """For each account why it cannot be switched off together with those before it, empty when it can; two queries."""
    running, lasting = account_queries.run_the_platform(users), lasting_administrators()
    reasons = []
    for user in users:
        reason = _own() if user.id == by.id else "" if user.active else _("Locked already.")
        if not reason and user.id in running and not lasting - {user.id}:
            reason = _last()
        if not reason:
            lasting.discard(user.id)
        reasons.append(reason)
    return reasons


@atomic
def reactivate(user: User, *, by: User) -> None:
    """Let an account sign in again, with the roles it held."""
    User.update(active=True).where(User.id == user.id).execute()
    audit.record(by, "access.user_on", user)


@atomic
def readdress(user: User, email: str, *, by: User) -> User:
    """Give an account another address to sign in with and be written to. Raises Invalid, Conflict for one in use."""
    email = email.strip().lower()
    if "@" not in email or len(email) > 200:
        raise Invalid(fields={"email": _("Please give a whole e-mail address, like name@agency.gov.vn.")})
    row = lock(user)
    if User.select().where(fn.LOWER(User.email) == email, User.id != row.id).exists():
        raise Conflict(_("There is already an account for %(email)s.", email=email), code="email_taken")
    audit.record(by, "access.readdressed", row, before=row.email, after=email)
    User.update(email=email).where(User.id == row.id).execute()
    found: User = User.get_by_id(row.id)
    return found


@atomic
def end_everywhere(user: User, *, by: User) -> int:
    """An administrator signs an account out on all its devices; returns how many."""
    return sign_ins.end_all(user, by=by)


@atomic
def reset_second_factor(user: User, *, by: User) -> None:
    """Take all factors of somebody who lost them, and sign the account out."""
    second.reset(user, by=by)
    sign_ins.end_all(user, by=by)


@atomic
def stand_in(user: User, email: str, from_date: date, until_date: date) -> list[UserRole]:
    """Let somebody else hold the user's own roles for a time; returns what was given.

    Only roles held for oneself can be handed on (a stand-in has no stand-in), none longer than 90 days, and the
    platform's administration not at all. Raises Invalid.
    """
    other = User.get_or_none(fn.LOWER(User.email) == email.strip().lower(), User.active)
    if other is None or other.id == user.id:
        raise Invalid(fields={"email": _("There is no other account with this address. Please check it.")})
    if until_date < from_date or until_date < clock.today():
        raise Invalid(
            fields={"until_date": _("The last day must not lie before the first, nor in the past.")}
        )
    if until_date - from_date > LONGEST:
        raise Invalid(fields={"until_date": _("At most 90 days at a time, please.")})
    own = [
        row
        for row in user.roles
        if row.stands_in_for is None and row.until_date is None and row.role.name not in _NEVER
    ]
    if not own:
        raise Invalid(fields={"email": _("You hold no role that can be handed on.")})
    given = [_lend(row, other, from_date, until_date) for row in own]
    second.hold(other.id)
    names = [row.role.name for row in own]
    audit.record(user, "access.stand_in", other, roles=names, since=from_date, until=until_date)
    return given


@atomic
def end_stand_in(user: User, held_id: int) -> None:
    """End a role lent out before its time. Raises NotFound when it is not the user's to take back."""
    row = UserRole.get_or_none(UserRole.id == held_id, UserRole.stands_in_for == user.id)
    if row is None:
        raise NotFound(_("This role was not lent by you, or it is already taken back."))
    audit.record(user, "access.stand_in_ended", row.user, role=row.role.name)
    row.delete_instance()


def lent_by(user: User) -> list[UserRole]:
    """Roles the user has lent to others, ended ones left out."""
    query = UserRole.select(UserRole, Role, User).join(Role).switch(UserRole).join(User)
    still = UserRole.until_date >= clock.today()
    return list(
        query.where(UserRole.stands_in_for == user.id, still).order_by(UserRole.until_date, UserRole.id)
    )


def _own() -> str:
    return _("You cannot switch your own account off. Please ask another administrator.")


def _last() -> str:
    return _("Somebody must run the platform: give the role to another account first.")


def _lend(row: UserRole, other: User, from_date: date, until_date: date) -> UserRole:
    same = UserRole.get_or_none(
        UserRole.user == other.id, UserRole.role == row.role_id, _same_organisation(row.organisation_id)
    )
    if same is not None:
        raise Invalid(
            fields={"email": _("%(name)s already holds one of your roles.", name=other.display_name)}
        )
    return UserRole.create(
        user=other.id,
        role=row.role_id,
        organisation=row.organisation_id,
        from_date=from_date,
        until_date=until_date,
        stands_in_for=row.user_id,
    )


def _same_organisation(organisation_id: int | None) -> object:
    field = UserRole.organisation
    return field.is_null() if organisation_id is None else field == organisation_id


_NEVER = frozenset({"platform_admin", "trainee"})
