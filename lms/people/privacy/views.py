"""Who saw whole citizen ids: one person's on a page, or many in an export from a list page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import ngettext
from peewee import JOIN

from lms import audit
from lms.access import scope
from lms.access.models import User
from lms.audit.models import AuditRow
from lms.db import atomic, insert_many
from lms.people.models import Official
from lms.people.privacy.models import ExportedId

REVEALED, EXPORTED = "people.cccd_revealed", "export.full_ids"
PRIVACY = "people.privacy"


@dataclass(frozen=True)
class View:
    """One view: of one person, or of everybody in an export (`official` None)."""

    at: datetime
    by: str
    reason: str
    official: int | None = None
    name: str = ""


@atomic
def note_export(
    by: User | None,
    *,
    kind: str,
    title: str,
    arguments: Mapping[str, str],
    rows: int,
    officials: Iterable[int],
) -> AuditRow:
    """Put an export with whole citizen ids on record: what it is called, its filter, how many rows, and who is in it."""
    words = " · ".join(
        _masked(value) for name, value in arguments.items() if name not in _NO_FILTER and value
    )
    row = audit.record(by, EXPORTED, None, kind=kind, title=title, filter=words, rows=rows)
    insert_many(ExportedId, ({"audit": row.id, "official": one} for one in sorted(set(officials))))
    return row


def of(official: Official) -> list[View]:
    """Every view of a person's citizen id, the latest first."""
    alone = (
        (AuditRow.object_kind == "lms_official")
        & (AuditRow.object_id == str(official.id))
        & (AuditRow.deed == REVEALED)
    )
    exports = ExportedId.select(ExportedId.audit).where(ExportedId.official == official.id)
    query = AuditRow.select().where(alone | AuditRow.id.in_(exports)).order_by(AuditRow.id.desc())
    return [_view(row) for row in query]


def all_for(user: Any) -> Any:
    """Every view in the user's scope as audit rows with the official's id and name, the latest first; see `shown`."""
    query = (
        AuditRow.select(AuditRow, Official.id.alias("official_id"), Official.full_name)
        .join(
            Official,
            JOIN.LEFT_OUTER,
            on=((AuditRow.object_id == Official.id.cast("TEXT")) & (AuditRow.object_kind == "lms_official")),
        )
        .where(AuditRow.deed.in_((REVEALED, EXPORTED)))
    )
    own = scope.condition(Official.organisation, user, PRIVACY)
    if own is not None:
        inside = (
            ExportedId.select(ExportedId.audit)
            .join(Official, on=(ExportedId.official == Official.id))
            .where(own)
        )
        query = query.where(own | AuditRow.id.in_(inside))
    return query.order_by(AuditRow.id.desc()).objects()


def shown(row: Any) -> View:
    """A row of `all_for` as people read it."""
    return _view(row, getattr(row, "official_id", None), getattr(row, "full_name", None) or "")


#: Arguments of a list page that say nothing about whose rows are in it.
_NO_FILTER = frozenset({"page", "sort", "order", "per_page"})


def _masked(value: str) -> str:
    """A filter as it goes on record: a number typed to find one person may be a citizen id."""
    return "•" * 9 + value[-3:] if value.isdigit() and len(value) >= 9 else value[:80]


def _view(row: Any, official: int | None = None, name: str = "") -> View:
    if row.deed == REVEALED:
        return View(row.at, row.by_name, row.details.get("reason", ""), official, name)
    count = row.details.get("rows", 0)
    reason = ngettext("In an export of %(num)s row", "In an export of %(num)s rows", count)
    words = [str(part) for part in (row.details.get("title"), row.details.get("filter")) if part]
    return View(row.at, row.by_name, reason + (f" ({': '.join(words)})" if words else ""))
