"""The door: facts about the plugin, read before the rest of it is imported."""

from flask_babel import lazy_gettext as _l

from lms.plugins import Permission, Plugin, Setting


class Attendance(Plugin):
    name = "attendance"
    title = _l("Attendance")
    version = "0.1.0"
    api = ">=1,<2"
    requires = ("courses",)
    tables = (
        "attendance_roll",
        "attendance_mark",
        "attendance_submission",
        "attendance_amendment",
        "attendance_makeup",
    )
    legal_records = ("attendance_roll", "attendance_mark", "attendance_amendment", "attendance_makeup")
    permissions = (
        Permission(
            "attendance.view",
            _l("See attendance of classes"),
            roles=(
                "academic_officer",
                "school_head",
                "department_officer",
                "inspector",
                "lecturer",
            ),
        ),
        Permission(
            "attendance.mark", _l("Take the roll of a session"), roles=("lecturer", "academic_officer")
        ),
        Permission("attendance.lock", _l("Lock rolls"), roles=("academic_officer",)),
        Permission(
            "attendance.amend",
            _l("Amend a locked roll and record make-up sessions"),
            roles=("academic_officer",),
        ),
    )
    settings = (
        Setting(
            "undo_minutes",
            int,
            10,
            _l("A confirmed roll can be undone for (minutes)"),
            minimum=0,
            maximum=120,
        ),
        Setting(
            "lock_at_day_end", bool, True, _l("Lock confirmed rolls at the end of the day"), scope="class"
        ),
    )
