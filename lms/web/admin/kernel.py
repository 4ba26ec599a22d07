"""The kernel's own reference data: organisations, accounts and the roles they hold."""

from __future__ import annotations

from typing import Any

from flask_admin.contrib.peewee.ajax import QueryAjaxModelLoader
from flask_babel import lazy_gettext as _l
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice

from lms.access import accounts
from lms.access import services as access
from lms.access.guard import acting_user
from lms.access.models import User, UserRole
from lms.access.roles import title_of
from lms.db import db
from lms.errors import LmsError
from lms.people import labels
from lms.people import services as people
from lms.people.models import ORGANISATION_KINDS, Organisation
from lms.text import fold, squeeze
from lms.web.admin.views import SecureModelView


class OrganisationView(SecureModelView):
    """Organisations: added below a parent; renamed and ended, never moved or deleted (their past is on record)."""

    column_list = ("name", "code", "kind", "parent", "valid_from", "valid_to")
    column_default_sort = "path"
    column_searchable_list = (Organisation.name, Organisation.code)
    column_filters = ("kind",)
    column_labels = {
        "name": _l("Name"),
        "code": _l("Code"),
        "kind": _l("Kind"),
        "parent": _l("Belongs to"),
        "valid_from": _l("In force from"),
        "valid_to": _l("In force until"),
        "successor": _l("Succeeded by"),
    }
    column_formatters = {
        "kind": lambda _view, _context, row, _name: labels.ORGANISATION_KINDS.get(row.kind, row.kind)
    }
    form_columns: Any = ("code", "name", "kind", "parent", "valid_from", "valid_to", "successor")
    edit_columns = ("name", "valid_from", "valid_to", "successor")
    form_overrides = {"kind": SelectField}
    form_args = {
        "kind": {
            "choices": [SelectChoice(kind, labels.ORGANISATION_KINDS[kind]) for kind in ORGANISATION_KINDS]
        }
    }
    form_ajax_refs = {
        "parent": QueryAjaxModelLoader("parent", Organisation, fields=[Organisation.name, Organisation.code]),
        "successor": QueryAjaxModelLoader(
            "successor", Organisation, fields=[Organisation.name, Organisation.code]
        ),
    }

    def create_model(self, form: Any) -> Any:
        try:
            with db.atomic():
                made = people.add_organisation(
                    form.code.data,
                    form.name.data,
                    form.kind.data,
                    by=acting_user(),
                    parent=form.parent.data,
                    valid_from=form.valid_from.data,
                    valid_to=form.valid_to.data,
                )
        except LmsError as refused:
            self.handle_view_exception(refused)
            return False
        return made

    def get_edit_form(self) -> Any:
        chosen, self.form_columns = self.form_columns, self.edit_columns
        try:
            return self.scaffold_form()
        finally:
            self.form_columns = chosen

    def on_model_change(self, form: Any, model: Any, is_created: bool) -> None:
        model.name = squeeze(model.name)
        model.name_folded = fold(model.name)


class UserView(SecureModelView):
    """Accounts: the name and whether they may sign in. They are added by `lms user add`."""

    permission = "platform.users"
    can_create = False
    column_list = ("display_name", "email", "active", "last_login_at")
    column_searchable_list = (User.display_name, User.email)
    column_filters = ("active",)
    column_default_sort = "email"
    column_labels = {
        "display_name": _l("Name"),
        "email": _l("E-mail address"),
        "active": _l("May sign in"),
        "last_login_at": _l("Last sign-in"),
    }
    form_columns = ("display_name", "active")

    def on_model_change(self, form: Any, model: Any, is_created: bool) -> None:
        """Switching off and on follow their own rules: never oneself nor the last administrator, signed out at once."""
        was = model._before["active"]
        if was and not model.active:
            accounts.deactivate(model, by=acting_user())
        elif model.active and not was:
            accounts.reactivate(model, by=acting_user())


class UserRoleView(SecureModelView):
    """Who holds which role, and for which organisation."""

    permission = "platform.users"
    can_edit = False
    can_delete = True
    column_list = ("user", "role", "organisation")
    column_searchable_list = (User.display_name, User.email)
    column_labels = {"user": _l("Account"), "role": _l("Role"), "organisation": _l("For the organisation")}
    column_formatters = {"role": lambda _view, _context, row, _name: title_of(row.role)}
    form_columns = ("user", "role", "organisation")
    form_args = {"role": {"get_label": lambda role: title_of(role)}}
    form_ajax_refs = {
        "user": QueryAjaxModelLoader("user", User, fields=[User.email, User.display_name]),
        "organisation": QueryAjaxModelLoader(
            "organisation", Organisation, fields=[Organisation.name, Organisation.code]
        ),
    }

    def create_model(self, form: Any) -> Any:
        user, role = form.user.data, form.role.data
        with db.atomic():
            access.give_role(user, role.name, by=acting_user(), organisation=form.organisation.data)
        return (
            UserRole.select()
            .where(UserRole.user == user, UserRole.role == role)
            .order_by(UserRole.id.desc())
            .first()
        )

    def remove(self, model: Any) -> None:
        access.take_role(model, by=acting_user())


def views() -> list[SecureModelView]:
    """The kernel's views."""
    return [
        OrganisationView(
            Organisation, name=_l("Organisations"), endpoint="admin_organisation", url="organisations"
        ),
        UserView(User, name=_l("Accounts"), endpoint="admin_user", url="accounts"),
        UserRoleView(UserRole, name=_l("Roles held"), endpoint="admin_user_role", url="roles"),
    ]
