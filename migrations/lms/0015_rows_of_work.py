"""What became of every item of long work: until now inside its result, where it could not be paged."""

import json

from peewee import CharField, ForeignKeyField, Model, TextField


def up(migrator, db):
    class JobRun(Model):
        result = TextField(null=True)

        class Meta:
            database = db
            table_name = "lms_job"

    class JobRow(Model):
        run = ForeignKeyField(JobRun, on_delete="CASCADE")
        key = CharField(200)
        label = CharField(300)
        fate = CharField(8)
        message = CharField(500, default="")

        class Meta:
            database = db
            table_name = "lms_job_row"
            indexes = ((("run", "key"), True), (("run", "fate"), False))

    db.create_tables([JobRow])
    for run in JobRun.select().where(JobRun.result.contains('"rows"')):
        for number, row in enumerate(json.loads(run.result).get("rows", [])):
            JobRow.create(
                run=run,
                key=str(number),
                label=row["label"][:300],
                fate="done" if row["ok"] else "failed",
                message=row["message"][:500],
            )


def down(migrator, db):
    migrator.migrate(migrator.drop_table("lms_job_row"))
