"""The register book (sổ cấp chứng chỉ) of a year: its lines in the order of the numbers, and what stands beside them.

The columns follow the registers schools keep (docs of the domain name no prescribed form): number, holder, programme,
result, serial number, day, place to sign for the receipt, and notes on what became of the paper.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from peewee import fn

from certificates import queries
from certificates.models import Certificate, Issuer, Register, RegisterYear
from certificates.register import lost_rules
from certificates.register.models import Blank, Substitute
from lms import clock
from lms.access import scope
from lms.access.models import User
from lms.errors import NotFound

#: Entries of one bound volume (quyển).
VOLUME = 1000

#: Heads of the columns, as printed.
HEADS = (
    _l("Register number"),
    _l("Full name"),
    _l("Birth date"),
    _l("Position, organisation"),
    _l("Programme, class, period"),
    _l("Classification"),
    _l("Serial number"),
    _l("Day of issue"),
    _l("Received by (signature)"),
    _l("Notes"),
)


@dataclass(frozen=True)
class Line:
    """One entry of the book, as printed."""

    number: str
    name: str
    birth: date | int
    unit: str
    programme: str
    grade: str
    serial: str
    issued_on: date
    notes: str

    def cells(self) -> tuple[Any, ...]:
        """The values under `HEADS`; nobody has signed yet."""
        born = self.birth if isinstance(self.birth, date) else str(self.birth)
        return (
            *(self.number, self.name, born, self.unit, self.programme, self.grade, self.serial),
            *(self.issued_on, "", self.notes),
        )


@dataclass(frozen=True)
class Book:
    """A register in one year."""

    register: Register
    year: int
    last_number: int
    issuer: Issuer

    @property
    def volumes(self) -> int:
        """Into how many bound volumes the year goes; an empty year is one."""
        return max(1, -(-self.last_number // VOLUME))

    def numbers(self, volume: int | None) -> tuple[int, int]:
        """First and last number of a volume, or of the year."""
        if volume is None:
            return 1, self.last_number
        return (volume - 1) * VOLUME + 1, min(volume * VOLUME, self.last_number)


def books_for(user: User) -> list[Book]:
    """The books of the issuers in the user's scope, the newest year first."""
    rows = (
        RegisterYear.select(RegisterYear, Register)
        .join(Register)
        .order_by(RegisterYear.year.desc(), Register.code)
    )
    mine = issuers_of(user)
    newest = {row.number: row for row in Issuer.select().order_by(Issuer.valid_from)}
    return [
        Book(row.register, row.year, row.last_number, newest[row.register.issuer_number])
        for row in rows
        if row.register.issuer_number in mine
    ]


def issuers_of(user: User) -> set[int]:
    """Numbers of the issuers whose organisation the user's scope holds."""
    held = scope.organisations(user, "certificates.view")
    rows = Issuer.select(Issuer.number, Issuer.organisation).distinct().tuples()
    return {number for number, organisation in rows if organisation in held}


def book_or_404(register_id: int, year: int, user: User) -> Book:
    """One book in the user's scope. Raises NotFound, the same for "not there" and "not yours"."""
    found = next((one for one in books_for(user) if (one.register.id, one.year) == (register_id, year)), None)
    if found is None:
        raise NotFound(_("There is no such register book among those you may see."))
    return found


def lines(book: Book, volume: int | None = None) -> Iterator[Line]:
    """The entries of a volume, or of the year, in the order of the numbers: four or five queries for a thousand entries."""
    first, last = book.numbers(volume)
    for start in range(first, last + 1, VOLUME):
        rows = list(_rows(book, start, min(start + VOLUME - 1, last)))
        notes, blanks = _notes(rows), _blanks(rows)
        for row in rows:
            yield _line(row, blanks.get(row.id, ""), notes.get(row.id, ""))


