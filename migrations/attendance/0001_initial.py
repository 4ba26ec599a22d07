"""Rolls, marks, submissions, amendments and make-up sessions."""

from peewee import CharField, DateField, DateTimeField, ForeignKeyField, IntegerField, Model, TextField


def up(migrator, db):
    class Base(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class User(Base):
        class Meta:
            table_name = "lms_user"

    class ClassSession(Base):
        class Meta:
            table_name = "courses_session"

    class Membership(Base):
        class Meta:
            table_name = "courses_membership"

    class Roll(Base):
        session = ForeignKeyField(ClassSession, unique=True, on_delete="RESTRICT")
        opened_at = DateTimeField()
        opened_by = ForeignKeyField(User, null=True, on_delete="SET NULL", backref="+")
        confirmed_at = DateTimeField(null=True)
        confirmed_by = ForeignKeyField(User, null=True, on_delete="SET NULL", backref="+")
        confirmed_through = CharField(40)
        locked_at = DateTimeField(null=True)
        locked_by = ForeignKeyField(User, null=True, on_delete="SET NULL", backref="+")

        class Meta:
            table_name = "attendance_roll"

    class Mark(Base):
        session = ForeignKeyField(ClassSession, on_delete="RESTRICT")
        membership = ForeignKeyField(Membership, on_delete="RESTRICT")
        status = CharField(8)
        minutes_late = IntegerField(null=True)
        reason = CharField(200)
        source = CharField(12)
        marked_at = DateTimeField()
        marked_by = ForeignKeyField(User, null=True, on_delete="SET NULL", backref="+")

        class Meta:
            table_name = "attendance_mark"
            indexes = ((("session", "membership"), True),)

    class Submission(Base):
        session = ForeignKeyField(ClassSession, on_delete="RESTRICT")
        nonce = CharField(64)
        at = DateTimeField()
        by = ForeignKeyField(User, null=True, on_delete="SET NULL", backref="+")
        through = CharField(40)
        result = TextField(null=True)

        class Meta:
            table_name = "attendance_submission"
            indexes = ((("session", "nonce"), True),)

    class Amendment(Base):
        session = ForeignKeyField(ClassSession, on_delete="RESTRICT")
        membership = ForeignKeyField(Membership, on_delete="RESTRICT")
        old_status = CharField(8, null=True)
        old_minutes = IntegerField(null=True)
        new_status = CharField(8)
        new_minutes = IntegerField(null=True)
        reason = CharField(400)
        at = DateTimeField()
        by = ForeignKeyField(User, null=True, on_delete="SET NULL", backref="+")

        class Meta:
            table_name = "attendance_amendment"
            indexes = ((("session", "membership"), False),)

    class MakeUp(Base):
        session = ForeignKeyField(ClassSession, on_delete="RESTRICT")
        membership = ForeignKeyField(Membership, on_delete="RESTRICT")
        held_on = DateField()
        note = CharField(400)
        at = DateTimeField()
        by = ForeignKeyField(User, null=True, on_delete="SET NULL", backref="+")
        withdrawn_at = DateTimeField(null=True)
        withdrawn_by = ForeignKeyField(User, null=True, on_delete="SET NULL", backref="+")

        class Meta:
            table_name = "attendance_makeup"
            indexes = ((("session", "membership"), True),)

    db.create_tables([Roll, Mark, Submission, Amendment, MakeUp], safe=False)
