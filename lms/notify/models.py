"""Notices to people, the outbox of mail, what each person wants to hear, and personal calendars."""

from __future__ import annotations

from peewee import BooleanField, CharField, DateTimeField, ForeignKeyField, IntegerField, TextField

from lms import clock
from lms.access.models import User
from lms.db import BaseModel, JSONText

#: Begins the key of a letter to somebody without an account.
DIRECT = "direct:"


class Mail(BaseModel):
    """One letter of the outbox. Its text is made of its notices at the moment it goes out, unless it is a direct one.

    `state`: waiting, sending, sent, failed (given up), bounced (came back) or suppressed (not sent, on purpose).
    """

    key = CharField(160, unique=True)
    user = ForeignKeyField(User, null=True, backref="+", on_delete="SET NULL")
    address = CharField(200, index=True)
    name = CharField(120, default="")
    subject = CharField(300, default="")
    text = TextField(default="")
    message_id = CharField(200)
    state = CharField(10, default="waiting")
    due_at = DateTimeField(default=clock.now)
    attempts = IntegerField(default=0)
    error = CharField(500, default="")
    #: What the other mail server said, as RFC 3463 writes it ("5.1.1"), and when a letter came back.
    status = CharField(12, default="")
    returned_at = DateTimeField(null=True)
    #: It came back for a reason that may pass, and counts against the address.
    counts = BooleanField(default=False)
    claimed_at = DateTimeField(null=True)
    sent_at = DateTimeField(null=True)
    created_at = DateTimeField(default=clock.now)

    class Meta:
        table_name = "lms_mail"
        indexes = ((("state", "due_at"), False),)

    def __str__(self) -> str:
        return str(self.subject)


class Notice(BaseModel):
    """Something a person is told, once: (`user`, `key`) is unique. `mail` is the letter that carries it, if any."""

    user = ForeignKeyField(User, backref="+", on_delete="CASCADE")
    key = CharField(120)
    topic = CharField(80)
    title = CharField(300)
    body = TextField(default="")
    link = CharField(300, default="")
    #: Calendar entries that go along, as `lms.notify.ical` writes them down.
    calendar = JSONText(default=list)
    #: What it is about, "courses_class/12".
    about = CharField(100, default="", index=True)
    by = ForeignKeyField(User, null=True, backref="+", on_delete="SET NULL")
    mail = ForeignKeyField(Mail, null=True, backref="notices", on_delete="SET NULL")
    created_at = DateTimeField(default=clock.now)
    read_at = DateTimeField(null=True)

    class Meta:
        table_name = "lms_notice"
        indexes = ((("user", "key"), True), (("user", "read_at"), False))


class NoticeChoice(BaseModel):
    """How a person wants a topic by mail: now, daily or none. No row: as the topic says."""

    user = ForeignKeyField(User, backref="+", on_delete="CASCADE")
    topic = CharField(80)
    mode = CharField(8)

    class Meta:
        table_name = "lms_notice_choice"
        indexes = ((("user", "topic"), True),)


class QuietHours(BaseModel):
    """Local times of day between which a person gets no mail, "21:00" and "07:00"; equal times: no quiet hours."""

    user = ForeignKeyField(User, unique=True, backref="+", on_delete="CASCADE")
    begin = CharField(5)
    end = CharField(5)

    class Meta:
        table_name = "lms_quiet_hours"


class MailStop(BaseModel):
    """An address that does not take mail; nothing is sent there until somebody lifts the stop."""

    address = CharField(200, unique=True)
    #: In the words of the mail server that said so, and its status (RFC 3463).
    reason = CharField(500, default="")
    status = CharField(12, default="")
    since = DateTimeField(default=clock.now)

    class Meta:
        table_name = "lms_mail_stop"

    def __str__(self) -> str:
        return str(self.address)


class CalendarAddress(BaseModel):
    """The secret address of a person's calendar: looked up by keyed hash, shown again to its owner only."""

    user = ForeignKeyField(User, unique=True, backref="+", on_delete="CASCADE")
    token_hash = CharField(64, unique=True)
    token_sealed = CharField(200)
    created_at = DateTimeField(default=clock.now)

    class Meta:
        table_name = "lms_calendar_address"


class CalendarMark(BaseModel):
    """What a calendar entry last said, and how often it has changed since it was first told (its SEQUENCE)."""

    uid = CharField(80, unique=True)
    sequence = IntegerField(default=0)
    shown = JSONText()
    changed_at = DateTimeField(default=clock.now)

    class Meta:
        table_name = "lms_calendar_mark"
