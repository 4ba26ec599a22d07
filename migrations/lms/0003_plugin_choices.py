"""What is chosen for plugins stands in one table for every scope, with who chose it and when."""

from __future__ import annotations

import json

from peewee import (
    AutoField,
    BooleanField,
    CharField,
    DateTimeField,
    IntegerField,
    Model,
    TextField,
)


def up(migrator, db):
    class PluginState(Model):
        name = CharField(max_length=60)
        values = TextField()
        changed_at = DateTimeField()

        class Meta:
            database = db
            table_name = "lms_plugin_state"

    class ClassPlugin(Model):
        class_id = IntegerField()
        name = CharField(max_length=60)
        on = BooleanField(column_name="is_on")
        values = TextField()
        changed_at = DateTimeField()

        class Meta:
            database = db
            table_name = "lms_class_plugin"

    class PluginChoice(Model):
        id = AutoField()
        kind = CharField(max_length=20)
        scope_id = IntegerField()
        plugin = CharField(max_length=60)
        key = CharField(max_length=60)
        value = TextField()
        by = IntegerField(null=True)
        by_name = CharField(max_length=120)
        at = DateTimeField()

        class Meta:
            database = db
            table_name = "lms_plugin_choice"
            indexes = ((("kind", "scope_id", "plugin", "key"), True),)

    db.create_tables([PluginChoice])

    def keep(kind, scope_id, plugin, key, value, at):
        PluginChoice.create(
            kind=kind, scope_id=scope_id, plugin=plugin, key=key, value=json.dumps(value), by_name="", at=at
        )

    for state in PluginState.select():
        for key, value in json.loads(state.values).items():
            keep("site", 0, state.name, key, value, state.changed_at)
    for row in ClassPlugin.select():
        if not row.on:
            keep("class", row.class_id, row.name, "", False, row.changed_at)
        for key, value in json.loads(row.values).items():
            keep("class", row.class_id, row.name, key, value, row.changed_at)

    db.drop_tables([ClassPlugin])
    migrator.migrate(
        migrator.drop_column("lms_plugin_state", "values"),
        migrator.add_column("lms_plugin_state", "switched_at", DateTimeField(null=True)),
        migrator.add_column("lms_plugin_state", "switched_by", CharField(max_length=120, default="")),
        migrator.add_column("lms_plugin_state", "title", CharField(max_length=200, default="")),
        migrator.add_column("lms_plugin_state", "tables", TextField(default="[]")),
        migrator.add_column("lms_plugin_state", "legal_records", TextField(default="[]")),
    )
