"""Numbers without gaps, certificates against the learners who completed, and two persons: a query each."""

from __future__ import annotations

from typing import Any

from peewee import JOIN, SQL, fn

from certificates.auditing.findings import Report
from certificates.models import Batch, Certificate, Register, RegisterYear
from courses.models import Klass, Membership, Result

_MOST = 1000


def audit_numbers(report: Report) -> None:
    """Every register and year is numbered 1, 2, 3 … up to the last number given."""
    before = fn.LAG(Certificate.register_number, 1, 0).over(
        partition_by=[Certificate.register, Certificate.register_year],
        order_by=[Certificate.register_number],
    )
    numbered = Certificate.select(
        Certificate.id,
        Certificate.serial,
        Certificate.register_number.alias("number"),
        Certificate.register_year.alias("year"),
        before.alias("before"),
    ).alias("numbered")
    query = (
        Certificate.select(SQL("id"), SQL("serial"), SQL("number"), SQL("year"))
        .from_(numbered)
        .where(SQL("number <> before + 1"))
        .limit(_MOST)
    )
    for number, serial, at, year in query.tuples():
        report.note("gap", "certificates_certificate", number, serial, f"{at}/{year}")
    _last_numbers(report)


def _last_numbers(report: Report) -> None:
    given = {
        (register, year): last
        for register, year, last in Certificate.select(
            Certificate.register, Certificate.register_year, fn.MAX(Certificate.register_number)
        )
        .group_by(Certificate.register, Certificate.register_year)
        .tuples()
    }
    for row in RegisterYear.select(RegisterYear, Register).join(Register):
        last = given.pop((row.register_id, row.year), 0)
        if last != row.last_number:
            detail = f"{row.last_number} ≠ {last}"
            report.note(
                "last_number", "certificates_register_year", row.id, f"{row.register} {row.year}", detail
            )
    for (register, year), last in given.items():
        report.note("last_number", "certificates_register_year", "", f"#{register} {year}", f"0 ≠ {last}")


def audit_roster(report: Report) -> None:
    """Nobody holds a certificate of a class that he or she did not complete, and no class has more than it had learners."""
    first = Certificate.edition == 1
    issued = dict(
        Certificate.select(Certificate.klass, fn.COUNT(Certificate.id))
        .where(first)
        .group_by(Certificate.klass)
        .tuples()
    )
    completed = dict(
        Result.select(Membership.klass, fn.COUNT(Result.id))
        .join(Membership)
        .where(Result.completed == True)  # noqa: E712  SQL
        .group_by(Membership.klass)
        .tuples()
    )
    more = {klass: count for klass, count in issued.items() if count > completed.get(klass, 0)}
    names = _class_codes(list(more)[:_MOST])
    for klass, count in more.items():
        label = names.get(klass, f"#{klass}")
        report.note(
            "more_than_completed", "courses_class", klass, label, f"{count} > {completed.get(klass, 0)}"
        )
    query = (
        Certificate.select(Certificate.id, Certificate.serial)
        .join(Membership, JOIN.LEFT_OUTER, on=(Certificate.membership == Membership.id))
        .join(Result, JOIN.LEFT_OUTER, on=(Result.membership == Membership.id))
        .where(
            Result.id.is_null()
            | (Result.completed == False)  # noqa: E712  SQL
            | (Membership.klass != Certificate.klass)
            | (Membership.official != Certificate.official)
        )
        .limit(_MOST)
    )
    for number, serial in query.tuples():
        report.note("not_completed", "certificates_certificate", number, serial)


def audit_two_persons(report: Report) -> None:
    """An issue list is approved by somebody who did not prepare it."""
    holds = Certificate.select(SQL("1")).where(Certificate.batch == Batch.id, Certificate.edition == 1)
    query: Any = (
        Batch.select(Batch, Klass)
        .join(Klass)
        .where(Batch.state != "draft", Batch.prepared_by == Batch.approved_by, fn.EXISTS(holds))
        .limit(_MOST)
    )
    for batch in query:
        report.note("one_person", "certificates_batch", batch.id, batch.klass.code)


def _class_codes(ids: list[int]) -> dict[int, str]:
    return dict(Klass.select(Klass.id, Klass.code).where(Klass.id.in_(ids or [-1])).tuples())
