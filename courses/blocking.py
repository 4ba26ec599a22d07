"""What keeps classes from their next state, from the side of courses itself, many classes at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from peewee import Case, fn

from courses import queries
from courses.hookspecs import ClassBlocker
from courses.models import ClassSession, Klass
from lms import clock
from lms.web.filters import date


def of(classes: Sequence[Klass]) -> list[ClassBlocker]:
    """Lines of these classes, in two queries."""
    learners, to_come = queries.learner_counts(classes), _sessions(classes)
    return [line for klass in classes for line in _lines(klass, learners.get(klass.id, 0), to_come)]


def _lines(klass: Klass, learners: int, found: dict[int, tuple[int, int, datetime]]) -> list[ClassBlocker]:
    sessions, to_come, last = found.get(klass.id, (0, 0, datetime.min))
    lines = []
    if klass.state == "enrolling" and not sessions:
        url = url_for("courses.sessions", class_id=klass.id)
        lines.append(ClassBlocker(klass.id, _("The timetable is missing"), url, 10))
    if klass.state in {"enrolling", "reviewing"} and not learners:
        url = url_for("courses.learners", class_id=klass.id)
        lines.append(ClassBlocker(klass.id, _("Nobody is in the class yet"), url, 20))
    if klass.state == "running" and to_come:
        url = url_for("courses.sessions", class_id=klass.id)
        lines.append(ClassBlocker(klass.id, _to_come(to_come, last), url, 90))
    return lines


def _to_come(count: int, last: datetime) -> str:
    return ngettext(
        "%(num)s session to come, on %(last)s",
        "%(num)s sessions to come, the last on %(last)s",
        count,
        last=date(last),
    )


def _sessions(classes: Sequence[Klass]) -> dict[int, tuple[int, int, datetime]]:
    """Class id → sessions, how many of them are to come, and when the last begins (naive UTC)."""
    later = fn.SUM(Case(None, [(ClassSession.starts_at > clock.now(), 1)], 0))
    query = (
        ClassSession.select(
            ClassSession.klass, fn.COUNT(ClassSession.id), later, fn.MAX(ClassSession.starts_at)
        )
        .where(
            ClassSession.klass.in_([klass.id for klass in classes] or [-1]),
            ClassSession.cancelled_at.is_null(),
        )
        .group_by(ClassSession.klass)
    )
    return {one: (count, int(to_come or 0), last) for one, count, to_come, last in query.tuples()}
