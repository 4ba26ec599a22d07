"""Writes of courses, by subject: `classes` (life cycle), `learners`, `sessions`, `timetables`, `reference`."""

from courses.review import completion
from courses.services.classes import (
    announce,
    cancel_class,
    change_class,
    close_class,
    open_class,
    reopen,
    start,
    start_review,
)
from courses.services.learners import add_learner, remove_learner
from courses.services.reference import (
    add_lecturer,
    add_programme,
    add_room,
    change_programme,
    find_lecturer,
    find_room,
    must_end_after_it_begins,
)
from courses.services.sessions import (
    add_session,
    cancel_session,
    cancel_sessions,
    change_session,
    reasons_against_cancelling,
    restore_sessions,
)
from courses.services.timetables import (
    import_sessions,
    must_schedule,
    take_timetable_back,
    timetable_obstacles,
)

__all__ = [
    "add_learner",
    "add_lecturer",
    "add_programme",
    "add_room",
    "add_session",
    "announce",
    "cancel_class",
    "cancel_session",
    "cancel_sessions",
    "change_class",
    "change_programme",
    "change_session",
    "close_class",
    "completion",
    "find_lecturer",
    "find_room",
    "import_sessions",
    "must_end_after_it_begins",
    "must_schedule",
    "open_class",
    "reasons_against_cancelling",
    "remove_learner",
    "reopen",
    "restore_sessions",
    "start",
    "start_review",
    "take_timetable_back",
    "timetable_obstacles",
]
