"""Words of the intake desk."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

CONFIDENCE = {
    "original": _l("Original seen"),
    "certified": _l("Certified copy seen"),
    "copy": _l("Plain copy or photo only"),
}
#: How sure a recognised paper is: what lay before two persons, or how its row of an old register was checked.
LEVELS = CONFIDENCE | {
    "register": _l("Old register, row read by two persons"),
    "sample": _l("Old register, checked by sample"),
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
