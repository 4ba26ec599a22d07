"""What eligibility does, in plain words, for the audit record."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from plugins.eligibility.words import OUTCOMES

DEEDS = {
    "eligibility.check": _l(
        "%(who)s asked whether %(thing)s meets the standards of the post %(post)s on %(on)s: %(outcome)s"
    ),
    "eligibility.record_fact": _l("%(who)s recorded a fact of %(thing)s: %(kind)s %(value)s"),
    "eligibility.withdraw_fact": _l("%(who)s withdrew a fact of %(thing)s (%(kind)s). Reason: %(reason)s"),
    "eligibility.load_rules": _l("%(who)s loaded the rules, version %(version)s: %(added)s new"),
}

WORDS = {"outcome": {str(outcome): word for outcome, word in OUTCOMES.items()}}

KINDS = {"eligibility_ruleset": _l("set of rules")}
