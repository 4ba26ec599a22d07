"""Pages: the register everybody may read, the desk for requests, views of citizen ids, what is due to go."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lms import clock, text
from lms.access import current_user, public, requires, scope
from lms.access.guard import acting_user
from lms.db import paginate
from lms.errors import Conflict, Invalid, NotFound
from lms.people import labels, queries
from lms.people.models import Official
from lms.people.privacy import register, services
from lms.people.privacy import views as views_read
from lms.people.privacy.forms import AnswerForm, RequestForm
from lms.people.privacy.models import DataRequest, RetentionList
from lms.web.forms import show_refusal
from lms.web.lists import Sort, Sorting

REQUESTS = Sorting(
    Sort("name", _l("Full name"), Official.name_sort),
    Sort("kind", _l("Kind"), DataRequest.kind),
    Sort("state", _l("State"), DataRequest.state),
    Sort("due", _l("Due on"), DataRequest.due_on),
    last=(DataRequest.id,),
)

bp = Blueprint("privacy", __name__)

PRIVACY = "people.privacy"


@bp.get("/privacy")
@public
def about() -> str:
    """What personal data is kept, why, on what basis and for how long."""
    return render_template("people/privacy.html", kinds=register.kinds())


@bp.get("/privacy/requests")
@requires("people.privacy")
def requests() -> str:
    """Requests of people in the reader's scope; what is due first stands first."""
    query = DataRequest.select(DataRequest, Official).join(Official)
    query = scope.limit(query, Official.organisation, current_user, PRIVACY)
    waiting = DataRequest.state.in_(["open", "proposed"])
    query = query.order_by(waiting.desc(), DataRequest.due_on, DataRequest.id)
    order, state = REQUESTS.asked(), request.args.get("state", "")
    search = request.args.get("q", "").strip()[:120]
    if state in labels.REQUEST_STATES:
        query = query.where(DataRequest.state == state)
    for word in text.fold(search).split():
        query = query.where(Official.name_folded.contains(word))
    return render_template(
        "people/data_requests.html",
        page=paginate(order.over(query), request.args.get("page", 1, type=int)),
        order=order,
        state=state,
        search=search,
        chip_pairs=[(name, title) for name, (title, _tone) in labels.REQUEST_STATES.items()],
        today=clock.today(),
        labels=labels,
    )


@bp.get("/people/<int:official_id>/data-request")
@requires("people.privacy")
def new_request(official_id: int) -> str:
    """The form for what a person asks."""
    person = queries.official_or_404(official_id, current_user, permission=PRIVACY)
    form = RequestForm(received_on=clock.today())
    return render_template("people/new_data_request.html", person=person, form=form)


@bp.post("/people/<int:official_id>/data-request")
@requires("people.privacy")
def record(official_id: int) -> Any:
    """Record what a person asks."""
    person, form = queries.official_or_404(official_id, current_user, permission=PRIVACY), RequestForm()
    if form.validate_on_submit():
        try:
            made = services.record(
                person, form.kind.data, words=form.words.data or "", received_on=form.received_on.data,
                by=acting_user(),
            )  # fmt: skip
        except Invalid as refused:
            show_refusal(form, refused)
        else:
            return redirect(url_for("privacy.show", request_id=made.id))
    return render_template("people/new_data_request.html", person=person, form=form), 422


@bp.get("/privacy/requests/<int:request_id>")
@requires("people.privacy")
def show(request_id: int) -> str:
    """One request and what can be done."""
    return _page(_request(request_id), AnswerForm())


@bp.post("/privacy/requests/<int:request_id>/copy")
@requires("people.privacy")
def copy(request_id: int) -> Response:
    """Everything kept about the person, as one archive."""
    made = _request(request_id)
    headers = {
        "Content-Disposition": f'attachment; filename="data-{made.official_id}.zip"',
        "Cache-Control": "no-store",
    }
    return Response(services.copy(made, by=_user()), mimetype="application/zip", headers=headers)


@bp.post("/privacy/requests/<int:request_id>/answer")
@requires("people.privacy")
def answer(request_id: int) -> Any:
    """Close a request with what the person is told."""
    made, form = _request(request_id), AnswerForm()
    try:
        services.answer(made, form.answer.data or "", by=acting_user(), refused="refuse" in request.form)
    except (Invalid, Conflict) as refused:
        show_refusal(form, refused)
        return _page(made, form), 422
    flash(_("The request is closed."), "success")
    return redirect(url_for("privacy.show", request_id=request_id))


@bp.post("/privacy/requests/<int:request_id>/propose")
@requires("people.privacy")
def propose(request_id: int) -> Any:
    """Put an erasure before a second person."""
    services.propose_erasure(_request(request_id), by=_user())
    flash(_("A second person can approve the erasure now."), "success")
    return redirect(url_for("privacy.show", request_id=request_id))


@bp.get("/privacy/views")
@requires("people.privacy")
def views() -> str:
    """Every full view of a citizen id in the reader's scope, the latest first."""
    page = paginate(views_read.all_for(current_user), request.args.get("page", 1, type=int))
    return render_template("people/cccd_views.html", page=page, shown=views_read.shown)


@bp.get("/privacy/retention")
@requires("people.privacy")
def retention() -> str:
    """What is due to be erased, waiting for an approval, and what was erased before."""
    query = RetentionList.select().order_by(RetentionList.id.desc())
    page = paginate(query, request.args.get("page", 1, type=int))
    return render_template("people/retention.html", page=page, due=services.due(clock.today()))


@bp.post("/privacy/retention/<int:retention_id>/approve")
@requires("people.privacy")
def approve_list(retention_id: int) -> Any:
    """Erase what a list names."""
    made = RetentionList.get_or_none(RetentionList.id == retention_id)
    if made is None:
        raise NotFound(_("There is no such list."))
    done = services.approve_list(made, by=_user())
    flash(_("Erased: %(count)s rows.", count=sum(done.result.values())), "success")
    return redirect(url_for("privacy.retention"))


def _page(made: DataRequest, form: AnswerForm) -> str:
    return render_template(
        "people/data_request.html",
        made=made,
        person=made.official,
        form=form,
        asked=services.asked(made),
        labels=labels,
    )


def _request(request_id: int) -> DataRequest:
    query = DataRequest.select(DataRequest, Official).join(Official).where(DataRequest.id == request_id)
    found: DataRequest | None = scope.limit(query, Official.organisation, current_user, PRIVACY).first()
    if found is None:
        raise NotFound(_("There is no such request."))
    return found


def _user() -> Any:
    return acting_user()
