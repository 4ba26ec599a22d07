"""The register: issuers, keys, batches, certificates and what became of them."""

from __future__ import annotations

from datetime import date

from peewee import (
    BigIntegerField,
    BlobField,
    CharField,
    DateField,
    DateTimeField,
    ForeignKeyField,
    IntegerField,
    TextField,
)

from courses.models import Klass, Membership, Programme
from lms import clock
from lms.access.models import User
from lms.db import BaseModel, JSONText
from lms.jobs import JobRun
from lms.people.models import Official, Organisation

KEY_STATES = ("active", "retired", "withdrawn")
BATCH_STATES = ("draft", "approved", "issued", "cancelled")
#: What may be said about a certificate; each is a dated row, the last one counts.
STATUSES = ("issued", "suspended", "reinstated", "revoked", "superseded")
#: Ground of a revocation that is none of the five: the issue was cancelled within minutes, the number is void.
VOID = 0


class Issuer(BaseModel):
    """An institution that issues certificates, as its certificates print it (dated: a new head is a new row)."""

    organisation = ForeignKeyField(Organisation, backref="issuer_profiles", on_delete="RESTRICT")
    #: Stands for the institution in the signed code; the same in all its rows, never given to another one.
    number = IntegerField(index=True)
    superior_name = CharField(200, default="")
    name = CharField(200)
    name_en = CharField(200, default="")
    #: Place in "Thanh Hoá, ngày … tháng … năm …".
    place = CharField(80)
    #: Capital letters as printed, one line each: "HIỆU TRƯỞNG", or "KT. HIỆU TRƯỞNG\nPHÓ HIỆU TRƯỞNG".
    signatory_title = CharField(120)
    signatory_name = CharField(120)
    #: Letters before the running part of the số hiệu.
    serial_prefix = CharField(10)
    valid_from = DateField()
    valid_to = DateField(null=True)

    class Meta:
        table_name = "certificates_issuer"

    def __str__(self) -> str:
        return str(self.name)


class Key(BaseModel):
    """A signing key's public half. The algorithm belongs to the key; the private half is never in the database."""

    #: First four bytes of SHA-256(algorithm ‖ public key), as eight hex digits.
    kid = CharField(8, unique=True)
    algorithm = CharField(20)
    public_key = BlobField()
    issuer_number = IntegerField(index=True)
    not_before = DateField()
    not_after = DateField()
    status = CharField(10, default="active")
    withdrawn_at = DateTimeField(null=True)
    created_at = DateTimeField(default=clock.now)
    #: certificate, or status (then it signs status lists alone, and its issuer is 0).
    purpose = CharField(12, default="certificate")
    #: When it first stood in a key set that the root signed; before that it signs nothing.
    published_at = DateTimeField(null=True)
    #: Of a withdrawn key: size of the public log up to which its signatures are believed.
    last_good_checkpoint = BigIntegerField(null=True)

    class Meta:
        table_name = "certificates_key"

    def __str__(self) -> str:
        return str(self.kid)


class Register(BaseModel):
    """A register book (sổ cấp chứng chỉ) of an issuer. Its row is locked while numbers are given out."""

    issuer_number = IntegerField(index=True)
    code = CharField(20, unique=True)
    title = CharField(200)
    #: Which papers it holds: certificate or completion.
    kind = CharField(20, default="certificate")
    #: Running part of the last số hiệu.
    last_serial = IntegerField(default=0)

    class Meta:
        table_name = "certificates_register"
        indexes = ((("issuer_number", "kind"), True),)

    def __str__(self) -> str:
        return str(self.title)


class RegisterYear(BaseModel):
    """The last số vào sổ of a register in a year: counted up inside the issuing transaction, so without gaps."""

    register = ForeignKeyField(Register, backref="years", on_delete="RESTRICT")
    year = IntegerField()
    last_number = IntegerField(default=0)

    class Meta:
        table_name = "certificates_register_year"
        indexes = ((("register", "year"), True),)


class Term(BaseModel):
    """An entry of the public dictionary: what a number in the signed code means from a day on.

    `kind` is issuer, programme, post or rule. A changed title is a new row; old codes keep their meaning.
    """

    kind = CharField(12)
    number = IntegerField()
    code = CharField(60)
    title = CharField(300)
    title_en = CharField(300, default="")
    valid_from = DateField()

    class Meta:
        table_name = "certificates_term"
        indexes = ((("kind", "number", "valid_from"), True),)


class Batch(BaseModel):
    """Certificates of one class issued together: draft → approved (numbers given, records frozen) → issued (signed, printed).

    Within minutes an issue can be cancelled; its numbers stay, void.
    """

    klass = ForeignKeyField(Klass, backref="certificate_batches", on_delete="RESTRICT")
    state = CharField(10, default="draft", index=True)
    prepared_at = DateTimeField(default=clock.now)
    prepared_by = ForeignKeyField(User, null=True, on_delete="RESTRICT", backref="+")
    approved_at = DateTimeField(null=True)
    approved_by = ForeignKeyField(User, null=True, on_delete="RESTRICT", backref="+")
    issued_on = DateField(null=True)
    #: How many certificates were given numbers.
    count = IntegerField(default=0)
    completed_at = DateTimeField(null=True)
    run = ForeignKeyField(JobRun, null=True, on_delete="SET NULL", backref="+")
    cancelled_at = DateTimeField(null=True)
    cancelled_by = ForeignKeyField(User, null=True, on_delete="RESTRICT", backref="+")
    cancel_reason = CharField(300, default="")

    class Meta:
        table_name = "certificates_batch"

    def __str__(self) -> str:
        return f"{self.klass.code}"


