"""The register as a list that goes out, and old registers that come in to be checked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from peewee import chunked
from werkzeug.datastructures import MultiDict

from certificates import queries
from certificates.intake.old.kind import OldRegisterList
from certificates.models import Certificate
from lms.access.models import User
from lms.importing.columns import ListColumn
from lms.importing.kinds import ListKind, list_kind

#: Certificates whose statuses are read together.
TOGETHER = 1000
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
        return OldRegisterList().import_url(user, None)

    def export(self, user: User, arguments: MultiDict[str, str], target: Any) -> Iterable[Certificate]:
        found = queries.search(
            user,
            words=arguments.get("q", "")[:120],
            year=arguments.get("year", type=int),
            programme_id=arguments.get("programme", type=int),
            status=arguments.get("status", ""),
        )
        for rows in chunked(found.iterator(), TOGETHER):
            yield from queries.with_status(rows)

    def filename(self, target: Any) -> str:
        return "so-cap-chung-chi"


list_kind(OldRegisterList)
