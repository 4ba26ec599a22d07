"""What courses answers to others' questions."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from courses import queries, review
from courses.hookspecs import ClosingCheck
from courses.models import Klass
from courses.review import Verdict
from lms.plugins import hookimpl


@hookimpl
def closing_checks(klass: Klass) -> list[ClosingCheck]:
    """Learners are there, and nobody's result is left open."""
    reviews = review.judge(klass, queries.learners(klass))
    undecided = sum(one.verdict is Verdict.OPEN for one in reviews)
    passed = sum(one.verdict is Verdict.COMPLETE for one in reviews)
    if not reviews:
        detail = _("Nobody is in the class.")
    elif undecided:
        detail = ngettext(
            "%(num)d result cannot be decided yet.", "%(num)d results cannot be decided yet.", undecided
        )
    else:
        detail = _("%(passed)d complete, %(failed)d not complete.", passed=passed, failed=len(reviews) - passed)
    return [
        ClosingCheck(
            code="courses.results",
            title=_("Every learner has a result"),
            met=bool(reviews) and not undecided,
            detail=detail,
            weight=90,
        )
    ]


@hookimpl
def demo_data(context: Any) -> None:
    from courses.demo import fill  # noqa: PLC0415  generators are not needed to run a site

    fill(context)
