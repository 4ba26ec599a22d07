"""Organisations as a list that comes in and goes out: a tree by codes, with dates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from lms import audit, text
from lms.access import scope
from lms.access.models import User
from lms.importing.columns import Entry, ListColumn
from lms.importing.kinds import Verdict, list_kind
from lms.importing.preview import Status
from lms.importing.records import CodedKind
from lms.people import labels, queries, services
from lms.people.models import Organisation

_COLUMNS = (
    ListColumn("code", _l("Organisation code"), ("Mã cơ quan", "Mã đơn vị"), most=40, required=True, value=lambda one: one.code),
    ListColumn("name", _l("Organisation"), ("Tên cơ quan", "Tên cơ quan, đơn vị", "Tên đơn vị", "Cơ quan", "Đơn vị"), required=True, value=lambda one: one.name),
    ListColumn("kind", _l("Kind"), ("Loại", "Loại cơ quan", "Cấp"), "choice", choices=labels.ORGANISATION_KINDS, value=lambda one: one.kind),
    ListColumn("parent", _l("Code of the superior organisation"), ("Mã cơ quan cấp trên", "Trực thuộc", "Mã cấp trên"), most=40, value=lambda one: one.path.split("/")[-3] if one.parent_id else None),
    ListColumn("valid_from", _l("In force from"), ("Từ ngày", "Có hiệu lực từ"), "date", value=lambda one: one.valid_from),
    ListColumn("valid_to", _l("In force until"), ("Đến ngày", "Hết hiệu lực"), "date", value=lambda one: one.valid_to),
)  # fmt: skip


@dataclass
class _Tree:
    """Every organisation by code, the rows that this list would add, and where the user may write."""

    known: dict[str, Organisation]
    coming: dict[str, Entry]
    within: Any


@list_kind
class OrganisationList(CodedKind):
    """The tree of organisations. A row names its superior by code; superiors may stand in the same list."""

    key = "people.organisations"
    title = _l("Organisations")
    view_permission = "people.view"
    import_permission = "people.organise"
    primary = ("name", "code")
    model = Organisation
    lead = _l("Organisations are recognised by their code. Empty cells change nothing.")

    def columns(self) -> Sequence[ListColumn]:
        return _COLUMNS

    def back_url(self, target: int | None) -> str:
        return url_for("people.organisations")

    def prepare(self, entries: Sequence[Entry], *, by: User, target: Any) -> _Tree:
        known = super().prepare(entries, by=by, target=target)
        coming = {code: entry for entry in entries if (code := self.identity(entry)) not in known}
        return _Tree(known, coming, scope.organisations(by, self.import_permission))

    def known(self, records: _Tree) -> dict[str, Organisation]:
        return records.known

    def judge(self, entry: Entry, records: _Tree) -> Verdict:
        one, parent = entry.record, str(entry.get("parent") or "").lower()
        if one is not None and one.id not in records.within:
            return Verdict(Status.CONFLICT, _("“%(name)s” is not among your organisations.", name=one.name))
        if one is None and "kind" not in entry.values:
            entry.wrong("kind", _("The kind is missing; a new organisation needs one."))
        first, last = entry.get("valid_from"), entry.get("valid_to")
        if first and last and last < first:
            entry.wrong("valid_to", _("The last day is before the first."))
        if one is not None and parent and parent != _COLUMNS[3].on_record(one):
            return Verdict(Status.CONFLICT, _("On record below another organisation; a list does not move organisations in the tree."))  # fmt: skip
        if one is None and (problem := _parent_problem(self.identity(entry), parent, records)):
            entry.wrong("parent", problem)
        return super().judge(entry, records)

    def in_order(self, entries: Sequence[Entry]) -> Iterable[Entry]:
        waiting = {self.identity(entry): entry for entry in entries}
        ordered: dict[str, Entry] = {}

        def place(entry: Entry) -> None:
            above = waiting.get(str(entry.get("parent") or "").lower())
            if above is not None and self.identity(above) not in ordered:
                place(above)
            ordered.setdefault(self.identity(entry), entry)

        for entry in entries:
            place(entry)
        return ordered.values()

    def add(self, entry: Entry, *, by: User, target: Any) -> Organisation:
        parent = entry.get("parent")
        return services.add_organisation(
            self.identity(entry),
            entry.get("name"),
            entry.get("kind"),
            by=by,
            parent=Organisation.get(Organisation.code == str(parent).lower()) if parent else None,
            valid_from=entry.get("valid_from"),
            valid_to=entry.get("valid_to"),
        )

    def change(self, entry: Entry, *, by: User, target: Any) -> None:
        wanted: dict[str, Any] = {name: entry.values[name] for name in ("name", "kind", "valid_from", "valid_to") if name in entry.values}  # fmt: skip
        if "name" in wanted:
            wanted["name_folded"] = text.fold(wanted["name"])
        Organisation.update(**wanted).where(Organisation.id == entry.record.id).execute()
        audit.record(by, "people.organisation_changed", entry.record)

    def export(self, user: User, arguments: MultiDict[str, str], target: Any) -> Iterable[Organisation]:
        found: Iterable[Organisation] = queries.organisations(user, search=arguments.get("q", "")[:120])
        return found


def _parent_problem(code: str, parent: str, records: _Tree) -> str:
    """Why a new organisation cannot stand below the one named; follows new superiors up to one on record."""
    seen = {code}
    while parent:
        above = records.known.get(parent)
        if above is not None:
            return "" if above.id in records.within else str(_("“%(name)s” is not among your organisations.", name=above.name))  # fmt: skip
        row = records.coming.get(parent)
        if row is None:
            return str(_("No organisation has the code “%(code)s”.", code=parent))
        if parent in seen:
            return str(_("These organisations stand below each other in a circle."))
        if row.problems:
            return str(_("The superior in row %(row)d has an error.", row=row.number))
        seen.add(parent)
        parent = str(row.get("parent") or "").lower()
    return "" if records.within is scope.ALL else str(_("Name the superior organisation; only the Department adds one without."))  # fmt: skip
