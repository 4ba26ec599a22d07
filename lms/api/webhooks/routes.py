"""Pages of webhooks, for who runs the platform."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from lms.access import requires
from lms.access.guard import acting_user
from lms.api.webhooks import queries, services
from lms.api.webhooks.forms import webhook_form
from lms.api.webhooks.models import Webhook
from lms.db import paginate
from lms.errors import Invalid
from lms.web.forms import show_refusal

bp = Blueprint("webhooks", "lms.api", template_folder="templates", url_prefix="/platform/webhooks")


@bp.get("/")
@requires("platform.webhooks")
def index() -> str:
    """Every webhook with what was sent to it."""
    return render_template("webhooks/list.html", webhooks=queries.all_of_them(), counts=queries.counts())


@bp.route("/new", methods=["GET", "POST"])
@requires("platform.webhooks")
def new() -> Any:
    """Add a webhook; its secret is shown once, in the answer."""
    form = webhook_form()
    if form.validate_on_submit():
        try:
            made, secret = services.add(
                form.title.data, form.address.data, form.events.data, by=acting_user()
            )
        except Invalid as refused:
            show_refusal(form, refused)
        else:
            return _secret_page(made, secret)
    return render_template("webhooks/form.html", form=form, webhook=None), 422 if form.errors else 200


@bp.route("/<int:webhook_id>", methods=["GET", "POST"])
@requires("platform.webhooks")
def show(webhook_id: int) -> Any:
    """What was sent, what failed; change it."""
    webhook = queries.webhook_or_404(webhook_id)
    form = webhook_form(webhook)
    if form.validate_on_submit():
        try:
            services.change(webhook, form.title.data, form.address.data, form.events.data, by=acting_user())
        except Invalid as refused:
            show_refusal(form, refused)
        else:
            flash(_("“%(title)s” was changed.", title=form.title.data), "success")
            return redirect(url_for("webhooks.show", webhook_id=webhook_id), 303)
    sent = paginate(queries.deliveries(webhook), request.args.get("page", 1, type=int), 25)
    page = render_template("webhooks/show.html", webhook=webhook, form=form, sent=sent)
    return page, 422 if form.errors else 200


@bp.post("/<int:webhook_id>/secret")
@requires("platform.webhooks")
def new_secret(webhook_id: int) -> Response:
    """Draw a new secret and show it once."""
    webhook = queries.webhook_or_404(webhook_id)
    return _secret_page(webhook, services.new_secret(webhook, by=acting_user()))


@bp.post("/<int:webhook_id>/pause")
@requires("platform.webhooks")
def pause(webhook_id: int) -> BaseResponse:
    """Send nothing for now."""
    services.pause(queries.webhook_or_404(webhook_id), by=acting_user())
    flash(_("Nothing is sent there until you let it go on."), "success")
    return _back(webhook_id)


@bp.post("/<int:webhook_id>/resume")
@requires("platform.webhooks")
def resume(webhook_id: int) -> BaseResponse:
    """Send again."""
    services.go_on(queries.webhook_or_404(webhook_id), by=acting_user())
    flash(_("Facts are sent there again from now on."), "success")
    return _back(webhook_id)


@bp.post("/<int:webhook_id>/try")
@requires("platform.webhooks")
def try_out(webhook_id: int) -> BaseResponse:
    """Send a trial."""
    services.try_out(queries.webhook_or_404(webhook_id), by=acting_user())
    flash(_("A trial is on its way; reload the page to see what became of it."), "success")
    return _back(webhook_id)


@bp.post("/<int:webhook_id>/deliveries/<int:delivery_id>/retry")
@requires("platform.webhooks")
def send_again(webhook_id: int, delivery_id: int) -> BaseResponse:
    """Try a failed delivery again."""
    services.send_again(queries.webhook_or_404(webhook_id), delivery_id, by=acting_user())
    flash(_("The delivery is tried again now."), "success")
    return _back(webhook_id)


@bp.post("/<int:webhook_id>/remove")
@requires("platform.webhooks")
def remove(webhook_id: int) -> BaseResponse:
    """Remove a webhook."""
    webhook = queries.webhook_or_404(webhook_id)
    services.remove(webhook, by=acting_user())
    flash(_("“%(title)s” is removed; nothing is sent there any more.", title=webhook.title), "success")
    return redirect(url_for("webhooks.index"), 303)


def _secret_page(webhook: Webhook, secret: str) -> Response:
    response = Response(render_template("webhooks/secret.html", webhook=webhook, secret=secret))
    response.headers["Cache-Control"] = "no-store"
    return response


def _back(webhook_id: int) -> BaseResponse:
    return redirect(url_for("webhooks.show", webhook_id=webhook_id), 303)
