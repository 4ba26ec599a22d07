"""A copy of everything kept about a person: one archive, for machines (JSON) and for reading (XLSX and a page)."""

from __future__ import annotations

import html
import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

from flask_babel import gettext as _

from lms import crypto, exporting
from lms.access.models import User
from lms.people import history
from lms.people.models import Employment, Official, Organisation
from lms.people.privacy import register, views


def collect(official: Official) -> dict[str, Any]:
    """Everything kept about a person, by module. Raises Refused when a module cannot answer."""
    found: dict[str, Any] = {"lms": own(official)}
    for plugin, answer in register.answers("privacy_export", official=official):
        found.setdefault(plugin, {}).update(answer)
    return found


def own(official: Official) -> dict[str, Any]:
    """What the platform itself keeps, the full citizen id included."""
    names = (
        "full_name",
        "code",
        "birth_date",
        "birth_year",
        "gender",
        "ethnicity",
        "kind",
        "email",
        "position",
        "unit_text",
    )
    periods = (
        Employment.select(Employment, Organisation)
        .join(Organisation)
        .where(Employment.official == official.id)
    )
    account = User.get_or_none(User.official == official.id)
    return {
        "record": {name: getattr(official, name) for name in names}
        | {
            "organisation": official.organisation.name,
            "citizen_id": crypto.unseal(official.cccd_sealed) if official.cccd_sealed else None,
        },
        "service": [
            {
                "organisation": one.organisation.name,
                "position": one.position,
                "from": one.from_date,
                "to": one.to_date,
            }
            for one in periods
        ],
        "timeline": [
            {"day": one.day, "what": one.title, "text": one.text} for one in history.timeline(official)
        ],
        "account": {"email": account.email, "last_login_at": account.last_login_at} if account else None,
        "who_saw_the_citizen_id": [
            {"at": one.at, "by": one.by, "reason": one.reason} for one in views.of(official)
        ],
    }


def archive(official: Official) -> bytes:
    """The copy as one archive. Raises Refused when a module cannot answer."""
    found = collect(official)
    lines = list(_lines(found))
    columns = [
        exporting.Column(_("Module")),
        exporting.Column(_("Item")),
        exporting.Column(_("Value"), "text"),
    ]
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("data.json", json.dumps(found, ensure_ascii=False, indent=2, default=str))
        package.writestr("data.xlsx", exporting.workbook(columns, lines, title=str(official.full_name)))
        package.writestr("data.html", _page(official, lines))
    return stream.getvalue()


def _lines(value: Any, module: str = "", path: str = "") -> Iterator[tuple[str, str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _lines(inner, module or str(key), f"{path} · {key}".strip(" ·") if module else "")
    elif isinstance(value, list | tuple):
        for number, inner in enumerate(value, 1):
            yield from _lines(inner, module, f"{path} {number}")
    elif value not in (None, ""):
        yield module, path, str(value)


def _page(official: Official, lines: list[tuple[str, str, str]]) -> str:
    rows = "".join(
        "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in line) + "</tr>" for line in lines
    )
    name = html.escape(str(official.full_name))
    return f'<!doctype html><html lang="vi"><meta charset="utf-8"><title>{name}</title><h1>{name}</h1><table>{rows}</table></html>'
