"""Programmes, classes, sessions, who is in a class, and results."""

from peewee import (
    BooleanField,
    CharField,
    DateField,
    DateTimeField,
    FloatField,
    ForeignKeyField,
    IntegerField,
    Model,
    TextField,
)


def up(migrator, db):
    class BaseModel(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class Organisation(BaseModel):
        class Meta:
            table_name = "lms_organisation"

    class User(BaseModel):
        class Meta:
            table_name = "lms_user"

    class Official(BaseModel):
        class Meta:
            table_name = "lms_official"

    class Programme(BaseModel):
        code = CharField(20, unique=True)
        number = IntegerField(unique=True)
        title = CharField(200)
        title_en = CharField(200)
        kind = CharField(30)
        level = CharField(30)
        regime = CharField(30)
        certificate_kind = CharField(20)
        valid_from = DateField(null=True)
        valid_to = DateField(null=True)

        class Meta:
            table_name = "courses_programme"

    class ProgrammeVersion(BaseModel):
        programme = ForeignKeyField(Programme, on_delete="RESTRICT")
        version = IntegerField()
        periods = IntegerField(null=True)
        duration = CharField(100)
        valid_from = DateField(null=True)
        valid_to = DateField(null=True)
        organiser = CharField(200)
        attendance_threshold = FloatField(null=True)
        attendance_basis = CharField(400)
        legal_basis = CharField(400)
        confidence = CharField(10)
        source = TextField()

        class Meta:
            table_name = "courses_programme_version"
            indexes = ((("programme", "version"), True),)

    class Room(BaseModel):
        name = CharField(80, unique=True)
        name_folded = CharField(80, unique=True)
        capacity = IntegerField(null=True)

        class Meta:
            table_name = "courses_room"

    class Lecturer(BaseModel):
        name = CharField(120)
        name_folded = CharField(120, index=True)
        academic_title = CharField(20)
        visiting = BooleanField()
        unnamed = BooleanField()
        active = BooleanField()
        organisation = ForeignKeyField(Organisation, null=True, on_delete="RESTRICT")
        user = ForeignKeyField(User, null=True, on_delete="SET NULL")

        class Meta:
            table_name = "courses_lecturer"

    class Klass(BaseModel):
        code = CharField(40, unique=True)
        title = CharField(200)
        programme_version = ForeignKeyField(ProgrammeVersion, on_delete="RESTRICT")
        organiser = ForeignKeyField(Organisation, on_delete="RESTRICT")
        state = CharField(12, index=True)
        starts_on = DateField(null=True)
        ends_on = DateField(null=True)
        place = CharField(200)
        capacity = IntegerField(null=True)
        homeroom_lecturer = ForeignKeyField(Lecturer, null=True, on_delete="SET NULL")
        closed_at = DateTimeField(null=True)
        search_folded = CharField(250, index=True)
        created_at = DateTimeField()

        class Meta:
            table_name = "courses_class"

    class ClassStateChange(BaseModel):
        klass = ForeignKeyField(Klass, on_delete="RESTRICT")
        state = CharField(12)
        at = DateTimeField()
        by = ForeignKeyField(User, null=True, on_delete="SET NULL")
        reason = CharField(400)

        class Meta:
            table_name = "courses_class_history"

    class ClassSession(BaseModel):
        klass = ForeignKeyField(Klass, on_delete="RESTRICT")
        number = IntegerField()
        starts_at = DateTimeField(index=True)
        ends_at = DateTimeField()
        topic = CharField(300)
        periods = IntegerField()
        lecturer = ForeignKeyField(Lecturer, null=True, on_delete="SET NULL")
        room = ForeignKeyField(Room, null=True, on_delete="SET NULL")
        required = BooleanField()
        cancelled_at = DateTimeField(null=True)

        class Meta:
            table_name = "courses_session"
            indexes = (
                (("klass", "number"), False),
                (("lecturer", "starts_at"), False),
                (("room", "starts_at"), False),
            )

    ClassSession.add_index(
        ClassSession.index(
            ClassSession.klass,
            ClassSession.starts_at,
            unique=True,
            where=ClassSession.cancelled_at.is_null(),
            name="courses_session_live_start",
        )
    )

    class Membership(BaseModel):
        klass = ForeignKeyField(Klass, on_delete="RESTRICT")
        official = ForeignKeyField(Official, on_delete="RESTRICT")
        joined_at = DateTimeField()
        left_at = DateTimeField(null=True)
        left_reason = CharField(400)

        class Meta:
            table_name = "courses_membership"
            indexes = ((("klass", "official"), True),)

    class MembershipChange(BaseModel):
        membership = ForeignKeyField(Membership, on_delete="RESTRICT")
        kind = CharField(10)
        at = DateTimeField()
        by = ForeignKeyField(User, null=True, on_delete="SET NULL")
        reason = CharField(400)

        class Meta:
            table_name = "courses_membership_change"

    class Result(BaseModel):
        membership = ForeignKeyField(Membership, unique=True, on_delete="RESTRICT")
        completed = BooleanField()
        conditions = TextField()
        rule_id = CharField(40)
        decided_at = DateTimeField()
        note = TextField()

        class Meta:
            table_name = "courses_result"

    db.create_tables(
        [
            Programme,
            ProgrammeVersion,
            Room,
            Lecturer,
            Klass,
            ClassStateChange,
            ClassSession,
            Membership,
            MembershipChange,
            Result,
        ],
        safe=False,
    )
