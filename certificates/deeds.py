"""What certificates does, in plain words, for the audit record."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from certificates.cases.words import OUTCOMES, REASONS
from certificates.intake.words import CONFIDENCE
from certificates.services.blanks import REASONS as SPOILED
from certificates.services.lost import WAYS
from certificates.services.standing import GROUNDS

DEEDS = {
    "certificates.bulk_check": _l("%(who)s let a program check %(count)s certificates at once"),
    "certificates.pile_opened": _l("%(who)s began to check a pile of papers (no. %(thing)s)"),
    "certificates.pile_checked": _l(
        "%(who)s checked %(count)s papers for pile no. %(thing)s, %(bad)s of them not to be accepted"
    ),
    "certificates.pile_finished": _l(
        "%(who)s finished pile no. %(thing)s with report %(number)s: %(count)s papers, %(bad)s not to be accepted (SHA-256 %(sha256)s)"
    ),
    "certificates.report_signed": _l(
        "Report %(number)s of pile no. %(thing)s was signed (SHA-256 %(sha256)s)"
    ),
    "certificates.pile_files": _l("%(who)s dropped %(count)s files on pile no. %(thing)s"),
    "certificates.pile_left_out": _l("%(who)s left the misread line %(line)s out of pile no. %(thing)s"),
    "certificates.pile_post": _l("%(who)s applied the post %(post)s on %(on)s to pile no. %(thing)s"),
    "certificates.intake_keyed": _l("%(who)s keyed the paper %(thing)s issued elsewhere (%(confidence)s)"),
    "certificates.intake_differs": _l("%(who)s keyed the paper %(thing)s again; the readings differ"),
    "certificates.intake_recognised": _l("%(who)s keyed the paper %(thing)s the same: it is recognised"),
    "certificates.intake_refused": _l("%(who)s refused the paper %(thing)s. Reason: %(reason)s"),
    "certificates.intake_withdrawn": _l(
        "%(who)s withdrew the recognised paper %(thing)s. Reason: %(reason)s"
    ),
    "certificates.old_entered": _l(
        "%(who)s sent the old register %(thing)s: %(count)s rows, %(drawn)s drawn for the second person"
    ),
    "certificates.old_read": _l("%(who)s read the row %(thing)s of the old register %(register)s again"),
    "certificates.old_row_refused": _l(
        "%(who)s left the row %(thing)s of the old register %(register)s out. Reason: %(reason)s"
    ),
    "certificates.old_recognised": _l(
        "%(who)s confirmed the old register %(thing)s: %(count)s recognised, %(kept)s kept until their holders are on record"
    ),
    "certificates.old_refused": _l("%(who)s refused the old register %(thing)s. Reason: %(reason)s"),
    "certificates.old_holders_found": _l("%(count)s holders of rows of old registers were found"),
    "certificates.access_asked": _l("%(thing)s asked for access with a paper and the citizen id"),
    "certificates.access_given": _l("%(who)s gave %(thing)s access to the account %(account)s, in person"),
    "certificates.access_refused": _l("%(who)s refused %(thing)s access. Reason: %(reason)s"),
    "certificates.access_card_differs": _l("%(who)s typed a citizen id that is not on record for %(thing)s"),
    "certificates.shared": _l("%(who)s shared certificate %(thing)s by a link for %(days)s days"),
    "certificates.identity_compared": _l(
        "Somebody with the paper compared an identity card for certificate %(thing)s: %(answer)s"
    ),
    "certificates.share_ended": _l("%(who)s took back a link to certificate %(thing)s"),
    "certificates.case_opened": _l("A report about certificate %(thing)s came in: %(reason)s"),
    "certificates.case_answered": _l("%(who)s answered a report about certificate %(thing)s: %(outcome)s"),
    "certificates.case_photos_erased": _l("Photos and contacts of %(count)s answered reports were erased"),
    "certificates.prepared": _l(
        "%(who)s prepared the certificates of class %(thing)s: %(ready)s ready, %(blocked)s blocked"
    ),
    "certificates.issued": _l("%(who)s issued %(count)s certificates of class %(klass)s: %(numbers)s"),
    "certificates.issue_cancelled": _l(
        "%(who)s cancelled the issue of class %(thing)s: %(count)s numbers void (%(numbers)s). Reason: %(reason)s"
    ),
    "certificates.printing_resumed": _l(
        "%(who)s let the printing of the certificates of class %(thing)s go on"
    ),
    "certificates.issuer_added": _l("%(who)s added the issuer %(thing)s (no. %(number)s)"),
    "certificates.register_opened": _l("%(who)s opened the register %(thing)s (%(code)s)"),
    "certificates.bound": _l("%(who)s bound %(count)s papers into one file for printing"),
    "certificates.template_begun": _l(
        "%(who)s began the template of papers %(thing)s, from version %(like)s"
    ),
    "certificates.template_changed": _l("%(who)s changed the template of papers %(thing)s"),
    "certificates.template_proposed": _l("%(who)s put forward the template of papers %(thing)s"),
    "certificates.template_sent_back": _l("%(who)s sent back the template of papers %(thing)s"),
    "certificates.template_in_force": _l("%(who)s put the template of papers %(thing)s in force"),
    "certificates.template_discarded": _l("%(who)s discarded the draft template of papers %(thing)s"),
    "certificates.key_created": _l(
        "%(who)s made the signing key %(thing)s of issuer no. %(issuer)s, valid from %(not_before)s to %(not_after)s"
    ),
    "certificates.audit_started": _l("%(who)s started an audit of the register of certificates"),
    "certificates.audit_alarm": _l(
        "The audit of the register found %(total)s rows that are not as they were"
    ),
    "certificates.witness_added": _l(
        "%(who)s lets every signed state of the public log be sent to %(thing)s (%(address)s)"
    ),
    "certificates.witness_removed": _l(
        "%(who)s stopped sending states of the public log to %(thing)s (%(address)s)"
    ),
    "certificates.paper_untimed": _l(
        "The file of certificate %(thing)s was signed without a time-stamp; the authority gave none (%(why)s)"
    ),
    "certificates.log_key_changed": _l(
        "%(who)s announced the key %(kid)s of the public log; from %(day)s on it signs alone"
    ),
    "certificates.witness_key": _l("%(who)s noted the key %(key)s of the witness %(thing)s"),
    "certificates.published_kept": _l(
        "%(who)s wrote what is published into %(count)s files, to check papers without the service"
    ),
    "certificates.log_key_made": _l("%(who)s made the key %(kid)s of the public log %(origin)s"),
    "certificates.status_key_created": _l(
        "%(who)s made the key %(thing)s, which signs the status lists of %(year)s"
    ),
    "certificates.keyset_published": _l(
        "%(who)s published the list of keys, version %(version)s, with %(keys)s keys"
    ),
    "certificates.root_pinned": _l(
        "%(who)s pinned the root %(fingerprint)s, which must sign the list of keys"
    ),
    "certificates.key_withdrawn": _l("%(who)s withdrew the signing key %(thing)s. Reason: %(reason)s"),
    "certificates.revoked": _l(
        "%(who)s revoked certificate %(thing)s by decision %(decision)s. Ground: %(ground)s"
    ),
    "certificates.blanks_received": _l(
        "%(who)s received the blanks %(thing)s for register %(register)s (%(count)s)"
    ),
    "certificates.blanks_returned": _l(
        "%(who)s gave the blanks %(thing)s back (%(count)s). Reason: %(note)s"
    ),
    "certificates.blanks_taken": _l(
        "%(who)s put the certificates of class %(thing)s on blanks: %(count)s, %(numbers)s"
    ),
    "certificates.blank_spoiled": _l(
        "%(who)s put blank %(number)s aside as spoiled (%(reason)s); the next one: %(next)s"
    ),
    "certificates.blanks_spoiled": _l(
        "%(who)s put unused blanks aside as spoiled (%(reason)s): %(count)s, %(numbers)s"
    ),
    "certificates.blanks_destroyed": _l(
        "%(who)s recorded the destruction of %(count)s spoiled blanks of %(delivery)s, minutes %(thing)s"
    ),
    "certificates.substitute_given": _l(
        "%(who)s and %(second)s gave a paper for the lost certificate %(thing)s (%(way)s, no. %(number)s)"
    ),
    "certificates.order_made": _l(
        "%(who)s wrote down decision %(thing)s to revoke certificates of class %(klass)s. Ground: %(ground)s"
    ),
    "certificates.order_done": _l(
        "%(who)s and %(second)s carried out decision %(thing)s: %(revoked)s revoked, %(left)s not"
    ),
    "certificates.suspended": _l("%(who)s suspended certificate %(thing)s by decision %(decision)s"),
    "certificates.reinstated": _l("%(who)s reinstated certificate %(thing)s by decision %(decision)s"),
    "certificates.superseded": _l(
        "%(who)s replaced certificate %(thing)s by %(successor)s, decision %(decision)s"
    ),
}

KINDS = {
    "certificates_batch": _l("issue list"),
    "certificates_intake": _l("paper issued elsewhere"),
    "certificates_case": _l("report about a paper"),
    "certificates_certificate": _l("certificate"),
    "certificates_issuer": _l("issuer"),
    "certificates_key": _l("signing key"),
    "certificates_blank": _l("blank"),
    "certificates_blank_batch": _l("delivery of blanks"),
    "certificates_blank_destruction": _l("destruction of blanks"),
    "certificates_order": _l("decision"),
    "certificates_pile": _l("pile of papers"),
    "certificates_keyset": _l("list of keys"),
    "certificates_register": _l("register"),
    "certificates_log_witness": _l("witness of the public log"),
    "certificates_template": _l("template of papers"),
    "certificates_term": _l("legal term"),
}

WORDS = {
    "reason": REASONS | SPOILED,
    "outcome": OUTCOMES,
    "confidence": CONFIDENCE,
    "way": WAYS,
    "answer": {"same": _l("the same person"), "other": _l("not confirmed")},
    "ground": {str(number): text for number, text in GROUNDS.items()},
}
