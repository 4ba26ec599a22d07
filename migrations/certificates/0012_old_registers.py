"""Old registers that come as lists, row by row."""

from peewee import BooleanField, CharField, DateTimeField, ForeignKeyField, IntegerField, Model, TextField


def up(migrator, db):
    class BaseModel(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class User(BaseModel):
        class Meta:
            table_name = "lms_user"

    class Organisation(BaseModel):
        class Meta:
            table_name = "lms_organisation"

    class Official(BaseModel):
        class Meta:
            table_name = "lms_official"

    class Programme(BaseModel):
        class Meta:
            table_name = "courses_programme"

    class Intake(BaseModel):
        class Meta:
            table_name = "certificates_intake"

    class OldRegister(BaseModel):
        source = CharField(200)
        draft_key = CharField(40)
        organisation = ForeignKeyField(Organisation, null=True, on_delete="RESTRICT")
        state = CharField(12, index=True)
        first_by = ForeignKeyField(User, on_delete="RESTRICT")
        first_at = DateTimeField()
        second_by = ForeignKeyField(User, null=True, on_delete="RESTRICT")
        ended_at = DateTimeField(null=True)
        reason = CharField(300)

        class Meta:
            table_name = "certificates_old_register"

    class OldEntry(BaseModel):
        register = ForeignKeyField(OldRegister, on_delete="CASCADE")
        number = IntegerField()
        state = CharField(12, index=True)
        drawn = BooleanField()
        doubted = BooleanField()
        doubts = TextField()
        corrected = BooleanField()
        official = ForeignKeyField(Official, null=True, on_delete="RESTRICT")
        programme = ForeignKeyField(Programme, null=True, on_delete="RESTRICT")
        serial = CharField(60, index=True)
        name_folded = CharField(120, index=True)
        said_words = CharField(200, index=True)
        first = TextField()
        second = TextField(null=True)
        second_by = ForeignKeyField(User, null=True, on_delete="RESTRICT")
        intake = ForeignKeyField(Intake, null=True, unique=True, on_delete="RESTRICT")
        reason = CharField(300)

        class Meta:
            table_name = "certificates_old_entry"
            indexes = ((("register", "number"), True),)

    db.create_tables([OldRegister, OldEntry], safe=False)
