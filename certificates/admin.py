"""Reference data of certificates: issuers, registers, and the keys as they are known to the public."""

from __future__ import annotations

from typing import Any

from flask_admin.contrib.peewee.ajax import QueryAjaxModelLoader
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice

from certificates import services
from certificates.models import Issuer, Key, Register
from lms import clock
from lms.access.guard import acting_user
from lms.errors import LmsError
from lms.people.models import Organisation
from lms.web.admin import SecureModelView

KINDS = {"certificate": _l("Certificates"), "completion": _l("Certificates of completion")}


def views() -> list[SecureModelView]:
    """What certificates adds to the administration."""
    return [
        IssuerView(Issuer, name=_l("Issuers"), endpoint="admin_issuers", url="issuers"),
        RegisterView(Register, name=_l("Registers"), endpoint="admin_registers", url="registers"),
        KeyView(Key, name=_l("Signing keys"), endpoint="admin_keys", url="signing-keys"),
    ]


def _issuer_choices() -> list[SelectChoice]:
    newest = {row.number: row for row in Issuer.select().order_by(Issuer.valid_from)}
    return [SelectChoice(str(number), row.name) for number, row in newest.items()]


class IssuerView(SecureModelView):
    """What an institution's certificates print. A new head is a new row from a day on; rows are never changed."""

    permission = "certificates.reference"
    can_edit = False
    column_list = ("name", "signatory_name", "place", "serial_prefix", "valid_from", "valid_to")
    column_default_sort = ("valid_from", True)
    column_labels = {
        "organisation": _l("Organisation"),
        "superior_name": _l("Superior body"),
        "name": _l("Issuer"),
        "name_en": _l("Name in English"),
        "place": _l("Place"),
        "signatory_title": _l("Title of the signatory"),
        "signatory_name": _l("Signed by"),
        "serial_prefix": _l("Letters before the serial number"),
        "valid_from": _l("In force from"),
        "valid_to": _l("In force until"),
    }
    form_columns = (
        "organisation",
        "superior_name",
        "name",
        "name_en",
        "place",
        "signatory_title",
        "signatory_name",
        "serial_prefix",
        "valid_from",
    )
    form_ajax_refs = {
        "organisation": QueryAjaxModelLoader(
            "organisation", Organisation, fields=[Organisation.name, Organisation.code]
        )
    }

    def create_model(self, form: Any) -> Any:
        values = {name: form[name].data for name in self.form_columns}
        values["valid_from"] = values["valid_from"] or clock.today()
        try:
            return services.add_issuer(values.pop("organisation"), by=acting_user(), **values)
        except LmsError as refused:
            self.handle_view_exception(refused)
            return False


class RegisterView(SecureModelView):
    """Register books: opened here, numbered by the issue alone."""

    permission = "certificates.reference"
    can_edit = False
    column_list = ("code", "title", "kind", "issuer_number", "last_serial")
    column_labels = {
        "code": _l("Code"),
        "title": _l("Title"),
        "kind": _l("Kind of paper"),
        "issuer_number": _l("Issuer"),
        "last_serial": _l("Last serial number"),
    }
    column_formatters = {
        "kind": lambda _view, _context, row, _name: KINDS.get(row.kind, row.kind),
        "issuer_number": lambda _view, _context, row, _name: _issuer_name(row.issuer_number),
    }
    form_columns = ("issuer_number", "kind", "code", "title")
    form_overrides = {"kind": SelectField, "issuer_number": SelectField}
    form_args = {
        "kind": {"choices": [SelectChoice(kind, title) for kind, title in KINDS.items()]},
        "issuer_number": {"choices": _issuer_choices, "coerce": int},
    }

    def create_model(self, form: Any) -> Any:
        issuer = (
            Issuer.select()
            .where(Issuer.number == form.issuer_number.data)
            .order_by(Issuer.valid_from.desc())
            .first()
        )
        try:
            return services.add_register(
                issuer, form.code.data, form.title.data, by=acting_user(), kind=form.kind.data
            )
        except LmsError as refused:
            self.handle_view_exception(refused)
            return False


class KeyView(SecureModelView):
    """Public halves of the signing keys, to read. Keys are made on the machine that signs: `lms keys rotate`."""

    permission = "certificates.reference"
    can_create = can_edit = False
    column_list = ("kid", "algorithm", "issuer_number", "not_before", "not_after", "status")
    column_labels = {
        "kid": _l("Key"),
        "algorithm": _l("Algorithm"),
        "issuer_number": _l("Issuer"),
        "not_before": _l("Signs from"),
        "not_after": _l("Signs until"),
        "status": _l("State"),
    }
    column_formatters = {
        "issuer_number": lambda _view, _context, row, _name: (
            _("status lists") if row.purpose == "status" else _issuer_name(row.issuer_number)
        ),
        "status": lambda _view, _context, row, _name: _key_state(row.status),
    }


def _issuer_name(number: int) -> str:
    found = (
        Issuer.select(Issuer.name).where(Issuer.number == number).order_by(Issuer.valid_from.desc()).first()
    )
    return str(found.name) if found else str(number)


def _key_state(status: str) -> str:
    return {"active": _("in use"), "retired": _("no longer signs"), "withdrawn": _("withdrawn")}.get(
        status, status
    )
