"""People as the engine sees them: kind, certificates, recorded facts. A constant number of queries for any number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from lms import clock, text
from lms.audit.models import AuditRow
from lms.people import queries as people
from lms.people.models import Official, Organisation
from lms.plugins import ask
from plugins.eligibility.engine.evidence import Certificate, Fact, Person
from plugins.eligibility.engine.rules import Post
from plugins.eligibility.models import RecordedFact
from plugins.eligibility.queries.rules import rulebook


@dataclass(frozen=True)
class RecentCheck:
    """A check somebody made: about whom, for which post and day, and what the answer was then."""

    official_id: int
    name: str
    post: Post
    on: str
    outcome: str
    at: datetime


#: Ids per statement: SQLite takes 32,766 values, PostgreSQL 65,535.
_PORTION = 30_000


def persons(officials: Sequence[Official], known_on: date) -> dict[int, Person]:
    """What is on record about these officials, by id; what became known only after `known_on` may be left out."""
    ids = [official.id for official in officials]
    certificates: dict[int, list[Certificate]] = {}
    for each in ask("eligibility_evidence", official_ids=ids, on=known_on):
        certificates.setdefault(each.official_id, []).append(certificate(each))
    facts: dict[int, list[Fact]] = {}
    for row in _facts(ids):
        facts.setdefault(row["official"], []).append(_fact(row))
    return {
        official.id: Person(
            official.id,
            str(official.kind),
            tuple(certificates.get(official.id, ())),
            tuple(facts.get(official.id, ())),
        )
        for official in officials
    }


def certificate(evidence: Any) -> Certificate:
    """A document of the register (or of another plugin) as the engine's certificate."""
    return Certificate(
        programme=evidence.programme_code,
        number=evidence.number,
        awarded_on=_day(evidence.awarded_on) or _day(evidence.issued_on),
        known_from=_day(evidence.issued_on),
        valid_until=_day(evidence.valid_until),
        status=evidence.status,
        status_from=_day(evidence.status_from),
        url=evidence.url,
        issuer=evidence.issuer,
    )


def facts_of(official: Official) -> list[RecordedFact]:
    """Everything recorded about one official, the newest first, withdrawn entries included."""
    return list(
        RecordedFact.select()
        .where(RecordedFact.official == official)
        .order_by(RecordedFact.recorded_at.desc(), RecordedFact.id.desc())
    )


def find(user: Any, wanted: str, *, limit: int = 8) -> list[Official]:
    """Officials in the user's scope whose name (without accents) or staff code fits.

    Whole words come first: only when nobody has them do parts of words count ("an" is not meant to find every Văn).
    """
    wanted = wanted[:120]
    words = text.fold(wanted).split()
    if not words:
        return []
    query = people.officials(user, permission="eligibility.check", search=wanted).where(Official.active)
    letters = [word for word in words if not word.isdigit()]
    exact = list(query.where(*[_whole(word) for word in letters]).limit(limit)) if letters else []
    return exact or list(query.limit(limit))


def _whole(word: str) -> Any:
    name = Official.name_folded
    return (
        (name == word) | name.startswith(f"{word} ") | name.endswith(f" {word}") | name.contains(f" {word} ")
    )


def agencies(user: Any) -> list[Organisation]:
    """Organisations the user may review, in the order of the tree."""
    return list(people.organisations(user, "eligibility.check"))


def officials_below(organisation: Organisation, user: Any) -> list[Official]:
    """Active officials of an organisation and everything below it, within the user's scope, in name order."""
    query = people.officials(user, permission="eligibility.check")
    return list(query.where(Official.active, Organisation.path.startswith(organisation.path)))


def of_ids(user: Any, official_ids: Sequence[int]) -> list[Official]:
    """These officials, as far as the user may ask about them."""
    query = people.officials(user, permission="eligibility.check")
    return list(query.where(Official.id.in_(list(official_ids) or [0])))


def _facts(ids: Sequence[int]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for start in range(0, len(ids), _PORTION):
        portion = list(ids[start : start + _PORTION])
        query = RecordedFact.select().where(RecordedFact.official.in_(portion)).order_by(RecordedFact.id)
        found.extend(list(query.dicts()))
    return found


def _fact(row: dict[str, Any]) -> Fact:
    return Fact(
        kind=row["kind"],
        value=row["value"],
        held_from=row["held_from"],
        held_to=row["held_to"],
        recorded_on=clock.local(row["recorded_at"]).date(),
        withdrawn_on=clock.local(row["withdrawn_at"]).date() if row["withdrawn_at"] else None,
        number=row["number"],
        source=row["source"],
        confidence=row["confidence"],
    )


def _day(value: Any) -> date | None:
    """A stored time as its local day; a day as it is."""
    return clock.local(value).date() if isinstance(value, datetime) else value


def recent_checks(user: Any, *, limit: int = 6) -> list[RecentCheck]:
    """The user's own last checks, from the audit record: one line per official and post, newest first. Two queries."""
    rows = (
        AuditRow.select()
        .where(AuditRow.by == user.id, AuditRow.deed == "eligibility.check")
        .order_by(AuditRow.number.desc())
        .limit(limit * 4)
    )
    found: dict[tuple[str, str], RecentCheck] = {}
    book = rulebook(clock.today())
    for row in rows:
        post = book.posts.get(row.details.get("post", ""))
        key = (row.object_id, row.details.get("post", ""))
        if post and key not in found and len(found) < limit:
            found[key] = RecentCheck(
                int(row.object_id),
                row.object_label,
                post,
                row.details.get("on", ""),
                row.details.get("outcome", ""),
                row.at,
            )
    return list(found.values())
