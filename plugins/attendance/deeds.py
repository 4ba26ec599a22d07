"""What attendance does, in plain words, for the audit record."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from plugins.attendance.statuses import LABELS as STATUSES

DEEDS = {
    "attendance.mark": _l("%(who)s marked %(marks)s learners on the roll of %(thing)s"),
    "attendance.confirm": _l(
        "%(who)s confirmed the roll of %(thing)s: %(in_room)s in the room, %(away)s away"
    ),
    "attendance.undo": _l("%(who)s took back the confirmation of the roll of %(thing)s"),
    "attendance.lock": _l("%(who)s locked the roll of %(thing)s"),
    "attendance.amend": _l(
        "%(who)s changed %(membership)s from “%(old)s” to “%(new)s” on the roll of %(thing)s"
    ),
    "attendance.make_up": _l("%(who)s recorded that %(membership)s made up %(thing)s on %(held_on)s"),
    "attendance.make_up_withdrawn": _l("%(who)s withdrew the make-up of %(thing)s by %(membership)s"),
    "attendance.link": _l("%(who)s gave out a link to the roll of %(thing)s, good until %(until)s"),
}

NAMES = {"membership": "courses_membership"}

WORDS = {"old": STATUSES, "new": STATUSES}
