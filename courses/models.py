"""Programmes, classes, sessions and who is in a class."""

from __future__ import annotations

from peewee import (
    BooleanField,
    CharField,
    DateField,
    DateTimeField,
    FloatField,
    ForeignKeyField,
    IntegerField,
    TextField,
)

from lms import clock
from lms.access.models import User
from lms.db import BaseModel, JSONText
from lms.people.models import Official, Organisation

CLASS_STATES = ("draft", "enrolling", "running", "reviewing", "closed", "cancelled")
#: States in which people may still join or leave a class.
JOINABLE_STATES = ("draft", "enrolling", "running")
#: States in which the timetable may still change.
SCHEDULABLE_STATES = ("draft", "enrolling", "running")


class Programme(BaseModel):
    """A training programme (chương trình); what it contains is in its versions."""

    code = CharField(20, unique=True)
    #: Small number that stands for the programme in a signed certificate; never reused.
    number = IntegerField(unique=True)
    title = CharField(200)
    title_en = CharField(200, default="")
    #: political_theory | state_management | leadership | defence_security | job_position
    kind = CharField(30)
    level = CharField(30, default="")
    #: Which authority's rules decide on completion: home_affairs | commune_political_centre | party | defence.
    regime = CharField(30, default="home_affairs")
    #: certificate (chứng chỉ), completion (chứng nhận) or diploma (bằng, another regime)
    certificate_kind = CharField(20, default="certificate")
    valid_from = DateField(null=True)
    valid_to = DateField(null=True)

    class Meta:
        table_name = "courses_programme"

    def __str__(self) -> str:
        return str(self.title)


class ProgrammeVersion(BaseModel):
    """The programme as it stands from a date. A class pins the version it ran under.

    A figure nobody could verify is null, never a guess.
    """

    programme = ForeignKeyField(Programme, backref="versions", on_delete="RESTRICT")
    version = IntegerField(default=1)
    #: Length in periods (tiết).
    periods = IntegerField(null=True)
    #: Length as the source words it: "4 tuần".
    duration = CharField(100, default="")
    valid_from = DateField(null=True)
    valid_to = DateField(null=True)
    #: Who may organise it, in words.
    organiser = CharField(200, default="")
    #: Share of the periods (0..1) a learner must attend; null = as the certificate rule in force says.
    attendance_threshold = FloatField(null=True)
    attendance_basis = CharField(400, default="")
    legal_basis = CharField(400, default="")
    #: verified | reported | recalled | unknown
    confidence = CharField(10, default="unknown")
    source = TextField(default="")

    class Meta:
        table_name = "courses_programme_version"
        indexes = ((("programme", "version"), True),)


class Room(BaseModel):
    name = CharField(80, unique=True)
    name_folded = CharField(80, unique=True)
    capacity = IntegerField(null=True)

    class Meta:
        table_name = "courses_room"

    def __str__(self) -> str:
        return str(self.name)


class Lecturer(BaseModel):
    """Who teaches; a visiting lecturer needs no account."""

    name = CharField(120)
    name_folded = CharField(120, index=True)
    #: Academic title as written before the name: "TS.", "ThS."
    academic_title = CharField(20, default="")
    visiting = BooleanField(default=False)
    #: A seat an agency still has to fill ("báo cáo viên Sở Nội vụ"): several people may hold it at once.
    unnamed = BooleanField(default=False)
    active = BooleanField(default=True)
    organisation = ForeignKeyField(Organisation, null=True, on_delete="RESTRICT")
    user = ForeignKeyField(User, null=True, backref="lecturer_rows", on_delete="SET NULL")

    class Meta:
        table_name = "courses_lecturer"

    def __str__(self) -> str:
        return f"{self.academic_title} {self.name}".strip()


