"""The demonstration of certificates: the school as issuer, a key a year, certificates of the closed classes."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from certificates import demo_shelves, queries, services
from certificates.models import Issuer
from courses.models import Klass
from lms import clock
from lms.access.models import User
from lms.demo import Context
from lms.people.models import Official


def fill(context: Context) -> None:
    """Issue for every closed class as it would have been issued then; one certificate is revoked, one replaced."""
    head, officer = context.users["school_head"], context.users["academic_officer"]
    issuer = _issuer(context, head)
    closed = [
        context.things[name] for name in ("class.closed_before", "class.closed") if name in context.things
    ]
    first = min(
        [clock.local(klass.closed_at or clock.now()).year for klass in closed], default=context.today.year
    )
    for year in range(first, context.today.year + 1):
        services.create_key(issuer, date(year, 1, 1), date(year, 12, 31), by=None)
    issued = sum(_issue(context, klass, head) for klass in closed)
    if len(closed) == 2:
        _revoke_one(closed[0], head, officer)
        _replace_one(closed[1], head, officer)
    context.things["issuer"] = issuer
    if len(closed) == 2:
        context.later.append(lambda: demo_shelves.fill(context, *closed))
    context.note(f"{issued} certificates, 1 revoked, 1 replaced")


def _issuer(context: Context, head: User) -> Issuer:
    issuer = services.add_issuer(
        context.organisations["tct"],
        by=None,
        name="Trường Chính trị tỉnh",
        name_en="Provincial School of Politics",
        superior_name="Uỷ ban nhân dân tỉnh",
        place="Thanh Hoá",
        signatory_title="HIỆU TRƯỞNG",
        signatory_name=head.display_name,
        serial_prefix="TCT",
        valid_from=date(2020, 1, 1),
    )
    services.add_register(issuer, "CC-TCT", "Sổ cấp chứng chỉ bồi dưỡng", by=None, kind="certificate")
    services.add_register(issuer, "CN-TCT", "Sổ cấp chứng nhận bồi dưỡng", by=None, kind="completion")
    return issuer


def _issue(context: Context, klass: Klass, head: User) -> int:
    with clock.frozen(
        _morning(clock.local(klass.closed_at or clock.now()).date() + timedelta(days=5), context)
    ):
        batch = services.prepare_batch(klass, by=context.users["academic_officer"])
        return services.approve_and_issue(batch, by=head).new if batch else 0


def _revoke_one(klass: Klass, head: User, officer: User) -> None:
    row = queries.of_batch(queries.batches(klass)[0])[4]
    day = row.issued_on + timedelta(days=60)
    with clock.frozen(datetime.combine(day, time(14))):
        services.revoke(
            row,
            ground=2,
            decision_no=f"27/QĐ-TCT-{day.year}",
            decided_on=day,
            by=officer,
            second=head,
            note="Cấp nhầm cho người chưa đủ điều kiện.",
        )


def _replace_one(klass: Klass, head: User, officer: User) -> None:
    """A birth date was printed wrong: the record is corrected, then a new certificate takes the old one's place."""
    row = next(
        one
        for one in queries.of_batch(queries.batches(klass)[0])
        if one.birth_date and one.birth_date.day < 28
    )
    Official.update(birth_date=(row.birth_date or clock.today()) + timedelta(days=1)).where(
        Official.id == row.official_id
    ).execute()
    day = row.issued_on + timedelta(days=12)
    with clock.frozen(datetime.combine(day, time(10))):
        services.supersede(
            row,
            decision_no=f"31/QĐ-TCT-{day.year}",
            decided_on=day,
            by=officer,
            second=head,
            note="Sai ngày sinh.",
        )


def _morning(day: date, context: Context) -> datetime:
    return datetime.combine(min(day, context.today), time(9))
