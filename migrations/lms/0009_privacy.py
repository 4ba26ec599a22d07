"""Requests about personal data, and lists of what is due to be erased."""

from peewee import AutoField, CharField, DateField, DateTimeField, ForeignKeyField, Model, TextField


def up(migrator, db):
    class Base(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class Official(Base):
        class Meta:
            table_name = "lms_official"

    class User(Base):
        class Meta:
            table_name = "lms_user"

    class DataRequest(Base):
        id = AutoField()
        official = ForeignKeyField(Official, on_delete="RESTRICT")
        kind = CharField(12)
        words = TextField()
        received_on = DateField()
        due_on = DateField(index=True)
        state = CharField(10)
        answer = TextField()
        result = TextField()
        recorded_by = ForeignKeyField(User, null=True, on_delete="SET NULL")
        proposed_by = ForeignKeyField(User, null=True, on_delete="SET NULL")
        decided_by = ForeignKeyField(User, null=True, on_delete="SET NULL")
        decided_at = DateTimeField(null=True)
        recorded_at = DateTimeField()

        class Meta:
            table_name = "lms_data_request"

    class RetentionList(Base):
        id = AutoField()
        made_on = DateField()
        lines = TextField()
        made_at = DateTimeField()
        approved_by = ForeignKeyField(User, null=True, on_delete="SET NULL")
        approved_at = DateTimeField(null=True)
        result = TextField()

        class Meta:
            table_name = "lms_retention_list"

    db.create_tables([DataRequest, RetentionList])
