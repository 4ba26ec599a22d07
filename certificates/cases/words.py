"""What a report may be about, and what may come of it, in words."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

REASONS = {
    "name": _l("The name or birth date differs"),
    "programme": _l("The programme, period or class differs"),
    "grade": _l("The classification differs"),
    "number": _l("The serial or register number differs"),
    "issued": _l("The issuer, day or signatory differs"),
    "person": _l("Another person showed the paper"),
    "paper": _l("The paper, seal or signature looks false"),
    "other": _l("Something else"),
}

OUTCOMES = {
    "altered": _l("The paper is false or was altered"),
    "right": _l("The paper is right"),
    "ours": _l("An error of the issuer, which is being corrected"),
    "unclear": _l("It could not be found out"),
}
