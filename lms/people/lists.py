"""Officials and organisations as lists that come in and go out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from lms import crypto, names
from lms.access import scope
from lms.access.models import User
from lms.importing import dependants
from lms.importing.columns import Entry, ListColumn
from lms.importing.kinds import Change, ListKind, Verdict, list_kind
from lms.importing.preview import Choice, Status
from lms.people import bulk, labels, queries, services
from lms.people.merging.models import Alike
from lms.people.models import Employment, Official, Organisation
from lms.people.queries import birth_of, officials_by
from lms.text import fold

MANAGE = "people.manage"
#: Chosen in the preview instead of somebody on record.
NEW_PERSON = "new"

OFFICIAL_COLUMNS = (
    ListColumn("code", _l("Staff code"), ("Mã CB", "Mã cán bộ", "Mã CBCCVC", "Mã số cán bộ", "Mã công chức"), "code", length=6, most=20, value=lambda one: one.code),
    ListColumn("name", _l("Full name"), ("Họ và tên", "Họ tên", "Họ, tên", "Họ và tên khai sinh"), "name", required=True, most=120, value=lambda one: one.full_name),
    ListColumn("birth", _l("Birth date"), ("Ngày sinh", "Ngày tháng năm sinh", "Ngày, tháng, năm sinh", "Năm sinh", "Sinh ngày"), "birth", value=lambda one: birth_of(one)),
    ListColumn("gender", _l("Gender"), ("Giới tính", "Nam/Nữ"), "gender", value=lambda one: one.gender),
    ListColumn("cccd", _l("Citizen id"), ("Số CCCD", "CCCD", "Căn cước công dân", "Số căn cước", "Số định danh cá nhân", "Mã định danh"), "cccd", value=lambda one: one.cccd_masked, full=lambda one: bulk.full_cccd(one)),
    ListColumn("organisation", _l("Organisation"), ("Cơ quan", "Cơ quan, đơn vị", "Đơn vị", "Đơn vị công tác", "Cơ quan công tác", "Nơi công tác"), value=lambda one: one.organisation.name),
    ListColumn("organisation_code", _l("Organisation code"), ("Mã cơ quan", "Mã đơn vị"), most=40, value=lambda one: one.organisation.code),
    ListColumn("position", _l("Position"), ("Chức vụ", "Chức danh", "Chức vụ, chức danh", "Chức vụ hiện nay"), value=lambda one: one.position),
    ListColumn("unit", _l("Unit"), ("Phòng, ban", "Bộ phận", "Đơn vị trực thuộc"), value=lambda one: one.unit_text),
    ListColumn("kind", _l("Kind"), ("Loại", "Đối tượng", "Loại cán bộ"), "choice", choices=labels.OFFICIAL_KINDS, value=lambda one: one.kind),
    ListColumn("ethnicity", _l("Ethnicity"), ("Dân tộc",), most=40, value=lambda one: one.ethnicity),
    ListColumn("email", _l("E-mail"), ("Email", "Thư điện tử", "Địa chỉ thư điện tử"), value=lambda one: one.email),
    ListColumn("record", _l("Record number"), ("Mã hồ sơ",), "whole", value=lambda one: one.id),
)  # fmt: skip


@dataclass
class Known:
    """What the rows of a list of officials may refer to."""

    within: Any
    home: Organisation | None = None
    by_id: dict[int, Official] = field(default_factory=dict)
    by_cccd: dict[str, Official] = field(default_factory=dict)
    by_code: dict[str, Official] = field(default_factory=dict)
    by_name: dict[str, list[Official]] = field(default_factory=dict)
    organisations: dict[str, list[Organisation]] = field(default_factory=dict)

    def read(self, entries: Sequence[Entry]) -> None:
        """Fetch the holders of citizen ids, staff codes and record numbers; constant number of queries."""
        hashes = {crypto.keyed_hash(entry.get("cccd")) for entry in entries if entry.get("cccd")}
        for one in officials_by(Official.cccd_hash, hashes):
            self.by_cccd[str(one.cccd_hash)] = one
        for one in officials_by(Official.code, {entry.get("code") for entry in entries}):
            self.by_code[str(one.code)] = one
        for one in officials_by(Official.id, {entry.get("record") for entry in entries}):
            self.by_id[one.id] = one

    def candidates(self, entry: Entry) -> list[Official]:
        """Officials of the same name whose birth fits, and holders of the codes; within the scope only."""
        found = [
            self.by_id.get(entry.get("record", 0)),
            self.holder(entry),
            self.by_code.get(entry.get("code", "")),
        ]
        for one in self.by_name.get(fold(entry.get("name", "")), []):
            birth = birth_of(one)
            if entry.get("birth") is None or birth is None or entry.get("birth").agrees_with(birth):
                found.append(one)
        return list(
            {one.id: one for one in found if one is not None and one.organisation_id in self.within}.values()
        )

    def holder(self, entry: Entry) -> Official | None:
        """The holder of the row's citizen id."""
        return self.by_cccd.get(crypto.keyed_hash(entry.get("cccd"))) if entry.get("cccd") else None


