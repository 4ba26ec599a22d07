"""Addresses of other systems that hear of facts."""

from peewee import AutoField, CharField, DateTimeField, ForeignKeyField, Model, TextField


def up(migrator, db):
    class Base(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class User(Base):
        class Meta:
            table_name = "lms_user"

    class Webhook(Base):
        id = AutoField()
        title = CharField(80)
        address = CharField(400)
        events = TextField()
        secret_sealed = TextField()
        created_by = ForeignKeyField(User, null=True, on_delete="SET NULL")
        created_at = DateTimeField()
        paused_at = DateTimeField(null=True)

        class Meta:
            table_name = "lms_webhook"

    db.create_tables([Webhook])
