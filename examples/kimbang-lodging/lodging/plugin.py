"""Facts about lodging; this file imports nothing of its module."""

from flask_babel import lazy_gettext as _l

from lms.plugins import Permission, Plugin, Setting


class Lodging(Plugin):
    """Dormitory rooms for learners from far away."""

    name = "lodging"
    title = _l("Lodging")
    version = "1.1.0"
    api = ">=1,<2"
    requires = ("courses",)
    tables = ("lodging_room", "lodging_stay")
    permissions = (
        Permission("lodging.view", _l("See who lodges where"), roles=("academic_officer", "school_head")),
        Permission("lodging.manage", _l("Give beds and take keys back"), roles=("academic_officer",)),
    )
    settings = (
        Setting(
            "keys_before_closing",
            bool,
            True,
            _l("Every key is back before the class is closed"),
            scope="class",
        ),
        Setting(
            "payment_needed",
            bool,
            False,
            _l("Whoever lodges must have paid to complete the class"),
            scope="class",
            help=_l("Learners without a bed are not asked."),
        ),
        Setting(
            "days_after",
            int,
            2,
            _l("Days a bed stays taken after the last day of the class"),
            help=_l("Afterwards the bed is free again by itself."),
            minimum=0,
            maximum=60,
        ),
    )
