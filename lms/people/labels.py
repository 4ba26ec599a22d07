"""Words for the codes stored with organisations and officials."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

OFFICIAL_KINDS = {
    "can_bo": _l("Cadre"),
    "cong_chuc": _l("Civil servant"),
    "vien_chuc": _l("Public employee"),
}
GENDERS = {"M": _l("Male"), "F": _l("Female")}
ORGANISATION_KINDS = {
    "province": _l("Province"),
    "department": _l("Department"),
    "school": _l("Training institution"),
    "agency": _l("Agency"),
    "commune": _l("Commune or ward"),
    "district": _l("District (until 30/06/2025)"),
    "unit": _l("Unit"),
}
REQUEST_KINDS = {
    "access": _l("A copy of the data"),
    "correction": _l("Correction"),
    "erasure": _l("Erasure"),
}
REQUEST_STATES = {
    "open": (_l("Waits for an answer"), "info"),
    "proposed": (_l("Waits for a second person"), "warn"),
    "done": (_l("Answered"), "good"),
    "refused": (_l("Refused"), "bad"),
}
SERVING = {"yes": _l("Serving"), "no": _l("Left")}
STAFF_STATES = {
    "waiting": (_l("Waiting for a decision"), "info"),
    "decided": (_l("Decided"), "good"),
    "withdrawn": (_l("Replaced by a later list"), "neutral"),
}
STAFF_OUTCOMES = {
    "accepted": (_l("Taken over"), "good"),
    "failed": (_l("Could not be taken over"), "bad"),
    "refused": (_l("Not accepted"), "neutral"),
}
STAFF_STATUSES = {
    "new": (_l("New"), "info"),
    "changed": (_l("Changed"), "warn"),
    "left": (_l("Left?"), "warn"),
    "conflict": (_l("With another agency"), "bad"),
    "error": (_l("Cannot be used"), "bad"),
    "same": (_l("Unchanged"), "good"),
    "accepted": (_l("Taken over"), "good"),
    "failed": (_l("Could not be taken over"), "bad"),
}
