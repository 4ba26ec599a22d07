"""What is measured inside one process: papers, a roll of 200, eligibility of everybody."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date, timedelta
from itertools import islice

from certificates.models import Certificate
from certificates.paper import render
from courses.models import ClassSession, Klass, Membership
from lms import clock
from lms.db import db, insert_many
from lms.people.models import Official
from lms.testing import counting
from plugins.attendance import queries as rolls
from plugins.attendance.services import marking
from plugins.eligibility.queries import verdicts


def papers(count: int) -> float:
    """Certificates rendered to PDF, tested and thrown away, a second on one core (the demonstration's, in turn)."""
    rows = list(Certificate.select().where(Certificate.token.is_null(False)))
    render.paper(rows[0])  # fonts and templates are loaded once
    started = time.perf_counter()
    for row in islice(rows * count, count):
        render.paper(row)
    return count / (time.perf_counter() - started)


def roll(learners: int) -> tuple[float, int]:
    """Milliseconds and statements of confirming one roll of so many learners; nothing of it is kept."""
    with db.atomic() as everything:
        session = _full_session(learners)
        given = [marking.Given(row.membership_id, "present") for row in rolls.roll_rows(session)]
        assert len(given) == learners
        with counting() as asked:
            spent = _milliseconds(lambda: marking.confirm_roll(session, given, by=None, nonce="benchmark"))
        everything.rollback()
    return spent, len(asked)


def eligibility(on: date) -> tuple[int, float, int]:
    """How many officials are judged for one post, in how many milliseconds and statements."""
    officials = list(Official.select().where(Official.active == True))  # noqa: E712  an expression, not a comparison
    post = verdicts.the_post("PTP-SO", on)
    with counting() as asked:
        spent = _milliseconds(lambda: verdicts.review(officials, post, on))
    return len(officials), spent, len(asked)


def _full_session(learners: int) -> ClassSession:
    klass = Klass.get(Klass.state == "running")
    members = Membership.select(Membership.official).where(Membership.klass == klass)
    others = Official.select(Official.id).where(Official.id.not_in(members))
    free = learners - members.count()
    joined = clock.now() - timedelta(days=400)
    insert_many(
        Membership,
        [{"klass": klass.id, "official": one.id, "joined_at": joined} for one in others.limit(free)],
    )
    starts = clock.now() - timedelta(minutes=30)
    return ClassSession.create(
        klass=klass, number=999, starts_at=starts, ends_at=starts + timedelta(hours=3), topic="", periods=4
    )


def _milliseconds(deed: Callable[[], object]) -> float:
    started = time.perf_counter()
    deed()
    return (time.perf_counter() - started) * 1000
