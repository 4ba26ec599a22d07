"""Nominations as lists that go out. They come in on the page of a class, where the agency sends its list."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from courses import queries as courses
from courses.models import Klass
from lms.access import can
from lms.access.models import User
from lms.importing.columns import ListColumn
from lms.importing.kinds import ListKind, list_kind
from plugins.enrolment import queries
from plugins.enrolment.models import STATUS_TITLES, Nomination

_COLUMNS = (
    ListColumn("klass", _l("Class"), type="code", value=lambda one: one.klass.code),
    ListColumn("name", _l("Full name"), value=lambda one: one.official.full_name),
    ListColumn("birth", _l("Date of birth"), value=lambda one: one.official.birth_date or one.official.birth_year),
    ListColumn("code", _l("Staff code"), type="code", value=lambda one: one.official.code),
    ListColumn("position", _l("Position"), value=lambda one: one.position),
    ListColumn("unit", _l("Unit"), value=lambda one: one.unit_text),
    ListColumn("agency", _l("Agency"), value=lambda one: one.organisation.name),
    ListColumn("status", _l("Status"), type="choice", choices=STATUS_TITLES, value=lambda one: one.status),
    ListColumn("reason", _l("Reason"), value=lambda one: one.reason),
    ListColumn("decision_number", _l("Decision no."), value=lambda one: one.decision_number),
    ListColumn("decision_date", _l("Decision date"), type="date", value=lambda one: one.decision_date),
)  # fmt: skip


@list_kind
class OwnNominations(ListKind):
    """Nominations of the reader's agencies for all classes."""

    key = "enrolment.own"
    title = _l("Nominations")
    view_permission = queries.NOMINATE

    def columns(self) -> Sequence[ListColumn]:
        return _COLUMNS

    def import_url(self, user: Any, target: int | None) -> str | None:
        return url_for("enrolment.index")

    def export(self, user: User, arguments: MultiDict[str, str], target: Any) -> Iterable[Nomination]:
        found: Iterable[Nomination] = queries.own(
            user, status=arguments.get("status", ""), search=arguments.get("q", "")[:120]
        )
        return found

    def filename(self, target: Any) -> str:
        return "de-cu"


@list_kind
class ClassNominations(ListKind):
    """Nominations for one class, agency by agency."""

    key = "enrolment.nominations"
    title = _l("Nominations")
    view_permission = "enrolment.decide"

    def columns(self) -> Sequence[ListColumn]:
        return _COLUMNS

    def target_or_404(self, target: int | None, user: User) -> Klass:
        return courses.class_or_404(target or 0, user)

    def import_url(self, user: Any, target: int | None) -> str | None:
        return url_for("enrolment.show_class", class_id=target) if can(user, queries.NOMINATE) else None

    def export(self, user: User, arguments: MultiDict[str, str], target: Klass) -> Iterable[Nomination]:
        found: Iterable[Nomination] = queries.of_class(
            target,
            status=arguments.get("status", ""),
            organisation_id=arguments.get("agency", type=int),
            search=arguments.get("q", "")[:120],
        )
        return found

    def filename(self, target: Klass) -> str:
        return f"de-cu-{target.code}"
