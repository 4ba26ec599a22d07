"""Accounts, the roles they hold, and how they sign in."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

from flask_security import RoleMixin, UserMixin
from peewee import (
    BlobField,
    BooleanField,
    CharField,
    DateField,
    DateTimeField,
    ForeignKeyField,
    IntegerField,
    TextField,
)

from lms import clock, names, text
from lms.db import BaseModel, JSONText
from lms.people.models import Official, Organisation


class Role(RoleMixin, BaseModel):
    """A role preset; which permissions it carries is declared by the plugins."""

    name = CharField(40, unique=True)
    description = CharField(300, default="")
    #: Title of a role of the site's own; presets have theirs in `lms.access.roles`.
    title = CharField(120, default="")
    #: A role of the site's own that sees all organisations.
    everywhere = BooleanField(default=False)

    class Meta:
        table_name = "lms_role"

    def get_permissions(self) -> set[str]:
        return set()


class User(UserMixin, BaseModel):
    """An account. `UserMixin` stands first: peewee's own ``get_id`` would hide the session's one."""

    email = CharField(200, unique=True)
    display_name = CharField(120)
    #: The name without accents, and its Vietnamese order (lms.names.sort_key); set whenever the name is.
    name_folded = CharField(120, default="")
    name_sort = CharField(400, default="")
    password = CharField(255, null=True)
    active = BooleanField(default=True)
    fs_uniquifier = CharField(64, unique=True)
    official = ForeignKeyField(Official, null=True, unique=True, backref="accounts", on_delete="SET NULL")
    language = CharField(5, null=True)
    created_at = DateTimeField(default=clock.now)
    last_login_at = DateTimeField(null=True)  # type: ignore[assignment]
    login_count = IntegerField(default=0)

    #: Acting through a token of the interface for programs: what it may at most, and which it is.
    token_scopes: frozenset[str] | None = None
    token_id: int | None = None

    class Meta:
        table_name = "lms_user"
        # The list of accounts by name, and by last sign-in.
        indexes = ((("name_sort", "id"), False), (("last_login_at", "name_sort"), False))

    def __str__(self) -> str:
        return str(self.display_name)

    def save(self, *args: Any, **kwargs: Any) -> Any:
        """The row as it is; a new name brings its order with it."""
        if User.display_name in self.dirty_fields:
            self.name_folded = text.fold(self.display_name)
            self.name_sort = names.sort_key(self.display_name)
        return super().save(*args, **kwargs)

    # The mixin compares what stands in the session, which is another thing on every device.
    __eq__ = BaseModel.__eq__  # type: ignore[assignment]
    __ne__ = BaseModel.__ne__  # type: ignore[assignment]
    __hash__ = BaseModel.__hash__

    @property
    def roles(self) -> list[UserRole]:  # type: ignore[override]
        """The roles held, each with its organisation; read once per loaded user."""
        held: list[UserRole] | None = self.__dict__.get("_roles")
        if held is None:
            mine = UserRole.user == self.id
            query = UserRole.select(UserRole, Role).join(Role).where(mine, UserRole.holds_now())
            held = list(query.order_by(UserRole.id))
            self.__dict__["_roles"] = held
        return held

    @property
    def role_names(self) -> set[str]:
        return {row.role.name for row in self.roles}

    def get_id(self) -> str:
        """What the session cookie holds: the token of this device's sign-in, never the account's own number."""
        token: str = self.__dict__.setdefault("_token", secrets.token_urlsafe(24))
        return token

    def has_role(self, role: Any) -> bool:
        return getattr(role, "name", role) in self.role_names


class UserRole(BaseModel):
    """A role held, and for agency roles the organisation whose subtree it covers."""

    user = ForeignKeyField(User, backref="user_roles", on_delete="CASCADE")
    role = ForeignKeyField(Role, backref="user_roles", on_delete="CASCADE")
    organisation = ForeignKeyField(Organisation, null=True, on_delete="RESTRICT")
    #: First and last day the role is held; None = without limit.
    from_date = DateField(null=True)
    until_date = DateField(null=True)
    #: Id of the account for which this one stands in for a time.
    stands_in_for = IntegerField(null=True)

    class Meta:
        table_name = "lms_user_role"
        indexes = ((("user", "role", "organisation"), True),)

    @classmethod
    def holds_now(cls) -> Any:
        """The condition that a role is held today."""
        today = clock.today()
        begun = cls.from_date.is_null() | (cls.from_date <= today)
        return begun & (cls.until_date.is_null() | (cls.until_date >= today))

    @property
    def name(self) -> str:
        return str(self.role.name)

    @property
    def description(self) -> str:
        return str(self.role.description)

    def get_permissions(self) -> set[str]:
        return set()


class ShortLink(BaseModel):
    """A one-time (or few-times) link for somebody without an account; only the code's keyed hash is kept."""

    code_hash = CharField(64, unique=True)
    purpose = CharField(40)
    target = JSONText()
    official = ForeignKeyField(Official, null=True, on_delete="CASCADE")
    label = CharField(200, default="")
    uses_left = IntegerField(default=1)
    expires_at = DateTimeField()
    created_by = ForeignKeyField(User, null=True, on_delete="SET NULL")
    created_at = DateTimeField(default=clock.now)
    note = TextField(default="")

    class Meta:
        table_name = "lms_short_link"


