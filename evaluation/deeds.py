"""What evaluation does, in plain words, for the audit record. No sentence ever names who answered."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

DEEDS = {
    "evaluation.open": _l(
        "%(who)s opened the evaluation of %(thing)s (%(scheme)s): %(asked)s people are asked"
    ),
    "evaluation.print_slips": _l(
        "%(who)s printed the code slips of %(thing)s: printing no. %(printing)s, %(asked)s slips"
    ),
    "evaluation.close": _l("%(who)s closed the evaluation of %(thing)s: %(returned)s of %(asked)s answered"),
}

KINDS = {"evaluation_campaign": _l("evaluation")}
