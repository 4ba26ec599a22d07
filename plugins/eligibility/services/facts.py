"""Record what somebody read in a person's paper file."""

from __future__ import annotations

from datetime import date

from flask_babel import gettext as _

from lms import clock, text
from lms.access.models import User
from lms.audit import record
from lms.db import atomic, lock
from lms.errors import Conflict, Invalid
from lms.people.models import Official
from plugins.eligibility.engine.evidence import FILE_REVIEWED
from plugins.eligibility.models import RecordedFact
from plugins.eligibility.queries import rules as rule_queries


@atomic
def record_fact(
    official: Official,
    kind: str,
    value: str,
    *,
    by: User | None,
    source: str,
    held_from: date | None = None,
    held_to: date | None = None,
    number: str = "",
    confidence: str = "",
) -> RecordedFact:
    """Record a fact about an official, with where it was read.

    `held_from` and `held_to` are the first and last day it held. Raises Invalid with a sentence per field.
    """
    fields = _wrong(kind, value, source, held_from, held_to)
    if fields:
        raise Invalid(fields=fields)
    fact = RecordedFact.create(
        official=official,
        kind=kind,
        value=value,
        held_from=held_from or (clock.today() if kind == FILE_REVIEWED else None),
        held_to=held_to,
        number=text.clean_line(number)[:80],
        source=text.clean_line(source)[:300],
        confidence=confidence,
        recorded_by=by.id if by else None,
    )
    record(by, "eligibility.record_fact", official, kind=kind, value=value, fact=fact.id)
    return fact


@atomic
def withdraw_fact(fact: RecordedFact, *, by: User | None, reason: str) -> RecordedFact:
    """Take back an entry made in error; it stays on record for questions about earlier days of knowledge.

    Raises Invalid without a reason, Conflict when it was withdrawn already.
    """
    if not text.clean_line(reason):
        raise Invalid(fields={"reason": _("Say why the entry is wrong.")})
    fact = lock(fact)
    if fact.withdrawn_at:
        raise Conflict(_("This entry was withdrawn already."))
    fact.withdrawn_at = clock.now()
    fact.withdrawn_by_id = by.id if by else None
    fact.withdrawn_reason = text.clean_line(reason)[:300]
    fact.save()
    record(
        by,
        "eligibility.withdraw_fact",
        fact.official,
        kind=fact.kind,
        fact=fact.id,
        reason=fact.withdrawn_reason,
    )
    return fact


def _wrong(
    kind: str, value: str, source: str, held_from: date | None, held_to: date | None
) -> dict[str, str]:
    kinds = rule_queries.rulebook(clock.today()).fact_kinds
    fields = {}
    if kind not in kinds:
        fields["kind"] = _("Choose what you record.")
    elif value not in kinds[kind].values:
        fields["value"] = _("Choose one of the values offered.")
    if not text.clean_line(source):
        fields["source"] = _("Say where you read it, for example “certified copy of the diploma”.")
    if held_from and held_from > clock.today():
        fields["held_from"] = _("This day lies in the future.")
    if held_from and held_to and held_to < held_from:
        fields["held_to"] = _("The last day comes before the first.")
    return fields
