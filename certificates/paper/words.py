"""What areas, fields and problems of a template are called."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from certificates.paper.design import Problem

AREAS: dict[str, Any] = {
    "head_left": _l("Head, left: the issuer"),
    "head_right": _l("Head, right: the national motto"),
    "crest": _l("Picture at the top"),
    "body": _l("Middle: holder and programme"),
    "beside": _l("Words beside the QR code"),
    "sign": _l("Place, date and signature"),
    "seal": _l("Room for the seal"),
    "qr": _l("QR code"),
}
FIELDS: dict[str, Any] = {
    "heading": _l("Name of the paper"),
    "heading_en": _l("Name of the paper, English"),
    "name": _l("Holder"),
    "birth_word": _l("“ngày” or “năm”, as the birth date is known"),
    "birth_word_en": _l("“on” or “in”, as the birth date is known"),
    "birth": _l("Birth date"),
    "position": _l("Position"),
    "unit": _l("Unit"),
    "programme": _l("Programme"),
    "programme_en": _l("Programme, English"),
    "periods": _l("Periods"),
    "class": _l("Class"),
    "from": _l("First day"),
    "to": _l("Last day"),
    "grade": _l("Grade"),
    "superior": _l("Superior body"),
    "issuer": _l("Issuer"),
    "issuer_en": _l("Issuer, English"),
    "place": _l("Place"),
    "date": _l("Day of issue in words"),
    "signatory_title": _l("Title of the signatory"),
    "signatory": _l("Signed by"),
    "serial": _l("Serial number"),
    "register": _l("Register number"),
    "code": _l("Code to type"),
    "host": _l("Address of the site"),
}


def sentence(problem: Problem) -> str:
    """A problem of a design and what to do about it."""
    about = problem.about
    if problem.code == "colour":
        return _("The colour is not of the form #0b5c5d.")
    if problem.code == "markup":
        return _(
            "%(area)s: %(what)s is not known here. Use the tags and fields of the list.", area=AREAS[about[0]], what=about[1]
        )  # fmt: skip
    if problem.code == "letters":
        return _(
            "%(area)s: the font has no sign for %(what)s. Papers are never printed with gaps.", area=AREAS[about[0]], what=about[1]
        )  # fmt: skip
    if problem.code == "missing":
        names = ", ".join(f"{{{name}}}" for name in about)
        return _("Every paper has to print these fields, which stand nowhere: %(names)s.", names=names)
    if problem.code == "outside":
        return _("%(area)s: it leaves the paper or lies on the frame, or is too small.", area=AREAS[about[0]])
    return _(
        "%(one)s and %(other)s touch. Move one of them, or make it smaller.", one=AREAS[about[0]], other=AREAS[about[1]]
    )  # fmt: skip
