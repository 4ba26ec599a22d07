"""What courses does, in plain words, for the audit record."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from courses.models import ClassSession, Klass, Membership
from lms import clock
from lms.people.models import Official

DEEDS = {
    "courses.room_added": _l("%(who)s added the room %(thing)s"),
    "courses.programme_added": _l("%(who)s added the programme %(thing)s"),
    "courses.programme_changed": _l("%(who)s changed the programme %(thing)s: %(fields)s"),
    "courses.lecturer_added": _l("%(who)s added the lecturer %(thing)s"),
    "courses.class_opened": _l("%(who)s opened the class %(thing)s (%(code)s)"),
    "courses.class_changed": _l("%(who)s changed the class %(thing)s: %(changed)s"),
    "courses.class_enrolling": _l("%(who)s called for enrolment into %(thing)s"),
    "courses.class_running": _l("%(who)s put the class %(thing)s under way"),
    "courses.class_reviewing": _l("%(who)s began the review of %(thing)s"),
    "courses.class_closed": _l(
        "%(who)s closed the class %(thing)s: %(completed)s of %(learners)s learners completed it"
    ),
    "courses.class_cancelled": _l("%(who)s cancelled the class %(thing)s. Reason: %(reason)s"),
    "courses.learner_joined": _l("%(who)s took %(official_id)s into the class %(thing)s"),
    "courses.learner_left": _l("%(who)s took %(official_id)s out of the class %(thing)s. Reason: %(reason)s"),
    "courses.session_added": _l("%(who)s added a session on %(starts_at)s to %(thing)s"),
    "courses.session_changed": _l("%(who)s changed %(session_id)s: %(changed)s"),
    "courses.session_cancelled": _l("%(who)s cancelled %(session_id)s, planned for %(starts_at)s"),
    "courses.session_restored": _l("%(who)s put %(session_id)s back, planned for %(starts_at)s"),
    "courses.timetable_imported": _l(
        "%(who)s loaded the timetable of %(thing)s from “%(filename)s”: %(new)s new, %(changed)s changed, %(cancelled)s cancelled"
    ),
    "courses.timetable_taken_back": _l(
        "%(who)s took an import of the timetable of %(thing)s back: %(count)s sessions"
    ),
}

KINDS = {
    "courses_class": _l("class"),
    "courses_session": _l("session"),
    "courses_membership": _l("learner"),
    "courses_room": _l("room"),
    "courses_lecturer": _l("lecturer"),
    "courses_programme": _l("programme"),
    "courses_programme_version": _l("version of a programme"),
}

NAMES = {"official_id": "lms_official", "session_id": "courses_session"}

#: Fields as people call them.
_FIELDS = {
    "starts_at": _l("start"),
    "ends_at": _l("end"),
    "topic": _l("topic"),
    "periods": _l("periods"),
    "lecturer": _l("lecturer"),
    "room": _l("room"),
    "required": _l("compulsory or not"),
    "title": _l("title"),
    "code": _l("code"),
    "starts_on": _l("first day"),
    "ends_on": _l("last day"),
    "place": _l("place"),
    "capacity": _l("seats"),
    "homeroom_lecturer": _l("homeroom lecturer"),
    "organiser": _l("organiser"),
    "programme_version": _l("programme"),
}
WORDS = {"changed": _FIELDS}


def _sessions(ids: Iterable[int]) -> dict[int, str]:
    rows = (
        ClassSession.select(ClassSession.id, ClassSession.number, ClassSession.starts_at, Klass.code)
        .join(Klass)
        .where(ClassSession.id.in_(list(ids)))
    )
    return {
        row.id: str(
            _(
                "session %(number)s (%(day)s) of class %(code)s",
                number=row.number,
                day=f"{clock.local(row.starts_at):%d/%m/%Y}",
                code=row.klass.code,
            )
        )
        for row in rows
    }


def _learners(ids: Iterable[int]) -> dict[int, str]:
    rows = (
        Membership.select(Membership.id, Official.full_name)
        .join(Official)
        .where(Membership.id.in_(list(ids)))
    )
    return {row.id: str(row.official.full_name) for row in rows}


LABELS = {"courses_session": _sessions, "courses_membership": _learners}
