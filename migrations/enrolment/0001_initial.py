"""Nominations and their steps."""

from peewee import AutoField, CharField, DateField, DateTimeField, ForeignKeyField, Model


def up(migrator, db):
    class BaseModel(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class Klass(BaseModel):
        class Meta:
            table_name = "courses_class"

    class Official(BaseModel):
        class Meta:
            table_name = "lms_official"

    class Organisation(BaseModel):
        class Meta:
            table_name = "lms_organisation"

    class User(BaseModel):
        class Meta:
            table_name = "lms_user"

    class Nomination(BaseModel):
        id = AutoField()
        klass = ForeignKeyField(Klass, on_delete="RESTRICT")
        official = ForeignKeyField(Official, on_delete="RESTRICT")
        organisation = ForeignKeyField(Organisation, on_delete="RESTRICT")
        status = CharField(10)
        position = CharField(200)
        unit_text = CharField(200)
        remark = CharField(400)
        decision_number = CharField(60)
        decision_date = DateField(null=True)
        nominated_by = ForeignKeyField(User, null=True, on_delete="SET NULL")
        nominated_at = DateTimeField()
        decided_at = DateTimeField(null=True)
        reason = CharField(400)

        class Meta:
            table_name = "enrolment_nomination"
            indexes = (
                (("klass", "official"), True),
                (("klass", "status"), False),
                (("organisation", "klass"), False),
            )

    class NominationStep(BaseModel):
        id = AutoField()
        nomination = ForeignKeyField(Nomination, on_delete="RESTRICT")
        status = CharField(10)
        at = DateTimeField()
        by = ForeignKeyField(User, null=True, on_delete="SET NULL")
        reason = CharField(400)

        class Meta:
            table_name = "enrolment_step"

    db.create_tables([Nomination, NominationStep])
