"""Piles of papers being checked, what was read, and the reports that came of them."""

from __future__ import annotations

from peewee import (
    BigIntegerField,
    BooleanField,
    CharField,
    DateField,
    DateTimeField,
    ForeignKeyField,
    IntegerField,
    TextField,
)

from lms import clock
from lms.access.models import User
from lms.db import BaseModel, JSONText
from lms.jobs import JobRun


class Pile(BaseModel):
    """One session of checking by one officer. Open until its report is made."""

    by = ForeignKeyField(User, backref="+", on_delete="RESTRICT")
    opened_at = DateTimeField(default=clock.now)
    touched_at = DateTimeField(default=clock.now)
    finished_at = DateTimeField(null=True)
    #: The post whose standard is applied, and the day asked about.
    post = CharField(80, default="")
    post_on = DateField(null=True)
    #: The scans being read, or read last.
    run = ForeignKeyField(JobRun, null=True, on_delete="SET NULL", backref="+")

    class Meta:
        table_name = "certificates_pile"

    def __str__(self) -> str:
        return f"{self.id}"


class PileLine(BaseModel):
    """One thing read. Of a paper only its id and whether its signed data held are kept, of a foreign code only where it leads."""

    pile = ForeignKeyField(Pile, backref="lines", on_delete="CASCADE")
    #: 1, 2, 3 … in the order of reading.
    number = IntegerField()
    #: What makes a second reading the same.
    key = CharField(80)
    #: Set by what was read alone; empty when the register's answer of the day decides.
    code = CharField(16, default="")
    id16 = CharField(16, default="", index=True)
    #: The signed data were there and held: the holder's name may be shown.
    signed = BooleanField(default=False)
    #: Where a foreign code leads.
    place = CharField(200, default="")
    #: scan, list or file, and which page of which file.
    source = CharField(8, default="scan")
    origin = CharField(200, default="")
    read_at = DateTimeField(default=clock.now)

    class Meta:
        table_name = "certificates_pile_line"
        indexes = ((("pile", "key"), True),)


class PileReport(BaseModel):
    """A finished report as it was made: never changed, so that its number can be checked by whoever holds the paper."""

    #: Sixteen small Crockford symbols, as in its address.
    id16 = CharField(16, unique=True)
    pile = ForeignKeyField(Pile, backref="reports", on_delete="RESTRICT")
    made_by = ForeignKeyField(User, backref="+", on_delete="RESTRICT")
    made_at = DateTimeField(default=clock.now)
    #: What the public page says: counts, post and day, and of each line number, serial and verdict; no names.
    content = JSONText()
    pdf_sha256 = CharField(64)
    xlsx_sha256 = CharField(64)

    class Meta:
        table_name = "certificates_pile_report"

    def __str__(self) -> str:
        return str(self.id16)


class ReportSeal(BaseModel):
    """The signature over a report, made once by the worker, and its entry in the public log."""

    report = ForeignKeyField(PileReport, unique=True, backref="+", on_delete="RESTRICT")
    #: The key of the log that signed.
    kid = CharField(8)
    #: The signed note, as it stands.
    note = TextField()
    #: Of the PDF that is handed out: signed as a file when there is a certificate for files, else as it was made.
    pdf_sha256 = CharField(64)
    seq = BigIntegerField()
    at = DateTimeField(default=clock.now)

    class Meta:
        table_name = "certificates_report_seal"