@list_kind
class OfficialList(ListKind):
    """Officials of the own organisations, also as a personnel system exports them."""

    key = "people.officials"
    title = _l("Officials")
    view_permission = "people.view"
    import_permission = MANAGE
    primary = ("name",)
    lead = _l(
        "Officials are recognised by record number, citizen id and staff code. Empty cells change nothing."
    )

    def columns(self) -> Sequence[ListColumn]:
        return OFFICIAL_COLUMNS

    def back_url(self, target: int | None) -> str:
        return url_for("people.officials")

    def prepare(self, entries: Sequence[Entry], *, by: User, target: Any) -> Known:
        records = Known(scope.organisations(by, MANAGE))
        records.read(entries)
        for one in officials_by(Official.name_folded, {fold(entry.get("name", "")) for entry in entries}):
            records.by_name.setdefault(str(one.name_folded), []).append(one)
        for organisation in Organisation.select().order_by(Organisation.valid_to.is_null()):
            for name in (fold(organisation.name), f"code:{organisation.code}"):
                records.organisations.setdefault(name, []).append(organisation)
        own = [row.organisation for row in by.roles if row.organisation_id]
        records.home = own[0] if own else None
        return records

    def match(self, entry: Entry, records: Known) -> Official | None:
        chosen = entry.fixes.get("record_chosen", "")
        if chosen:
            return next((one for one in records.candidates(entry) if str(one.id) == chosen), None)
        return (
            records.by_id.get(entry.get("record", 0))
            or records.holder(entry)
            or records.by_code.get(entry.get("code", ""))
        )

    def identity(self, entry: Entry) -> str:
        if entry.record is not None:
            return ""
        return entry.get("cccd") or entry.get("code") or f"{fold(entry.get('name', ''))}|{entry.get('birth')}"

    def judge(self, entry: Entry, records: Known) -> Verdict:
        chosen = entry.fixes.get("record_chosen", "")
        person = entry.record
        if person is not None and person.organisation_id not in records.within:
            return Verdict(Status.CONFLICT, _("On record in an organisation outside your scope. That organisation or the Department corrects the record."))  # fmt: skip
        if person is not None and not chosen and (reason := doubt(entry, person, records)):
            return Verdict(Status.CONFLICT, reason, choices(records.candidates(entry)))
        if person is None and chosen != NEW_PERSON and (alike := records.candidates(entry)):
            reason = _(
                "Somebody of the same name and birth is on record. Choose the right person, or say it is a new one."
            )
            return Verdict(Status.CONFLICT, reason, choices(alike))
        if verdict := _place(entry, records):
            return verdict
        if person is None and entry.get("birth") is None:
            entry.wrong("birth", _("The birth date is missing; a new official needs one."))
        return super().judge(entry, records)

    def apply(self, entries: Sequence[Entry], *, by: User, target: Any) -> list[Change]:
        fresh = [entry for entry in entries if entry.record is None]
        added = services.add_officials([_details(entry) for entry in fresh], by=by)
        changes = [Change(entry.number, one.id) for entry, one in zip(fresh, added, strict=True)]
        known = {entry.record.id: entry for entry in entries if entry.record is not None}
        wanted = [(entry.record, _details(entry)) for entry in known.values()]
        for revision in bulk.change_officials(wanted, by=by):
            after = {**revision.after, "_served": dict(revision.employments)}
            changes.append(Change(known[revision.official].number, revision.official, revision.before, after))
        return changes

    def obstacles(self, changes: Sequence[Change]) -> list[str]:
        added = [one for one in changes if one.before is None]
        named = {one.id: one for one in officials_by(Official.id, {one.id for one in changes})}
        used = dependants.of(Official, [one.id for one in added], ignore=(Employment, Alike))
        found = []
        for change in changes:
            person = named.get(change.id)
            if person is None:
                found.append(_("Row %(row)d: the record is no longer there.", row=change.number))
            elif change.before is None and change.id in used:
                found.append(_("Row %(row)d: %(name)s is used in: %(where)s.", row=change.number, name=person.full_name, where=", ".join(used[change.id])))  # fmt: skip
            elif change.before is not None and not bulk.is_as(person, _fields(change.after)):
                found.append(_("Row %(row)d: %(name)s was changed again later.", row=change.number, name=person.full_name))  # fmt: skip
        return found

    def undo(self, changes: Sequence[Change], *, by: User) -> None:
        bulk.take_back(
            [
                bulk.Revision(one.id, one.before, _fields(one.after), one.after.get("_served", {}))
                for one in changes
                if one.before is not None
            ],
            by=by,
        )
        bulk.remove_officials([one.id for one in changes if one.before is None], by=by)

    def export(self, user: User, arguments: MultiDict[str, str], target: Any) -> Iterable[Official]:
        return queries.officials(  # type: ignore[no-any-return]
            user, search=arguments.get("q", "")[:120], organisation_id=arguments.get("organisation", type=int)
        ).iterator()


