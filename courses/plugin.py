"""Courses: facts about this plugin."""

from flask_babel import lazy_gettext as _l

from lms.plugins import Permission, Plugin, Setting, Topic


class Courses(Plugin):
    name = "courses"
    title = _l("Courses and classes")
    version = "0.1.0"
    api = ">=1,<2"
    required = True
    tables = (
        "courses_programme",
        "courses_programme_version",
        "courses_room",
        "courses_lecturer",
        "courses_class",
        "courses_class_history",
        "courses_session",
        "courses_membership",
        "courses_membership_change",
        "courses_result",
    )
    permissions = (
        Permission(
            "courses.view",
            _l("See classes"),
            roles=("academic_officer", "school_head", "department_officer", "training_officer", "inspector"),
        ),
        Permission("courses.manage", _l("Open and run classes"), roles=("academic_officer",)),
        Permission("courses.close", _l("Close a class"), roles=("academic_officer",)),
        Permission("courses.teach", _l("Teach own sessions"), roles=("lecturer",)),
        Permission("courses.learn", _l("Follow own classes"), roles=("trainee",)),
        Permission(
            "courses.reference",
            _l("Keep programmes, rooms and lecturers"),
            roles=("academic_officer", "platform_admin"),
        ),
    )
    topics = (Topic("courses.timetable", _l("Changes of the timetable")),)
    settings = (
        Setting(
            "morning_hours",
            str,
            "07:30-11:00",
            _l("Morning session"),
            help=_l("Start and end, like 07:30-11:00."),
        ),
        Setting("afternoon_hours", str, "13:30-17:00", _l("Afternoon session")),
        Setting("evening_hours", str, "18:00-20:30", _l("Evening session")),
        Setting(
            "opens_before_minutes",
            int,
            30,
            _l("A session counts as “now” this many minutes before it starts"),
            minimum=0,
            maximum=240,
        ),
    )
    legal_records = (
        "courses_class",
        "courses_class_history",
        "courses_membership",
        "courses_membership_change",
        "courses_result",
    )
