"""Reads of courses, by subject. Lists cost the same number of queries whatever their length."""

from courses.queries.catalogue import lecturers, programme_versions
from courses.queries.life import certificate_rule, history, rule_date
from courses.queries.members import learner_count, learners, learners_for, membership_or_404, results
from courses.queries.scope import (
    class_or_404,
    classes,
    classes_for,
    counts_by_state,
    learner_counts,
    learners_now,
    under_way,
    visible,
)
from courses.queries.switching import (
    classes_named,
    count_with,
    find_classes,
    find_programmes,
    programmes_named,
    scopes_around,
)
from courses.queries.timetable import (
    all_sessions,
    live,
    may_open_session,
    next_session_of,
    next_sessions,
    session_now,
    session_or_404,
    sessions,
    sessions_on,
)

__all__ = [
    "all_sessions",
    "certificate_rule",
    "class_or_404",
    "classes",
    "classes_for",
    "classes_named",
    "count_with",
    "counts_by_state",
    "find_classes",
    "find_programmes",
    "history",
    "learner_count",
    "learner_counts",
    "learners",
    "learners_for",
    "learners_now",
    "lecturers",
    "live",
    "may_open_session",
    "membership_or_404",
    "next_session_of",
    "next_sessions",
    "programme_versions",
    "programmes_named",
    "results",
    "rule_date",
    "scopes_around",
    "session_now",
    "session_or_404",
    "sessions",
    "sessions_on",
    "under_way",
    "visible",
]
