"""The latest error at each place of a plugin."""

from peewee import AutoField, CharField, DateTimeField, Model, TextField


def up(migrator, db):
    class PluginTrouble(Model):
        id = AutoField()
        plugin = CharField(60)
        place = CharField(160)
        reason = TextField()
        at = DateTimeField()

        class Meta:
            database = db
            table_name = "lms_plugin_trouble"
            indexes = ((("plugin", "place"), True),)

    db.create_tables([PluginTrouble])
