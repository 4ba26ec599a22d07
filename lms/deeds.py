"""The kernel's deeds in plain words, for the audit record (see `lms.audit.words`)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from lms.access.roles import BY_NAME

DEEDS = {
    # accounts
    "access.user_added": _l("%(who)s added the account of %(thing)s"),
    "access.role_given": _l("%(who)s gave %(thing)s the role “%(role)s” (organisation: %(organisation)s)"),
    "access.role_taken": _l("%(who)s took the role “%(role)s” from %(thing)s"),
    "access.user_off": _l("%(who)s switched the account of %(thing)s off"),
    "access.user_on": _l("%(who)s switched the account of %(thing)s on again"),
    "access.readdressed": _l("%(who)s changed the address of %(thing)s from %(before)s to %(after)s"),
    "access.password_changed": _l("%(who)s changed the password of %(thing)s"),
    "access.password_set": _l("%(who)s set the password of %(thing)s by a link"),
    "access.password_link_made": _l("%(who)s made a link to choose the password of %(thing)s"),
    "access.device_signed_out": _l("%(who)s signed a device of %(thing)s out"),
    "access.devices_signed_out": _l("%(who)s signed %(count)s devices of %(thing)s out"),
    "access.authenticator_added": _l("%(who)s set up an authenticator app"),
    "access.authenticator_removed": _l("%(who)s removed the authenticator app"),
    "access.passkey_added": _l("%(who)s added the passkey “%(name)s”"),
    "access.passkey_removed": _l("%(who)s removed the passkey “%(name)s”"),
    "access.recovery_codes_made": _l("%(who)s drew %(count)s recovery codes"),
    "access.recovery_code_used": _l("%(who)s signed in with a recovery code (%(left)s left)"),
    "access.second_factor_reset": _l("%(who)s reset the second factor of %(thing)s"),
    "access.stand_in": _l("%(who)s lent roles to %(thing)s from %(since)s to %(until)s"),
    "access.stand_in_ended": _l("%(who)s took the lent role “%(role)s” back from %(thing)s"),
    "access.role_added": _l("%(who)s added the role “%(title)s”"),
    "access.role_changed": _l("%(who)s changed what the role %(thing)s may do"),
    "access.openid_tied": _l("%(who)s tied the account to %(issuer)s"),
    # two persons
    "approvals.asked": _l("%(who)s asked for the agreement of a second person: %(thing)s"),
    "approvals.approved": _l("%(who)s agreed as the second person: %(thing)s"),
    "approvals.refused": _l("%(who)s refused a request: %(thing)s"),
    "approvals.withdrawn": _l("%(who)s withdrew a request: %(thing)s"),
    # reference data
    "admin.created": _l("%(who)s added %(thing)s to the reference data"),
    "admin.changed": _l("%(who)s changed the reference data of %(thing)s: %(fields)s"),
    "admin.deleted": _l("%(who)s deleted %(thing)s from the reference data"),
    # work
    "jobs.retry": _l("%(who)s let the work “%(thing)s” go on"),
    "events.retry": _l("%(who)s tried the failed delivery to “%(handler)s” again"),
    "events.retry_all": _l("%(who)s tried %(count)s failed deliveries again"),
    "upgrade.released": _l("%(who)s let deliveries and work go on after an upgrade that did not finish"),
    "jobs.stop": _l("%(who)s called off the work “%(thing)s”"),
    "demo.loaded": _l("%(who)s loaded the demonstration data"),
    # people
    "people.organisation_added": _l("%(who)s added the organisation %(thing)s"),
    "people.organisation_changed": _l("%(who)s changed the organisation %(thing)s"),
    "people.official_added": _l("%(who)s put %(thing)s on record"),
    "people.officials_added": _l("%(who)s put %(count)s officials on record at once"),
    "people.officials_changed": _l("%(who)s changed %(count)s officials at once: %(fields)s"),
    "people.officials_changed_back": _l("%(who)s put %(count)s officials back as they were"),
    "people.officials_left": _l("%(who)s recorded that %(count)s officials left"),
    "people.officials_serve_again": _l("%(who)s put %(count)s officials back into service"),
    "people.officials_removed": _l("%(who)s removed %(count)s officials put on record by mistake"),
    "people.cccd_revealed": _l("%(who)s looked at the full citizen id of %(thing)s. Reason: %(reason)s"),
    "people.official_changed": _l("%(who)s recorded a change of %(thing)s"),
    "people.merged": _l(
        "%(who)s merged a second record into %(thing)s (%(rows)s rows moved). Reason: %(reason)s"
    ),
    "people.merge_undone": _l(
        "%(who)s undid a merge into %(thing)s (%(rows)s rows moved back). Reason: %(reason)s"
    ),
    "people.not_same": _l("%(who)s noted that %(thing)s and another record are two persons"),
    # lists in and out
    "import.applied": _l("%(who)s imported the list %(thing)s: %(new)s new, %(changed)s changed"),
    "import.records_back": _l("%(who)s took imported records back"),
    "import.undone": _l("%(who)s took the import of %(thing)s back (%(count)s records)"),
    "export.full_ids": _l("%(who)s exported %(rows)s rows with whole citizen ids"),
    "people.official_left": _l("%(who)s recorded that %(thing)s no longer serves"),
    "people.staff_list_sent": _l("%(who)s sent the staff list %(thing)s (%(organisation)s)"),
    "people.staff_list_withdrawn": _l("%(who)s took back the staff list %(thing)s (%(organisation)s)"),
    "people.staff_list_undone": _l("%(who)s took the decision on the staff list %(thing)s back"),
    "people.staff_list_decided": _l(
        "%(who)s decided on the staff list %(thing)s: %(accepted)s rows taken over, %(failed)s failed"
    ),
    "people.data_request": _l("%(who)s recorded a request of %(thing)s on personal data, due on %(due)s"),
    "people.data_copied": _l("%(who)s made a copy of all data of %(thing)s, for a request of the person"),
    "people.erasure_proposed": _l("%(who)s proposed to erase data of %(thing)s"),
    "people.data_request_done": _l("%(who)s answered the request of %(thing)s on personal data"),
    "people.data_request_refused": _l("%(who)s refused the request of %(thing)s on personal data"),
    "people.retention_listed": _l("%(who)s listed personal data that is due to be erased (%(thing)s)"),
    "people.retention_approved": _l(
        "%(who)s approved the erasure of what was due (%(thing)s): %(rows)s rows"
    ),
    "people.reorganisation_noted": _l("%(who)s began the reorganisation “%(thing)s”"),
    "people.pair_noted": _l("%(who)s noted in “%(thing)s”: %(old)s → %(new)s"),
    "people.pair_removed": _l("%(who)s took out of “%(thing)s”: %(old)s → %(new)s"),
    "people.reorganisation_agreed": _l("%(who)s agreed to “%(thing)s”, to be applied on %(on)s"),
    "people.reorganisation_withdrawn": _l("%(who)s took the agreement to “%(thing)s” back"),
    "people.reorganisation_applied": _l(
        "%(who)s applied “%(thing)s”: %(organisations)s organisations, %(rows)s rows moved"
    ),
    "people.reorganisation_undone": _l("%(who)s undid “%(thing)s”"),
    # telling people
    "notify.chosen": _l("%(who)s chose what to hear by mail; quiet hours %(quiet)s"),
    "notify.sent_again": _l("%(who)s sent the mail “%(thing)s” to %(address)s again"),
    "notify.returned": _l("The mail “%(thing)s” came back (%(status)s)"),
    "notify.stopped": _l("No more mail goes to %(thing)s; letters that came back: %(letters)s (%(status)s)"),
    "notify.lifted": _l("%(who)s let mail go to %(thing)s again (it was stopped: %(reason)s)"),
    "notify.calendar_made": _l("%(who)s made a new calendar address"),
    "notify.calendar_revoked": _l("%(who)s closed the calendar address"),
    # programs
    "api.token_made": _l(
        "%(who)s made the token “%(thing)s” for a program, good for %(days)s days: %(scopes)s"
    ),
    "api.token_revoked": _l("%(who)s revoked the token “%(thing)s” of %(owner)s"),
    "api.webhook_added": _l("%(who)s lets %(address)s (“%(thing)s”) be told of %(events)s"),
    "api.webhook_changed": _l("%(who)s changed the webhook “%(thing)s”: %(address)s, %(events)s"),
    "api.webhook_secret": _l("%(who)s drew a new secret for the webhook “%(thing)s”"),
    "api.webhook_paused": _l("%(who)s paused the webhook “%(thing)s”"),
    "api.webhook_resumed": _l("%(who)s let the webhook “%(thing)s” go on"),
    "api.webhook_removed": _l("%(who)s removed the webhook “%(thing)s” (%(address)s)"),
    "api.webhook_tried": _l("%(who)s sent a trial to the webhook “%(thing)s”"),
    # plugins
    "plugins.on": _l("%(who)s switched the plugin “%(plugin)s” on"),
    "plugins.off": _l("%(who)s switched the plugin “%(plugin)s” off"),
    "plugins.scope_on": _l("%(who)s switched the plugin “%(plugin)s” on for: %(place)s"),
    "plugins.scope_off": _l("%(who)s switched the plugin “%(plugin)s” off for: %(place)s"),
    "plugins.scope_as_above": _l("%(who)s let the plugin “%(plugin)s” follow what stands above: %(place)s"),
    "plugins.class_on": _l("%(who)s switched the plugin “%(plugin)s” on in one class (%(class_id)s)"),
    "plugins.class_off": _l("%(who)s switched the plugin “%(plugin)s” off in one class (%(class_id)s)"),
    "plugins.setting": _l("%(who)s set “%(setting)s” to %(value)s"),
    "plugins.setting_here": _l("%(who)s set “%(setting)s” to %(value)s for: %(place)s"),
    "plugins.setting_back": _l("%(who)s gave “%(setting)s” back to what stands above: %(place)s"),
    "plugins.purged": _l("%(who)s removed the plugin “%(plugin)s” with %(rows)s rows; archive %(archive)s"),
    "plugins.retry": _l("%(who)s tried the plugin “%(plugin)s” again"),
    "plugins.quarantined": _l("%(who)s took the plugin “%(plugin)s” out of play: %(reason)s"),
}

KINDS = {
    "lms_user": _l("account"),
    "lms_role": _l("role"),
    "lms_approval": _l("request"),
    "lms_official": _l("official"),
    "lms_organisation": _l("organisation"),
    "lms_reorganisation": _l("reorganisation"),
    "lms_staff_list": _l("staff list"),
    "lms_data_request": _l("request on personal data"),
    "lms_retention_list": _l("list of what is due to be erased"),
    "lms_job": _l("background work"),
    "lms_import_draft": _l("uploaded list"),
    "lms_mail": _l("mail"),
    "lms_mail_stop": _l("stopped address"),
    "lms_api_token": _l("token"),
    "lms_webhook": _l("webhook"),
}

NAMES = {"class_id": "courses_class", "official_id": "lms_official", "officials": "lms_official"}

WORDS = {"role": {name: preset.title for name, preset in BY_NAME.items()}}
