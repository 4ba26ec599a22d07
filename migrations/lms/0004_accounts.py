"""Accounts: sign-ins that can be ended, slowing down of guesses, second factors, OpenID, dated roles and permissions, two persons."""

from peewee import (
    AutoField,
    BlobField,
    BooleanField,
    CharField,
    DateField,
    DateTimeField,
    ForeignKeyField,
    IntegerField,
    Model,
    TextField,
)


def up(migrator, db):
    class User(Model):
        class Meta:
            database = db
            table_name = "lms_user"

    migrator.migrate(
        migrator.add_column("lms_role", "title", CharField(max_length=120, default="")),
        migrator.add_column("lms_role", "everywhere", BooleanField(default=False)),
        migrator.add_column("lms_user_role", "from_date", DateField(null=True)),
        migrator.add_column("lms_user_role", "until_date", DateField(null=True)),
        migrator.add_column("lms_user_role", "stands_in_for", IntegerField(null=True)),
    )

    class SignIn(Model):
        id = AutoField()
        user = ForeignKeyField(User, on_delete="CASCADE")
        token_hash = CharField(64, unique=True)
        via = CharField(20)
        address = CharField(45)
        agent = CharField(300)
        created_at = DateTimeField()
        last_seen_at = DateTimeField()
        ends_at = DateTimeField()
        ended_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "lms_sign_in"

    class WrongTries(Model):
        id = AutoField()
        key_hash = CharField(64, unique=True)
        count = IntegerField()
        last_at = DateTimeField(index=True)
        wait_until = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "lms_wrong_tries"

    class SecondFactor(Model):
        id = AutoField()
        user = ForeignKeyField(User, unique=True, on_delete="CASCADE")
        totp_secret = TextField(null=True)
        totp_counter = IntegerField(null=True)
        totp_at = DateTimeField(null=True)
        recovery_codes = TextField()
        wanted_from = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "lms_second_factor"

    class Passkey(Model):
        id = AutoField()
        user = ForeignKeyField(User, on_delete="CASCADE")
        credential_id = CharField(400, unique=True)
        public_key = BlobField()
        sign_count = IntegerField()
        name = CharField(80)
        created_at = DateTimeField()
        last_used_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "lms_passkey"

    class OpenIdentity(Model):
        id = AutoField()
        user = ForeignKeyField(User, on_delete="CASCADE")
        issuer = CharField(200)
        subject = CharField(255)
        created_at = DateTimeField()

        class Meta:
            database = db
            table_name = "lms_open_identity"
            indexes = ((("issuer", "subject"), True),)

    class RolePermission(Model):
        id = AutoField()
        role = CharField(40)
        permission = CharField(80)
        allowed = BooleanField()
        from_at = DateTimeField()
        until_at = DateTimeField(null=True)
        by = ForeignKeyField(User, null=True, on_delete="SET NULL")

        class Meta:
            database = db
            table_name = "lms_role_permission"
            indexes = ((("role", "permission"), False),)

    class Approval(Model):
        id = AutoField()
        kind = CharField(80)
        permission = CharField(80)
        details = TextField()
        object_kind = CharField(60)
        object_id = CharField(40)
        object_label = CharField(200)
        reason = CharField(500)
        state = CharField(10, index=True)
        asked_by = ForeignKeyField(User, on_delete="RESTRICT")
        asked_at = DateTimeField()
        expires_at = DateTimeField()
        decided_by = ForeignKeyField(User, null=True, on_delete="RESTRICT")
        decided_at = DateTimeField(null=True)
        answer = CharField(500)

        class Meta:
            database = db
            table_name = "lms_approval"

    db.create_tables([SignIn, WrongTries, SecondFactor, Passkey, OpenIdentity, RolePermission, Approval])


def down(migrator, db):
    tables = (
        "approval",
        "role_permission",
        "open_identity",
        "passkey",
        "second_factor",
        "wrong_tries",
        "sign_in",
    )
    migrator.migrate(*(migrator.drop_table(f"lms_{table}") for table in tables))
    migrator.migrate(
        migrator.drop_column("lms_user_role", "stands_in_for"),
        migrator.drop_column("lms_user_role", "until_date"),
        migrator.drop_column("lms_user_role", "from_date"),
        migrator.drop_column("lms_role", "everywhere"),
        migrator.drop_column("lms_role", "title"),
    )
