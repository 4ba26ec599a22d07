"""Staff lists know the import they came with, the work under way, and what a decision changed."""

from peewee import CharField, IntegerField, TextField


def up(migrator, db):
    migrator.migrate(
        migrator.add_column("lms_staff_list", "draft", CharField(32, default="")),
        migrator.add_column("lms_staff_list", "job", IntegerField(null=True)),
        migrator.add_column("lms_staff_list", "changes", TextField(default="")),
    )
