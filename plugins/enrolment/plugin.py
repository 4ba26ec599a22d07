"""The door: facts about the plugin, read before the rest of it is imported."""

from flask_babel import lazy_gettext as _l

from lms.plugins import Permission, Plugin, Setting, Topic


class Enrolment(Plugin):
    name = "enrolment"
    title = _l("Nominations")
    version = "0.1.0"
    api = ">=1,<2"
    requires = ("courses",)
    tables = ("enrolment_nomination", "enrolment_step")
    permissions = (
        Permission("enrolment.nominate", _l("Nominate officials of own agency"), roles=("training_officer",)),
        Permission("enrolment.decide", _l("Accept or reject nominations"), roles=("academic_officer",)),
    )
    topics = (Topic("enrolment.decided", _l("Decisions on nominations")),)
    settings = (
        Setting(
            "new_officials",
            bool,
            True,
            _l("A nomination list may add officials who are not on record yet"),
            scope="site",
        ),
    )
