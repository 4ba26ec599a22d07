"""Words of old registers."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from certificates.intake.words import FIELDS

REGISTER_STATES = {
    "keyed": (_l("Waits for a second person"), "warn"),
    "recognised": (_l("Recognised"), "good"),
    "refused": (_l("Refused"), "bad"),
}
ENTRY_STATES = {
    "waiting": (_l("Read once"), "neutral"),
    "alike": (_l("Both read the same"), "good"),
    "differs": (_l("The two differ"), "warn"),
    "recognised": (_l("Recognised"), "good"),
    "kept": (_l("Holder not on record"), "info"),
    "refused": (_l("Refused"), "bad"),
}
#: Why a row is read again whatever the sample.
DOUBTS = {
    "programme": _l("The programme is not clear."),
    "birth": _l("Somebody of this name has another birth date on record."),
    "year": _l("Only the year of birth is known."),
    "another": _l("The person has another certificate of this programme."),
    "chosen": _l("Who is meant was chosen by hand."),
    "fixed": _l("The row was corrected by hand."),
}
#: What the second person reads again, in the order of the form.
READ_AGAIN = ("name", "birth", "number", "programme", "awarded_on")
SHOWN = {name: FIELDS[name] for name in READ_AGAIN}
