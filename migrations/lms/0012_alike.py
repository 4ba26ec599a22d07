"""Pairs of records that may be one person, kept as rows; those on record already are found here."""

from peewee import AutoField, CharField, ForeignKeyField, IntegerField, Model

FIND = """
INSERT INTO lms_alike (first_id, second_id, distance, name_sort)
SELECT one.id, other.id,
       CASE WHEN one.birth_date = other.birth_date THEN 0 ELSE 30 END
     + CASE WHEN one.organisation_id = other.organisation_id THEN 0 ELSE 30 END
     + CASE WHEN LTRIM(one.code, '0') = LTRIM(other.code, '0') THEN 0 ELSE 50 END,
       one.name_sort
  FROM lms_official one
  JOIN lms_official other
    ON one.name_folded = other.name_folded AND one.birth_year = other.birth_year AND one.id < other.id
 WHERE one.merged_into_id IS NULL AND other.merged_into_id IS NULL
   AND (one.birth_date = other.birth_date OR one.birth_date IS NULL OR other.birth_date IS NULL)
   AND (one.cccd_hash IS NULL OR other.cccd_hash IS NULL)
   AND NOT EXISTS (SELECT 1 FROM lms_not_same n WHERE n.first_id = one.id AND n.second_id = other.id)
"""


def up(migrator, db):
    class Base(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class Official(Base):
        class Meta:
            table_name = "lms_official"

    class Alike(Base):
        id = AutoField()
        first = ForeignKeyField(Official, on_delete="CASCADE", index=False)
        second = ForeignKeyField(Official, on_delete="CASCADE")
        distance = IntegerField()
        name_sort = CharField(400)

        class Meta:
            table_name = "lms_alike"
            indexes = ((("first", "second"), True), (("distance", "name_sort", "first", "second"), False))

    db.create_tables([Alike])
    db.execute_sql(FIND)
