"""The evaluation module's manifest."""

from flask_babel import lazy_gettext as _l

from lms.plugins.contract import Permission, Plugin, Setting


class Evaluation(Plugin):
    name = "evaluation"
    title = _l("Evaluation")
    version = "0.1.0"
    requires = ("courses",)
    required = True
    tables = (
        "evaluation_scheme",
        "evaluation_scheme_value",
        "evaluation_form",
        "evaluation_criterion",
        "evaluation_indicator",
        "evaluation_campaign",
        "evaluation_questionnaire",
        "evaluation_item",
        "evaluation_invitation",
        "evaluation_undealt",
        "evaluation_draw",
        "evaluation_ballot",
        "evaluation_answer",
        "evaluation_comment",
    )
    legal_records = ("evaluation_ballot", "evaluation_answer")
    permissions = (
        Permission(
            "evaluation.manage", _l("Open and close evaluations of classes"), roles=("academic_officer",)
        ),
        Permission(
            "evaluation.results",
            _l("See the results of closed evaluations"),
            roles=("academic_officer", "school_head", "department_officer", "inspector", "lecturer"),
        ),
        Permission("evaluation.answer", _l("Take a form of one's own classes"), roles=("trainee",)),
    )
    settings = (
        Setting(
            "smallest_group",
            int,
            5,
            _l("Smallest group shown"),
            help=_l(
                "With fewer valid forms than this, no figure and no comment is shown. It is fixed when an evaluation opens."
            ),
            minimum=5,
            maximum=50,
        ),
    )
