"""Reference data of courses: programmes, their versions, rooms and lecturers."""

from __future__ import annotations

from typing import Any

from flask_admin.contrib.peewee.ajax import QueryAjaxModelLoader
from flask_babel import lazy_gettext as _l
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice

from courses.labels import CERTIFICATE_KINDS, KINDS, REGIMES
from courses.models import Lecturer, Programme, ProgrammeVersion, Room
from lms import names, text
from lms.access.models import User
from lms.people.models import Organisation
from lms.web.admin import SecureModelView

CONFIDENCE = {
    "verified": _l("verified"),
    "reported": _l("second-hand"),
    "recalled": _l("from memory, to be checked"),
    "unknown": _l("unknown"),
}


def views() -> list[SecureModelView]:
    """What courses adds to the administration."""
    return [
        ProgrammeView(Programme, name=_l("Programmes"), endpoint="admin_programmes", url="programmes"),
        VersionView(
            ProgrammeVersion,
            name=_l("Programme versions"),
            endpoint="admin_programme_versions",
            url="programme-versions",
        ),
        RoomView(Room, name=_l("Rooms"), endpoint="admin_rooms", url="rooms"),
        LecturerView(Lecturer, name=_l("Lecturers"), endpoint="admin_lecturers", url="lecturers"),
    ]


class ProgrammeView(SecureModelView):
    """Programmes are added and ended, never deleted: certificates refer to them."""

    permission = "courses.reference"
    list_kind = "courses.programmes"
    column_list = ("code", "title", "kind", "certificate_kind", "valid_to")
    column_default_sort = "number"
    column_searchable_list = (Programme.code, Programme.title)
    column_labels = {
        "code": _l("Code"),
        "number": _l("Number in certificates"),
        "title": _l("Name of the programme"),
        "title_en": _l("Name in English"),
        "kind": _l("Kind"),
        "level": _l("Level"),
        "regime": _l("Regime"),
        "certificate_kind": _l("Paper issued"),
        "valid_from": _l("In force from"),
        "valid_to": _l("In force until"),
    }
    column_formatters = {
        "kind": lambda _view, _context, row, _name: KINDS.get(row.kind, row.kind),
        "certificate_kind": lambda _view, _context, row, _name: CERTIFICATE_KINDS.get(
            row.certificate_kind, row.certificate_kind
        ),
    }
    form_columns = (
        "code",
        "number",
        "title",
        "title_en",
        "kind",
        "level",
        "regime",
        "certificate_kind",
        "valid_from",
        "valid_to",
    )
    form_overrides = {"kind": SelectField, "regime": SelectField, "certificate_kind": SelectField}
    form_args = {
        "kind": {"choices": [SelectChoice(*pair) for pair in KINDS.items()]},
        "regime": {"choices": [SelectChoice(*pair) for pair in REGIMES.items()]},
        "certificate_kind": {"choices": [SelectChoice(*pair) for pair in CERTIFICATE_KINDS.items()]},
    }


class VersionView(SecureModelView):
    """Versions of programmes, each figure with its source and how far it was verified."""

    permission = "courses.reference"
    column_list = ("programme", "version", "periods", "duration", "valid_from", "valid_to", "confidence")
    column_labels = {
        "programme": _l("Programme"),
        "version": _l("Version"),
        "periods": _l("Periods"),
        "duration": _l("Length"),
        "valid_from": _l("In force from"),
        "valid_to": _l("In force until"),
        "organiser": _l("Organiser"),
        "attendance_threshold": _l("Share to attend (0 to 1)"),
        "attendance_basis": _l("Legal basis of that share"),
        "legal_basis": _l("Legal basis"),
        "confidence": _l("Confidence"),
        "source": _l("Source"),
    }
    column_formatters = {
        "confidence": lambda _view, _context, row, _name: CONFIDENCE.get(row.confidence, row.confidence)
    }
    form_columns = tuple(column_labels)
    form_overrides = {"confidence": SelectField}
    form_args = {"confidence": {"choices": [SelectChoice(*pair) for pair in CONFIDENCE.items()]}}


class RoomView(SecureModelView):
    """Rooms by name."""

    permission = "courses.reference"
    column_list = ("name", "capacity")
    column_default_sort = "name"
    column_searchable_list = (Room.name,)
    column_labels = {"name": _l("Room"), "capacity": _l("Seats")}
    form_columns = ("name", "capacity")

    def on_model_change(self, form: Any, model: Any, is_created: bool) -> None:
        model.name = text.clean_line(model.name)
        model.name_folded = text.fold(model.name)


class LecturerView(SecureModelView):
    """Lecturers; a visiting one needs no account."""

    permission = "courses.reference"
    column_list = ("name", "academic_title", "organisation", "visiting", "active")
    column_default_sort = "name_folded"
    column_searchable_list = (Lecturer.name,)
    column_labels = {
        "name": _l("Full name"),
        "academic_title": _l("Academic title"),
        "organisation": _l("Sent by"),
        "user": _l("Account"),
        "visiting": _l("Visiting"),
        "unnamed": _l("Still to be named by the agency"),
        "active": _l("Active"),
    }
    form_columns = tuple(column_labels)
    form_ajax_refs = {
        "organisation": QueryAjaxModelLoader(
            "organisation", Organisation, fields=[Organisation.name, Organisation.code]
        ),
        "user": QueryAjaxModelLoader("user", User, fields=[User.display_name, User.email]),
    }

    def on_model_change(self, form: Any, model: Any, is_created: bool) -> None:
        model.name = text.clean_line(model.name) if model.unnamed else names.clean_name(model.name)
        model.name_folded = text.fold(model.name)
