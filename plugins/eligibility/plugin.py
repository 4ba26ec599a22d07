"""The door: facts about the plugin, read before the rest of it is imported."""

from flask_babel import lazy_gettext as _l

from lms.plugins import Permission, Plugin


class Eligibility(Plugin):
    name = "eligibility"
    title = _l("Eligibility for appointment")
    version = "0.1.0"
    api = ">=1,<2"
    requires = ("certificates",)
    tables = (
        "eligibility_ruleset",
        "eligibility_post",
        "eligibility_standard",
        "eligibility_rule",
        "eligibility_fact",
    )
    legal_records = ("eligibility_ruleset", "eligibility_post", "eligibility_standard", "eligibility_rule")
    permissions = (
        Permission(
            "eligibility.check",
            _l("Check who may be appointed to a post"),
            roles=("appointing_officer", "department_officer"),
        ),
        Permission("eligibility.record", _l("Record facts from paper files"), roles=("department_officer",)),
    )
