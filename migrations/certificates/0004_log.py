"""The public log: its tables, triggers that refuse to change it, and the certificates there were before it.

Certificates issued before the log are taken in now, in the order of the register, after an entry of kind `backfill`
that says how many: whoever reads the log sees that these were not logged when they happened.
"""

import hashlib
import json
import secrets
from datetime import date, datetime

from peewee import (
    BigIntegerField,
    BlobField,
    BooleanField,
    CharField,
    DateField,
    DateTimeField,
    ForeignKeyField,
    IntegerField,
    Model,
    PostgresqlDatabase,
    TextField,
)

from lms import clock

AT_ONCE = 500
#: Form 1 of entries, as they were written when this step was released (docs/transparency-log.md).
KIND_OF_STATUS = {
    "issued": "issue",
    "suspended": "suspend",
    "reinstated": "unsuspend",
    "revoked": "revoke",
    "superseded": "supersede",
}
RECORD = (
    *("id", "batch", "klass", "membership", "programme", "edition", "supersedes", "created_at"),
    *("id16", "status_index", "serial", "register", "register_year", "register_number"),
    *("kind", "name", "birth_date", "birth_year", "position", "unit", "programme_number", "programme_code"),
    *("programme_title", "programme_title_en", "periods", "class_code", "from_date", "to_date", "grade"),
    *("issuer_number", "issuer_superior", "issuer_name", "issuer_name_en", "place", "signatory_title"),
    *("signatory_name", "awarded_on", "issued_on", "valid_until", "posts", "rule_number", "rule_id"),
    *("rule_source", "template_version", "record_version", "name_folded", "name_sort"),
)
STATUS = ("number", "status", "on_date", "at", "ground", "decision_no", "decided_on", "note", "by")


def up(migrator, db):
    class BaseModel(Model):
        class Meta:
            database = db
            legacy_table_names = False

    class Certificate(BaseModel):
        batch_id = IntegerField()
        klass_id = IntegerField()
        membership_id = IntegerField()
        programme_id = IntegerField()
        edition = IntegerField()
        supersedes_id = IntegerField(null=True)
        created_at = DateTimeField()
        id16 = CharField(16)
        status_index = BigIntegerField()
        serial = CharField(24)
        register_id = IntegerField()
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
        issued_on = DateField()
        valid_until = DateField(null=True)
        posts = TextField()
        rule_number = IntegerField()
        rule_id = CharField(40)
        rule_source = CharField(300)
        template_version = IntegerField()
        record_version = IntegerField()
        name_folded = CharField(120)
        name_sort = CharField(400)
        token = BlobField(null=True)
        pdf_sha256 = CharField(64, null=True)

        class Meta:
            table_name = "certificates_certificate"

    class StatusChange(BaseModel):
        certificate_id = IntegerField()
        number = IntegerField()
        status = CharField(12)
        on_date = DateField()
        at = DateTimeField()
        ground = IntegerField(null=True)
        decision_no = CharField(60)
        decided_on = DateField(null=True)
        note = TextField()
        by_id = IntegerField(null=True)

        class Meta:
            table_name = "certificates_status"

    class Term(BaseModel):
        kind = CharField(12)
        number = IntegerField()
        code = CharField(60)
        title = CharField(300)
        title_en = CharField(300)
        valid_from = DateField()

        class Meta:
            table_name = "certificates_term"

    class LogEntry(BaseModel):
        seq = BigIntegerField(unique=True)
        kind = CharField(12)
        certificate = ForeignKeyField(Certificate, null=True, on_delete="RESTRICT", index=False)
        number = IntegerField(null=True)
        ref = CharField(64, index=True)
        entry = TextField()
        leaf = BlobField()
        salt = BlobField(null=True)

        class Meta:
            table_name = "certificates_log"
            indexes = ((("certificate", "kind"), False),)

    class LogNode(BaseModel):
        level = IntegerField()
        place = BigIntegerField()
        hash = BlobField()

        class Meta:
            table_name = "certificates_log_node"
            indexes = ((("level", "place"), True),)

    class LogHead(BaseModel):
        size = BigIntegerField()
        peaks = BlobField()

        class Meta:
            table_name = "certificates_log_head"

    class LogKey(BaseModel):
        kid = CharField(8, unique=True)
        origin = CharField(200)
        public_key = BlobField()
        created_at = DateTimeField()

        class Meta:
            table_name = "certificates_log_key"

    class Checkpoint(BaseModel):
        size = BigIntegerField(unique=True)
        root = BlobField()
        note = TextField()
        at = DateTimeField()

        class Meta:
            table_name = "certificates_log_checkpoint"

    class Witness(BaseModel):
        title = CharField(120)
        address = CharField(400, unique=True)
        by_mail = BooleanField()
        secret_sealed = TextField()
        size = BigIntegerField()
        taken_at = DateTimeField(null=True)
        error = CharField(500)
        attempts = IntegerField()
        due_at = DateTimeField()
        created_at = DateTimeField()

        class Meta:
            table_name = "certificates_log_witness"

    db.create_tables([LogEntry, LogNode, LogHead, LogKey, Checkpoint, Witness], safe=False)
    growing = _Growing()
    _take_in(growing, Term, Certificate, StatusChange, LogEntry, LogNode)
    LogHead.create(size=growing.size, peaks=growing.packed)

    for model in (LogEntry, LogNode, LogKey, Checkpoint):
        _trigger(db, model, "frozen", "UPDATE", None, "the log never changes")
    _trigger(db, LogHead, "up", "UPDATE", 'NEW."size" < OLD."size"', "the log only grows")
    for model in (LogEntry, LogNode, LogHead, LogKey, Checkpoint):
        _trigger(db, model, "kept", "DELETE", None, "the log keeps everything")


