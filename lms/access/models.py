"""Accounts and the roles they hold."""

from __future__ import annotations

from typing import Any

from flask_security import RoleMixin, UserMixin
from peewee import BooleanField, CharField, DateTimeField, ForeignKeyField, IntegerField, TextField

from lms import clock
from lms.db import BaseModel, JSONText
from lms.people.models import Official, Organisation


class Role(RoleMixin, BaseModel):
    """A role preset; which permissions it carries is declared by the plugins."""

    name = CharField(40, unique=True)
    description = CharField(300, default="")

    class Meta:
        table_name = "lms_role"

    def get_permissions(self) -> set[str]:
        return set()


class User(UserMixin, BaseModel):
    """An account. `UserMixin` stands first: peewee's own ``get_id`` would hide the session's one."""

    email = CharField(200, unique=True)
    display_name = CharField(120)
    password = CharField(255, null=True)
    active = BooleanField(default=True)
    fs_uniquifier = CharField(64, unique=True)
    official = ForeignKeyField(Official, null=True, unique=True, backref="accounts", on_delete="SET NULL")
    language = CharField(5, null=True)
    created_at = DateTimeField(default=clock.now)
    last_login_at = DateTimeField(null=True)  # type: ignore[assignment]
    login_count = IntegerField(default=0)

    class Meta:
        table_name = "lms_user"

    def __str__(self) -> str:
        return str(self.display_name)

    @property
    def roles(self) -> list[UserRole]:  # type: ignore[override]
        """The roles held, each with its organisation; read once per loaded user."""
        held: list[UserRole] | None = self.__dict__.get("_roles")
        if held is None:
            held = list(UserRole.select(UserRole, Role).join(Role).where(UserRole.user == self.id))
            self.__dict__["_roles"] = held
        return held

    @property
    def role_names(self) -> set[str]:
        return {row.role.name for row in self.roles}

    def has_role(self, role: Any) -> bool:
        return getattr(role, "name", role) in self.role_names


class UserRole(BaseModel):
    """A role held, and for agency roles the organisation whose subtree it covers."""

    user = ForeignKeyField(User, backref="user_roles", on_delete="CASCADE")
    role = ForeignKeyField(Role, backref="user_roles", on_delete="CASCADE")
    organisation = ForeignKeyField(Organisation, null=True, on_delete="RESTRICT")

    class Meta:
        table_name = "lms_user_role"
        indexes = ((("user", "role", "organisation"), True),)

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
