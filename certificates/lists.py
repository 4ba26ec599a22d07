"""The register as a list that goes out, and old registers that come in to be checked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from certificates import queries
from certificates.models import Certificate
from lms.access.models import User
from lms.importing.columns import Entry, ListColumn
from lms.importing.kinds import ListKind, Verdict, list_kind
from lms.importing.preview import Status
from lms.text import fold

STATUS_TITLES = {
    "issued": _l("In force"),
    "reinstated": _l("In force"),
    "suspended": _l("Suspended"),
    "revoked": _l("Revoked"),
    "superseded": _l("Replaced"),
}

_REGISTER = (
    ListColumn("name", _l("Holder"), value=lambda one: one.name),
    ListColumn("birth", _l("Birth date"), value=lambda one: one.birth),
    ListColumn("serial", _l("Serial number"), type="code", value=lambda one: one.serial),
    ListColumn("register", _l("Register number"), type="code", value=lambda one: one.register_text),
    ListColumn("programme", _l("Programme"), value=lambda one: one.programme_title),
    ListColumn("klass", _l("Class"), type="code", value=lambda one: one.class_code),
    ListColumn("issued_on", _l("Issued"), type="date", value=lambda one: one.issued_on),
    ListColumn("status", _l("Status"), type="choice", choices=STATUS_TITLES, value=lambda one: one.status.status),
)  # fmt: skip


@list_kind
class RegisterList(ListKind):
    """Every certificate the reader may see, under the filters of the register."""

    key = "certificates.register"
    title = _l("Register of certificates")
    view_permission = "certificates.view"

    def columns(self) -> Sequence[ListColumn]:
        return _REGISTER

    def import_url(self, user: Any, target: int | None) -> str | None:
        return OldRegister().import_url(user, None)

    def export(self, user: User, arguments: MultiDict[str, str], target: Any) -> Iterable[Certificate]:
        found: Iterable[Certificate] = queries.search(
            user,
            words=arguments.get("q", "")[:120],
            year=arguments.get("year", type=int),
            programme_id=arguments.get("programme", type=int),
            status=arguments.get("status", ""),
        )
        return found

    def filename(self, target: Any) -> str:
        return "so-cap-chung-chi"


_OLD = (
    ListColumn("register", _l("Register number"), ("Số vào sổ", "Số vào sổ cấp", "Số vào sổ cấp chứng chỉ"), most=40),
    ListColumn("name", _l("Full name"), ("Họ và tên", "Họ tên", "Họ, tên"), "name", required=True),
    ListColumn("birth", _l("Birth date"), ("Ngày sinh", "Ngày tháng năm sinh", "Năm sinh"), "birth"),
    ListColumn("unit", _l("Unit"), ("Đơn vị", "Đơn vị công tác", "Cơ quan")),
    ListColumn("programme", _l("Programme"), ("Tên chương trình", "Chương trình", "Tên lớp", "Nội dung bồi dưỡng"), required=True),
    ListColumn("from_date", _l("First day"), ("Từ ngày",), "date"),
    ListColumn("to_date", _l("Last day"), ("Đến ngày",), "date"),
    ListColumn("grade", _l("Grade"), ("Xếp loại", "Kết quả"), most=40),
    ListColumn("serial", _l("Serial number"), ("Số hiệu", "Số hiệu chứng chỉ", "Số chứng chỉ"), most=40, required=True),
)  # fmt: skip


@list_kind
class OldRegister(ListKind):
    """A register of certificates issued on paper before the platform: read and checked, nothing is written."""

    key = "certificates.old_register"
    title = _l("Old register of certificates")
    import_permission = "certificates.prepare"
    primary = ("name",)
    reads_only = True
    lead = _l("An old register is read and every row checked; no certificate is made from it.")

    def columns(self) -> Sequence[ListColumn]:
        return _OLD

    def back_url(self, target: int | None) -> str:
        return url_for("certificates.register")

    def prepare(self, entries: Sequence[Entry], *, by: User, target: Any) -> dict[str, Certificate]:
        wanted = sorted({entry.get("serial") for entry in entries if entry.get("serial")})
        found: dict[str, Certificate] = {}
        for start in range(0, len(wanted), 5000):
            rows = Certificate.select().where(Certificate.serial.in_(wanted[start : start + 5000]))
            found |= {str(one.serial): one for one in rows}
        return found

    def match(self, entry: Entry, records: dict[str, Certificate]) -> Certificate | None:
        return records.get(entry.get("serial", ""))

    def identity(self, entry: Entry) -> str:
        return fold(entry.get("serial", ""))

    def judge(self, entry: Entry, records: Any) -> Verdict:
        first, last = entry.get("from_date"), entry.get("to_date")
        if first and last and last < first:
            entry.wrong("to_date", _("The last day is before the first."))
        if entry.record is None:
            return Verdict(Status.NEW, _("Readable; not in the register."))
        if fold(entry.record.name) == fold(entry.get("name", "")):
            return Verdict(Status.SAME, _("In the register already."))
        return Verdict(Status.CONFLICT, _("The serial number is in the register for “%(name)s”.", name=entry.record.name))  # fmt: skip