class Klass(BaseModel):
    """One class (lớp) of a programme."""

    code = CharField(40, unique=True)
    title = CharField(200)
    programme_version = ForeignKeyField(ProgrammeVersion, backref="classes", on_delete="RESTRICT")
    organiser = ForeignKeyField(Organisation, backref="classes", on_delete="RESTRICT")
    state = CharField(12, default="draft", index=True)
    starts_on = DateField(null=True)
    ends_on = DateField(null=True)
    place = CharField(200, default="")
    capacity = IntegerField(null=True)
    homeroom_lecturer = ForeignKeyField(Lecturer, null=True, on_delete="SET NULL")
    closed_at = DateTimeField(null=True)
    #: Code and title without accents, for search.
    search_folded = CharField(250, default="", index=True)
    created_at = DateTimeField(default=clock.now)

    class Meta:
        table_name = "courses_class"

    def __str__(self) -> str:
        return str(self.title)

    @property
    def programme(self) -> Programme:
        return self.programme_version.programme


class ClassStateChange(BaseModel):
    """A step in the life of a class, as a dated fact; nothing here is ever changed."""

    klass = ForeignKeyField(Klass, backref="state_changes", on_delete="RESTRICT")
    state = CharField(12)
    at = DateTimeField(default=clock.now)
    by = ForeignKeyField(User, null=True, on_delete="SET NULL")
    reason = CharField(400, default="")

    class Meta:
        table_name = "courses_class_history"


class ClassSession(BaseModel):
    """A half-day or lesson of a class (buổi học)."""

    klass = ForeignKeyField(Klass, backref="sessions", on_delete="RESTRICT")
    number = IntegerField()
    starts_at = DateTimeField(index=True)
    ends_at = DateTimeField()
    topic = CharField(300, default="")
    periods = IntegerField(default=0)
    lecturer = ForeignKeyField(Lecturer, null=True, backref="sessions", on_delete="SET NULL")
    room = ForeignKeyField(Room, null=True, backref="sessions", on_delete="SET NULL")
    required = BooleanField(default=True)
    cancelled_at = DateTimeField(null=True)
    #: Came with an import that was taken back: called off for calendars, and listed nowhere any more.
    withdrawn = BooleanField(default=False)

    class Meta:
        table_name = "courses_session"
        indexes = (
            (("klass", "number"), False),
            (("lecturer", "starts_at"), False),
            (("room", "starts_at"), False),
        )

    def __str__(self) -> str:
        return str(self.number)


# Two sessions of a class never start together, unless one of them was cancelled.
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
    """Who is in a class: one row per official, in the class while `left_at` is null. Comings and goings are dated facts
    in MembershipChange."""

    klass = ForeignKeyField(Klass, backref="memberships", on_delete="RESTRICT")
    official = ForeignKeyField(Official, backref="memberships", on_delete="RESTRICT")
    joined_at = DateTimeField(default=clock.now)
    left_at = DateTimeField(null=True)
    left_reason = CharField(400, default="")

    class Meta:
        table_name = "courses_membership"
        indexes = ((("klass", "official"), True),)


class MembershipChange(BaseModel):
    """One coming or going of a learner; nothing here is ever changed."""

    membership = ForeignKeyField(Membership, backref="changes", on_delete="RESTRICT")
    #: joined | left
    kind = CharField(10)
    at = DateTimeField(default=clock.now)
    by = ForeignKeyField(User, null=True, on_delete="SET NULL")
    reason = CharField(400, default="")

    class Meta:
        table_name = "courses_membership_change"


class Result(BaseModel):
    """The review of one learner, frozen when the class is closed (xét điều kiện).

    `conditions` keeps each condition as it was judged that day: title, needed, actual, met, legal source.
    """

    membership = ForeignKeyField(Membership, unique=True, backref="result", on_delete="RESTRICT")
    completed = BooleanField()
    conditions = JSONText()
    rule_id = CharField(40)
    decided_at = DateTimeField(default=clock.now)
    note = TextField(default="")

    class Meta:
        table_name = "courses_result"
