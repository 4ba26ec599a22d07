"""Schemes, forms, campaigns, and the tables of anonymous ballots."""

from peewee import (
    BooleanField,
    CharField,
    CompositeKey,
    DateField,
    ForeignKeyField,
    IntegerField,
    Model,
    SqliteDatabase,
    TextField,
)


def up(migrator, db):
    # A rowid would keep the order in which people answered.
    unordered = isinstance(db, SqliteDatabase)

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

    class Klass(BaseModel):
        class Meta:
            table_name = "courses_class"

    class SchemeRow(BaseModel):
        code = CharField(20)
        version = IntegerField()
        purpose = CharField(20)
        title = CharField(200)
        title_en = CharField(200)
        valid_from = DateField(null=True)
        valid_from_confidence = CharField(10)
        valid_to = DateField(null=True)
        valid_to_confidence = CharField(10)
        legal_basis = CharField(400)
        source = CharField(400)
        note = TextField()

        class Meta:
            table_name = "evaluation_scheme"
            indexes = ((("code", "version"), True),)

    class SchemeValue(BaseModel):
        scheme = ForeignKeyField(SchemeRow, on_delete="CASCADE")
        name = CharField(40)
        value = TextField(null=True)
        confidence = CharField(10)
        source = CharField(400)

        class Meta:
            table_name = "evaluation_scheme_value"
            indexes = ((("scheme", "name"), True),)

    class Form(BaseModel):
        code = CharField(20)
        version = IntegerField()
        title = CharField(200)
        title_en = CharField(200)
        group = CharField(20)
        scheme_code = CharField(20)
        status = CharField(12)
        confidence = CharField(10)
        source = CharField(400)
        low = CharField(60)
        low_en = CharField(60)
        high = CharField(60)
        high_en = CharField(60)

        class Meta:
            table_name = "evaluation_form"
            indexes = ((("code", "version"), True),)

    class Criterion(BaseModel):
        form = ForeignKeyField(Form, on_delete="CASCADE")
        position = IntegerField()
        object_code = CharField(20)
        code = CharField(20)
        title = CharField(200)
        title_en = CharField(200)

        class Meta:
            table_name = "evaluation_criterion"
            indexes = ((("form", "code"), True),)

    class Indicator(BaseModel):
        criterion = ForeignKeyField(Criterion, on_delete="CASCADE")
        position = IntegerField()
        code = CharField(20)
        text = CharField(400)
        text_en = CharField(400)

        class Meta:
            table_name = "evaluation_indicator"
            indexes = ((("criterion", "code"), True),)

    class Campaign(BaseModel):
        klass = ForeignKeyField(Klass, on_delete="RESTRICT")
        organisation = ForeignKeyField(Organisation, on_delete="RESTRICT")
        wave = CharField(12)
        scheme = ForeignKeyField(SchemeRow, on_delete="RESTRICT")
        scheme_by_date = ForeignKeyField(SchemeRow, null=True, backref="+", on_delete="RESTRICT")
        scheme_reason = CharField(600)
        formula = CharField(40)
        smallest_group = IntegerField()
        opened_on = DateField()
        opened_by = ForeignKeyField(User, null=True, backref="+", on_delete="SET NULL")
        closed_on = DateField(null=True)
        closed_by = ForeignKeyField(User, null=True, backref="+", on_delete="SET NULL")

        class Meta:
            table_name = "evaluation_campaign"
            indexes = ((("klass", "organisation", "wave"), True),)

    class Questionnaire(BaseModel):
        campaign = ForeignKeyField(Campaign, on_delete="CASCADE")
        form = ForeignKeyField(Form, on_delete="RESTRICT")
        group = CharField(20)
        asked = IntegerField()
        delivery = CharField(8)
        printings = IntegerField()

        class Meta:
            table_name = "evaluation_questionnaire"
            indexes = ((("campaign", "form"), True),)

    class Item(BaseModel):
        questionnaire = ForeignKeyField(Questionnaire, on_delete="CASCADE")
        indicator = ForeignKeyField(Indicator, on_delete="RESTRICT")
        position = IntegerField()
        about = CharField(200)

        class Meta:
            table_name = "evaluation_item"
            indexes = ((("questionnaire", "position"), True),)

    class Invitation(BaseModel):
        code_hash = CharField(64, primary_key=True)
        questionnaire = ForeignKeyField(Questionnaire, on_delete="CASCADE")
        spent = BooleanField()

        class Meta:
            table_name = "evaluation_invitation"
            without_rowid = unordered

    class Undealt(BaseModel):
        code_hash = CharField(64, primary_key=True)
        questionnaire = ForeignKeyField(Questionnaire, on_delete="CASCADE")
        sealed = TextField()

        class Meta:
            table_name = "evaluation_undealt"
            without_rowid = unordered

    class Draw(BaseModel):
        questionnaire = ForeignKeyField(Questionnaire, on_delete="CASCADE")
        official = ForeignKeyField(Official, on_delete="CASCADE")

        class Meta:
            table_name = "evaluation_draw"
            primary_key = CompositeKey("questionnaire", "official")
            without_rowid = unordered

    class Ballot(BaseModel):
        id = CharField(32, primary_key=True)
        questionnaire = ForeignKeyField(Questionnaire, on_delete="CASCADE")
        number = IntegerField()

        class Meta:
            table_name = "evaluation_ballot"
            indexes = ((("questionnaire", "number"), True),)
            without_rowid = unordered

    class Answer(BaseModel):
        ballot = ForeignKeyField(Ballot, on_delete="CASCADE")
        item = ForeignKeyField(Item, on_delete="RESTRICT")
        value = IntegerField()

        class Meta:
            table_name = "evaluation_answer"
            primary_key = CompositeKey("ballot", "item")
            without_rowid = unordered

    class Comment(BaseModel):
        id = CharField(32, primary_key=True)
        questionnaire = ForeignKeyField(Questionnaire, on_delete="CASCADE")
        object_code = CharField(20)
        text = TextField()

        class Meta:
            table_name = "evaluation_comment"
            without_rowid = unordered

    db.create_tables(
        [
            SchemeRow,
            SchemeValue,
            Form,
            Criterion,
            Indicator,
            Campaign,
            Questionnaire,
            Item,
            Invitation,
            Undealt,
            Draw,
            Ballot,
            Answer,
            Comment,
        ]
    )


def down(migrator, db):
    for table in (
        "comment",
        "answer",
        "ballot",
        "draw",
        "undealt",
        "invitation",
        "item",
        "questionnaire",
        "campaign",
        "indicator",
        "criterion",
        "form",
        "scheme_value",
        "scheme",
    ):
        db.execute_sql(f'DROP TABLE IF EXISTS "evaluation_{table}"')
