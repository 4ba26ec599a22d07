"""Classes, their learners and their sessions, for programs."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from flask_babel import lazy_gettext as _l

from courses import queries
from courses.models import ClassSession, Klass, Membership
from lms.access import current_user
from lms.api import Api, Listing, answer, listing, said, sent
from lms.api.paging import Portion

api = Api("courses", _l("Courses and classes"))
bp = api.blueprint

#: As on the pages: which classes one sees is the query's business.
_READERS = ("courses.view", "courses.teach", "courses.learn")


@answer
class ClassLine:
    id: int
    code: str
    title: str
    programme: Annotated[str, said(_l("Code of the programme"))]
    state: Annotated[str, said(_l("draft, enrolling, running, reviewing, closed or cancelled"))]
    starts_on: date | None
    ends_on: date | None
    place: str
    capacity: int | None
    organiser_id: int
    learners: Annotated[int, said(_l("How many are in the class now"))]


@sent
class ClassesAsked(Portion):
    q: Annotated[str, said(_l("Words of code and title; accents do not matter"), most=120)] = ""
    state: Annotated[str, said(_l("Only classes in this state"), most=12)] = ""


@answer
class Learner:
    membership_id: Annotated[int, said(_l("Names the learner in this class, for rolls and scores"))]
    official_id: int
    full_name: str
    organisation_id: int
    joined_at: datetime


@answer
class Learners:
    items: list[Learner]


@answer
class SessionLine:
    id: int
    number: int
    starts_at: datetime
    ends_at: datetime
    topic: str
    periods: int
    required: bool
    lecturer: str
    room: str
    cancelled: bool


@answer
class Sessions:
    items: list[SessionLine]


@api.get("/classes", _READERS, _l("Classes one may see"))
def classes(query: ClassesAsked) -> Listing[ClassLine]:
    found = queries.classes_for(current_user, search=query.q, state=query.state)
    return listing(found, Klass.id, query, _lines)


@api.get("/classes/<int:class_id>", _READERS, _l("One class"))
def one_class(class_id: int) -> ClassLine:
    return _lines([queries.class_or_404(class_id, current_user)])[0]


@api.get("/classes/<int:class_id>/learners", _READERS, _l("Learners of a class whom one may see by name"))
def learners(class_id: int) -> Learners:
    klass = queries.class_or_404(class_id, current_user)
    return Learners([_learner(row) for row in queries.learners_for(klass, current_user)])


@api.get("/classes/<int:class_id>/sessions", _READERS, _l("Sessions of a class, cancelled ones too"))
def sessions(class_id: int) -> Sessions:
    klass = queries.class_or_404(class_id, current_user)
    return Sessions([_session(row) for row in queries.sessions(klass, cancelled=True)])


def _lines(rows: list[Klass]) -> list[ClassLine]:
    counts = queries.learner_counts(rows)
    return [
        ClassLine(
            row.id, row.code, row.title, row.programme.code, row.state, row.starts_on, row.ends_on, row.place,
            row.capacity, row.organiser_id, counts.get(row.id, 0),
        )
        for row in rows
    ]  # fmt: skip


def _learner(row: Membership) -> Learner:
    official = row.official
    return Learner(row.id, official.id, official.full_name, official.organisation_id, row.joined_at)


def _session(row: ClassSession) -> SessionLine:
    return SessionLine(
        row.id, row.number, row.starts_at, row.ends_at, row.topic, row.periods, bool(row.required),
        str(row.lecturer or "") if row.lecturer_id else "", str(row.room) if row.room_id else "",
        row.cancelled_at is not None,
    )  # fmt: skip
