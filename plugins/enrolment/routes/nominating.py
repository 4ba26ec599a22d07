"""Agency officers: open classes, own nominations, one official at a time."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from courses import queries as courses
from courses.models import Klass
from lms import text
from lms.access import current_user, requires
from lms.db import paginate
from lms.errors import Conflict, Invalid
from lms.importing import drafts
from lms.importing.kinds import kind_or_404
from lms.people import queries as people
from lms.people.models import Official, Organisation
from lms.plugins import ask
from lms.web.forms import UploadForm
from lms.web.lists import Sort, Sorting
from plugins.enrolment import queries
from plugins.enrolment.forms import ReasonForm
from plugins.enrolment.models import STATUS_TITLES, STATUS_TONES, Nomination
from plugins.enrolment.routes.blueprint import bp
from plugins.enrolment.services import nominating

OWN = Sorting(
    Sort("name", _l("Full name"), Official.name_sort),
    Sort("class", _l("Class"), Klass.starts_on, Klass.code, Official.name_sort, down=True),
    Sort("nominated", _l("Nominated on"), Nomination.nominated_at, down=True),
    Sort("status", _l("Status"), Nomination.status, Official.name_sort),
    usual="-class",
    last=(Nomination.id,),
)
IN_CLASS = Sorting(
    Sort("name", _l("Full name"), Official.name_sort),
    Sort("born", _l("Date of birth"), Official.birth_year, Official.birth_date, down=True),
    Sort("nominated", _l("Nominated on"), Nomination.nominated_at, down=True),
    Sort("status", _l("Status"), Nomination.status, Official.name_sort),
    usual="name",
    last=(Nomination.id,),
)
PICK = Sorting(
    Sort("name", _l("Full name"), Official.name_sort),
    Sort("born", _l("Date of birth"), Official.birth_year, Official.birth_date, down=True),
    Sort("unit", _l("Unit"), Organisation.name_folded),
    usual="name",
    last=(Official.name_sort, Official.id),
)
OPEN = Sorting(
    Sort("class", _l("Class"), key=lambda line: text.fold(line.klass.title)),
    Sort("time", _l("Time"), key=lambda line: line.klass.starts_on),
    Sort("nominated", _l("You nominated"), key=lambda line: line.nominated, down=True),
)
#: The kind of list agencies send, see `plugins.enrolment.lists`.
KIND = "enrolment.nominate"


@bp.get("/")
@requires("enrolment.nominate")
def index() -> str:
    """Classes that take nominations, with seats left and own nominations."""
    order = OPEN.asked()
    return render_template(
        "enrolment/index.html",
        lines=order.rows(queries.open_classes(current_user)),
        order=order,
        counts=queries.own_counts(current_user),
        agencies=queries.agencies(current_user),
        drafts=drafts.unfinished(KIND, by=current_user),
    )


@bp.get("/classes/<int:class_id>")
@requires("enrolment.nominate")
def show_class(class_id: int) -> str:
    """One class: upload a list, pick officials, see who is nominated."""
    klass = courses.class_or_404(class_id, current_user)
    status, search = _filters()
    order = IN_CLASS.asked()
    query = order.over(queries.own(current_user, klass=klass, status=status, search=search))
    return render_template(
        "enrolment/class.html",
        klass=klass,
        order=order,
        line=queries.line(klass, current_user),
        page=paginate(query, request.args.get("page", 1, type=int)),
        drafts=drafts.unfinished(KIND, by=current_user, target=klass.id),
        kind=kind_or_404(KIND),
        target_id=klass.id,
        form=UploadForm(),
        status=status,
        titles=STATUS_TITLES,
        tones=STATUS_TONES,
        tabs=ask("class_tabs", klass=klass, user=current_user),
    )


@bp.get("/classes/<int:class_id>/pick")
@requires("enrolment.nominate")
def pick(class_id: int) -> str:
    """Own officials on record, to nominate one by one."""
    klass = courses.class_or_404(class_id, current_user)
    query = people.officials(
        current_user, permission="enrolment.nominate", search=request.args.get("q", "")[:120]
    ).where(Official.active)
    order = PICK.asked()
    page = paginate(order.over(query), request.args.get("page", 1, type=int))
    ids = [official.id for official in page.rows]
    return render_template(
        "enrolment/pick.html",
        klass=klass,
        order=order,
        page=page,
        standing=queries.standing(klass, ids),
        learners=queries.learners_among(klass, ids),
        titles=STATUS_TITLES,
        tones=STATUS_TONES,
    )


@bp.post("/classes/<int:class_id>/officials/<int:official_id>")
@requires("enrolment.nominate")
def nominate(class_id: int, official_id: int) -> ResponseReturnValue:
    """Nominate one official of the own agencies."""
    klass = courses.class_or_404(class_id, current_user)
    official = people.official_or_404(official_id, current_user, permission="enrolment.nominate")
    agency = queries.agency_of(official, queries.agencies(current_user)) or official.organisation
    try:
        nominating.nominate_one(klass, official, agency, by=current_user)
    except Conflict as refused:
        flash(str(refused), "bad")
    else:
        flash(_("1 official nominated: %(name)s.", name=official.full_name), "good")
    return redirect(
        url_for(".pick", class_id=klass.id, q=request.form.get("q") or None, page=request.form.get("page"))
    )


@bp.get("/nominations")
@requires("enrolment.nominate")
def own() -> str:
    """Nominations of the own agencies for all classes."""
    status, search = _filters()
    order = OWN.asked()
    query = order.over(queries.own(current_user, status=status, search=search))
    return render_template(
        "enrolment/own.html",
        order=order,
        page=paginate(query, request.args.get("page", 1, type=int)),
        counts=queries.own_counts(current_user),
        status=status,
        titles=STATUS_TITLES,
        tones=STATUS_TONES,
    )


@bp.post("/nominations/<int:nomination_id>/withdraw")
@requires("enrolment.nominate")
def withdraw(nomination_id: int) -> ResponseReturnValue:
    """Take back a nomination that is not decided yet."""
    nomination = queries.own_or_404(nomination_id, current_user)
    form = ReasonForm()
    try:
        nominating.withdraw(nomination, by=current_user, reason=form.reason.data or "")
    except (Conflict, Invalid) as refused:
        flash(str(refused), "bad")
    else:
        flash(_("1 nomination withdrawn: %(name)s.", name=nomination.official.full_name), "good")
    return redirect(url_for(".show_class", class_id=nomination.klass_id))


def _filters() -> tuple[str, str]:
    status = request.args.get("status", "")
    return status if status in STATUS_TITLES else "", request.args.get("q", "")[:120]
