"""The audit of the register, for inspectors: the last result, the state of the public log, the next audit."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from certificates.auditing import findings, runs
from certificates.log import checkpoints, reading, witnesses
from certificates.routes.blueprint import bp
from lms.access import requires
from lms.access.guard import acting_user

#: Findings on the page; the command has all that are kept.
SHOWN = 200


@bp.get("/audit")
@requires("certificates.audit")
def audit() -> str:
    """What the last audit found, row by row."""
    run = runs.last()
    result = (run.result or {}).get("audit") if run else None
    key = checkpoints.key()
    return render_template(
        "certificates/audit.html",
        run=run,
        result=result,
        found=findings.from_json((result or {}).get("findings", [])[:SHOWN]),
        under_way=runs.under_way(),
        size=reading.size(),
        checkpoint=checkpoints.latest(),
        key=checkpoints.vkey(key) if key else "",
        witnesses=witnesses.all_of_them(),
    )


@bp.post("/audit")
@requires("certificates.audit")
def start_audit() -> Response:
    """Queue an audit."""
    run = runs.start(by=acting_user())
    if run is None:
        flash(_("There are no certificates to audit yet."), "info")
    else:
        flash(_("The audit has begun; its result stands here when it is done."), "success")
    return redirect(url_for("certificates.audit"), 303)
