"""The door: facts about the plugin, read before the rest of it is imported."""

from flask_babel import lazy_gettext as _l

from lms.plugins import Permission, Plugin, Setting


class Assessment(Plugin):
    name = "assessment"
    title = _l("Assessment")
    version = "0.1.0"
    api = ">=1,<2"
    requires = ("courses",)
    tables = ("assessment_test", "assessment_score", "assessment_correction")
    legal_records = ("assessment_test", "assessment_score", "assessment_correction")
    permissions = (
        Permission(
            "assessment.view",
            _l("See scores of classes"),
            roles=(
                "academic_officer",
                "school_head",
                "department_officer",
                "inspector",
                "lecturer",
            ),
        ),
        Permission("assessment.enter", _l("Enter scores"), roles=("academic_officer", "lecturer")),
        Permission("assessment.plan", _l("Plan the tests of a class"), roles=("academic_officer",)),
    )
    settings = (
        Setting(
            "tests_expected",
            bool,
            True,
            _l("The class has required tests"),
            scope="class",
            help=_l("Switch off for a programme that has no test: scores are then no condition."),
        ),
    )
