"""Who is in a class."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from courses import queries, services
from courses.models import JOINABLE_STATES
from courses.routes.blueprint import bp, frame
from lms.access import can, current_user, requires
from lms.access.guard import acting_user, requires_any
from lms.bulk import deed_or_404
from lms.people import queries as people
from lms.web.lists import Sort, Sorting

LEARNERS = Sorting(
    Sort("name", _l("Full name"), key=lambda row: row.official.name_sort),
    Sort("born", _l("Born"), key=lambda row: row.official.birth_year),
    Sort("organisation", _l("Position and organisation"), key=lambda row: row.official.organisation.path),
    Sort("since", _l("Since"), key=lambda row: row.joined_at),
    usual="name",
)

#: How many officials a search offers to add.
MOST_FOUND = 12


@bp.get("/<int:class_id>/learners")
@requires_any("courses.view", "courses.teach")
def learners(class_id: int) -> str:
    """The list of learners; the academic officer finds officials to add."""
    klass = queries.class_or_404(class_id, current_user)
    order = LEARNERS.asked()
    rows = order.rows(queries.learners_for(klass, current_user))
    manages = can(current_user, "courses.manage") and klass.state in JOINABLE_STATES
    search = request.args.get("find", "")[:120].strip()
    inside = {row.official_id for row in rows}
    found = (
        list(people.officials(current_user, search=search).limit(MOST_FOUND)) if manages and search else []
    )
    return render_template(
        "courses/learners.html",
        **frame(klass, "courses.learners"),
        rows=rows,
        order=order,
        total=queries.learner_count(klass),
        manages=manages,
        search=search,
        found=found,
        inside=inside,
        take_out=deed_or_404("courses.take_out"),
    )


@bp.post("/<int:class_id>/learners/<int:official_id>")
@requires("courses.manage")
def add_learner(class_id: int, official_id: int) -> Response:
    """Take an official into the class."""
    klass = queries.class_or_404(class_id, current_user)
    official = people.official_or_404(official_id, current_user)
    services.add_learner(klass, official, by=acting_user())
    flash(
        _(
            "%(name)s is in the class; %(count)s learners now.",
            name=official.full_name,
            count=queries.learner_count(klass),
        ),
        "success",
    )
    return redirect(
        url_for("courses.learners", class_id=class_id, find=request.args.get("find") or None), 303
    )
