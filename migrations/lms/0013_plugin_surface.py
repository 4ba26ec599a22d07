"""What a plugin contributed at the last `lms migrate`, so that an upgrade can say what it adds and takes away."""

from peewee import TextField


def up(migrator, db):
    migrator.migrate(migrator.add_column("lms_plugin_state", "surface", TextField(default="{}")))
