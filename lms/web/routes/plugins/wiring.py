"""Who asks, who answers, who publishes, who hears, and what could not be delivered."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from lms import holding
from lms.access import requires
from lms.access.guard import acting_user
from lms.db import paginate
from lms.events import Delivery, EventRow
from lms.jobs import JobRun
from lms.plugins import wiring
from lms.plugins.registry import registry
from lms.plugins.switch import is_on, refresh
from lms.web import services
from lms.web.routes.blueprint import web


@web.get("/plugins/wiring")
@requires("platform.plugins")
def plugin_wiring() -> str:
    """Questions and facts between plugins; failed deliveries with their errors."""
    refresh()
    failed = (
        Delivery.select(Delivery, EventRow)
        .join(EventRow)
        .where(Delivery.state == "failed")
        .order_by(Delivery.id.desc())
    )
    return render_template(
        "web/plugins/wiring.html",
        questions=wiring.questions(),
        facts=wiring.facts(),
        failed=paginate(failed, request.args.get("page", 1, type=int), 25),
        waiting=Delivery.select().where(Delivery.state == "due").count(),
        held=holding.held(),
        failed_jobs=JobRun.select().where(JobRun.state == "failed").count(),
        titles={found.name: found.plugin.title for found in registry.in_order()},
        on={found.name for found in registry.in_order() if is_on(found.name)},
        active_nav="plugins",
    )


@web.post("/plugins/wiring/<int:delivery_id>/retry")
@requires("platform.plugins")
def delivery_retry(delivery_id: int) -> Response:
    """Try one failed delivery again."""
    services.deliver_again(delivery_id, by=acting_user())
    flash(_("The delivery is tried again now."), "success")
    return redirect(url_for("web.plugin_wiring"), 303)


@web.post("/plugins/wiring/retry")
@requires("platform.plugins")
def deliveries_retry() -> Response:
    """Try every failed delivery again."""
    count = services.deliver_all_again(by=acting_user())
    flash(
        ngettext(
            "%(num)s failed delivery is tried again.", "%(num)s failed deliveries are tried again.", count
        ),
        "success",
    )
    return redirect(url_for("web.plugin_wiring"), 303)


@web.post("/plugins/wiring/release")
@requires("platform.plugins")
def deliveries_release() -> Response:
    """Let deliveries and work go on although the last upgrade did not finish."""
    if holding.release(by=acting_user()):
        flash(_("Deliveries and background work go on."), "success")
    return redirect(url_for("web.plugin_wiring"), 303)
