"""Reads on blanks: what is left, which come next, and the reconciliation of every delivery."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel import gettext as _
from peewee import JOIN, Case, fn

from certificates.models import Certificate, Register
from certificates.register.book import issuers_of
from certificates.register.models import Blank, BlankBatch, Destruction
from lms.access.models import User
from lms.errors import NotFound


@dataclass(frozen=True)
class Reconciled:
    """A delivery and where its blanks are: received = used + spoiled + left."""

    batch: BlankBatch
    used: int
    spoiled: int
    destroyed: int
    #: Of the spoiled ones those that are missing: nobody can destroy them.
    missing: int

    @property
    def left(self) -> int:
        return 0 if self.batch.returned_at else self.batch.received - self.used - self.spoiled

    @property
    def to_destroy(self) -> int:
        """Spoiled blanks that are kept until they are destroyed."""
        return self.spoiled - self.destroyed - self.missing


def reconciliation(user: User) -> list[Reconciled]:
    """Every delivery for the issuers in the user's scope, the newest first: three queries."""
    mine = issuers_of(user)
    rows = list(
        BlankBatch.select(BlankBatch, Register)
        .join(Register)
        .where(Register.issuer_number.in_(sorted(mine) or [-1]))
        .order_by(BlankBatch.received_on.desc(), BlankBatch.id.desc())
    )
    return reconciled(rows)


def reconciled(batches: Iterable[BlankBatch]) -> list[Reconciled]:
    """Where the blanks of these deliveries are: one query."""
    rows = list(batches)
    spoiled = Blank.spoiled_at.is_null(False)
    counted = (
        Blank.select(
            Blank.batch,
            fn.SUM(Case(None, [(spoiled, 0)], 1)),
            fn.SUM(Case(None, [(spoiled, 1)], 0)),
            fn.SUM(Case(None, [(Blank.destruction.is_null(False), 1)], 0)),
            fn.SUM(Case(None, [(Blank.reason == "lost", 1)], 0)),
        )
        .where(Blank.batch.in_([row.id for row in rows] or [0]))
        .group_by(Blank.batch)
        .tuples()
    )
    sums = {batch: tuple(map(int, found)) for batch, *found in counted}
    return [Reconciled(row, *sums.get(row.id, (0, 0, 0, 0))) for row in rows]


def batch_or_404(batch_id: int, user: User) -> BlankBatch:
    """One delivery of an issuer in the user's scope. Raises NotFound."""
    found: BlankBatch | None = (
        BlankBatch.select(BlankBatch, Register).join(Register).where(BlankBatch.id == batch_id).first()
    )
    if found is None or found.register.issuer_number not in issuers_of(user):
        raise NotFound(_("There is no such delivery of blanks."))
    return found


def destructions(batch: BlankBatch) -> list[Destruction]:
    """The minutes on destroyed blanks of a delivery, oldest first."""
    return list(Destruction.select().where(Destruction.batch == batch).order_by(Destruction.id))


def in_stock(register: Register) -> list[BlankBatch]:
    """Deliveries of a register that were not given back, the oldest first: that is the order of use."""
    return list(
        BlankBatch.select()
        .where(BlankBatch.register == register, BlankBatch.returned_at.is_null())
        .order_by(BlankBatch.received_on, BlankBatch.id)
    )


def left(register: Register) -> int:
    """How many blanks of a register are left."""
    return sum(one.left for one in reconciled(in_stock(register)))


def next_ones(register: Register, count: int) -> list[tuple[BlankBatch, int]]:
    """The blanks that are used next: fewer than `count` when the stock is shorter."""
    found: list[tuple[BlankBatch, int]] = []
    for one in reconciled(in_stock(register)):
        if one.left and len(found) < count:
            touched = _touched(one.batch)
            free = (number for number in range(one.batch.first, one.batch.last + 1) if number not in touched)
            found += [
                (one.batch, number) for number, _place in zip(free, range(count - len(found)), strict=False)
            ]
    return found


def standing(certificates: Iterable[Certificate]) -> dict[int, Blank]:
    """The blank each certificate stands on: certificate id → blank, one query."""
    ids = [row.id for row in certificates]
    rows = Blank.select().where(Blank.certificate.in_(ids or [0]), Blank.spoiled_at.is_null())
    return {row.certificate_id: row for row in rows}


def of_certificate(certificate: Certificate) -> list[Blank]:
    """Every blank a certificate was printed on, in order; all but the last are spoiled."""
    return list(Blank.select().where(Blank.certificate == certificate).order_by(Blank.id))


def of_batch(batch: BlankBatch) -> list[Blank]:
    """The blanks of a delivery that are no longer in stock, by number, with their certificates."""
    return list(
        Blank.select(Blank, Certificate, Destruction)
        .join(Certificate, JOIN.LEFT_OUTER)
        .switch(Blank)
        .join(Destruction, JOIN.LEFT_OUTER)
        .where(Blank.batch == batch)
        .order_by(Blank.number)
    )


@dataclass(frozen=True)
class OnBlanks:
    """An issue list and the blanks of its register."""

    #: Certificate id → the blank it stands on.
    standing: dict[int, Blank]
    #: Printed certificates that stand on none.
    waiting: int
    left: int
    #: The first and last blank they would take, when there are enough.
    numbers: tuple[str, str] | None


def of_issue(certificates: list[Certificate]) -> OnBlanks | None:
    """What an issue list has and needs; None when its register uses no blanks."""
    if not certificates:
        return None
    register = certificates[0].register
    sums = reconciled(in_stock(register))
    if not sums:
        return None
    taken = standing(certificates)
    waiting = sum(1 for one in certificates if one.pdf_sha256 and one.id not in taken)
    free = next_ones(register, waiting)
    whole = waiting and len(free) == waiting
    ends = tuple(batch.text(number) for batch, number in (free[0], free[-1])) if whole else None
    return OnBlanks(taken, waiting, sum(one.left for one in sums), ends)  # type: ignore[arg-type]


def _touched(batch: BlankBatch) -> set[int]:
    return {row[0] for row in Blank.select(Blank.number).where(Blank.batch == batch).tuples()}
