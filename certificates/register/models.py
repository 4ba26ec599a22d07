"""Decisions on several certificates; papers for lost ones; blanks (phôi): received, printed on, spoiled, destroyed."""

from __future__ import annotations

from peewee import CharField, DateField, DateTimeField, ForeignKeyField, IntegerField, TextField

from certificates.models import Certificate, Register
from courses.models import Klass
from lms import clock
from lms.access.models import User
from lms.db import BaseModel


class Order(BaseModel):
    """A written decision that revokes several certificates of a class; done once a second person has agreed."""

    klass = ForeignKeyField(Klass, backref="revocation_orders", on_delete="RESTRICT")
    #: 1…5, the grounds of Circular 03/2023, Article 8.
    ground = IntegerField()
    decision_no = CharField(60)
    decided_on = DateField()
    #: Not shown to the public.
    note = TextField(default="")
    by = ForeignKeyField(User, on_delete="RESTRICT", backref="+")
    created_at = DateTimeField(default=clock.now)
    # filled once, when the second person agrees
    second = ForeignKeyField(User, null=True, on_delete="RESTRICT", backref="+")
    done_at = DateTimeField(null=True)

    class Meta:
        table_name = "certificates_order"

    def __str__(self) -> str:
        return str(self.decision_no)


class OrderLine(BaseModel):
    """A certificate named in a decision, and what became of it when the decision was carried out."""

    order = ForeignKeyField(Order, backref="lines", on_delete="RESTRICT")
    certificate = ForeignKeyField(Certificate, backref="order_lines", on_delete="RESTRICT")
    #: Filled once: "revoked", or why it could not be.
    outcome = CharField(300, null=True)

    class Meta:
        table_name = "certificates_order_line"
        indexes = ((("order", "certificate"), True),)


class BlankBatch(BaseModel):
    """A delivery of numbered blanks for one register. Never changed; given back as a whole while none was touched."""

    register = ForeignKeyField(Register, backref="blank_batches", on_delete="RESTRICT")
    #: What stands before the running part on the blanks, and the number of digits of that part.
    prefix = CharField(12, default="")
    width = IntegerField()
    first = IntegerField()
    last = IntegerField()
    received_on = DateField()
    #: Who printed or handed them over, and the delivery note.
    source = CharField(200, default="")
    document = CharField(100, default="")
    created_at = DateTimeField(default=clock.now)
    by = ForeignKeyField(User, null=True, on_delete="RESTRICT", backref="+")
    # filled once
    returned_at = DateTimeField(null=True)
    returned_by = ForeignKeyField(User, null=True, on_delete="RESTRICT", backref="+")
    return_note = CharField(300, null=True)

    class Meta:
        table_name = "certificates_blank_batch"

    def __str__(self) -> str:
        return f"{self.text(int(self.first))} – {self.text(int(self.last))}"

    @property
    def received(self) -> int:
        """How many blanks were received."""
        return int(self.last) - int(self.first) + 1

    def text(self, number: int) -> str:
        """A number as it stands on the blank."""
        return f"{self.prefix}{number:0{self.width}d}"


class Destruction(BaseModel):
    """The minutes by which spoiled blanks of a delivery were destroyed."""

    batch = ForeignKeyField(BlankBatch, backref="destructions", on_delete="RESTRICT")
    minutes_no = CharField(60)
    on_date = DateField()
    #: Who was present.
    members = TextField()
    count = IntegerField()
    at = DateTimeField(default=clock.now)
    by = ForeignKeyField(User, null=True, on_delete="RESTRICT", backref="+")

    class Meta:
        table_name = "certificates_blank_destruction"

    def __str__(self) -> str:
        return str(self.minutes_no)


class Blank(BaseModel):
    """A blank that is no longer in stock: a certificate was printed on it, or it was spoiled, or both."""

    batch = ForeignKeyField(BlankBatch, backref="blanks", on_delete="RESTRICT")
    number = IntegerField()
    #: As it stands on the blank.
    text = CharField(24, index=True)
    certificate = ForeignKeyField(Certificate, null=True, backref="blanks", on_delete="RESTRICT")
    at = DateTimeField(default=clock.now)
    by = ForeignKeyField(User, null=True, on_delete="RESTRICT", backref="+")
    # filled once
    spoiled_at = DateTimeField(null=True)
    spoiled_by = ForeignKeyField(User, null=True, on_delete="RESTRICT", backref="+")
    #: misprint | damaged | faulty | lost
    reason = CharField(10, null=True)
    note = CharField(300, null=True)
    destruction = ForeignKeyField(Destruction, null=True, backref="blanks", on_delete="RESTRICT")

    class Meta:
        table_name = "certificates_blank"
        indexes = ((("batch", "number"), True),)

    def __str__(self) -> str:
        return str(self.text)


class Substitute(BaseModel):
    """A paper given for a lost or damaged certificate. The certificate itself, its id and its code stay as they are."""

    certificate = ForeignKeyField(Certificate, backref="substitutes", on_delete="RESTRICT")
    #: completion_paper | duplicate, by the rule in force on the day.
    way = CharField(20)
    #: Counts the papers given for this certificate: 1, 2, 3 …
    number = IntegerField()
    #: lost | damaged
    reason = CharField(10)
    #: Not shown to the public.
    note = TextField(default="")
    issued_on = DateField()
    issuer_name = CharField(200)
    issuer_superior = CharField(200, default="")
    place = CharField(80)
    signatory_title = CharField(120)
    signatory_name = CharField(120)
    rule_id = CharField(40)
    rule_source = CharField(300)
    by = ForeignKeyField(User, on_delete="RESTRICT", backref="+")
    second = ForeignKeyField(User, on_delete="RESTRICT", backref="+")
    at = DateTimeField(default=clock.now)
    # filled once, by the worker
    pdf_path = CharField(200, null=True)
    pdf_sha256 = CharField(64, null=True)
    printed_at = DateTimeField(null=True)

    class Meta:
        table_name = "certificates_substitute"
        indexes = ((("certificate", "number"), True),)

    def __str__(self) -> str:
        return f"{self.certificate.serial} ({self.number})"
