"""What other mail servers say of letters that came back, and of addresses that take no mail."""

from peewee import BooleanField, CharField, DateTimeField


def up(migrator, db):
    migrator.migrate(
        migrator.add_column("lms_mail", "status", CharField(12, default="")),
        migrator.add_column("lms_mail", "returned_at", DateTimeField(null=True)),
        migrator.add_column("lms_mail", "counts", BooleanField(default=False)),
        migrator.add_column("lms_mail_stop", "status", CharField(12, default="")),
    )


def down(migrator, db):
    migrator.migrate(
        migrator.drop_column("lms_mail_stop", "status"),
        migrator.drop_column("lms_mail", "counts"),
        migrator.drop_column("lms_mail", "returned_at"),
        migrator.drop_column("lms_mail", "status"),
    )
