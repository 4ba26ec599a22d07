"""The issue of a class: who is ready, who is not, approval by the head, progress, papers."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Response, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from certificates import queries, services
from certificates.intake.forms import EndForm
from certificates.models import Batch, Certificate
from certificates.paper import versions
from certificates.paper.values import Values
from certificates.preflight import Preflight, preflight
from certificates.register import stock
from certificates.routes.blueprint import bp
from certificates.services import cancelling
from courses.models import Klass
from courses.queries import class_or_404
from courses.routes.blueprint import frame
from lms import clock
from lms.access import can, current_user, requires
from lms.access.guard import acting_user, me
from lms.config import settings
from lms.errors import NotFound

TAB = "certificates.of_class"


@bp.get("/classes/<int:class_id>")
@requires("certificates.view")
def of_class(class_id: int) -> str:
    """Pre-flight of a class, its batches and the certificates of the one chosen."""
    return _class_page(class_id, request.args.get("batch", type=int))


def _class_page(class_id: int, batch_id: int | None, ending: EndForm | None = None) -> str:
    klass = class_or_404(class_id, current_user)
    batches = queries.batches(klass)
    draft = next((one for one in batches if one.state == "draft"), None)
    issued = [one for one in batches if one.state != "draft"]
    chosen = next(
        (one for one in issued if one.id == batch_id),
        issued[-1] if issued else None,
    )
    rows = queries.of_batch(chosen) if chosen else []
    return render_template(
        "certificates/class.html",
        **frame(klass, TAB),
        cancel=_cancel(chosen, ending),
        draft=draft,
        state=preflight(klass) if draft or not issued else None,
        batches=issued,
        chosen=chosen,
        rows=rows,
        statuses=queries.status_now(rows),
        on_blanks=stock.of_issue(rows),
        step=_step(draft, chosen),
        may_prepare=can(current_user, "certificates.prepare"),
        may_approve=can(current_user, "certificates.approve"),
        may_print=can(current_user, "certificates.print"),
        may_decide=can(current_user, "certificates.decide"),
    )


@bp.post("/classes/<int:class_id>/prepare")
@requires("certificates.prepare")
def prepare(class_id: int) -> AnyResponse:
    """Put the rest of a class before the head of the school."""
    klass = class_or_404(class_id, current_user)
    batch = services.prepare_batch(klass, by=acting_user())
    if batch is None:
        flash(_("Nobody of this class needs a certificate now: 0 new."), "info")
    else:
        flash(_("The list is prepared and waits for the head of the school."), "success")
    return redirect(url_for(TAB, class_id=class_id), 303)


@bp.post("/batches/<int:batch_id>/approve")
@requires("certificates.approve")
def approve(batch_id: int) -> AnyResponse:
    """Approve a batch: numbers, frozen records; signing and printing begin."""
    batch = queries.batch_or_404(batch_id)
    user = acting_user()
    if user is None:
        raise NotFound()
    done = services.approve_and_issue(batch, by=user)
    flash(
        _("%(new)s new, %(already)s issued already.", new=done.new, already=done.already)
        + " "
        + ngettext(
            "%(num)s certificate is being signed and printed.",
            "%(num)s certificates are being signed and printed.",
            done.new,
        )
        if done.new
        else _("%(new)s new, %(already)s issued already.", new=0, already=done.already),
        "success",
    )
    return redirect(url_for(TAB, class_id=batch.klass_id, batch=batch.id), 303)


@bp.post("/batches/<int:batch_id>/cancel")
@requires("certificates.decide")
def cancel_issue(batch_id: int) -> AnyResponse | tuple[str, int]:
    """Cancel an issue within minutes: its numbers are void."""
    batch, form = queries.batch_or_404(batch_id), EndForm()
    class_or_404(batch.klass_id, current_user)
    if not form.validate_on_submit():
        return _class_page(batch.klass_id, batch.id, form), 422
    count = services.cancel_issue(batch, reason=form.reason.data, by=me())
    flash(
        ngettext(
            "%(num)s number is void. The class can be issued anew.",
            "%(num)s numbers are void. The class can be issued anew.",
            count,
        ),
        "success",
    )
    return redirect(url_for(TAB, class_id=batch.klass_id, batch=batch.id), 303)


@bp.get("/batches/<int:batch_id>/state")
@requires("certificates.view")
def batch_state(batch_id: int) -> Response:
    """The moving part of a batch while it is signed and printed."""
    batch = queries.batch_or_404(batch_id)
    class_or_404(batch.klass_id, current_user)
    rows = queries.of_batch(batch)
    page = render_template(
        "certificates/batch_state.html",
        klass=batch.klass,
        chosen=batch,
        rows=rows,
        statuses=queries.status_now(rows),
        on_blanks=stock.of_issue(rows),
        may_print=can(current_user, "certificates.print"),
    )
    response = Response(page, mimetype="text/html")
    failed = batch.run is not None and batch.run.finished
    response.headers["X-Job-State"] = (
        "done" if batch.state == "issued" else ("failed" if failed else "running")
    )
    return response


@bp.get("/batches/<int:batch_id>/zip")
@requires("certificates.print")
def batch_zip(batch_id: int) -> AnyResponse:
    """All papers of a batch in register order."""
    batch = queries.batch_or_404(batch_id)
    result = (batch.run.result or {}) if batch.run is not None else {}
    path = settings().files / result["file"] if result.get("file") else None
    if batch.state != "issued" or path is None or not path.is_file():
        raise NotFound(_("The papers of this batch are not packed yet. Please wait until all are printed."))
    return send_file(path, as_attachment=True, download_name=result["filename"], mimetype="application/zip")


@bp.post("/batches/<int:batch_id>/print")
@requires("certificates.print")
def print_again(batch_id: int) -> AnyResponse:
    """Go on with signing, printing and packing from where it stands."""
    batch = queries.batch_or_404(batch_id)
    services.resume_printing(batch, by=acting_user())
    flash(_("Signing and printing go on from where they stood."), "success")
    return redirect(url_for(TAB, class_id=batch.klass_id, batch=batch.id), 303)


@bp.get("/classes/<int:class_id>/sample.pdf")
@requires("certificates.view")
def sample(class_id: int) -> Response:
    """A paper of this class as it would look, marked as a sample, without a valid code."""
    from certificates.paper import render  # noqa: PLC0415  the PDF library is slow to load and large

    klass = class_or_404(class_id, current_user)
    pdf = render.specimen(_sample_values(preflight(klass)))
    response = Response(pdf, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="mau-{klass.id}.pdf"'
    return response


def _cancel(chosen: Batch | None, form: EndForm | None) -> dict[str, Any]:
    """Whether the reader may cancel the chosen issue, until when, and whether the time is over."""
    until = cancelling.until(chosen) if chosen else None
    if chosen is None or until is None:
        return {"may": False, "over": False}
    return {
        "may": cancelling.can_cancel(chosen, me()),
        "over": clock.now() > until,
        "until": until,
        "form": form or EndForm(formdata=None),
    }


def _step(draft: Batch | None, chosen: Batch | None) -> int:
    if draft:
        return 2
    if chosen is None:
        return 1
    return {"approved": 3, "cancelled": 1}.get(chosen.state, 4)


def _sample_values(state: Preflight) -> Values:
    klass: Klass = state.klass
    issuer = state.issuer
    people = state.ready or [one.membership for one in state.blocked]
    return Values(
        template_version=versions.in_force(klass.programme.certificate_kind),
        id16="0" * 16,
        kind=klass.programme.certificate_kind,
        name=max((one.official.full_name for one in people), key=len, default="Nguyễn Văn Mẫu"),
        birth=date(1980, 1, 1),
        serial=f"{issuer.serial_prefix if issuer else 'XX'}000000",
        register_text=f"000/{state.on.year}",
        grade="",
        position="",
        unit="",
        programme_title=klass.programme.title,
        programme_title_en=klass.programme.title_en,
        periods=klass.programme_version.periods,
        class_code=klass.code,
        from_date=klass.starts_on or state.on,
        to_date=klass.ends_on or state.on,
        issuer_superior=issuer.superior_name if issuer else "",
        issuer_name=issuer.name if issuer else klass.organiser.name,
        issuer_name_en=issuer.name_en if issuer else "",
        place=issuer.place if issuer else "",
        signatory_title=issuer.signatory_title if issuer else "",
        signatory_name=issuer.signatory_name if issuer else "",
        issued_on=state.on,
    )


def papers_of(certificate: Certificate) -> Any:
    """The PDF of a certificate as it was printed. Raises NotFound while it is not there."""
    if certificate.batch.state == "cancelled":
        raise NotFound(_("The issue of this certificate was cancelled; its paper is not given out."))
    path = settings().files / certificate.pdf_path if certificate.pdf_path else None
    if path is None or not path.is_file():
        raise NotFound(_("This certificate is not printed yet. Please try again in a few minutes."))
    return send_file(path, mimetype="application/pdf", download_name=f"{certificate.serial}.pdf")
