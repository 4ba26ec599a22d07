"""Reads on the audit record."""

from __future__ import annotations

import operator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import reduce
from typing import Any

from flask_babel import gettext as _

from lms import clock
from lms.access import can
from lms.access.models import User
from lms.answers import Story
from lms.audit.models import AuditRow
from lms.audit.words import words
from lms.errors import NotFound
from lms.plugins import ask


@dataclass(frozen=True)
class Wanted:
    """What a reader of the record looks for; empty means everything."""

    search: str = ""
    deed: str = ""
    kind: str = ""
    first: date | None = None
    last: date | None = None


def deeds(wanted: Wanted) -> Any:
    """Rows of the record, the latest first."""
    query = AuditRow.select().order_by(AuditRow.number.desc())
    if wanted.search:
        query = query.where(
            AuditRow.by_name.contains(wanted.search) | AuditRow.object_label.contains(wanted.search)
        )
    if wanted.deed:
        query = query.where(AuditRow.deed == wanted.deed)
    if wanted.kind:
        query = query.where(AuditRow.object_kind == wanted.kind)
    if wanted.first:
        query = query.where(AuditRow.at >= _midnight(wanted.first))
    if wanted.last:
        query = query.where(AuditRow.at < _midnight(wanted.last + timedelta(days=1)))
    return query


def deed_names() -> list[str]:
    """Every deed that was ever done, by name."""
    return _distinct(AuditRow.deed)


def kinds() -> list[tuple[str, str]]:
    """Every kind of object in the record: (table, what it is called), by what it is called."""
    known = words().kinds
    return sorted(
        ((table, str(known.get(table, table))) for table in _distinct(AuditRow.object_kind) if table),
        key=lambda pair: pair[1],
    )


def story_of(kind: str, object_id: str, user: User) -> Any:
    """The deeds on one object and on what belongs to it, the latest first.

    Whoever reads the whole record may read it, and whoever a module names in its answer to `history_of`.
    Raises NotFound for everybody else, the same as for an object that does not exist.
    """
    stories: list[Story] = ask("history_of", kind=kind, object_id=object_id, user=user)
    own = any(kind == story.kind and object_id in map(str, story.ids) for story in stories)
    if not own and not can(user, "platform.audit"):
        raise NotFound(_("There is no such history among yours."))
    where: list[Any] = [(AuditRow.object_kind == kind) & (AuditRow.object_id == object_id)]
    where += [
        (AuditRow.object_kind == story.kind)
        & AuditRow.object_id.in_([str(one) for one in story.ids] or ["-"])
        for story in stories
    ]
    return AuditRow.select().where(reduce(operator.or_, where)).order_by(AuditRow.number.desc())


def _distinct(field: Any) -> list[str]:
    return [row[0] for row in AuditRow.select(field).distinct().order_by(field).tuples()]


def _midnight(day: date) -> datetime:
    return clock.from_local(datetime.combine(day, datetime.min.time()))
