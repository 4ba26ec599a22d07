"""Rooms and stays; copies of the models, frozen."""

from peewee import CharField, DateTimeField, ForeignKeyField, IntegerField, Model


def up(migrator, db):
    class BaseModel(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class Membership(BaseModel):
        class Meta:
            table_name = "courses_membership"

    class User(BaseModel):
        class Meta:
            table_name = "lms_user"

    class Room(BaseModel):
        name = CharField(60, unique=True)
        beds = IntegerField()

        class Meta:
            table_name = "lodging_room"

    class Stay(BaseModel):
        membership = ForeignKeyField(Membership, on_delete="RESTRICT")
        room = ForeignKeyField(Room, on_delete="RESTRICT")
        began_at = DateTimeField()
        ended_at = DateTimeField(null=True)
        given_by = ForeignKeyField(User, null=True, on_delete="SET NULL")

        class Meta:
            table_name = "lodging_stay"
            indexes = ((("room", "ended_at"), False),)

    db.create_tables([Room, Stay])
