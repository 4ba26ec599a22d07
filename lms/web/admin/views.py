"""The base of every view under /admin: permission, plugin switch, one transaction, an audit row."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from flask import abort, flash
from flask_admin import AdminIndexView, expose
from flask_admin.actions import action
from flask_admin.contrib.peewee import ModelView
from flask_admin.form import BaseForm
from flask_admin.model.typefmt import BASE_FORMATTERS
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from peewee import ForeignKeyField, IntegrityError

from lms import audit
from lms.access import can, current_user
from lms.access.guard import acting_user, require
from lms.db import db
from lms.errors import LmsError
from lms.plugins.switch import is_on
from lms.web import filters


class AdminForm(BaseForm):
    """Flask-Admin's form with the platform's one CSRF scheme; its own scheme contradicts ours."""

    class Meta(FlaskForm.Meta):
        pass


class _NotSavedError(Exception):
    """Rolls back what Flask-Admin began after it has shown its message."""


class Guarded:
    """Who may open a view: the permission it names, while its plugin is on."""

    permission = "platform.admin"
    #: The plugin the view belongs to, and the group it is shown in; set when it is mounted.
    plugin = "lms"
    category: Any = None

    def is_accessible(self) -> bool:
        return is_on(self.plugin) and can(current_user, self.permission)

    def inaccessible_callback(self, name: str, **kwargs: Any) -> Any:
        if not is_on(self.plugin):
            abort(404)
        require(self.permission)
        abort(403)


class Overview(Guarded, AdminIndexView):
    """The front page: what can be kept here, by module."""

    @expose("/")
    def index(self) -> Any:
        groups: dict[str, list[Any]] = {}
        for view in self.admin._views:  # type: ignore[union-attr]
            if view is not self and view.is_accessible() and view.is_visible():
                groups.setdefault(str(view.category or ""), []).append(view)
        return self.render("web/admin_overview.html", groups=groups)


class SecureModelView(Guarded, ModelView):
    """A table of reference data. Set `permission`; deleting is off unless a view asks for it."""

    form_base_class = AdminForm
    can_delete = False
    can_view_details = False
    can_export = False
    page_size = 50
    can_set_page_size = False
    named_filter_urls = True
    list_template = "web/admin_list.html"
    #: The kind of list whose import and export stand above the table.
    list_kind = ""
    #: Dates and times as everywhere else.
    column_type_formatters = {
        **BASE_FORMATTERS,
        date: lambda _view, value, _name: filters.date(value),
        datetime: lambda _view, value, _name: filters.datetime(value),
        bool: lambda _view, value, _name: _("Yes") if value else _("No"),
    }

    @property
    def column_display_actions(self) -> bool:
        """No empty first column where nothing can be done with a row."""
        return bool(self.can_edit or self.can_delete or self.can_view_details)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # The words over the columns are the words beside the fields.
        given: dict[str, Any] = getattr(self, "form_args", None) or {}
        labels = {name: {"label": label} for name, label in (self.column_labels or {}).items()}
        self.form_args = {name: {**labels.get(name, {}), **given.get(name, {})} for name in {*labels, *given}}
        super().__init__(*args, **kwargs)

    def get_list(self, *args: Any, **kwargs: Any) -> Any:
        count, rows = super().get_list(*args, **kwargs)
        if isinstance(rows, list):
            self._load_referred(rows)
        return count, rows

    def create_model(self, form: Any) -> Any:
        return self._whole(lambda: ModelView.create_model(self, form))

    def update_model(self, form: Any, model: Any) -> Any:
        model._before = {name: model.__data__.get(name) for name in model.__data__}
        return self._whole(lambda: ModelView.update_model(self, form, model))

    def delete_model(self, model: Any) -> bool:
        """Delete one row; what hangs on it is never deleted with it."""
        return bool(self._whole(lambda: self._delete(model)))

    def after_model_change(self, form: Any, model: Any, is_created: bool) -> None:
        before = getattr(model, "_before", {})
        changed = sorted(name for name, value in model.__data__.items() if before.get(name) != value)
        audit.record(acting_user(), "admin.created" if is_created else "admin.changed", model, fields=changed)

    def handle_view_exception(self, exc: Exception) -> bool:
        if isinstance(exc, LmsError):
            flash(str(exc), "error")
            return True
        if isinstance(exc, IntegrityError):
            flash(
                _(
                    "This contradicts another row: a value is taken already, or something still refers to this row."
                ),
                "error",
            )
            return True
        return bool(super().handle_view_exception(exc))

    @action("delete", _l("Delete"), _l("Delete the selected rows?"))
    def action_delete(self, ids: list[str]) -> None:
        """Delete the rows ticked in the list, all or none."""
        key = getattr(self.model, self._primary_key)
        rows = list(self.model.select().where(key.in_(ids)))
        if self._whole(lambda: all(self._delete(row) for row in rows)):
            flash(_("%(count)s rows deleted.", count=len(rows)), "success")

    def remove(self, model: Any) -> None:
        """Delete a row and say so in the audit record; a view whose module has a service for it calls that."""
        audit.record(acting_user(), "admin.deleted", model)
        model.delete_instance(recursive=False)

    def _load_referred(self, rows: list[Any]) -> None:
        """Load what the shown columns refer to: one query a column, not one a row."""
        shown = {name for name, _title in self._list_columns}
        for field in self.model._meta.sorted_fields:
            if isinstance(field, ForeignKeyField) and field.name in shown:
                ids = {row.__data__.get(field.name) for row in rows} - {None}
                found = (
                    {other._pk: other for other in field.rel_model.select().where(field.rel_field.in_(ids))}
                    if ids
                    else {}
                )
                for row in rows:
                    if row.__data__.get(field.name) in found:
                        row.__rel__[field.name] = found[row.__data__[field.name]]

    def _delete(self, model: Any) -> bool:
        try:
            self.remove(model)
        except Exception as problem:
            if not self.handle_view_exception(problem):
                raise
            return False
        return True

    def _whole(self, deed: Any) -> Any:
        """Run a deed in one transaction; a deed that answers False leaves nothing behind."""
        try:
            with db.atomic():
                done = deed()
                if done is False:
                    raise _NotSavedError
        except _NotSavedError:
            return False
        return done
