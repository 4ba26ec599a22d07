"""Classes, and who is in one, as lists that come in and go out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from courses import queries, services
from courses.models import (
    JOINABLE_STATES,
    SCHEDULABLE_STATES,
    ClassStateChange,
    Klass,
    Membership,
    Programme,
    ProgrammeVersion,
)
from courses.programme_list import ProgrammeList
from courses.services.classes import STATE_NAMES
from courses.services.facts import class_values
from courses.timetable_list import TimetableList
from lms import crypto, names
from lms.access.models import User
from lms.errors import Conflict, Invalid
from lms.importing.columns import Entry, ListColumn
from lms.importing.kinds import Change, ListKind, Verdict, list_kind
from lms.importing.preview import Status
from lms.importing.records import CodedKind, code_of, rows_of
from lms.people.models import Official, Organisation
from lms.people.queries import birth_of, officials_by
from lms.plugins import Refused, check

__all__ = ["ClassList", "LearnerList", "ProgrammeList", "TimetableList"]

MANAGE = "courses.manage"

_CLASS_COLUMNS = (
    ListColumn("code", _l("Class code"), ("Mã lớp", "Ký hiệu lớp"), most=40, required=True, value=lambda one: one.code),
    ListColumn("title", _l("Class"), ("Tên lớp", "Lớp", "Tên lớp bồi dưỡng"), required=True, value=lambda one: one.title),
    ListColumn("programme", _l("Programme code"), ("Mã chương trình",), most=20, value=lambda one: one.programme.code),
    ListColumn("organiser", _l("Organisation code"), ("Mã cơ quan", "Mã đơn vị tổ chức"), most=40, value=lambda one: one.organiser.code),
    ListColumn("starts_on", _l("First day"), ("Ngày khai giảng", "Từ ngày", "Khai giảng", "Ngày bắt đầu"), "date", value=lambda one: one.starts_on),
    ListColumn("ends_on", _l("Last day"), ("Ngày bế giảng", "Đến ngày", "Bế giảng", "Ngày kết thúc"), "date", value=lambda one: one.ends_on),
    ListColumn("place", _l("Place"), ("Địa điểm", "Nơi học"), value=lambda one: one.place),
    ListColumn("capacity", _l("Seats"), ("Số chỗ", "Chỉ tiêu", "Sĩ số tối đa"), "whole", value=lambda one: one.capacity),
    ListColumn("learners", _l("Learners"), value=lambda one: one.learners_now, export_only=True),
    ListColumn("state", _l("State"), type="choice", choices=STATE_NAMES, value=lambda one: one.state, export_only=True),
)  # fmt: skip


@dataclass
class _Catalogue:
    """What rows of a list of classes may refer to."""

    by_code: dict[str, Klass]
    versions: dict[str, ProgrammeVersion]
    organisers: dict[str, Organisation]
    school: Organisation | None


@list_kind
class ClassList(CodedKind):
    """Classes: new ones are opened as drafts, facts of others changed as far as their state allows."""

    key = "courses.classes"
    title = _l("Classes")
    view_permission = "courses.view"
    import_permission = MANAGE
    primary = ("title", "code")
    model = Klass
    parts = (ClassStateChange,)
    lead = _l(
        "Classes are recognised by their code; new ones are opened as drafts. Empty cells change nothing."
    )

    def columns(self) -> Sequence[ListColumn]:
        return _CLASS_COLUMNS

    def back_url(self, target: int | None) -> str:
        return url_for("courses.classes")

    def prepare(self, entries: Sequence[Entry], *, by: User, target: Any) -> _Catalogue:
        query = ProgrammeVersion.select(ProgrammeVersion, Programme).join(Programme)
        return _Catalogue(
            {code_of(one): one for one in queries.classes_for(by)},
            {str(one.programme.code).lower(): one for one in query.order_by(ProgrammeVersion.version)},
            {str(one.code): one for one in Organisation.select()},
            Organisation.get_or_none(Organisation.kind == "school"),
        )

    def known(self, records: _Catalogue) -> dict[str, Klass]:
        return records.by_code

    def judge(self, entry: Entry, records: _Catalogue) -> Verdict:
        klass = entry.record
        version = _version(entry, records)
        organiser = _organiser(entry, records)
        if version is None or organiser is None:
            return Verdict(Status.ERROR)
        if klass is not None and not self.differences(entry):
            return super().judge(entry, records)
        if klass is not None and klass.state not in SCHEDULABLE_STATES:
            return Verdict(Status.CONFLICT, _("The class is %(state)s; its facts no longer change.", state=STATE_NAMES[klass.state]))  # fmt: skip
        entry.values["_facts"] = facts = _facts(entry, version, organiser)
        try:
            class_values(klass, **facts)
        except Invalid as refused:
            for name, sentence in refused.fields.items():
                entry.wrong(name, str(sentence))
        return super().judge(entry, records)

    def add(self, entry: Entry, *, by: User, target: Any) -> Klass:
        facts = dict(entry.values["_facts"])
        return services.open_class(  # type: ignore[no-any-return]
            facts.pop("code"),
            facts.pop("title"),
            facts.pop("version"),
            facts.pop("organiser"),
            by=by,
            **facts,
        )

    def change(self, entry: Entry, *, by: User, target: Any) -> None:
        facts = dict(entry.values["_facts"])
        services.change_class(entry.record, by=by, programme_version=facts.pop("version"), **facts)

    def obstacles(self, changes: Sequence[Change]) -> list[str]:
        moved = [
            _("Row %(row)d: %(name)s is no longer a draft.", row=change.number, name=klass.title)
            for klass in rows_of(Klass, [change.id for change in changes if change.before is None])
            for change in changes
            if change.id == klass.id and klass.state != "draft"
        ]
        return moved or super().obstacles(changes)

    def export(self, user: User, arguments: MultiDict[str, str], target: Any) -> Iterable[Klass]:
        state = arguments.get("state", "")
        found = list(
            queries.classes_for(
                user, search=arguments.get("q", "")[:120], state=state if state in STATE_NAMES else ""
            )
        )
        counts = queries.learner_counts(found)
        for klass in found:
            klass.learners_now = counts.get(klass.id, 0)
        return found


def _version(entry: Entry, records: _Catalogue) -> ProgrammeVersion | None:
    code = entry.get("programme")
    if not code and entry.record is not None:
        return entry.record.programme_version  # type: ignore[no-any-return]
    if not code:
        entry.wrong("programme", _("The programme is missing; a new class needs one."))
        return None
    if entry.record is not None and entry.record.programme.code.lower() == code.lower():
        return entry.record.programme_version  # type: ignore[no-any-return]
    found = records.versions.get(code.lower())
    if found is None:
        entry.wrong("programme", _("No programme has the code “%(code)s”.", code=code))
    return found


def _organiser(entry: Entry, records: _Catalogue) -> Organisation | None:
    code = entry.get("organiser")
    if not code:
        found = entry.record.organiser if entry.record is not None else records.school
    else:
        found = records.organisers.get(code.lower())
    if found is None:
        entry.wrong("organiser", _("No organisation has the code “%(code)s”.", code=code or ""))
    return found


def _facts(entry: Entry, version: ProgrammeVersion, organiser: Organisation) -> dict[str, Any]:
    """What the row says, over what is on record, as `class_values` takes it."""
    klass = entry.record
    names_ = ("code", "title", "starts_on", "ends_on", "place", "capacity")
    facts = {name: entry.get(name, getattr(klass, name, None)) for name in names_}
    return {
        **facts,
        "place": facts["place"] or "",
        "version": version,
        "organiser": organiser,
        "homeroom_lecturer": klass.homeroom_lecturer if klass is not None else None,
    }


_LEARNER_COLUMNS = (
    ListColumn("code", _l("Staff code"), ("Mã CB", "Mã cán bộ", "Mã CBCCVC", "Mã số cán bộ"), "code", length=6, most=20, value=lambda one: one.official.code),
    ListColumn("name", _l("Full name"), ("Họ và tên", "Họ tên", "Họ, tên"), "name", required=True, value=lambda one: one.official.full_name),
    ListColumn("birth", _l("Birth date"), ("Ngày sinh", "Ngày tháng năm sinh", "Năm sinh"), "birth", value=lambda one: birth_of(one.official)),
    ListColumn("cccd", _l("Citizen id"), ("Số CCCD", "CCCD", "Căn cước công dân"), "cccd", value=lambda one: one.official.cccd_masked),
    ListColumn("position", _l("Position"), ("Chức vụ", "Chức danh"), value=lambda one: one.official.position, export_only=True),
    ListColumn("organisation", _l("Organisation"), value=lambda one: one.official.organisation.name, export_only=True),
    ListColumn("joined_at", _l("Since"), value=lambda one: one.joined_at.date(), export_only=True),
    ListColumn("record", _l("Record number"), ("Mã hồ sơ",), "whole", value=lambda one: one.official_id),
)  # fmt: skip


@dataclass
class _Class:
    """The class, its learners and the officials a list names."""

    klass: Klass
    inside: dict[int, Membership]
    by_id: dict[int, Official] = field(default_factory=dict)
    by_code: dict[str, Official] = field(default_factory=dict)
    by_cccd: dict[str, Official] = field(default_factory=dict)

    def person(self, entry: Entry) -> Official | None:
        """The official a row names by record number, citizen id or staff code."""
        holder = crypto.keyed_hash(entry.get("cccd")) if entry.get("cccd") else ""
        return (
            self.by_id.get(entry.get("record", 0))
            or self.by_cccd.get(holder)
            or self.by_code.get(entry.get("code", ""))
        )


@list_kind
class LearnerList(ListKind):
    """Officials on record taken into a class at once."""

    key = "courses.learners"
    title = _l("Learners")
    view_permission = "courses.view"
    import_permission = MANAGE
    primary = ("name",)
    any_of = (("code", "cccd", "record"),)
    lead = _l("Learners are officials on record, recognised by record number, citizen id or staff code.")

    def columns(self) -> Sequence[ListColumn]:
        return _LEARNER_COLUMNS

    def target_or_404(self, target: int | None, user: User) -> Klass:
        return queries.class_or_404(target or 0, user)

    def back_url(self, target: int | None) -> str:
        return url_for("courses.learners", class_id=target)

    def import_url(self, user: Any, target: int | None) -> str | None:
        klass = Klass.get_or_none(Klass.id == target)
        return super().import_url(user, target) if klass and klass.state in JOINABLE_STATES else None

    def prepare(self, entries: Sequence[Entry], *, by: User, target: Klass) -> _Class:
        hashes = {crypto.keyed_hash(entry.get("cccd")) for entry in entries if entry.get("cccd")}
        found = _Class(target, {one.official_id: one for one in queries.learners(target)})
        found.by_id = {one.id: one for one in officials_by(Official.id, {e.get("record") for e in entries})}
        found.by_code = {
            str(one.code): one for one in officials_by(Official.code, {e.get("code") for e in entries})
        }
        found.by_cccd = {str(one.cccd_hash): one for one in officials_by(Official.cccd_hash, hashes)}
        return found

    def match(self, entry: Entry, records: _Class) -> Membership | None:
        person = records.person(entry)
        return records.inside.get(person.id) if person is not None else None

    def identity(self, entry: Entry) -> str:
        return str(entry.get("cccd") or entry.get("code") or entry.get("record") or "")

    def judge(self, entry: Entry, records: _Class) -> Verdict:
        person = records.person(entry)
        if person is None:
            entry.wrong("code", _("No official on record has this number. Put the official on record first."))
            return Verdict(Status.ERROR)
        entry.values["_official"] = person
        if names.sort_key(entry.get("name")) != names.sort_key(person.full_name):
            return Verdict(Status.CONFLICT, _("The number is on record for “%(name)s”. Correct the name or the number.", name=person.full_name))  # fmt: skip
        if entry.record is not None:
            return Verdict(Status.SAME, _("Is a learner of this class already."))
        if records.klass.state not in JOINABLE_STATES:
            return Verdict(Status.CONFLICT, _("Nobody can join the class any more."))
        try:
            check("before_enrol", klass=records.klass, official=person)
        except Refused as veto:
            return Verdict(Status.CONFLICT, str(veto))
        return Verdict(Status.NEW, _("Will join the class."))

    def apply(self, entries: Sequence[Entry], *, by: User, target: Klass) -> list[Change]:
        changes = []
        for entry in entries:
            try:
                joined = services.add_learner(target, entry.values["_official"], by=by)
            except Conflict as problem:
                raise Conflict(
                    _("Row %(number)d: %(sentence)s", number=entry.number, sentence=str(problem))
                ) from problem
            changes.append(Change(entry.number, joined.id))
        return changes

    def obstacles(self, changes: Sequence[Change]) -> list[str]:
        members = list(rows_of(Membership, [change.id for change in changes]))
        klass = members[0].klass if members else None
        if klass is None or klass.state not in JOINABLE_STATES:
            return [_("Nobody can leave the class any more.")]
        return []

    def undo(self, changes: Sequence[Change], *, by: User) -> None:
        for member in rows_of(Membership, [change.id for change in changes]):
            if member.left_at is None:
                services.remove_learner(member.klass, member.official, _("The import was taken back."), by=by)

    def export(self, user: User, arguments: MultiDict[str, str], target: Klass) -> Iterable[Membership]:
        return queries.learners_for(target, user)

    def filename(self, target: Klass | None) -> str:
        return f"hoc-vien-{target.code}" if target is not None else "hoc-vien"
