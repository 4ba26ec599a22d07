"""The review of an agency, and the rules in use, as lists that go out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from lms import clock
from lms.access.models import User
from lms.errors import Invalid
from lms.importing.columns import ListColumn
from lms.importing.kinds import ListKind, list_kind
from lms.people.queries import birth_of
from plugins.eligibility import words
from plugins.eligibility.engine.rules import Provenance
from plugins.eligibility.queries import people, verdicts
from plugins.eligibility.queries.rules import rulebook

_COLUMNS = (
    ListColumn("code", _l("Staff code"), type="code", value=lambda row: row.official.code),
    ListColumn("name", _l("Official"), value=lambda row: row.official.full_name),
    ListColumn("birth", _l("Birth date"), type="birth", value=lambda row: birth_of(row.official)),
    ListColumn("organisation", _l("Agency"), value=lambda row: row.official.organisation.name),
    ListColumn("position", _l("Position"), value=lambda row: row.official.position),
    ListColumn("verdict", _l("Verdict"), value=lambda row: str(words.SHORT_OUTCOMES[row.verdict.outcome])),
    ListColumn("missing", _l("What is missing"), value=lambda row: words.missing(row.verdict)),
)


@list_kind
class ReviewList(ListKind):
    """Officials of an agency with the verdict of each for one post on one day, as the page was asked."""

    key = "eligibility.review"
    title = _l("Review an agency")
    view_permission = "eligibility.check"

    def columns(self) -> Sequence[ListColumn]:
        return _COLUMNS

    def export(self, user: User, arguments: MultiDict[str, str], target: Any) -> Iterable[verdicts.Row]:
        on = verdicts.parse_day(arguments.get("on", ""))
        wanted = arguments.get("organisation", "")
        agency = next((each for each in people.agencies(user) if str(each.id) == wanted), None)
        if agency is None or not arguments.get("post"):
            return []
        try:
            post = verdicts.the_post(arguments["post"], on)
        except Invalid:
            return []
        rows = verdicts.review(people.officials_below(agency, user), post, on)
        return [row for row in rows if row.fits(arguments.get("show", ""))]

    def filename(self, target: Any) -> str:
        return "ra-soat-dieu-kien"


_RULE_COLUMNS = (
    ListColumn("group", _l("Group"), value=lambda row: row[0]),
    ListColumn("code", _l("Code"), type="code", value=lambda row: row[1].rule_id),
    ListColumn("version", _l("Version"), value=lambda row: row[1].version),
    ListColumn("title", _l("Name of the rule"), value=lambda row: row[1].title or row[1].rule_id),
    ListColumn("from", _l("In force from"), value=lambda row: row[1].valid_from),
    ListColumn("to", _l("In force until"), value=lambda row: row[1].valid_to),
    ListColumn("source", _l("Source"), value=lambda row: row[1].source),
    ListColumn("confidence", _l("Confidence"), value=lambda row: words.confidence(row[1])),
    ListColumn("confirm", _l("To be confirmed"), value=lambda row: row[1].confirm),
)


@list_kind
class RuleList(ListKind):
    """The rules in use today, as on their page: what must be filled in comes first. They come in as files of data."""

    key = "eligibility.rules"
    title = _l("Rules in use")
    view_permission = "eligibility.check"

    def columns(self) -> Sequence[ListColumn]:
        return _RULE_COLUMNS

    def export(
        self, user: User, arguments: MultiDict[str, str], target: Any
    ) -> Iterable[tuple[str, Provenance]]:
        groups = words.rule_groups(rulebook(clock.today()))
        return [(title, rule) for title, rules in groups for rule in rules]

    def filename(self, target: Any) -> str:
        return "quy-dinh-dieu-kien"
