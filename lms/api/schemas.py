"""Shapes as JSON Schema, for the description of the interface."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Literal, get_args, get_origin

from lms.api.shapes import MOST_CHARS, MOST_INT, MOST_ITEMS, is_answer, is_shape, name_of, optional, parts

#: What a text may be made of (see `reading`).
_FIT = r"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]*$"


def schema(type_: Any, known: dict[str, Any], bounds: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The JSON Schema of a type; shapes are put into `known` by name and referred to."""
    inner, may_be_none = optional(type_)
    if may_be_none:
        return {"anyOf": [schema(inner, known, bounds), {"type": "null"}]}
    if is_shape(inner):
        return {"$ref": f"#/components/schemas/{_known(inner, known)}"}
    if get_origin(inner) is list:
        return {
            "type": "array",
            "items": schema(get_args(inner)[0], known),
            "minItems": (bounds or {}).get("least", 0),
            "maxItems": (bounds or {}).get("most", MOST_ITEMS),
        }
    if get_origin(inner) is Literal:
        return {"type": "string", "enum": list(get_args(inner))}
    if get_origin(inner) is dict:
        return {"type": "object"}
    return _plain(inner, bounds or {})


def _plain(type_: Any, bounds: Mapping[str, Any]) -> dict[str, Any]:
    if type_ is bool:
        return {"type": "boolean"}
    if type_ is int:
        return {"type": "integer", "minimum": bounds.get("least", 0), "maximum": bounds.get("most", MOST_INT)}
    if type_ is float:
        return {"type": "number"}
    if type_ is date:
        return {"type": "string", "format": "date"}
    if type_ is datetime:
        return {"type": "string", "format": "date-time"}
    found = {"type": "string", "maxLength": bounds.get("most", MOST_CHARS), "pattern": _FIT}
    return found | ({"minLength": bounds["least"]} if bounds.get("least") else {})


def _known(shape: Any, known: dict[str, Any]) -> str:
    name = name_of(shape)
    if name in known:
        return name
    known[name] = {}
    properties = {}
    for part in parts(shape):
        properties[part.name] = schema(part.type, known, part.bounds)
        if str(part.text):
            properties[part.name] = {**properties[part.name], "description": str(part.text)}
    known[name] = {
        "type": "object",
        "properties": properties,
        "required": [part.name for part in parts(shape) if part.required or is_answer(shape)],
        "additionalProperties": False,
    }
    return name