def live_and_gone(book: Book) -> dict[str, int]:
    """How many certificates of the year stand, were revoked or replaced: status → count."""
    newest = queries.StatusChange.alias()
    last = newest.select(fn.MAX(newest.number)).where(newest.certificate == Certificate.id)
    change = queries.StatusChange
    rows = (
        Certificate.select(change.status, fn.COUNT(Certificate.id))
        .join(change, on=((change.certificate == Certificate.id) & (change.number == last)))
        .where(Certificate.register == book.register, Certificate.register_year == book.year)
        .group_by(change.status)
        .tuples()
    )
    return dict(rows)


def _rows(book: Book, first: int, last: int) -> Any:
    return (
        Certificate.select()
        .where(
            Certificate.register == book.register,
            Certificate.register_year == book.year,
            Certificate.register_number.between(first, last),
        )
        .order_by(Certificate.register_number)
    )


def _blanks(rows: list[Certificate]) -> dict[int, str]:
    """The number of the blank each certificate is printed on."""
    found = (Blank.certificate.in_([row.id for row in rows] or [0])) & Blank.spoiled_at.is_null()
    return {one.certificate_id: str(one.text) for one in Blank.select().where(found)}


def _line(row: Certificate, blank: str, notes: str) -> Line:
    what = _("%(programme)s; class %(klass)s, %(from_date)s – %(to_date)s", programme=row.programme_title, klass=row.class_code, from_date=f"{row.from_date:%d/%m/%Y}", to_date=f"{row.to_date:%d/%m/%Y}")  # fmt: skip
    unit = ", ".join(filter(None, (row.position, row.unit)))
    serial = _("%(serial)s, blank %(blank)s", serial=row.serial, blank=blank) if blank else row.serial
    return Line(row.register_text, row.name, row.birth, unit, what, row.grade, serial, row.issued_on, notes)


def _notes(rows: list[Certificate]) -> dict[int, str]:
    """What became of each certificate, in the words of the book; nothing for one that stands as issued."""
    ids = [row.id for row in rows]
    after = {
        one.supersedes_id: one.register_text
        for one in Certificate.select().where(Certificate.supersedes.in_(ids or [0]))
    }
    before_ids = [row.supersedes_id for row in rows if row.supersedes_id]
    earlier = list(Certificate.select().where(Certificate.id.in_(before_ids or [0])))
    statuses = queries.status_now([*rows, *earlier])
    before = {one.id: _takes_the_place(one, statuses[one.id]) for one in earlier}
    notes: dict[int, list[str]] = {
        row.id: [before[row.supersedes_id]] if row.supersedes_id else [] for row in rows
    }
    given = Substitute.select().where(Substitute.certificate.in_(ids or [0])).order_by(Substitute.number)
    for one in given:
        told = {"number": one.number, "date": f"{one.issued_on:%d/%m/%Y}"}
        duplicate = one.way == lost_rules.DUPLICATE
        notes[one.certificate_id].append(
            _("Duplicate no. %(number)s of %(date)s", **told)
            if duplicate
            else _("Completion paper no. %(number)s of %(date)s", **told)
        )
    for certificate_id, last in ((row.id, statuses[row.id]) for row in rows):
        told = {"decision": last.decision_no, "date": f"{last.on_date:%d/%m/%Y}"}
        if last.void:
            notes[certificate_id].append(_("Number cancelled on %(date)s: %(reason)s", date=told["date"], reason=last.note))  # fmt: skip
        elif last.status == "revoked":
            notes[certificate_id].append(_("Revoked from %(date)s, decision %(decision)s", **told))
        elif last.status == "suspended":
            notes[certificate_id].append(_("Suspended from %(date)s, decision %(decision)s", **told))
        elif last.status == "superseded":
            number = after.get(certificate_id, "–")
            notes[certificate_id].append(
                _("Replaced by no. %(number)s from %(date)s, decision %(decision)s", number=number, **told)
            )
    return {number: ". ".join(said) for number, said in notes.items() if said}


def _takes_the_place(before: Certificate, last: Any) -> str:
    """What a certificate is to the one before it: a correction, or the issue anew after a cancelled number."""
    if last.void:
        return _("Issued anew for the cancelled no. %(number)s", number=before.register_text)
    return _("Corrects no. %(number)s", number=before.register_text)


def drawn_up_on() -> date:
    """The day a book is drawn up."""
    return clock.today()
