"""The register of certificates, and triggers that refuse to change what was issued."""

from peewee import (
    BigIntegerField,
    BlobField,
    CharField,
    DateField,
    DateTimeField,
    ForeignKeyField,
    IntegerField,
    Model,
    PostgresqlDatabase,
    TextField,
)

#: Of a certificate only these change, each once, from empty to filled.
FILLED_ONCE = ("kid", "token", "record_signature", "signed_at", "pdf_path", "pdf_sha256", "printed_at")


def up(migrator, db):
    class BaseModel(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class Organisation(BaseModel):
        class Meta:
            table_name = "lms_organisation"

    class Official(BaseModel):
        class Meta:
            table_name = "lms_official"

    class User(BaseModel):
        class Meta:
            table_name = "lms_user"

    class JobRun(BaseModel):
        class Meta:
            table_name = "lms_job"

    class Klass(BaseModel):
        class Meta:
            table_name = "courses_class"

    class Membership(BaseModel):
        class Meta:
            table_name = "courses_membership"

    class Programme(BaseModel):
        class Meta:
            table_name = "courses_programme"

    class Issuer(BaseModel):
        organisation = ForeignKeyField(Organisation, on_delete="RESTRICT")
        number = IntegerField(index=True)
        superior_name = CharField(200)
        name = CharField(200)
        name_en = CharField(200)
        place = CharField(80)
        signatory_title = CharField(120)
        signatory_name = CharField(120)
        serial_prefix = CharField(10)
        valid_from = DateField()
        valid_to = DateField(null=True)

        class Meta:
            table_name = "certificates_issuer"

    class Key(BaseModel):
        kid = CharField(8, unique=True)
        algorithm = CharField(20)
        public_key = BlobField()
        issuer_number = IntegerField(index=True)
        not_before = DateField()
        not_after = DateField()
        status = CharField(10)
        withdrawn_at = DateTimeField(null=True)
        created_at = DateTimeField()

        class Meta:
            table_name = "certificates_key"

    class Register(BaseModel):
        issuer_number = IntegerField(index=True)
        code = CharField(20, unique=True)
        title = CharField(200)
        kind = CharField(20)
        last_serial = IntegerField()

        class Meta:
            table_name = "certificates_register"
            indexes = ((("issuer_number", "kind"), True),)

    class RegisterYear(BaseModel):
        register = ForeignKeyField(Register, on_delete="RESTRICT")
        year = IntegerField()
        last_number = IntegerField()

        class Meta:
            table_name = "certificates_register_year"
            indexes = ((("register", "year"), True),)

    class Term(BaseModel):
        kind = CharField(12)
        number = IntegerField()
        code = CharField(60)
        title = CharField(300)
        title_en = CharField(300)
        valid_from = DateField()

        class Meta:
            table_name = "certificates_term"
            indexes = ((("kind", "number", "valid_from"), True),)

    class Batch(BaseModel):
        klass = ForeignKeyField(Klass, on_delete="RESTRICT")
        state = CharField(10, index=True)
        prepared_at = DateTimeField()
        prepared_by = ForeignKeyField(User, null=True, on_delete="RESTRICT")
        approved_at = DateTimeField(null=True)
        approved_by = ForeignKeyField(User, null=True, on_delete="RESTRICT")
        issued_on = DateField(null=True)
        count = IntegerField()
        completed_at = DateTimeField(null=True)
        run = ForeignKeyField(JobRun, null=True, on_delete="SET NULL")

        class Meta:
            table_name = "certificates_batch"

    class Certificate(BaseModel):
        batch = ForeignKeyField(Batch, on_delete="RESTRICT")
        klass = ForeignKeyField(Klass, on_delete="RESTRICT")
        membership = ForeignKeyField(Membership, on_delete="RESTRICT")
        official = ForeignKeyField(Official, on_delete="RESTRICT")
        programme = ForeignKeyField(Programme, on_delete="RESTRICT")
        edition = IntegerField()
        supersedes = ForeignKeyField("self", null=True, unique=True, on_delete="RESTRICT")
        created_at = DateTimeField()

        id16 = CharField(16, unique=True)
        status_index = BigIntegerField(unique=True)
        serial = CharField(24, unique=True)
        register = ForeignKeyField(Register, on_delete="RESTRICT")
        register_year = IntegerField()
        register_number = IntegerField()

        kind = CharField(20)
        name = CharField(100)
        birth_date = DateField(null=True)
        birth_year = IntegerField()
        position = CharField(200)
        unit = CharField(200)
        programme_number = IntegerField()
        programme_code = CharField(20)
        programme_title = CharField(200)
        programme_title_en = CharField(200)
        periods = IntegerField(null=True)
        class_code = CharField(40)
        from_date = DateField()
        to_date = DateField()
        grade = CharField(40)
        issuer_number = IntegerField()
        issuer_superior = CharField(200)
        issuer_name = CharField(200)
        issuer_name_en = CharField(200)
        place = CharField(80)
        signatory_title = CharField(120)
        signatory_name = CharField(120)
        awarded_on = DateField()
        issued_on = DateField(index=True)
        valid_until = DateField(null=True)
        posts = TextField()
        rule_number = IntegerField()
        rule_id = CharField(40)
        rule_source = CharField(300)
        template_version = IntegerField()
        record_version = IntegerField()

        name_folded = CharField(120, index=True)
        name_sort = CharField(400)

        kid = CharField(8, null=True)
        token = BlobField(null=True)
        record_signature = BlobField(null=True)
        signed_at = DateTimeField(null=True)
        pdf_path = CharField(200, null=True)
        pdf_sha256 = CharField(64, null=True)
        printed_at = DateTimeField(null=True)

        class Meta:
            table_name = "certificates_certificate"
            indexes = (
                (("membership", "edition"), True),
                (("register", "register_year", "register_number"), True),
                (("official", "programme"), False),
            )

    class StatusChange(BaseModel):
        certificate = ForeignKeyField(Certificate, on_delete="RESTRICT")
        number = IntegerField()
        status = CharField(12)
        on_date = DateField()
        at = DateTimeField()
        ground = IntegerField(null=True)
        decision_no = CharField(60)
        decided_on = DateField(null=True)
        note = TextField()
        by = ForeignKeyField(User, null=True, on_delete="RESTRICT")

        class Meta:
            table_name = "certificates_status"
            indexes = ((("certificate", "number"), True), (("status", "on_date"), False))

    tables = [Issuer, Key, Register, RegisterYear, Term, Batch, Certificate, StatusChange]
    db.create_tables(tables, safe=False)

    frozen = [name for name in Certificate._meta.columns if name not in FILLED_ONCE]
    _refuse_update(db, Certificate, frozen, "an issued certificate never changes")
    _fill_once(db, Certificate, FILLED_ONCE, "signature and paper of a certificate are filled once")
    _refuse_update(db, StatusChange, list(StatusChange._meta.columns), "a status is added, never changed")
    _refuse_update(db, Term, list(Term._meta.columns), "a term of the dictionary is added, never changed")
    key = ["id", "kid", "algorithm", "public_key", "issuer_number", "not_before", "not_after"]
    _refuse_update(db, Key, key, "a key never changes but for its state")
    _refuse_update(db, RegisterYear, ["id", "register_id", "year"], "a register year keeps its place")
    _only_up(db, RegisterYear, "last_number", "numbers of a register only go up")
    _only_up(db, Register, "last_serial", "serials only go up")
    for model in (Certificate, StatusChange, Term, Key, RegisterYear, Register):
        _refuse_delete(db, model, "the register keeps everything")


def _refuse_update(db, model, columns, sentence):
    _trigger(db, model, "frozen", "UPDATE", " OR ".join(_differs(db, name) for name in columns), sentence)


def _fill_once(db, model, columns, sentence):
    condition = " OR ".join(f'(OLD."{name}" IS NOT NULL AND {_differs(db, name)})' for name in columns)
    _trigger(db, model, "once", "UPDATE", condition, sentence)


def _only_up(db, model, column, sentence):
    _trigger(db, model, "up", "UPDATE", f'NEW."{column}" < OLD."{column}"', sentence)


def _refuse_delete(db, model, sentence):
    _trigger(db, model, "kept", "DELETE", None, sentence)


def _differs(db, name):
    operator = "IS DISTINCT FROM" if isinstance(db, PostgresqlDatabase) else "IS NOT"
    return f'NEW."{name}" {operator} OLD."{name}"'


def _trigger(db, model, name, deed, condition, sentence):
    table = model._meta.table_name
    when = f" WHEN ({condition})" if condition else ""
    if isinstance(db, PostgresqlDatabase):
        function = f"{table}_{name}_refuse"
        db.execute_sql(
            f"CREATE FUNCTION {function}() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION '{table}: {sentence}'"
            " USING ERRCODE = 'integrity_constraint_violation'; END; $$ LANGUAGE plpgsql"
        )
        db.execute_sql(
            f"CREATE TRIGGER {table}_{name} BEFORE {deed} ON {table} FOR EACH ROW{when} EXECUTE FUNCTION {function}()"
        )
        if deed == "DELETE":
            db.execute_sql(
                f"CREATE TRIGGER {table}_{name}_all BEFORE TRUNCATE ON {table} EXECUTE FUNCTION {function}()"
            )
        return
    db.execute_sql(
        f"CREATE TRIGGER {table}_{name} BEFORE {deed} ON {table}{when} BEGIN"
        f" SELECT RAISE(ABORT, '{table}: {sentence}'); END"
    )