def doubt(entry: Entry, person: Official, records: Known) -> str:
    """Why a recognised row may still mean somebody else; empty when it does not."""
    others = (records.holder(entry), records.by_code.get(entry.get("code", "")))
    if any(other is not None and other.id != person.id for other in others):
        return str(_("The record number, citizen id and staff code belong to different people. Choose the right one or correct the row."))  # fmt: skip
    if names.sort_key(entry.get("name")) != names.sort_key(person.full_name):
        return str(_("The number is on record for “%(name)s”. Correct the name or the number, or confirm the person.", name=person.full_name))  # fmt: skip
    birth = birth_of(person)
    if entry.get("birth") and birth and not entry.get("birth").agrees_with(birth):
        return str(
            _("The birth date on record is %(birth)s. Correct the row, or confirm the person.", birth=birth)
        )
    return ""


def _place(entry: Entry, records: Known) -> Verdict | None:
    """Say which organisation the row means; a verdict when it cannot be said."""
    code, name = entry.get("organisation_code"), entry.get("organisation")
    if not code and not name:
        if entry.record is None and records.home is None:
            entry.wrong("organisation", _("The organisation is missing; a new official needs one."))
        entry.values["_organisation"] = entry.record.organisation if entry.record else records.home
        return None
    found = records.organisations.get(f"code:{code.lower()}" if code else fold(name), [])
    within = [one for one in found if one.id in records.within]
    if not found:
        entry.wrong(
            "organisation_code" if code else "organisation",
            _("No organisation is called “%(name)s”. Correct the name or give its code.", name=code or name),
        )
        return None
    if not within:
        return Verdict(Status.CONFLICT, _("“%(name)s” is not among your organisations.", name=code or name))
    current = entry.record.organisation_id if entry.record else None
    place = next((one for one in within if one.id == current), within[-1])
    entry.values["_organisation"] = place
    entry.values["organisation"] = place.name
    entry.values.pop("organisation_code", None)
    return None


def _details(entry: Entry) -> dict[str, Any]:
    """What the row says, as `services.official_values` takes it."""
    values = entry.values
    details: dict[str, Any] = {
        key: values[key]
        for key in ("code", "gender", "kind", "cccd", "position", "ethnicity", "email")
        if key in values
    }
    details |= {"full_name": values["name"], "organisation": values["_organisation"]}
    if "unit" in values:
        details["unit_text"] = values["unit"]
    birth = values.get("birth")
    known = birth_of(entry.record) if entry.record is not None else None
    if birth is not None and not (known and known.date and birth.date is None):
        details |= {"birth_date": birth.date, "birth_year": birth.year}
    return details


def choices(people: Sequence[Official]) -> tuple[Choice, ...]:
    known = [Choice(str(one.id), ", ".join(str(part) for part in (one.full_name, birth_of(one), one.code, one.organisation.name) if part)) for one in people]  # fmt: skip
    return (*known, Choice(NEW_PERSON, _("A new person, not on record yet")))


def _fields(after: Any) -> dict[str, Any]:
    return {name: value for name, value in after.items() if name != "_served"}
