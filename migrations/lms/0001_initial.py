"""Tables of the kernel; the audit record can only grow."""

from peewee import (
    BlobField,
    BooleanField,
    CharField,
    DateField,
    DateTimeField,
    FloatField,
    ForeignKeyField,
    IntegerField,
    Model,
    PostgresqlDatabase,
    TextField,
)


def up(migrator, db):
    class AuditHead(Model):
        number = IntegerField(default=0)
        digest = CharField(max_length=64, default="")

        class Meta:
            database = db
            table_name = "lms_audit_head"

    db.create_tables([AuditHead])

    class Organisation(Model):
        code = CharField(unique=True, max_length=40)
        name = CharField(max_length=200)
        name_folded = CharField(index=True, max_length=200)
        kind = CharField(max_length=20)
        parent = ForeignKeyField("self", null=True, on_delete="RESTRICT")
        path = CharField(index=True, max_length=400)
        valid_from = DateField(null=True)
        valid_to = DateField(null=True)
        successor = ForeignKeyField("self", null=True, on_delete="RESTRICT")

        class Meta:
            database = db
            table_name = "lms_organisation"

    db.create_tables([Organisation])

    class Official(Model):
        code = CharField(unique=True, null=True, max_length=20)
        full_name = CharField(max_length=120)
        name_folded = CharField(index=True, max_length=120)
        name_sort = CharField(index=True, max_length=400)
        birth_date = DateField(null=True)
        birth_year = IntegerField(null=True)
        gender = CharField(null=True, max_length=1)
        ethnicity = CharField(null=True, max_length=40)
        kind = CharField(max_length=12, default="cong_chuc")
        cccd_sealed = TextField(null=True)
        cccd_hash = CharField(unique=True, null=True, max_length=64)
        cccd_tail = CharField(null=True, max_length=3)
        email = CharField(null=True, max_length=200)
        organisation = ForeignKeyField(Organisation, on_delete="RESTRICT")
        position = CharField(max_length=200, default="")
        unit_text = CharField(max_length=200, default="")
        active = BooleanField(default=True)
        created_at = DateTimeField()

        class Meta:
            database = db
            table_name = "lms_official"
            indexes = ((("organisation", "name_sort"), False),)

    db.create_tables([Official])

    class User(Model):
        email = CharField(unique=True, max_length=200)
        display_name = CharField(max_length=120)
        password = CharField(null=True)
        active = BooleanField(default=True)
        fs_uniquifier = CharField(unique=True, max_length=64)
        official = ForeignKeyField(Official, unique=True, null=True, on_delete="SET NULL")
        language = CharField(null=True, max_length=5)
        created_at = DateTimeField()
        last_login_at = DateTimeField(null=True)
        login_count = IntegerField(default=0)

        class Meta:
            database = db
            table_name = "lms_user"

    db.create_tables([User])

    class AuditRow(Model):
        number = IntegerField(unique=True)
        at = DateTimeField(index=True)
        by = ForeignKeyField(User, null=True, on_delete="RESTRICT")
        by_name = CharField(max_length=120, default="")
        deed = CharField(index=True, max_length=80)
        object_kind = CharField(max_length=60, default="")
        object_id = CharField(max_length=40, default="")
        object_label = CharField(max_length=200, default="")
        details = TextField(default="{}")
        digest = CharField(max_length=64)

        class Meta:
            database = db
            table_name = "lms_audit"
            indexes = ((("object_kind", "object_id"), False),)

    db.create_tables([AuditRow])

    class ClassPlugin(Model):
        class_id = IntegerField()
        name = CharField(max_length=60)
        on = BooleanField(default=True, column_name="is_on")
        values = TextField(default="{}")
        changed_at = DateTimeField()

        class Meta:
            database = db
            table_name = "lms_class_plugin"
            indexes = ((("class_id", "name"), True),)

    db.create_tables([ClassPlugin])

    class EventRow(Model):
        name = CharField(index=True, max_length=80)
        payload = TextField()
        at = DateTimeField()

        class Meta:
            database = db
            table_name = "lms_event"

    db.create_tables([EventRow])

    class Delivery(Model):
        event = ForeignKeyField(EventRow, on_delete="CASCADE")
        handler = CharField(max_length=120)
        plugin = CharField(max_length=60)
        state = CharField(max_length=8, default="due")
        attempts = IntegerField(default=0)
        due_at = DateTimeField()
        done_at = DateTimeField(null=True)
        error = TextField(default="")

        class Meta:
            database = db
            table_name = "lms_delivery"
            indexes = ((("state", "due_at"), False), (("event", "handler"), True))

    db.create_tables([Delivery])

    class Employment(Model):
        official = ForeignKeyField(Official, on_delete="RESTRICT")
        organisation = ForeignKeyField(Organisation, on_delete="RESTRICT")
        position = CharField(max_length=200, default="")
        post_code = CharField(null=True, max_length=40)
        from_date = DateField(null=True)
        to_date = DateField(null=True)

        class Meta:
            database = db
            table_name = "lms_employment"

    db.create_tables([Employment])

    class JobRun(Model):
        kind = CharField(max_length=80)
        title = CharField(max_length=200)
        args = TextField()
        state = CharField(index=True, max_length=8, default="queued")
        done = IntegerField(default=0)
        count = IntegerField(default=0)
        note = CharField(max_length=300, default="")
        result = TextField(null=True)
        error = TextField(default="")
        by = ForeignKeyField(User, null=True, on_delete="SET NULL")
        created_at = DateTimeField()
        heartbeat_at = DateTimeField(null=True)
        finished_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "lms_job"

    db.create_tables([JobRun])

    class PluginState(Model):
        name = CharField(unique=True, max_length=60)
        version = CharField(max_length=40, default="")
        on = BooleanField(column_name="is_on")
        quarantined_at = DateTimeField(null=True)
        reason = TextField(default="")
        values = TextField(default="{}")
        changed_at = DateTimeField()
        reload_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "lms_plugin_state"

    db.create_tables([PluginState])

    class QueueSchedule(Model):
        queue = CharField(max_length=40)
        data = BlobField()
        timestamp = DateTimeField()

        class Meta:
            database = db
            table_name = "lms_queue_schedule"

    db.create_tables([QueueSchedule])

    class QueueTask(Model):
        queue = CharField(max_length=40)
        data = BlobField()
        priority = FloatField(default=0.0)

        class Meta:
            database = db
            table_name = "lms_queue_task"
            indexes = ((("priority", "id"), False),)

    db.create_tables([QueueTask])

    class Role(Model):
        name = CharField(unique=True, max_length=40)
        description = CharField(max_length=300, default="")

        class Meta:
            database = db
            table_name = "lms_role"

    db.create_tables([Role])

    class ShortLink(Model):
        code_hash = CharField(unique=True, max_length=64)
        purpose = CharField(max_length=40)
        target = TextField()
        official = ForeignKeyField(Official, null=True, on_delete="CASCADE")
        label = CharField(max_length=200, default="")
        uses_left = IntegerField(default=1)
        expires_at = DateTimeField()
        created_by = ForeignKeyField(User, null=True, on_delete="SET NULL")
        created_at = DateTimeField()
        note = TextField(default="")

        class Meta:
            database = db
            table_name = "lms_short_link"

    db.create_tables([ShortLink])

    class Timer(Model):
        name = CharField(unique=True, max_length=120)
        next_at = DateTimeField()

        class Meta:
            database = db
            table_name = "lms_timer"

    db.create_tables([Timer])

    class UserRole(Model):
        user = ForeignKeyField(User, on_delete="CASCADE")
        role = ForeignKeyField(Role, on_delete="CASCADE")
        organisation = ForeignKeyField(Organisation, null=True, on_delete="RESTRICT")

        class Meta:
            database = db
            table_name = "lms_user_role"
            indexes = ((("user", "role", "organisation"), True),)

    db.create_tables([UserRole])

    append_only(db, "lms_audit")


