"""Every route of the application, who may open it, and what can be read in an answer."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

from lms.api.describing import sample
from tests.access.world import World

#: Doors of the sign-in library, open by nature; everything else says @public itself.
SIGN_IN = {"security.login", "security.logout", "security.verify"}


def sent(app: Flask, method: str, address: str, world: World) -> dict[str, Any]:
    """What is sent along: the agency's ids, or what an operation for programs takes."""
    endpoint, _values = app.url_map.bind("").match(address, method=method)
    operation = getattr(app.view_functions[endpoint], "lms_operation", None)
    if operation is not None and operation.body is not None:
        return {"json": sample(operation.body), "headers": {"Idempotency-Key": "knock"}}
    paper = {"number": "038080099999", "scanned": "https://kiemtra.example.vn/c/0000000000000000#1"}
    return {"query_string" if method == "GET" else "data": world.asked() | paper}


def routes(app: Flask) -> list[tuple[Rule, str]]:
    """Every route with each method it answers; files of the look aside."""
    return [
        (rule, method)
        for rule in sorted(app.url_map.iter_rules(), key=lambda one: (one.endpoint, one.rule))
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"})
        if rule.endpoint.split(".")[-1] != "static" and rule.endpoint not in SIGN_IN
    ]


def guard(app: Flask, rule: Rule) -> tuple[str, ...]:
    return getattr(app.view_functions[rule.endpoint], "lms_access", ())


def words(answer: Any) -> str:
    """Everything readable in an answer; a spreadsheet or archive is opened."""
    if not answer.data.startswith(b"PK"):
        return answer.get_data(as_text=True) if answer.mimetype != "application/pdf" else ""
    with zipfile.ZipFile(io.BytesIO(answer.data)) as parts:
        return "\n".join(parts.read(name).decode(errors="replace") for name in parts.namelist())