def _take_in(growing, term, certificate, change, entry, node):
    counts = {
        "certificates": certificate.select().count(),
        "changes": change.select().count(),
        "terms": term.select().count(),
    }
    count = counts["certificates"]
    if not any(counts.values()):
        return
    now = clock.now()
    terms = [("rules", None, None, _term(one)) for one in term.select().order_by(term.id)]
    _write([("backfill", None, None, counts), *terms], growing, entry, node, now)
    order = (certificate.register_id, certificate.register_year, certificate.register_number)
    ids = [row[0] for row in certificate.select(certificate.id).order_by(*order).tuples()]
    for start in range(0, count, AT_ONCE):
        part = ids[start : start + AT_ONCE]
        rows = {row["id"]: row for row in certificate.select().where(certificate.id.in_(part)).dicts()}
        steps = {}
        for one in (
            change.select()
            .where(change.certificate_id.in_(part))
            .order_by(change.certificate_id, change.number)
            .dicts()
        ):
            steps.setdefault(one["certificate_id"], []).append(one)
        deeds = [deed for number in part for deed in _deeds(rows[number], steps.get(number, []))]
        _write(deeds, growing, entry, node, now)


def _term(one):
    values = (one.kind, one.number, one.code, one.title, one.title_en, one.valid_from)
    names = ("kind", "number", "code", "title", "title_en", "valid_from")
    text = _canonical({name: _written(value) for name, value in zip(names, values, strict=True)})
    return {"late": 1, "term": one.kind, "number": one.number, "digest": hashlib.sha256(text).hexdigest()}


def _deeds(row, steps):
    """What is known of one certificate, in the order in which it happened."""
    values = {name: row[name if name in row else f"{name}_id"] for name in RECORD}
    values["posts"] = json.loads(values["posts"])
    ref = hashlib.sha256(b"VNLOGID1\x00" + row["id16"].encode()).hexdigest()
    shared = {"certificate": ref, "late": 1}
    for step in steps:
        salt = secrets.token_bytes(16)
        facts = shared | {
            "status": _commitment(b"VNLOGSTA1\x00", salt, step | {"by": step["by_id"]}, STATUS),
            "number": step["number"],
            "on": step["on_date"].isoformat(),
            "ground": step["ground"],
        }
        if step["status"] == "issued":
            facts |= {"record": _commitment(b"VNLOGREC1\x00", salt, values, RECORD), "form": 1}
        yield KIND_OF_STATUS[step["status"]], row["id"], step["number"], facts, salt
        if step["status"] == "issued" and row["token"] is not None:
            yield (
                "sign",
                row["id"],
                None,
                shared | {"token": hashlib.sha256(bytes(row["token"])).hexdigest()},
                None,
            )
        if step["status"] == "issued" and row["pdf_sha256"]:
            yield "print", row["id"], None, shared | {"paper": row["pdf_sha256"]}, None


def _write(deeds, growing, entry, node, now):
    rows, nodes = [], []
    for kind, certificate_id, number, facts, *salt in deeds:
        seq = growing.size
        content = _entry(kind, seq, now, facts)
        leaf = hashlib.sha256(b"\x00" + content).digest()
        rows.append(
            {
                "seq": seq,
                "kind": kind,
                "certificate": certificate_id,
                "number": number,
                "ref": facts.get("certificate", ""),
                "entry": content.decode(),
                "leaf": leaf,
                "salt": salt[0] if salt else None,
            }
        )
        nodes += [
            {"level": level, "place": place, "hash": root}
            for (level, place), root in growing.add(leaf)
            if level % 8 == 0
        ]
    for start in range(0, len(rows), AT_ONCE):
        entry.insert_many(rows[start : start + AT_ONCE]).execute()
    if nodes:
        node.insert_many(nodes).execute()


class _Growing:
    """The tree: roots of its perfect subtrees, the largest first."""

    def __init__(self):
        self.size, self.peaks = 0, []

    @property
    def packed(self):
        return b"".join(self.peaks)

    def add(self, leaf):
        level, place = 0, self.size
        self.peaks.append(leaf)
        self.size += 1
        while place % 2:
            right, left = self.peaks.pop(), self.peaks.pop()
            level, place = level + 1, place // 2
            self.peaks.append(hashlib.sha256(b"\x01" + left + right).digest())
            yield (level, place), self.peaks[-1]


def _entry(kind, seq, at, facts):
    said = {name: value for name, value in facts.items() if value is not None}
    moment = f"{at.replace(microsecond=0).isoformat()}Z"
    return _canonical({"v": 1, "seq": seq, "time": moment, "type": kind, **said})


def _commitment(domain, salt, values, names):
    text = _canonical({name: _written(values[name]) for name in names})
    return hashlib.sha256(domain + salt + text).hexdigest()


def _canonical(values):
    return json.dumps(values, sort_keys=True, separators=(",", ":")).encode()


def _written(value):
    if isinstance(value, datetime):
        return value.isoformat(timespec="microseconds")
    return value.isoformat() if isinstance(value, date) else value


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
