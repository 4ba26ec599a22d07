"""Where a list is imported and exported: what the macro `list_files` prints in the head of every list page."""

from __future__ import annotations

from typing import Any

from flask import request, url_for

from lms.access import can, current_user
from lms.exporting import lists
from lms.importing.kinds import kind_or_404


def of(key: str, target: int | None = None) -> dict[str, Any]:
    """Where a list is imported and exported, as far as the reader may; for the macro of the same name."""
    kind = kind_or_404(key)
    arguments: dict[str, Any] = {
        name: value for name, value in request.args.items() if name not in {"page", "target"}
    }
    if target is not None:
        arguments["target"] = str(target)
    found: dict[str, Any] = {"import": kind.import_url(current_user, target), "export": [], "full": None}
    if kind.may_view(current_user):
        found["export"] = [
            (ending.upper(), url_for("web.list_export", kind=key, ending=ending, **arguments))
            for ending in lists.TYPES
        ]
        if can(current_user, "people.export_ids") and any(column.full for column in kind.columns()):
            found["full"] = url_for("web.list_export_full", kind=key, ending="xlsx", **arguments)
    return found
