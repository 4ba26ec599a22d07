"""The holder's own certificate: links to share, who checked it; and the page behind such a link."""

from __future__ import annotations

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from certificates import queries as register
from certificates import verification
from certificates.interop.models import Credential
from certificates.models import Certificate
from certificates.routes.blueprint import bp, verify
from certificates.routes.verifying import respond
from certificates.sharing import queries, services
from certificates.sharing.forms import ShareForm
from certificates.sharing.models import Share
from courses.forms import show_problems
from lms import clock
from lms.access import current_user, public, requires
from lms.access.guard import me
from lms.access.limits import slow_down
from lms.config import settings
from lms.crypto import unseal
from lms.errors import Invalid
from lms.lean import lean


@bp.get("/mine/<int:certificate_id>")
@requires("certificates.own")
def my_certificate(certificate_id: int) -> str:
    """One own certificate: its links, and how often it was checked."""
    return _own_page(queries.own_or_404(certificate_id, current_user), ShareForm(formdata=None))


@bp.post("/mine/<int:certificate_id>/links")
@requires("certificates.own")
def share(certificate_id: int) -> BaseResponse | tuple[str, int]:
    """Make a link to an own certificate."""
    row = queries.own_or_404(certificate_id, current_user)
    form = ShareForm()
    if not form.validate_on_submit():
        return _own_page(row, form), 422
    try:
        services.share(row, label=form.label.data, days=form.days.data, by=me())
    except Invalid as problem:
        show_problems(form, problem)
        return _own_page(row, form), 422
    flash(_("The link is made. Copy it and send it to whom it is for."), "success")
    return redirect(url_for("certificates.my_certificate", certificate_id=row.id), 303)


@bp.post("/mine/<int:certificate_id>/links/<int:share_id>/end")
@requires("certificates.own")
def end_share(certificate_id: int, share_id: int) -> BaseResponse:
    """Take a link back; whoever opens it from now on sees nothing."""
    row = queries.own_or_404(certificate_id, current_user)
    services.take_back(queries.share_or_404(share_id, row), by=me())
    flash(_("The link is taken back."), "success")
    return redirect(url_for("certificates.my_certificate", certificate_id=row.id), 303)


@verify.get("/shared/<share_code>")
@public
def shared(share_code: str) -> BaseResponse:
    """A certificate as its holder shares it: the full lines, from signed data alone. Ended, over and unknown are one answer."""
    row = queries.shared(share_code)
    verdict = verification.look_up(str(row.certificate.id16), clock.today()) if row else None
    if row is None or verdict is None:
        slow_down("certificates.unknown", most=60, seconds=60)
        return respond(render_template("certificates/sharing/gone.html"), 404)
    return respond(
        render_template(
            "certificates/sharing/shared.html",
            share=row,
            verdict=verdict,
            extract=verification.read_extract(verdict.text) if verdict.row else {},
            code=share_code,
            now=clock.now(),
        )
    )


@verify.post("/seen")
@public
@lean
def seen() -> BaseResponse:
    """The page of a check tells that it was shown; the holder learns the count and nothing of who it was."""
    code, link = request.form.get("code", "")[:40], request.form.get("link", "")[:80]
    slow_down("certificates.seen", most=30, seconds=60)
    if link:
        row = queries.shared(link)
        found = [row.certificate_id] if row else []
    else:
        found = [one.id for one in Certificate.select(Certificate.id).where(Certificate.id16 == code)]
    services.count_checks(found, "link" if link else "scan")
    return Response(status=204)


def _own_page(row: Certificate, form: ShareForm) -> str:
    now = register.status_now([row])
    return render_template(
        "certificates/sharing/own.html",
        row=row,
        status=now[row.id].status if row.id in now else "",
        form=form,
        shares=[(one, _address(one)) for one in queries.shares_of(row)],
        days=queries.checks_by_day(row),
        has_credential=Credential.select().where(Credential.certificate == row).exists(),
    )


def _address(one: Share) -> str:
    return f"{settings().base_url}/c/shared/{unseal(str(one.code_sealed))}" if one.stands else ""
