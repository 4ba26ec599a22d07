"""Staff lists of agencies."""

from peewee import AutoField, CharField, DateTimeField, ForeignKeyField, Model, TextField


def up(migrator, db):
    class Base(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class Organisation(Base):
        class Meta:
            table_name = "lms_organisation"

    class User(Base):
        class Meta:
            table_name = "lms_user"

    class StaffList(Base):
        id = AutoField()
        organisation = ForeignKeyField(Organisation, on_delete="RESTRICT")
        filename = CharField(200)
        state = CharField(10, index=True)
        rows = TextField()
        counts = TextField()
        problems = TextField()
        sent_by = ForeignKeyField(User, null=True, on_delete="SET NULL")
        sent_at = DateTimeField()
        decided_by = ForeignKeyField(User, null=True, on_delete="SET NULL")
        decided_at = DateTimeField(null=True)

        class Meta:
            table_name = "lms_staff_list"

    db.create_tables([StaffList])
