"""``/accounts``: everybody's accounts, for administrators."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.wrappers import Response
from wtforms.fields.choices import SelectChoice

from lms.access import account_queries, accounts, devices, links, second, services, sign_ins
from lms.access.forms import GiveRoleForm, NewAccountForm
from lms.access.guard import me, requires
from lms.access.models import User, UserRole
from lms.access.roles import title_of
from lms.access.routes.blueprint import bp
from lms.bulk import deed_or_404
from lms.db import paginate
from lms.errors import Conflict, Invalid, NotFound
from lms.people.models import Organisation
from lms.web.forms import show_refusal
from lms.web.lists import Sort, Sorting

ACCOUNTS = Sorting(
    Sort("name", _l("Name"), User.name_sort),
    Sort("last", _l("Last sign-in"), User.last_login_at, down=True),
    usual="name",
    last=(User.name_sort, User.id),
)


@bp.get("/accounts", endpoint="accounts")
@requires("platform.users")
def list_accounts() -> str:
    """Accounts with their roles; found by name, address or role."""
    wanted = account_queries.wanted(request.args)
    order = ACCOUNTS.asked()
    query = account_queries.accounts(search=wanted["q"], role=wanted["role"], state=wanted["state"])
    page = paginate(order.over(query), request.args.get("page", 1, type=int))
    return render_template(
        "access/accounts.html",
        page=page,
        order=order,
        wanted=wanted,
        deeds=[deed_or_404("access.switch_on"), deed_or_404("access.switch_off")],
        roles=account_queries.roles(),
        held=account_queries.roles_held(page.rows),
        strong=account_queries.with_second_factor(page.rows),
        title_of=title_of,
    )


@bp.get("/accounts/new")
@requires("platform.users")
def new_account() -> str:
    return render_template("access/new_account.html", form=_new_form())


@bp.post("/accounts/new")
@requires("platform.users")
def add_account() -> Any:
    """Add an account and show the link under which its owner chooses a password."""
    form = _new_form()
    if form.validate_on_submit():
        try:
            user, link = services.invite(
                form.email.data,
                form.display_name.data,
                role=form.role.data or "",
                organisation=_organisation(form.organisation.data),
                by=me(),
            )
        except (Invalid, Conflict) as refused:
            show_refusal(form, refused)
        else:
            return _link_page(user, link)
    return render_template("access/new_account.html", form=form), 422


@bp.get("/accounts/<int:user_id>")
@requires("platform.users")
def account_page(user_id: int) -> str:
    """One account: roles, devices, second factor."""
    return _page(account_queries.account_or_404(user_id), _role_form())


@bp.post("/accounts/<int:user_id>/link")
@requires("platform.users")
def password_link(user_id: int) -> Response:
    """Make a one-time link to choose a password, and show it once."""
    user = account_queries.account_or_404(user_id)
    return _link_page(user, links.for_choosing(user, by=me()))


@bp.post("/accounts/<int:user_id>/off")
@requires("platform.users")
def deactivate(user_id: int) -> Response:
    user = account_queries.account_or_404(user_id)
    count = accounts.deactivate(user, by=me())
    flash(_("%(name)s can no longer sign in.", name=user.display_name) + " " + _signed_out(count), "success")
    return _back(user)


@bp.post("/accounts/<int:user_id>/on")
@requires("platform.users")
def reactivate(user_id: int) -> Response:
    user = account_queries.account_or_404(user_id)
    accounts.reactivate(user, by=me())
    flash(_("%(name)s can sign in again.", name=user.display_name), "success")
    return _back(user)


@bp.post("/accounts/<int:user_id>/sign-out")
@requires("platform.users")
def sign_out_everywhere(user_id: int) -> Response:
    user = account_queries.account_or_404(user_id)
    flash(_signed_out(accounts.end_everywhere(user, by=me())), "success")
    return _back(user)


@bp.post("/accounts/<int:user_id>/second-factor/reset")
@requires("platform.users")
def reset_second_factor(user_id: int) -> Response:
    user = account_queries.account_or_404(user_id)
    accounts.reset_second_factor(user, by=me())
    flash(_("The second factor of %(name)s is reset.", name=user.display_name), "success")
    return _back(user)


@bp.post("/accounts/<int:user_id>/roles")
@requires("platform.users")
def give_role(user_id: int) -> Any:
    """Give one role more; the others stay."""
    user, form = account_queries.account_or_404(user_id), _role_form()
    if form.validate_on_submit():
        try:
            where = _organisation(form.organisation.data)
            services.give_role(
                user, form.role.data, by=me(), organisation=where, until_date=form.until_date.data
            )
        except Invalid as refused:
            show_refusal(form, refused)
        else:
            flash(_("%(name)s holds one role more.", name=user.display_name), "success")
            return _back(user)
    return _page(user, form), 422


@bp.post("/accounts/<int:user_id>/roles/<int:held_id>/take")
@requires("platform.users")
def take_role(user_id: int, held_id: int) -> Response:
    user = account_queries.account_or_404(user_id)
    held = UserRole.get_or_none(UserRole.id == held_id, UserRole.user == user.id)
    if held is None:
        raise NotFound()
    services.take_role(held, by=me())
    flash(_("The role was taken away."), "success")
    return _back(user)


def _page(user: User, form: GiveRoleForm) -> str:
    return render_template(
        "access/account_page.html",
        user=user,
        form=form,
        held=account_queries.roles_held([user])[user.id],
        sign_ins=sign_ins.of(user),
        having=second.having(user),
        devices=devices,
        title_of=title_of,
        myself=user.id == me().id,
    )


def _link_page(user: User, link: str) -> Response:
    response = Response(render_template("access/link.html", user=user, link=link), mimetype="text/html")
    response.headers["Cache-Control"] = "no-store"
    return response


def _back(user: User) -> Response:
    return redirect(url_for("access.account_page", user_id=user.id))


def _signed_out(count: int) -> str:
    return ngettext("%(num)s device was signed out.", "%(num)s devices were signed out.", count)


def _organisation(code: str | None) -> Organisation | None:
    if not (code or "").strip():
        return None
    found = Organisation.get_or_none(Organisation.code == str(code).strip())
    if found is None:
        raise Invalid(fields={"organisation": _("There is no organisation with this code. Please check it.")})
    return found


def _choices() -> list[SelectChoice]:
    return [SelectChoice(row.name, title_of(row)) for row in account_queries.roles()]


def _new_form() -> NewAccountForm:
    form = NewAccountForm()
    form.role.choices = [SelectChoice("", _("No role yet")), *_choices()]
    return form


def _role_form() -> GiveRoleForm:
    form = GiveRoleForm()
    form.role.choices = _choices()
    return form
