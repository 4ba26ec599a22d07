"""The review of a class: every learner's conditions."""

from __future__ import annotations

from collections import Counter

from flask import render_template, request

from courses import queries, review
from courses.review import LearnerReview, Verdict
from courses.routes.blueprint import bp, frame
from lms.access import current_user, requires, scope


@bp.get("/<int:class_id>/review")
@requires("courses.view")
def reviews(class_id: int) -> str:
    """Per learner each condition: needed, actual, met, with evidence and legal source."""
    klass = queries.class_or_404(class_id, current_user)
    rows = _own(review.completion(klass))
    show = request.args.get("show", "")
    show = show if show in set(Verdict) else ""
    return render_template(
        "courses/review.html",
        **frame(klass, "courses.reviews"),
        rows=[row for row in rows if not show or row.verdict == show],
        columns=review.columns(rows),
        counts=Counter(row.verdict.value for row in rows),
        total=len(rows),
        show=show,
        rule=queries.certificate_rule(klass),
        rule_date=queries.rule_date(klass),
    )


def _own(rows: list[LearnerReview]) -> list[LearnerReview]:
    """An agency sees the results of its own officials."""
    own = scope.organisations(current_user, "courses.view")
    if own is scope.ALL:
        return rows
    return [row for row in rows if row.membership.official.organisation_id in own]
