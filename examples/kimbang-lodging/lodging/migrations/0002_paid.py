"""When a bed was paid for."""

from peewee import DateTimeField


def up(migrator, db):
    migrator.migrate(migrator.add_column("lodging_stay", "paid_at", DateTimeField(null=True)))
