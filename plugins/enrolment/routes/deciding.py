"""Academic officers: nominations of a class; accepting and rejecting are deeds on the chosen rows (`bulk`)."""

from __future__ import annotations

from flask import render_template, request
from flask_babel import lazy_gettext as _l

from courses import queries as courses
from lms.access import current_user, requires
from lms.bulk import deed_or_404
from lms.db import paginate
from lms.people.models import Official, Organisation
from lms.plugins import ask
from lms.web.lists import Sort, Sorting
from plugins.enrolment import queries
from plugins.enrolment.models import STATUS_TITLES, STATUS_TONES, SUBMITTED, Nomination
from plugins.enrolment.routes.blueprint import bp

NOMINATIONS = Sorting(
    Sort("agency", _l("Agency"), Organisation.path, Official.name_sort),
    Sort("name", _l("Full name"), Official.name_sort),
    Sort("born", _l("Date of birth"), Official.birth_year, Official.birth_date, down=True),
    Sort("nominated", _l("Nominated on"), Nomination.nominated_at, down=True),
    Sort("status", _l("Status"), Nomination.status, Official.name_sort),
    usual="agency",
    last=(Nomination.id,),
)
TO_DECIDE = Sorting(
    Sort("class", _l("Class"), key=lambda line: line.klass.code),
    Sort("time", _l("Time"), key=lambda line: line.klass.starts_on),
    Sort("waiting", _l("Waiting for a decision"), key=lambda line: line.waiting, down=True),
    Sort("learners", _l("Learners"), key=lambda line: line.learners, down=True),
    Sort("seats", _l("Seats"), key=lambda line: line.seats_left),
    usual="time",
)


@bp.get("/decide")
@requires("enrolment.decide")
def to_decide() -> str:
    """Classes with nominations waiting."""
    order = TO_DECIDE.asked()
    return render_template(
        "enrolment/to_decide.html", lines=order.rows(queries.classes_to_decide()), order=order
    )


@bp.get("/classes/<int:class_id>/nominations")
@requires("enrolment.decide")
def of_class(class_id: int) -> str:
    """Nominations of a class, agency by agency; the waiting ones are chosen to be decided."""
    klass = courses.class_or_404(class_id, current_user)
    status = request.args.get("status", "")
    order = NOMINATIONS.asked()
    query = queries.of_class_filtered(klass, request.args)
    return render_template(
        "enrolment/nominations.html",
        klass=klass,
        line=queries.line(klass),
        order=order,
        page=paginate(order.over(query), request.args.get("page", 1, type=int), per_page=100),
        waiting=query.where(Nomination.status == SUBMITTED).count(),
        agencies=queries.agency_counts(klass),
        agency=request.args.get("agency", type=int),
        status=status if status in STATUS_TITLES else "",
        deeds=[deed_or_404("enrolment.reject"), deed_or_404("enrolment.accept")],
        titles=STATUS_TITLES,
        tones=STATUS_TONES,
        tabs=ask("class_tabs", klass=klass, user=current_user),
    )
