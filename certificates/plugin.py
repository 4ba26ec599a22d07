"""Certificates: facts about this plugin."""

from flask_babel import lazy_gettext as _l

from lms.plugins import Permission, Plugin, Setting, Topic


class Certificates(Plugin):
    name = "certificates"
    title = _l("Certificates")
    version = "0.1.0"
    api = ">=1,<2"
    requires = ("courses",)
    required = True
    tables = (
        "certificates_issuer",
        "certificates_key",
        "certificates_keyset",
        "certificates_status_place",
        "certificates_status_list",
        "certificates_register",
        "certificates_register_year",
        "certificates_term",
        "certificates_batch",
        "certificates_certificate",
        "certificates_status",
        "certificates_template",
        "certificates_log",
        "certificates_log_node",
        "certificates_log_head",
        "certificates_log_key",
        "certificates_log_key_change",
        "certificates_log_checkpoint",
        "certificates_log_witness",
        "certificates_log_cosignature",
        "certificates_order",
        "certificates_order_line",
        "certificates_pile",
        "certificates_pile_line",
        "certificates_pile_report",
        "certificates_report_seal",
        "certificates_case",
        "certificates_intake",
        "certificates_old_register",
        "certificates_old_entry",
        "certificates_blank_batch",
        "certificates_blank_destruction",
        "certificates_blank",
        "certificates_substitute",
        "certificates_share",
        "certificates_regain",
        "certificates_check",
        "certificates_credential",
    )
    permissions = (
        Permission(
            "certificates.view",
            _l("See the register of certificates"),
            roles=(
                "academic_officer",
                "school_head",
                "department_officer",
                "training_officer",
                "appointing_officer",
                "inspector",
            ),
        ),
        Permission(
            "certificates.prepare", _l("Prepare certificates of a class"), roles=("academic_officer",)
        ),
        Permission(
            "certificates.approve",
            _l("Approve and issue certificates"),
            roles=("school_head",),
            sensitive=True,
        ),
        Permission(
            "certificates.reference",
            _l("Keep issuers and registers"),
            roles=("academic_officer", "platform_admin"),
        ),
        Permission(
            "certificates.desk",
            _l("Check piles of papers at the verify desk"),
            roles=("appointing_officer", "department_officer"),
        ),
        Permission("certificates.own", _l("See own certificates"), roles=("trainee",)),
        Permission(
            "certificates.templates",
            _l("Lay out papers and put layouts in force"),
            roles=("academic_officer", "school_head"),
        ),
        Permission("certificates.blanks", _l("Keep the stock of blanks"), roles=("academic_officer",)),
        Permission("certificates.print", _l("Print certificates"), roles=("academic_officer", "school_head")),
        Permission(
            "certificates.audit",
            _l("Audit the register of certificates"),
            roles=("inspector", "department_officer", "platform_admin"),
        ),
        Permission(
            "certificates.revoke",
            _l("Suspend a certificate, and be one of the two who revoke or replace it"),
            roles=("school_head",),
            sensitive=True,
        ),
        Permission(
            "certificates.decide",
            _l("Ask for revoking or replacing a certificate, or agree to it"),
            roles=("academic_officer", "school_head"),
            sensitive=True,
        ),
        Permission(
            "certificates.recognise",
            _l("Key and recognise papers that other institutions issued"),
            roles=("academic_officer", "department_officer"),
            sensitive=True,
        ),
        Permission(
            "certificates.give_access",
            _l("Give holders who lost their account access again, in person"),
            roles=("training_officer", "academic_officer"),
            sensitive=True,
        ),
        Permission(
            "certificates.cases",
            _l("See and answer reports about papers that do not fit"),
            roles=("academic_officer", "school_head"),
        ),
    )
    topics = (
        Topic("certificates.issued", _l("Certificates issued to me"), "daily"),
        Topic("certificates.access", _l("Access to accounts given at a desk"), always=True),
        Topic("certificates.alarms", _l("Alarms of the audit of the register"), always=True),
    )
    settings = (
        Setting(
            "typed_per_minute",
            int,
            10,
            _l("Typed codes a minute and address"),
            help=_l(
                "Somebody who types codes faster than this has to wait a minute; ten times as many an hour."
            ),
            minimum=1,
            maximum=120,
        ),
        Setting(
            "reports_per_hour",
            int,
            5,
            _l("Reports about papers an hour and address"),
            help=_l("Anybody may report a paper that does not fit; somebody who sends more has to wait."),
            minimum=1,
            maximum=200,
        ),
        Setting(
            "old_sample",
            int,
            30,
            _l("Rows of an old register that are drawn"),
            help=_l(
                "A second person reads these in the book, and every doubtful row. With 30 right rows at most one in ten of the list is wrong, at 95 %."
            ),
            minimum=10,
            maximum=1000,
        ),
        Setting(
            "photo_days",
            int,
            180,
            _l("Days that photos of reports are kept"),
            help=_l("Counted from the answer. Photo and contact of a report are erased then."),
            minimum=1,
            maximum=3650,
        ),
        Setting(
            "english_lines",
            bool,
            True,
            _l("English under the labels of the paper"),
        ),
    )
    legal_records = (
        "certificates_issuer",
        "certificates_key",
        "certificates_keyset",
        "certificates_status_place",
        "certificates_status_list",
        "certificates_register",
        "certificates_register_year",
        "certificates_term",
        "certificates_batch",
        "certificates_certificate",
        "certificates_status",
        "certificates_template",
        "certificates_log",
        "certificates_log_node",
        "certificates_log_key",
        "certificates_log_key_change",
        "certificates_log_checkpoint",
        "certificates_log_cosignature",
        "certificates_order",
        "certificates_order_line",
        "certificates_pile_report",
        "certificates_report_seal",
        "certificates_blank_batch",
        "certificates_blank_destruction",
        "certificates_blank",
        "certificates_substitute",
        "certificates_credential",
    )
