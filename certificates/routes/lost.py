"""Papers for lost or damaged certificates: asked for on the certificate's page, fetched when printed."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from certificates import queries, services
from certificates.forms import LostForm
from certificates.register.models import Substitute
from certificates.routes.blueprint import bp
from lms.access import current_user, requires
from lms.access.guard import me
from lms.config import settings
from lms.errors import NotFound


@bp.post("/<int:certificate_id>/substitute")
@requires("certificates.decide")
def ask_for_substitute(certificate_id: int) -> Response:
    """Ask for the paper; a second person agrees."""
    row = queries.certificate_or_404(certificate_id, current_user)
    form = LostForm(prefix="substitute")
    services.ask_for_substitute(row, reason=form.reason.data or "", note=form.note.data or "", by=me())
    flash(
        _("The paper for %(serial)s waits for a second person. Nothing is changed yet.", serial=row.serial),
        "success",
    )
    return redirect(url_for("certificates.certificate", certificate_id=row.id), 303)


@bp.get("/substitutes/<int:substitute_id>.pdf")
@requires("certificates.print")
def substitute(substitute_id: int) -> Any:
    """The paper as it was printed."""
    made = Substitute.get_or_none(Substitute.id == substitute_id)
    if made is None or queries.found(made.certificate_id, current_user) is None:
        raise NotFound(_("There is no such certificate among those you may see."))
    path = settings().files / made.pdf_path if made.pdf_path else None
    if path is None or not path.is_file():
        raise NotFound(_("This certificate is not printed yet. Please try again in a few minutes."))
    return send_file(path, mimetype="application/pdf", download_name=path.name)
