"""What lodging does, in plain words, for the audit record."""

from flask_babel import lazy_gettext as _l

DEEDS = {
    "lodging.room_added": _l("%(who)s added the room %(thing)s with %(beds)s beds"),
    "lodging.bed_given": _l("%(who)s gave a learner of %(thing)s a bed in %(room)s"),
    "lodging.paid": _l("%(who)s noted that a bed in %(room)s was paid for (%(thing)s)"),
    "lodging.keys_returned": _l("%(who)s took back keys: %(count)s"),
}
