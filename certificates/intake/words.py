"""Words of the intake desk."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

CONFIDENCE = {
    "original": _l("Original seen"),
    "certified": _l("Certified copy seen"),
    "copy": _l("Plain copy or photo only"),
}
STATES = {
    "keyed": _l("Waits for a second person"),
    "differs": _l("The two differ"),
    "recognised": _l("Recognised"),
    "refused": _l("Refused"),
    "withdrawn": _l("Withdrawn"),
}
FIELDS = {
    "number": _l("Serial number"),
    "name": _l("Name as printed"),
    "birth": _l("Birth date as printed"),
    "programme": _l("Programme"),
    "issuer": _l("Issuer as printed"),
    "awarded_on": _l("Day on the paper"),
    "valid_until": _l("Valid until"),
}
