"""The description of every operation that can be used now, as OpenAPI 3.1 and as lines of a page."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, get_args, get_origin

from flask import current_app, url_for
from flask_babel import gettext as _

from lms.api import once, schemas, shapes
from lms.api.operations import ROOT, Operation
from lms.config import settings
from lms.plugins.registry import registry
from lms.plugins.switch import is_on

_CONVERTED = re.compile(r"<(?:(\w+):)?(\w+)>")
#: What may go wrong, by status; which of them depends on the operation.
_PROBLEMS = {
    "400": "The request cannot be read",
    "401": "No token, or one that is not good",
    "403": "The token may not do this",
    "404": "There is no such thing among yours",
    "409": "A rule stands against it",
    "415": "The body is not JSON",
    "422": "Something needs correcting; fields are named",
    "429": "Too many requests; see Retry-After",
}


@dataclass(frozen=True)
class Value:
    """One thing to send or to get, for the page: where it stands, its type in words, its sentence."""

    name: str
    where: str
    type: str
    needed: bool
    text: str


def operations() -> list[Operation]:
    """Every operation whose plugin is on, by title and path."""
    found = []
    for rule in current_app.url_map.iter_rules():
        operation = getattr(current_app.view_functions[rule.endpoint], "lms_operation", None)
        plugin = registry.blueprints.get(rule.endpoint.partition(".")[0])
        if operation is not None and (plugin is None or is_on(plugin)):
            found.append(operation)
    return sorted(found, key=lambda one: (str(one.title), one.path, one.method))


def openapi() -> dict[str, Any]:
    """The description of the interface, OpenAPI 3.1, in the reader's language."""
    known: dict[str, Any] = {"Error": _ERROR}
    paths: dict[str, Any] = {}
    for operation in operations():
        paths.setdefault(path_of(operation), {})[operation.method.lower()] = _operation(operation, known)
    return {
        "openapi": "3.1.0",
        "info": {"title": f"Kim Bảng · {settings().site_name}", "version": "1"},
        "servers": [{"url": url_for("api.description", _external=True).removesuffix("/openapi.json")}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": known,
            "responses": {status: _problem(status) for status in _PROBLEMS},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def path_of(operation: Operation) -> str:
    """The path as descriptions write it: "/classes/{class_id}"."""
    return _CONVERTED.sub(r"{\2}", operation.path)


def values(operation: Operation) -> list[Value]:
    """What an operation takes, for people."""
    found = [Value(name, _("address"), _word(type_), True, "") for name, type_ in _path_parts(operation)]
    if operation.query is not None:
        found += [
            Value(one.name, _("query"), _word(one.type), one.required, str(one.text))
            for one in shapes.parts(operation.query)
        ]
    if operation.keyed:
        found.append(
            Value(
                "Idempotency-Key",
                _("header"),
                _word(str),
                True,
                _("New for every deed; the same again gets the first answer"),
            )
        )
    return found + (list(_body_values(operation.body, "")) if operation.body is not None else [])


def answers(operation: Operation) -> list[Value]:
    """What an operation tells, for people."""
    return list(_body_values(operation.answer, "")) if shapes.is_shape(operation.answer) else []


def example(operation: Operation) -> str:
    """A call of the operation for a terminal."""
    path = _CONVERTED.sub("1", operation.path)
    lines = [f"curl {settings().base_url}{ROOT}{path}", '-H "Authorization: Bearer $TOKEN"']
    if operation.keyed:
        lines.append('-H "Idempotency-Key: $(uuidgen)"')
    if operation.body is not None:
        lines.append("--json '" + json.dumps(sample(operation.body), ensure_ascii=False) + "'")
    return " \\\n  ".join(lines)


def _path_parts(operation: Operation) -> list[tuple[str, type]]:
    return [(name, int if kind == "int" else str) for kind, name in _CONVERTED.findall(operation.path)]


def _operation(operation: Operation, known: dict[str, Any]) -> dict[str, Any]:
    problems = ["401", "403", "429", "422"] if operation.permission != "public" else ["429", "422"]
    problems += ["404"]
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": schemas.schema(type_, known)}
        for name, type_ in _path_parts(operation)
    ]
    for one in shapes.parts(operation.query) if operation.query is not None else ():
        inner, _optional = shapes.optional(one.type)
        told = {
            "name": one.name,
            "in": "query",
            "required": one.required,
            "schema": schemas.schema(inner, known, one.bounds),
        }
        parameters.append(told | ({"description": str(one.text)} if str(one.text) else {}))
    found: dict[str, Any] = {
        "operationId": operation.name,
        "summary": str(operation.summary),
        "tags": [str(operation.title)],
        "parameters": parameters,
    }
    if operation.permission == "public":
        found["security"] = [{}, {"token": []}]
    elif operation.permission != "signed_in":
        found["x-permissions"] = list(operation.permissions)
    if operation.keyed:
        key = {
            "type": "string",
            "minLength": 1,
            "maxLength": once.MOST_CHARS,
            "pattern": "^[A-Za-z0-9._:-]+$",
        }
        parameters.append({"name": "Idempotency-Key", "in": "header", "required": True, "schema": key})
        problems += ["409"]
    if operation.method == "POST":
        problems += ["400", "415"]
    if operation.body is not None:
        content = {"application/json": {"schema": schemas.schema(operation.body, known)}}
        found["requestBody"] = {"required": True, "content": content}
    told = {"application/json": {"schema": schemas.schema(operation.answer, known)}}
    done = {"description": str(operation.summary), "content": told}
    refused = {status: {"$ref": f"#/components/responses/{status}"} for status in sorted(problems)}
    found["responses"] = {str(operation.status): done, **refused}
    return found


def _problem(status: str) -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    return {"description": _PROBLEMS[status], "content": content}


_ERROR = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message"],
            "properties": {
                "code": {"type": "string"},
                "message": {"type": "string"},
                "fields": {"type": "object", "additionalProperties": {"type": "string"}},
                "ref": {"type": "string"},
            },
        }
    },
}


def _body_values(shape: Any, path: str) -> Iterator[Value]:
    for one in shapes.parts(shape):
        name = f"{path}{one.name}"
        yield Value(name, _("body"), _word(one.type), one.required, str(one.text))
        inner, _optional = shapes.optional(one.type)
        item = get_args(inner)[0] if get_origin(inner) is list else inner
        if shapes.is_shape(item):
            yield from _body_values(item, f"{name}[]." if item is not inner else f"{name}.")


def _word(type_: Any) -> str:
    inner, _optional = shapes.optional(type_)
    if get_origin(inner) is list:
        return _("list")
    if get_origin(inner) is Literal:
        return " | ".join(get_args(inner))
    if shapes.is_shape(inner) or get_origin(inner) is dict:
        return _("object")
    words = {
        int: _("whole number"),
        bool: "true | false",
        date: _("day"),
        datetime: _("moment (UTC)"),
    }
    return words.get(inner, _("text"))


def sample(shape: Any) -> dict[str, Any]:
    """The least that can be sent in a shape."""
    return {one.name: _sample_value(one.type) for one in shapes.parts(shape) if one.required}


def _sample_value(type_: Any) -> Any:
    inner, _optional = shapes.optional(type_)
    if shapes.is_shape(inner):
        return sample(inner)
    if get_origin(inner) is list:
        return [_sample_value(get_args(inner)[0])]
    if get_origin(inner) is Literal:
        return get_args(inner)[0]
    return {int: 1, bool: True, date: "2025-03-31"}.get(inner, "abc")
