"""Announced changes of the log's key, and countersignatures of witnesses over signed states."""

from peewee import BigIntegerField, CharField, DateTimeField, ForeignKeyField, Model, TextField


def up(migrator, db):
    class BaseModel(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class LogKey(BaseModel):
        class Meta:
            table_name = "certificates_log_key"

    class Witness(BaseModel):
        class Meta:
            table_name = "certificates_log_witness"

    class KeyChange(BaseModel):
        key = ForeignKeyField(LogKey, unique=True, on_delete="RESTRICT")
        note = TextField()
        alone_from = DateTimeField()
        seq = BigIntegerField()
        created_at = DateTimeField()

        class Meta:
            table_name = "certificates_log_key_change"

    class Cosignature(BaseModel):
        size = BigIntegerField()
        name = CharField(200)
        line = TextField()
        witness = ForeignKeyField(Witness, null=True, on_delete="SET NULL")
        signed_at = DateTimeField()
        received_at = DateTimeField()

        class Meta:
            table_name = "certificates_log_cosignature"
            indexes = ((("size", "name"), True),)

    db.create_tables([KeyChange, Cosignature], safe=False)
    migrator.migrate(migrator.add_column("certificates_log_witness", "vkey", CharField(400, default="")))
