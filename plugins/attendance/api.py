"""Attendance of a class, and the roll of a session, for programs."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from courses.models import ClassSession
from courses.queries import class_or_404
from lms.access import current_user
from lms.access.guard import acting_user
from lms.api import Api, answer, filled, said, sent
from lms.api.operations import mark_of_request
from lms.errors import NotFound
from lms.plugins import is_on
from plugins.attendance import matrix, queries, services
from plugins.attendance.services import Given

api = Api("attendance", _l("Attendance"))
bp = api.blueprint

Status = Literal["present", "absent", "excused", "late"]


@answer
class Mark:
    session_id: int
    status: Annotated[Status | None, said(_l("null: nobody said yet"))]
    minutes_late: int | None
    made_up: bool


@answer
class LearnerMarks:
    membership_id: int
    full_name: str
    share: Annotated[
        str, said(_l("Credited share of what was held, as a fraction like 3/4; empty before the first roll"))
    ]
    marks: list[Mark]


@answer
class RollState:
    session_id: int
    number: int
    starts_at: datetime
    state: Annotated[str, said(_l("cancelled, future, missing, open, confirmed or locked"))]


@answer
class Sheet:
    sessions: list[RollState]
    learners: list[LearnerMarks]


@answer
class RollLine:
    membership_id: int
    full_name: str
    unit: str
    status: Status | None
    minutes_late: int | None
    reason: str


@answer
class RollTold:
    session_id: int
    confirmed_at: datetime | None
    locked_at: datetime | None
    rows: list[RollLine]


@sent
class MarkGiven:
    membership_id: int
    status: Status
    minutes_late: Annotated[int | None, said(most=600)] = None
    reason: Annotated[str, said(most=200)] = ""


@sent
class RollGiven:
    marks: Annotated[
        list[MarkGiven], said(_l("Learners who are not named and have no mark stay without one"), least=1)
    ]


@answer
class RollConfirmed:
    present: int
    late: int
    excused: int
    absent: int
    unmarked: Annotated[list[str], said(_l("Learners without a mark"))]
    skipped: Annotated[list[str], said(_l("Learners who are no longer on this roll"))]


@api.get(
    "/classes/<int:class_id>/attendance", "attendance.view", _l("Attendance of a class: learner by session")
)
def attendance(class_id: int) -> Sheet:
    sheet = matrix.sheet(class_or_404(class_id, current_user))
    rolls = [
        filled(RollState, one.session, session_id=one.session.id, state=one.state) for one in sheet.columns
    ]
    return Sheet(rolls, [_line(one) for one in sheet.lines])


@api.get("/sessions/<int:session_id>/roll", "attendance.mark", _l("The roll of a session"))
def roll(session_id: int) -> RollTold:
    session = _session(session_id)
    known = queries.roll_of(session)
    rows = [filled(RollLine, row, full_name=row.name) for row in queries.roll_rows(session)]
    confirmed, locked = (known.confirmed_at, known.locked_at) if known else (None, None)
    return RollTold(session.id, confirmed, locked, rows)


@api.post("/sessions/<int:session_id>/roll", "attendance.mark", _l("Confirm the roll of a session"))
def confirm_roll(session_id: int, body: RollGiven) -> RollConfirmed:
    session = _session(session_id)
    given = [filled(Given, one, seen=None) for one in body.marks]
    done = services.confirm_roll(session, given, by=acting_user(), nonce=mark_of_request(), through="api")
    return filled(RollConfirmed, done)


def _session(session_id: int) -> ClassSession:
    session = queries.session_or_404(session_id, current_user, "attendance.mark")
    if not is_on("attendance", session.klass):
        raise NotFound(_("Attendance is switched off for this class."))
    return session


def _line(line: matrix.Line) -> LearnerMarks:
    marks = [filled(Mark, cell, session_id=cell.session.id) for cell in line.cells if cell.expected]
    share = "" if line.share is None else f"{line.share.numerator}/{line.share.denominator}"
    return LearnerMarks(line.membership.id, line.membership.official.full_name, share, marks)
