"""What the database remembers about plugins."""

from __future__ import annotations

from peewee import BooleanField, CharField, DateTimeField, IntegerField, TextField

from lms import clock
from lms.db import BaseModel, JSONText


class PluginState(BaseModel):
    """One row a plugin ever seen. Unknown (no row) is not the same as off."""

    name = CharField(60, unique=True)
    version = CharField(40, default="")
    on = BooleanField(column_name="is_on")
    quarantined_at = DateTimeField(null=True)
    reason = TextField(default="")
    changed_at = DateTimeField(default=clock.now)
    #: When an administrator asked to load a broken plugin again; processes older than this start anew.
    reload_at = DateTimeField(null=True)
    #: Who switched it for the site, and when; null while it is as it came.
    switched_at = DateTimeField(null=True)
    switched_by = CharField(120, default="")
    #: As its manifest said at the last `lms migrate`: what is known of it once its code is gone.
    title = CharField(200, default="")
    tables = JSONText(default=list)
    legal_records = JSONText(default=list)
    #: What it contributed then (see `lms.plugins.surface`).
    surface = JSONText(default=dict)

    class Meta:
        table_name = "lms_plugin_state"


class PluginChoice(BaseModel):
    """One thing chosen for a plugin in one scope: a setting, or with the empty key whether it is on there.

    The scope is a kind and an id without a foreign key: the kernel knows no class and no programme. The site
    is ("site", 0).
    """

    kind = CharField(20)
    scope_id = IntegerField()
    plugin = CharField(60)
    key = CharField(60, default="")
    value = JSONText()
    #: The account and its name then; without a key, as in the audit record (None is the platform itself).
    by = IntegerField(null=True)
    by_name = CharField(120, default="")
    at = DateTimeField(default=clock.now)

    class Meta:
        table_name = "lms_plugin_choice"
        indexes = ((("kind", "scope_id", "plugin", "key"), True),)
