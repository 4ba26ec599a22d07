"""Templates of papers: the list of versions, the editor with its preview, and what a second person decides."""

from __future__ import annotations

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from certificates import services
from certificates.errors import SelfTestFailed
from certificates.paper import crests, versions
from certificates.paper import design as designs
from certificates.paper.design import Design
from certificates.paper.forms import BOXES, BeginForm, DesignForm
from certificates.paper.models import PaperTemplate
from certificates.paper.words import AREAS, FIELDS, sentence
from certificates.routes.blueprint import bp
from certificates.services.deciding import waiting
from certificates.services.templates import PUT_IN_FORCE
from lms import approvals
from lms.access import current_user, requires
from lms.access.guard import acting_user, me
from lms.access.models import User
from lms.approvals.models import Approval
from lms.errors import Conflict, Invalid, LmsError, NotFound
from lms.web.forms import show_refusal

NEEDS = "certificates.templates"
_BEGIN, _EDIT = "certificates.templates", "certificates.template"


@bp.get("/templates")
@requires(NEEDS)
def templates() -> str:
    """Every version, the newest first, and a way to begin one."""
    return _list(BeginForm(formdata=None))


@bp.post("/templates")
@requires(NEEDS)
def template_begin() -> AnyResponse | tuple[str, int]:
    """A draft from the house's layout, or a copy of another version."""
    form = BeginForm()
    if not form.validate_on_submit():
        return _list(form), 422
    like = request.args.get("like", type=int)
    row = services.begin_template(
        form.title.data, form.kind.data, by=acting_user(), orientation=form.orientation.data, like=_one(like) if like else None
    )  # fmt: skip
    flash(_("1 draft begun. Nothing changes on papers until it is in force."), "success")
    return redirect(url_for(_EDIT, template_id=row.id), 303)


@bp.get("/templates/<int:template_id>")
@requires(NEEDS)
def template(template_id: int) -> str:
    """A draft to be changed, or a version as it is."""
    row = _one(template_id)
    return _page(row, DesignForm.of(designs.read(row.design), row.title))


@bp.post("/templates/<int:template_id>")
@requires(NEEDS)
def template_save(template_id: int) -> AnyResponse | tuple[str, int]:
    """Keep a draft."""
    row, form = _one(template_id), DesignForm()
    if not form.validate_on_submit():
        return _page(row, form), 422
    try:
        upload = form.crest.data
        crest = crests.take(upload.read(crests.MOST_BYTES + 1)) if upload and upload.filename else ""
        services.change_template(
            row, form.design(designs.read(row.design), crest), form.title.data, by=acting_user()
        )
    except Invalid as refused:
        show_refusal(form, refused)
        return _page(row, form), 422
    flash(_("The draft is kept."), "success")
    return redirect(url_for(_EDIT, template_id=row.id), 303)


@bp.post("/templates/<int:template_id>/preview")
@requires(NEEDS)
def template_preview(template_id: int) -> str:
    """What the form would print, for the longest and the shortest name; nothing is kept."""
    row, form = _one(template_id), DesignForm()
    before = designs.read(row.design)
    if not form.validate():
        problems = [
            f"{form[name].label.text}: {one}" for name, found in form.errors.items() if name for one in found
        ]
        return render_template("certificates/template_preview.html", pictures=[], problems=problems)
    return _preview(row, form.design(before))


@bp.get("/templates/<int:template_id>/<any(longest, shortest):which>.pdf")
@requires(NEEDS)
def template_sample(template_id: int, which: str) -> Response:
    """The version as PDF, marked as a sample."""
    from certificates.paper import samples  # noqa: PLC0415  the PDF library is slow to load and large

    row = _one(template_id)
    pdf = samples.drawn(designs.read(row.design), row.kind, which)
    response = Response(pdf, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="mau-v{row.number}-{which}.pdf"'
    return response


@bp.post("/templates/<int:template_id>/<any(propose, back, force, discard):deed>")
@requires(NEEDS)
def template_decide(template_id: int, deed: str) -> AnyResponse:
    """Put forward, send back, put in force, or throw a draft away."""
    row = _one(template_id)
    try:
        flash(_DEEDS[deed](row, me()), "success")
    except LmsError as refused:
        flash(str(refused), "danger")
    if deed == "discard" and not PaperTemplate.select().where(PaperTemplate.id == row.id).exists():
        return redirect(url_for(_BEGIN), 303)
    return redirect(url_for(_EDIT, template_id=row.id), 303)


def _propose(row: PaperTemplate, by: User) -> str:
    services.propose_template(row, by=by)
    return _("Put forward. A second person looks at it and puts it in force.")


def _force(row: PaperTemplate, by: User) -> str:
    approvals.approve(_asked(row), by=by)
    return _("Version %(number)s is in force for papers issued from now on.", number=row.number)


def _back(row: PaperTemplate, by: User) -> str:
    asked = _asked(row)
    if asked.asked_by_id == by.id:
        approvals.withdraw(asked, by=by)
    else:
        approvals.refuse(asked, by=by)
    return _("Sent back: it is a draft again.")


def _discard(row: PaperTemplate, by: User) -> str:
    services.discard_template(row, by=by)
    return _("1 draft thrown away.")


_DEEDS = {"propose": _propose, "force": _force, "back": _back, "discard": _discard}


def _asked(row: PaperTemplate) -> Approval:
    asked = waiting(PUT_IN_FORCE, row)
    if asked is None:
        raise Conflict(_("This template is not put forward."))
    return asked


def _one(template_id: int) -> PaperTemplate:
    row: PaperTemplate | None = PaperTemplate.get_or_none(PaperTemplate.id == template_id)
    if row is None:
        raise NotFound(_("There is no such template of papers."))
    return row


def _list(form: BeginForm) -> str:
    return render_template(
        "certificates/templates.html",
        rows=list(PaperTemplate.select().order_by(PaperTemplate.number.desc())),
        form=form,
        in_force={kind: versions.in_force(kind) for kind in ("certificate", "completion")},
        waiting=approvals.waiting_ids(PUT_IN_FORCE),
    )


def _page(row: PaperTemplate, form: DesignForm) -> str:
    design = designs.read(row.design)
    asked = waiting(PUT_IN_FORCE, row) if row.state == "draft" else None
    own = current_user.id in {row.made_by_id, row.changed_by_id, asked.asked_by_id if asked else 0}
    return render_template(
        "certificates/template.html",
        row=row,
        form=form,
        design=design,
        preview=_preview(row, design),
        areas=AREAS,
        boxes=[area for area in BOXES if area != "crest"],
        fields=FIELDS,
        needed=designs.NEEDED,
        code_room=designs.CODE_ROOM,
        own=own,
        asked=asked,
    )


def _preview(row: PaperTemplate, design: Design) -> str:

    from certificates.paper import samples  # noqa: PLC0415  the PDF library is slow to load and large

    problems = [sentence(one) for one in design.problems()]
    pictures: list[tuple[str, str]] = []
    if not any(one.code in {"markup", "colour"} for one in design.problems()):
        try:
            pictures = [(which, samples.seen(design, row.kind, which)) for which in ("longest", "shortest")]
            samples.examine(design, row.kind) if not problems else None
        except SelfTestFailed as failed:
            problems.append(str(failed))
    return render_template("certificates/template_preview.html", pictures=pictures, problems=problems)
