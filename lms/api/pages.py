"""Pages about the interface: own tokens, everybody's tokens, the description."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as BaseResponse

from lms.access import current_user, public, requires, signed_in
from lms.access.guard import acting_user
from lms.access.models import User
from lms.api import describing, kernel, tokens
from lms.api.forms import token_form
from lms.api.models import ApiToken
from lms.api.operations import ROOT
from lms.api.webhooks import routes as webhooks
from lms.db import paginate
from lms.errors import LmsError
from lms.plugins.registry import registry
from lms.web.errors import layout
from lms.web.forms import show_refusal
from lms.web.lists import Sort, Sorting

ALL_TOKENS = Sorting(
    Sort("account", _l("Account"), User.name_sort),
    Sort("name", _l("Name"), ApiToken.name),
    Sort("used", _l("Last used"), ApiToken.last_used_at, down=True),
    Sort("until", _l("Good until"), ApiToken.expires_at),
    last=(ApiToken.id,),
)

bp = Blueprint("api", "lms.api", template_folder="templates")
blueprints = (bp, kernel.bp, webhooks.bp)


@bp.route("/me/tokens", methods=["GET", "POST"])
@signed_in
def tokens_page() -> Any:
    """My tokens; a new one is shown once, in the answer that made it."""
    form, made, secret = token_form(current_user), None, ""
    if form.validate_on_submit():
        user = acting_user()
        assert user is not None  # behind @signed_in
        try:
            made, secret = tokens.make(
                user, form.name.data or "", form.scopes.data or [], days=form.days.data,
                organisation_id=form.organisation.data or None,
            )  # fmt: skip
        except LmsError as refused:
            show_refusal(form, refused)
        else:
            form = token_form(current_user, empty=True)
    page = render_template(
        "api/tokens.html",
        layout=layout(),
        form=form,
        made=made,
        secret=secret,
        tokens=tokens.of(current_user),
        titles={name: one.title for name, one in registry.permissions.items()},
        root=ROOT,
    )
    response = Response(page, 422 if form.errors or getattr(form, "form_errors", None) else 200)
    if secret:
        response.headers["Cache-Control"] = "no-store"
    return response


@bp.post("/me/tokens/<int:token_id>/revoke")
@signed_in
def revoke_own(token_id: int) -> BaseResponse:
    """Revoke one of my tokens."""
    _revoke(tokens.own_or_404(token_id, current_user))
    return redirect(url_for("api.tokens_page"), 303)


@bp.get("/platform/tokens")
@requires("platform.users")
def all_tokens() -> str:
    """Every account's tokens."""
    order, search = ALL_TOKENS.asked(), request.args.get("q", "").strip()[:120]
    page = paginate(order.over(tokens.everybodys(search)), request.args.get("page", 1, type=int))
    titles = {name: one.title for name, one in registry.permissions.items()}
    return render_template("api/all_tokens.html", page=page, titles=titles, order=order, search=search)


@bp.post("/platform/tokens/<int:token_id>/revoke")
@requires("platform.users")
def revoke_any(token_id: int) -> BaseResponse:
    """Revoke anybody's token."""
    _revoke(tokens.token_or_404(token_id))
    return redirect(url_for("api.all_tokens"), 303)


@bp.get(f"{ROOT}/openapi.json")
@public
def description() -> Response:
    """The description of the interface for programs, OpenAPI 3.1."""
    return jsonify(describing.openapi())


@bp.get(f"{ROOT}/docs")
@public
def docs() -> str:
    """The same description for people."""
    return render_template(
        "api/docs.html", layout=layout(), operations=describing.operations(), d=describing, root=ROOT,
        titles={name: one.title for name, one in registry.permissions.items()},
    )  # fmt: skip


def _revoke(token: Any) -> None:
    tokens.revoke(token, by=acting_user())
    flash(
        _("“%(name)s” is revoked; the program that uses it is shut out at once.", name=token.name), "success"
    )
