"""Blanks in and out: receive, put certificates on them, spoil, destroy. A number is used once and for ever.

The register's row is locked while blanks are given out, as it is while numbers are: parallel printers wait.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from certificates import queries
from certificates.errors import BlanksShort, WrongStatus
from certificates.models import Batch, Certificate, Register
from certificates.register import stock
from certificates.register.models import Blank, BlankBatch, Destruction
from lms import audit, clock
from lms.access.models import User
from lms.db import atomic, insert_many, lock
from lms.errors import Conflict, Invalid

#: Why a blank is no longer good.
REASONS = {
    "misprint": _l("Printed wrongly"),
    "damaged": _l("Torn, creased or stained"),
    "faulty": _l("Faulty when delivered"),
    "lost": _l("Missing when counted"),
}
#: Reasons with the one that only cancelling an issue gives.
ALL_REASONS = REASONS | {"cancelled": _l("Issue cancelled")}
#: A delivery larger than this is a slip of the finger.
MOST = 100_000
_NUMBER = re.compile(r"(?P<prefix>[0-9A-Za-zĐđ ./-]{0,12}?)(?P<digits>\d{1,9})")


@atomic
def receive_blanks(
    register: Register, first: str, count: int, *, received_on: date, by: User | None, source: str = "", document: str = ""
) -> BlankBatch:  # fmt: skip
    """Put a delivery into stock: the number on its first blank ("A 001001") and how many there are.

    Raises Invalid naming the field, also when a number was received before.
    """
    found = _NUMBER.fullmatch(first.strip())
    wrong = {}
    if found is None:
        wrong["first"] = _("Please type the number as it stands on the first blank, for example A001001.")
    if not 1 <= count <= MOST:
        wrong["count"] = _("A delivery has 1 to %(most)s blanks.", most=MOST)
    if received_on > clock.today():
        wrong["received_on"] = _("The day lies ahead.")
    if wrong or found is None:
        raise Invalid(fields=wrong)
    start, width = int(found["digits"]), len(found["digits"])
    _lock_registers(register.issuer_number)
    _must_be_new(register.issuer_number, found["prefix"], width, start, start + count - 1)
    batch: BlankBatch = BlankBatch.create(
        register=register,
        prefix=found["prefix"],
        width=width,
        first=start,
        last=start + count - 1,
        received_on=received_on,
        source=source.strip(),
        document=document.strip(),
        by=by,
    )
    audit.record(by, "certificates.blanks_received", batch, count=count, register=register.code)
    return batch


@atomic
def return_blanks(batch: BlankBatch, *, by: User | None, note: str) -> None:
    """Take a delivery out of stock again (given back, or entered wrongly). Raises Conflict once a blank was touched."""
    lock(batch.register)
    batch = lock(batch)
    if batch.returned_at:
        raise Conflict(_("This delivery was given back already."))
    if Blank.select().where(Blank.batch == batch).exists():
        raise Conflict(_("Blanks of this delivery were used or spoiled; it can no longer be given back."))
    if not note.strip():
        raise Invalid(fields={"note": _("Please say why.")})
    BlankBatch.update(returned_at=clock.now(), returned_by=by, return_note=note.strip()[:300]).where(
        BlankBatch.id == batch.id
    ).execute()
    audit.record(by, "certificates.blanks_returned", batch, count=batch.received, note=note)


@atomic
def put_on_blanks(batch: Batch, *, by: User | None) -> list[Blank]:
    """Give every printed certificate of an issue list that stands on no blank the next one, in register order.

    Called again it gives nothing new. Raises BlanksShort, then nobody gets one.
    """
    certificates = queries.of_batch(batch)
    if not certificates or batch.state == "cancelled":
        return []
    register = lock(certificates[0].register)
    standing = stock.standing(certificates)
    waiting = [one for one in certificates if one.id not in standing and one.pdf_sha256]
    taken = _take(register, waiting, by)
    if taken:
        numbers = f"{taken[0].text} – {taken[-1].text}"
        audit.record(by, "certificates.blanks_taken", batch, count=len(taken), numbers=numbers)
    return taken


@atomic
def spoil(blank: Blank, *, reason: str, by: User | None, note: str = "") -> Blank | None:
    """A blank is no longer good: it is kept for destruction, and its certificate takes the next one.

    Returns the next blank, or None when it held no certificate or the stock is used up. Raises Invalid, WrongStatus.
    """
    register = lock(blank.batch.register)
    blank = lock(blank)
    if blank.spoiled_at:
        raise WrongStatus(_("This blank is spoiled already."))
    _check_reason(reason)
    Blank.update(**_spoiled(reason, note, by)).where(Blank.id == blank.id).execute()
    certificate = blank.certificate
    following = _take(register, [certificate], by) if certificate and stock.left(register) else []
    audit.record(
        by,
        "certificates.blank_spoiled",
        blank,
        number=blank.text,
        reason=reason,
        next=following[0].text if following else "–",
    )
    return following[0] if following else None


@atomic
def spoil_of(certificates: Sequence[Certificate], *, reason: str, note: str, by: User | None) -> int:
    """The blanks that certificates stand on are no longer good, and the certificates take no other; returns how many."""
    if not certificates:
        return 0
    lock(certificates[0].register)
    ids = [one.id for one in stock.standing(certificates).values()]
    Blank.update(**_spoiled(reason, note, by)).where(Blank.id.in_(ids or [0])).execute()
    return len(ids)


@atomic
def spoil_unused(
    batch: BlankBatch, first: int, last: int, *, reason: str, by: User | None, note: str = ""
) -> int:
    """Blanks of the stock that are no longer good, from one running number to another; returns how many.

    Raises Invalid when one of them is outside the delivery or no longer in stock.
    """
    lock(batch.register)
    _check_reason(reason)
    if batch.returned_at or not batch.first <= first <= last <= batch.last:
        raise Invalid(fields={"first": _("These numbers are not of this delivery: %(batch)s.", batch=batch)})
    numbers = range(first, last + 1)
    gone = Blank.select(Blank.text).where(Blank.batch == batch, Blank.number.between(first, last)).first()
    if gone is not None:
        raise Invalid(fields={"first": _("Blank %(number)s is no longer in stock.", number=gone.text)})
    spoiled = _spoiled(reason, note, by)
    rows = [
        {"batch": batch.id, "number": one, "text": batch.text(one), "at": clock.now(), "by": by} | spoiled
        for one in numbers
    ]
    insert_many(Blank, rows)
    audit.record(
        by, "certificates.blanks_spoiled", batch, count=len(rows), numbers=f"{batch.text(first)} – {batch.text(last)}", reason=reason
    )  # fmt: skip
    return len(rows)


@atomic
def destroy_blanks(
    batch: BlankBatch, *, minutes_no: str, on_date: date, members: str, by: User | None
) -> Destruction:
    """Record the minutes by which the spoiled blanks of a delivery were destroyed. Raises Invalid, Conflict."""
    lock(batch.register)
    wrong = {}
    if not minutes_no.strip():
        wrong["minutes_no"] = _("Please give the number of the minutes.")
    if not members.strip():
        wrong["members"] = _("Please name who was present.")
    if on_date > clock.today():
        wrong["on_date"] = _("The day lies ahead.")
    if wrong:
        raise Invalid(fields=wrong)
    waiting = (
        (Blank.batch == batch)
        & Blank.spoiled_at.is_null(False)
        & Blank.destruction.is_null()
        & (Blank.reason != "lost")
    )
    count = Blank.select().where(waiting).count()
    if not count:
        raise Conflict(_("No spoiled blank of this delivery waits for its destruction."))
    made: Destruction = Destruction.create(
        batch=batch,
        minutes_no=minutes_no.strip(),
        on_date=on_date,
        members=members.strip(),
        count=count,
        by=by,
    )
    Blank.update(destruction=made).where(waiting).execute()
    audit.record(by, "certificates.blanks_destroyed", made, count=count, delivery=str(batch))
    return made


def _take(register: Register, certificates: Sequence[Certificate], by: User | None) -> list[Blank]:
    """The next blanks for these certificates, inside the caller's transaction that holds the register's lock."""
    free = stock.next_ones(register, len(certificates))
    if len(free) < len(certificates):
        raise BlanksShort(
            ngettext(
                "%(num)s blank is needed and %(left)s are left. Receive more, or print without blanks.",
                "%(num)s blanks are needed and %(left)s are left. Receive more, or print without blanks.",
                len(certificates),
                left=len(free),
            )
        )
    rows = [
        {"batch": batch.id, "number": number, "text": batch.text(number), "certificate": one.id, "at": clock.now(), "by": by}
        for one, (batch, number) in zip(certificates, free, strict=True)
    ]  # fmt: skip
    insert_many(Blank, rows)
    standing = stock.standing(certificates)
    return [standing[one.id] for one in certificates]


def _lock_registers(issuer_number: int) -> None:
    rows = Register.select().where(Register.issuer_number == issuer_number).order_by(Register.id)
    for one in list(rows):
        lock(one)


def _must_be_new(issuer_number: int, prefix: str, width: int, first: int, last: int) -> None:
    overlapping = (
        BlankBatch.select()
        .join(Register)
        .where(
            Register.issuer_number == issuer_number,
            BlankBatch.returned_at.is_null(),
            BlankBatch.prefix == prefix,
            BlankBatch.width == width,
            BlankBatch.first <= last,
            BlankBatch.last >= first,
        )
        .first()
    )
    if overlapping is not None:
        raise Invalid(
            fields={"first": _("Some of these numbers were received before: %(batch)s.", batch=overlapping)}
        )


def _check_reason(reason: str) -> None:
    if reason not in REASONS:
        raise Invalid(fields={"reason": _("Please say what is wrong with it.")})


def _spoiled(reason: str, note: str, by: User | None) -> dict[str, object]:
    return {"spoiled_at": clock.now(), "spoiled_by": by, "reason": reason, "note": note.strip()[:300]}