class Certificate(BaseModel):
    """One certificate as printed. Nothing of it changes once the row exists; triggers in the database refuse it.

    Only the columns of signing and printing are empty at first and are filled once, by the worker.
    """

    batch = ForeignKeyField(Batch, backref="certificates", on_delete="RESTRICT")
    klass = ForeignKeyField(Klass, backref="certificates", on_delete="RESTRICT")
    membership = ForeignKeyField(Membership, backref="certificates", on_delete="RESTRICT")
    official = ForeignKeyField(Official, backref="certificates", on_delete="RESTRICT")
    programme = ForeignKeyField(Programme, backref="certificates", on_delete="RESTRICT")
    #: 1 for the first, one more for every correction.
    edition = IntegerField(default=1)
    supersedes = ForeignKeyField("self", null=True, unique=True, backref="successors", on_delete="RESTRICT")
    created_at = DateTimeField(default=clock.now)

    # identity
    #: Sixteen small Crockford symbols, as in the address.
    id16 = CharField(16, unique=True)
    status_index = BigIntegerField(unique=True)
    #: Số hiệu.
    serial = CharField(24, unique=True)
    #: Số vào sổ: register, year, number.
    register = ForeignKeyField(Register, backref="certificates", on_delete="RESTRICT")
    register_year = IntegerField()
    register_number = IntegerField()

    # the printed values
    kind = CharField(20)
    name = CharField(100)
    birth_date = DateField(null=True)
    birth_year = IntegerField()
    position = CharField(200, default="")
    unit = CharField(200, default="")
    programme_number = IntegerField()
    programme_code = CharField(20)
    programme_title = CharField(200)
    programme_title_en = CharField(200, default="")
    periods = IntegerField(null=True)
    class_code = CharField(40)
    from_date = DateField()
    to_date = DateField()
    grade = CharField(40, default="")
    issuer_number = IntegerField()
    issuer_superior = CharField(200, default="")
    issuer_name = CharField(200)
    issuer_name_en = CharField(200, default="")
    place = CharField(80)
    signatory_title = CharField(120)
    signatory_name = CharField(120)
    #: Day the result was recognised.
    awarded_on = DateField()
    issued_on = DateField(index=True)
    valid_until = DateField(null=True)
    posts = JSONText(default=list)
    rule_number = IntegerField(default=0)
    rule_id = CharField(40, default="")
    rule_source = CharField(300, default="")
    template_version = IntegerField(default=1)
    #: Form of the signed extract (certificates/record.py).
    record_version = IntegerField(default=1)

    # search
    name_folded = CharField(120, index=True)
    name_sort = CharField(400)

    # filled once, by the worker
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
            # The register by number, with all that is searched; and by name.
            (
                (
                    "register_year",
                    "register_number",
                    "id",
                    "name_folded",
                    "serial",
                    "class_code",
                    "programme",
                    "official",
                ),
                False,
            ),
            (("name_sort", "id"), False),
        )

    def __str__(self) -> str:
        return str(self.serial)

    @property
    def register_text(self) -> str:
        """Số vào sổ as printed: "012/2025"."""
        return f"{self.register_number:03d}/{self.register_year}"

    @property
    def birth(self) -> date | int:
        """Birth date, or the year when no more is known."""
        return self.birth_date or int(self.birth_year)


class StatusChange(BaseModel):
    """What became of a certificate, as a dated fact. Rows are only ever added; the last one counts."""

    certificate = ForeignKeyField(Certificate, backref="status_changes", on_delete="RESTRICT")
    #: 1, 2, 3 … for each certificate.
    number = IntegerField()
    status = CharField(12)
    #: Day from which it holds.
    on_date = DateField()
    at = DateTimeField(default=clock.now)
    #: 1…5, the grounds of Circular 03/2023, Article 8; VOID for a number cancelled within minutes of its issue.
    ground = IntegerField(null=True)
    decision_no = CharField(60, default="")
    decided_on = DateField(null=True)
    #: Not shown to the public.
    note = TextField(default="")
    by = ForeignKeyField(User, null=True, on_delete="RESTRICT", backref="+")
    #: Who agreed, where the deed takes two persons.
    second = ForeignKeyField(User, null=True, on_delete="RESTRICT", backref="+")

    class Meta:
        table_name = "certificates_status"
        indexes = ((("certificate", "number"), True), (("status", "on_date"), False))

    @property
    def void(self) -> bool:
        """Whether the number was cancelled within minutes of its issue."""
        return bool(self.status == "revoked" and self.ground == VOID)


#: Columns the worker fills, each exactly once.
FILLED_ONCE = ("kid", "token", "record_signature", "signed_at", "pdf_path", "pdf_sha256", "printed_at")