class SignIn(BaseModel):
    """One device on which an account is signed in; its cookie holds the token, the table only a hash of it."""

    user = ForeignKeyField(User, backref="sign_ins", on_delete="CASCADE")
    token_hash = CharField(64, unique=True)
    via = CharField(20, default="password")
    address = CharField(45, default="")
    agent = CharField(300, default="")
    created_at = DateTimeField(default=clock.now)
    last_seen_at = DateTimeField(default=clock.now)
    ends_at = DateTimeField()
    ended_at = DateTimeField(null=True)

    class Meta:
        table_name = "lms_sign_in"

    @staticmethod
    def hash(token: str) -> str:
        """The form in which a token is kept; it has 192 random bits, so a plain hash is enough."""
        return hashlib.sha256(token.encode()).hexdigest()


class WrongTries(BaseModel):
    """Wrong tries in a row for a keyed name (account and address, account and device, account), shared by all processes."""

    key_hash = CharField(64, unique=True)
    count = IntegerField(default=0)
    last_at = DateTimeField(default=clock.now, index=True)
    wait_until = DateTimeField(null=True)

    class Meta:
        table_name = "lms_wrong_tries"


class SecondFactor(BaseModel):
    """What an account has besides its password: an authenticator's secret (sealed), and hashes of recovery codes."""

    user = ForeignKeyField(User, unique=True, on_delete="CASCADE")
    totp_secret = TextField(null=True)
    #: The last half minute whose code was used: a code is good once.
    totp_counter = IntegerField(null=True)
    totp_at = DateTimeField(null=True)
    recovery_codes = JSONText(default=list)
    #: When the account first signed in while a second factor was wanted of it; the days of grace count from here.
    wanted_from = DateTimeField(null=True)

    class Meta:
        table_name = "lms_second_factor"


class Passkey(BaseModel):
    """A passkey (WebAuthn): the public half of a key that stays in a phone, computer or security key."""

    user = ForeignKeyField(User, backref="passkeys", on_delete="CASCADE")
    credential_id = CharField(400, unique=True)
    public_key = BlobField()
    sign_count = IntegerField(default=0)
    name = CharField(80)
    created_at = DateTimeField(default=clock.now)
    last_used_at = DateTimeField(null=True)

    class Meta:
        table_name = "lms_passkey"

    def __str__(self) -> str:
        return str(self.name)


class OpenIdentity(BaseModel):
    """An account's name with an OpenID provider; the first sign-in ties it, later ones need no e-mail address."""

    user = ForeignKeyField(User, on_delete="CASCADE")
    issuer = CharField(200)
    subject = CharField(255)
    created_at = DateTimeField(default=clock.now)

    class Meta:
        table_name = "lms_open_identity"
        indexes = ((("issuer", "subject"), True),)


class RolePermission(BaseModel):
    """A site's own decision on a role's permission, over the plugins' defaults, while it is in force."""

    role = CharField(40)
    permission = CharField(80)
    allowed = BooleanField()
    from_at = DateTimeField(default=clock.now)
    until_at = DateTimeField(null=True)
    by = ForeignKeyField(User, null=True, on_delete="SET NULL")

    class Meta:
        table_name = "lms_role_permission"
        indexes = ((("role", "permission"), False),)
