"""Rules as versioned rows, and facts recorded about people."""

from peewee import CharField, DateField, DateTimeField, ForeignKeyField, IntegerField, Model, TextField


def up(migrator, db):
    class Base(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class User(Base):
        class Meta:
            table_name = "lms_user"

    class Official(Base):
        class Meta:
            table_name = "lms_official"

    class RuleSet(Base):
        version = CharField(40)
        title = CharField(200)
        digest = CharField(64)
        added = IntegerField()
        loaded_at = DateTimeField()
        loaded_by = ForeignKeyField(User, null=True, on_delete="SET NULL", backref="+")

        class Meta:
            table_name = "eligibility_ruleset"

    class RuleRow(Base):
        rule_id = CharField(60)
        version = IntegerField()
        title = CharField(300)
        valid_from = DateField(null=True)
        valid_to = DateField(null=True)
        source = TextField()
        confidence = CharField(10)
        confirm = TextField()
        body = TextField()
        digest = CharField(64)
        entered_on = DateField()

    class Post(RuleRow):
        number = IntegerField(index=True)
        level = CharField(20)

        class Meta:
            table_name = "eligibility_post"
            indexes = ((("rule_id", "version"), True),)

    class Standard(RuleRow):
        class Meta:
            table_name = "eligibility_standard"
            indexes = ((("rule_id", "version"), True),)

    class Rule(RuleRow):
        kind = CharField(20)

        class Meta:
            table_name = "eligibility_rule"
            indexes = ((("kind", "rule_id", "version"), True),)

    class RecordedFact(Base):
        official = ForeignKeyField(Official, backref="+", on_delete="RESTRICT")
        kind = CharField(40)
        value = CharField(60)
        held_from = DateField(null=True)
        held_to = DateField(null=True)
        number = CharField(80)
        source = CharField(300)
        confidence = CharField(10)
        recorded_at = DateTimeField()
        recorded_by = ForeignKeyField(User, null=True, on_delete="SET NULL", backref="+")
        withdrawn_at = DateTimeField(null=True)
        withdrawn_by = ForeignKeyField(User, null=True, on_delete="SET NULL", backref="+")
        withdrawn_reason = CharField(300)

        class Meta:
            table_name = "eligibility_fact"
            indexes = ((("official", "kind"), False),)

    db.create_tables([RuleSet, Post, Standard, Rule, RecordedFact])
