"""Notices, the outbox of mail, what people want to hear, personal calendars; work that can be called off."""

from peewee import CharField, DateTimeField, ForeignKeyField, IntegerField, Model, TextField


def up(migrator, db):
    class User(Model):
        class Meta:
            database = db
            table_name = "lms_user"

    class Mail(Model):
        key = CharField(160, unique=True)
        user = ForeignKeyField(User, null=True, on_delete="SET NULL")
        address = CharField(200, index=True)
        name = CharField(120, default="")
        subject = CharField(300, default="")
        text = TextField(default="")
        message_id = CharField(200)
        state = CharField(10, default="waiting")
        due_at = DateTimeField()
        attempts = IntegerField(default=0)
        error = CharField(500, default="")
        claimed_at = DateTimeField(null=True)
        sent_at = DateTimeField(null=True)
        created_at = DateTimeField()

        class Meta:
            database = db
            table_name = "lms_mail"
            indexes = ((("state", "due_at"), False),)

    class Notice(Model):
        user = ForeignKeyField(User, on_delete="CASCADE")
        key = CharField(120)
        topic = CharField(80)
        title = CharField(300)
        body = TextField(default="")
        link = CharField(300, default="")
        calendar = TextField(default="[]")
        about = CharField(100, default="", index=True)
        by = ForeignKeyField(User, null=True, on_delete="SET NULL", backref="+")
        mail = ForeignKeyField(Mail, null=True, on_delete="SET NULL")
        created_at = DateTimeField()
        read_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "lms_notice"
            indexes = ((("user", "key"), True), (("user", "read_at"), False))

    class NoticeChoice(Model):
        user = ForeignKeyField(User, on_delete="CASCADE")
        topic = CharField(80)
        mode = CharField(8)

        class Meta:
            database = db
            table_name = "lms_notice_choice"
            indexes = ((("user", "topic"), True),)

    class QuietHours(Model):
        user = ForeignKeyField(User, unique=True, on_delete="CASCADE")
        begin = CharField(5)
        end = CharField(5)

        class Meta:
            database = db
            table_name = "lms_quiet_hours"

    class MailStop(Model):
        address = CharField(200, unique=True)
        reason = CharField(500, default="")
        since = DateTimeField()

        class Meta:
            database = db
            table_name = "lms_mail_stop"

    class CalendarAddress(Model):
        user = ForeignKeyField(User, unique=True, on_delete="CASCADE")
        token_hash = CharField(64, unique=True)
        token_sealed = CharField(200)
        created_at = DateTimeField()

        class Meta:
            database = db
            table_name = "lms_calendar_address"

    class CalendarMark(Model):
        uid = CharField(80, unique=True)
        sequence = IntegerField(default=0)
        shown = TextField()
        changed_at = DateTimeField()

        class Meta:
            database = db
            table_name = "lms_calendar_mark"

    db.create_tables([Mail, Notice, NoticeChoice, QuietHours, MailStop, CalendarAddress, CalendarMark])
    migrator.migrate(migrator.add_column("lms_job", "stop_at", DateTimeField(null=True)))


def down(migrator, db):
    migrator.migrate(migrator.drop_column("lms_job", "stop_at"))
    for table in (
        "lms_calendar_mark", "lms_calendar_address", "lms_mail_stop", "lms_quiet_hours", "lms_notice_choice",
        "lms_notice", "lms_mail",
    ):  # fmt: skip
        migrator.migrate(migrator.drop_table(table))
