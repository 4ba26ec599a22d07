"""The kernel's own manifest: its tables, permissions and settings, declared like everybody else's."""

from flask_babel import lazy_gettext as _l

from lms.access.roles import SECOND_FACTOR
from lms.plugins.contract import Permission, Plugin, Setting

EVERY_OFFICER = (
    "academic_officer",
    "school_head",
    "department_officer",
    "training_officer",
    "appointing_officer",
    "inspector",
)


class Kernel(Plugin):
    name = "lms"
    title = _l("Platform")
    version = "0.1.0"
    required = True
    tables = (
        "lms_organisation",
        "lms_official",
        "lms_employment",
        "lms_official_change",
        "lms_official_merge",
        "lms_not_same",
        "lms_alike",
        "lms_reorganisation",
        "lms_succession",
        "lms_bulk_run",
        "lms_data_request",
        "lms_staff_list",
        "lms_retention_list",
        "lms_exported_id",
        "lms_user",
        "lms_role",
        "lms_user_role",
        "lms_short_link",
        "lms_sign_in",
        "lms_wrong_tries",
        "lms_second_factor",
        "lms_passkey",
        "lms_open_identity",
        "lms_role_permission",
        "lms_approval",
        "lms_event",
        "lms_delivery",
        "lms_job",
        "lms_job_row",
        "lms_timer",
        "lms_queue_task",
        "lms_queue_schedule",
        "lms_plugin_state",
        "lms_plugin_choice",
        "lms_plugin_trouble",
        "lms_audit",
        "lms_audit_head",
        "lms_import_draft",
        "lms_import_mapping",
        "lms_mail",
        "lms_notice",
        "lms_notice_choice",
        "lms_quiet_hours",
        "lms_mail_stop",
        "lms_calendar_address",
        "lms_calendar_mark",
        "lms_api_token",
        "lms_api_answer",
        "lms_webhook",
    )
    legal_records = ("lms_audit", "lms_approval")
    permissions = (
        Permission(
            "platform.plugins", _l("Switch plugins on and off"), roles=("platform_admin",), sensitive=True
        ),
        Permission("platform.admin", _l("Keep reference data"), roles=("platform_admin", "academic_officer")),
        Permission(
            "platform.users", _l("Keep accounts and roles"), roles=("platform_admin",), sensitive=True
        ),
        Permission("platform.jobs", _l("See background work"), roles=("platform_admin",)),
        Permission("platform.mail", _l("See all mail and lift stops"), roles=("platform_admin",)),
        Permission("platform.webhooks", _l("Tell other systems of facts"), roles=("platform_admin",)),
        Permission("platform.audit", _l("Read the audit record"), roles=("platform_admin", "inspector")),
        Permission("people.view", _l("See officials of own organisations"), roles=EVERY_OFFICER),
        Permission(
            "people.manage", _l("Keep officials' records"), roles=("department_officer", "training_officer")
        ),
        Permission(
            "people.merge", _l("Put two records of one person together"), roles=("department_officer",)
        ),
        Permission(
            "people.organisations",
            _l("Put organisations in the place of others"),
            roles=("department_officer",),
        ),
        Permission(
            "people.staff_approve",
            _l("Approve differences of agencies' staff lists"),
            roles=("department_officer",),
        ),
        Permission(
            "people.privacy",
            _l("Answer people's requests on their data, and see who saw citizen ids"),
            roles=("department_officer",),
        ),
        Permission(
            "people.reveal",
            _l("See a full citizen id, on record"),
            roles=("department_officer", "training_officer"),
            sensitive=True,
        ),
        Permission("people.organise", _l("Keep the tree of organisations"), roles=("department_officer",)),
        Permission(
            "people.export_ids",
            _l("Export whole citizen ids, on record"),
            roles=("department_officer",),
            sensitive=True,
        ),
    )
    settings = (
        Setting(
            "api_per_minute",
            int,
            300,
            _l("Requests a minute of one program"),
            help=_l("A token that asks more often has to wait; others are not slowed down."),
            minimum=10,
            maximum=6000,
        ),
        Setting("password_length", int, 12, _l("Shortest password (characters)"), minimum=8, maximum=64),
        Setting(
            "second_factor_roles",
            str,
            ", ".join(SECOND_FACTOR),
            _l("Roles that must sign in with a second factor"),
            help=_l("Names of roles, separated by commas; empty = nobody must."),
        ),
        Setting(
            "second_factor_grace",
            int,
            14,
            _l("Days after the first sign-in until the second factor must be set up"),
            minimum=0,
            maximum=365,
        ),
        Setting(
            "sign_in_days", int, 30, _l("Days a remembered device stays signed in"), minimum=1, maximum=365
        ),
        Setting(
            "approval_days", int, 7, _l("Days a request waits for its second person"), minimum=1, maximum=90
        ),
        Setting(
            "data_request_days",
            int,
            3,
            _l("Days to answer a request on personal data"),
            help=_l("Decree 13/2023 said 72 hours; please check the decree in force."),
            minimum=1,
            maximum=60,
        ),
    )
