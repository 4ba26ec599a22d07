"""Programmes as a list that comes in and goes out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from courses import services
from courses.labels import CERTIFICATE_KINDS, KINDS, REGIMES
from courses.models import Programme
from lms.access.models import User
from lms.errors import Invalid
from lms.importing.columns import Entry, ListColumn
from lms.importing.kinds import Verdict, list_kind
from lms.importing.records import CodedKind

_COLUMNS = (
    ListColumn("code", _l("Programme code"), ("Mã chương trình", "Mã CT"), "code", most=20, required=True, value=lambda one: one.code),
    ListColumn("title", _l("Name of the programme"), ("Tên chương trình", "Chương trình"), required=True, value=lambda one: one.title),
    ListColumn("title_en", _l("Name in English"), ("Tên tiếng Anh",), value=lambda one: one.title_en),
    ListColumn("kind", _l("Kind"), ("Loại",), "choice", choices=KINDS, value=lambda one: one.kind),
    ListColumn("level", _l("Level"), ("Cấp",), most=30, value=lambda one: one.level),
    ListColumn("regime", _l("Regime"), ("Cơ chế",), "choice", choices=REGIMES, value=lambda one: one.regime),
    ListColumn("certificate_kind", _l("Paper issued"), ("Văn bằng cấp",), "choice", choices=CERTIFICATE_KINDS, value=lambda one: one.certificate_kind),
    ListColumn("valid_from", _l("In force from"), ("Hiệu lực từ",), "date", value=lambda one: one.valid_from),
    ListColumn("valid_to", _l("In force until"), ("Hiệu lực đến",), "date", value=lambda one: one.valid_to),
    ListColumn("number", _l("Number in certificates"), type="whole", value=lambda one: one.number),
)  # fmt: skip
_FIXED = ("code", "number")


@list_kind
class ProgrammeList(CodedKind):
    """Programmes: new ones are added, what is said of others changed; code and number of one never change."""

    key = "courses.programmes"
    title = _l("Programmes")
    view_permission = "courses.reference"
    import_permission = "courses.reference"
    primary = ("code", "title")
    model = Programme
    lead = _l("Programmes are recognised by their code. Empty cells change nothing.")

    def columns(self) -> Sequence[ListColumn]:
        return _COLUMNS

    def back_url(self, target: int | None) -> str:
        return url_for("admin_programmes.index_view")

    def judge(self, entry: Entry, records: Mapping[str, Programme]) -> Verdict:
        programme, number = entry.record, entry.get("number")
        if programme is None and not entry.get("kind"):
            entry.wrong("kind", _("The kind is missing; a new programme needs one."))
        if programme is not None and number not in {None, programme.number}:
            entry.wrong("number", _("The number of a programme never changes: certificates carry it."))
        if programme is None and number in {one.number for one in records.values()}:
            entry.wrong("number", _("The number %(number)s stands for another programme.", number=number))
        begins, ends = (
            entry.get(name, getattr(programme, name, None)) for name in ("valid_from", "valid_to")
        )
        try:
            services.must_end_after_it_begins(begins, ends)
        except Invalid as refused:
            entry.wrong("valid_to", str(refused.fields["valid_to"]))
        return super().judge(entry, records)

    def add(self, entry: Entry, *, by: User, target: Any) -> Programme:
        facts = _facts(entry)
        return services.add_programme(  # type: ignore[no-any-return]
            facts.pop("code"), facts.pop("title"), by=by, number=facts.pop("number", None), **facts
        )

    def change(self, entry: Entry, *, by: User, target: Any) -> None:
        facts = {name: value for name, value in _facts(entry).items() if name not in _FIXED}
        services.change_programme(entry.record, by=by, **facts)

    def export(self, user: User, arguments: MultiDict[str, str], target: Any) -> Iterable[Programme]:
        query = Programme.select().order_by(Programme.number)
        words = arguments.get("search", "")[:120]
        if words:
            query = query.where(Programme.code.contains(words) | Programme.title.contains(words))
        return query  # type: ignore[no-any-return]

    def filename(self, target: Any) -> str:
        return "chuong-trinh"


def _facts(entry: Entry) -> dict[str, Any]:
    return {column.key: entry.values[column.key] for column in _COLUMNS if column.key in entry.values}
