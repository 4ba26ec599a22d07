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
    values = JSONText(default=dict)
    changed_at = DateTimeField(default=clock.now)
    #: When an administrator asked to load a broken plugin again; processes older than this start anew.
    reload_at = DateTimeField(null=True)

    class Meta:
        table_name = "lms_plugin_state"


class ClassPlugin(BaseModel):
    """A plugin switched, or its settings changed, for one class (`class_id` has no key: the kernel knows no class)."""

    class_id = IntegerField()
    name = CharField(60)
    on = BooleanField(default=True, column_name="is_on")
    values = JSONText(default=dict)
    changed_at = DateTimeField(default=clock.now)

    class Meta:
        table_name = "lms_class_plugin"
        indexes = ((("class_id", "name"), True),)
