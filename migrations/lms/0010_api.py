"""Tokens of programs, and the answers they got."""

from peewee import AutoField, CharField, DateTimeField, ForeignKeyField, IntegerField, Model, TextField


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

    class ApiToken(Base):
        id = AutoField()
        user = ForeignKeyField(User, on_delete="CASCADE")
        name = CharField(80)
        token_hash = CharField(64, unique=True)
        hint = CharField(12)
        scopes = TextField()
        organisation = ForeignKeyField(Organisation, null=True, on_delete="RESTRICT")
        created_at = DateTimeField()
        expires_at = DateTimeField()
        last_used_at = DateTimeField(null=True)
        revoked_at = DateTimeField(null=True)

        class Meta:
            table_name = "lms_api_token"

    class ApiAnswer(Base):
        id = AutoField()
        holder = CharField(30)
        key_hash = CharField(64)
        asked_hash = CharField(64)
        status = IntegerField()
        body_sealed = TextField()
        at = DateTimeField(index=True)

        class Meta:
            table_name = "lms_api_answer"
            indexes = ((("holder", "key_hash"), True),)

    db.create_tables([ApiToken, ApiAnswer])