def append_only(db, table):
    """Let the database itself refuse to change or delete a row."""
    if isinstance(db, PostgresqlDatabase):
        db.execute_sql(
            f"create function {table}_refuse() returns trigger language plpgsql as "
            f"$$ begin raise exception '{table} is append-only'; end $$"
        )
        db.execute_sql(
            f"create trigger {table}_append_only before update or delete on {table} "
            f"for each row execute function {table}_refuse()"
        )
        return
    for deed in ("update", "delete"):
        db.execute_sql(
            f"create trigger {table}_no_{deed} before {deed} on {table} "
            f"begin select raise(abort, '{table} is append-only'); end"
        )


def down(migrator, db):
    migrator.migrate(migrator.drop_table("lms_user_role"))
    migrator.migrate(migrator.drop_table("lms_timer"))
    migrator.migrate(migrator.drop_table("lms_short_link"))
    migrator.migrate(migrator.drop_table("lms_role"))
    migrator.migrate(migrator.drop_table("lms_queue_task"))
    migrator.migrate(migrator.drop_table("lms_queue_schedule"))
    migrator.migrate(migrator.drop_table("lms_plugin_state"))
    migrator.migrate(migrator.drop_table("lms_job"))
    migrator.migrate(migrator.drop_table("lms_employment"))
    migrator.migrate(migrator.drop_table("lms_delivery"))
    migrator.migrate(migrator.drop_table("lms_event"))
    migrator.migrate(migrator.drop_table("lms_class_plugin"))
    migrator.migrate(migrator.drop_table("lms_audit"))
    migrator.migrate(migrator.drop_table("lms_user"))
    migrator.migrate(migrator.drop_table("lms_official"))
    migrator.migrate(migrator.drop_table("lms_organisation"))
    migrator.migrate(migrator.drop_table("lms_audit_head"))
