"""Accounts: add, give a role, take it away."""

from __future__ import annotations

import secrets
import uuid
from datetime import date

from flask_babel import gettext as _
from peewee import fn

from lms import audit, clock
from lms.access import links, passwords, second
from lms.access.models import Role, User, UserRole
from lms.access.roles import PRESETS
from lms.db import atomic
from lms.errors import Conflict, Invalid
from lms.people.models import Official, Organisation
from lms.text import clean_line


@atomic
def ensure_roles() -> None:
    """Make a row for every role preset; run at each migration, changes nothing the second time."""
    for preset in PRESETS:
        Role.insert(name=preset.name, description=str(preset.sentence)).on_conflict_ignore().execute()


@atomic
def add_user(
    email: str,
    display_name: str,
    *,
    by: User | None,
    password: str | None = None,
    roles: tuple[str, ...] = (),
    organisation: Organisation | None = None,
    official: Official | None = None,
) -> User:
    """Add an account with its roles; a missing password is drawn at random (the person then sets one by link).

    Raises Invalid for an address that is none, Conflict for one already in use.
    """
    email = email.strip().lower()
    if "@" not in email or len(email) > 200:
        raise Invalid(fields={"email": _("Please give a whole e-mail address, like name@agency.gov.vn.")})
    if User.select().where(fn.LOWER(User.email) == email).exists():
        raise Conflict(_("There is already an account for %(email)s.", email=email), code="email_taken")
    user = User.create(
        email=email,
        display_name=display_name,
        password=passwords.hashed(password or secrets.token_urlsafe(24)),
        fs_uniquifier=uuid.uuid4().hex,
        official=official,
    )
    for role in roles:
        give_role(user, role, organisation=organisation, by=by)
    audit.record(by, "access.user_added", user, roles=list(roles))
    return user


@atomic
def give_role(
    user: User,
    role: str,
    *,
    by: User | None,
    organisation: Organisation | None = None,
    until_date: date | None = None,
) -> None:
    """Give a role, until a last day or for good; roles add up, they never replace each other.

    Raises Invalid for an unknown role or a last day in the past.
    """
    row = Role.get_or_none(Role.name == role)
    if row is None:
        raise Invalid(fields={"role": _("There is no role “%(role)s”.", role=role)})
    if until_date and until_date < clock.today():
        raise Invalid(fields={"until_date": _("The last day lies in the past.")})
    if (
        not UserRole.select()
        .where(UserRole.user == user, UserRole.role == row, UserRole.organisation == organisation)
        .exists()
    ):
        UserRole.create(user=user, role=row, organisation=organisation, until_date=until_date)
        user.__dict__.pop("_roles", None)
        audit.record(by, "access.role_given", user, role=role, organisation=str(organisation or ""))
        second.hold(user.id)


@atomic
def invite(
    email: str, display_name: str, *, role: str, organisation: Organisation | None, by: User
) -> tuple[User, str]:
    """Add an account whose owner chooses the password by a one-time link; returns both. Raises Invalid, Conflict."""
    user = add_user(email, clean_line(display_name), by=by)
    if role:
        give_role(user, role, by=by, organisation=organisation)
    return user, links.for_choosing(user, by=by)


@atomic
def take_role(held: UserRole, *, by: User | None) -> None:
    """Take a role away. Raises Conflict for the last account that can run the platform."""
    if held.role.name == "platform_admin" and not others_run_the_platform(held.user_id):
        raise Conflict(
            _("Somebody must run the platform: give the role to another account first."), code="last_admin"
        )
    audit.record(
        by, "access.role_taken", held.user, role=held.role.name, organisation=str(held.organisation or "")
    )
    held.delete_instance()


def others_run_the_platform(user_id: int) -> bool:
    """Whether another active account runs the platform, without a last day."""
    return bool(lasting_administrators() - {user_id})


def lasting_administrators() -> set[int]:
    """Active accounts that run the platform without a last day."""
    held = UserRole.select(UserRole.user).join(Role).switch(UserRole).join(User)
    lasting = held.where(Role.name == "platform_admin", User.active, UserRole.until_date.is_null())
    return {number for (number,) in lasting.tuples()}
