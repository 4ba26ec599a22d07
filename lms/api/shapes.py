"""The shapes of what comes in and goes out: frozen dataclasses, read strictly and told as JSON Schema.

A shape is a dataclass of str, int, float, bool, date, datetime, Literal, lists, further shapes, and `| None`.
`said` gives a field its sentence and its bounds. What is read and what the description promises come from the same lines.
"""

from __future__ import annotations

import dataclasses
import functools
import re
import types
import typing
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

from flask_babel import gettext as _

from lms.errors import Invalid

#: The largest number an id can have in every database.
MOST_INT = 2**31 - 1
#: The longest text where a field does not say.
MOST_CHARS = 400
#: The longest list where a field does not say.
MOST_ITEMS = 500

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
#: What no text may contain: control characters (line breaks and tabs aside), and halves of characters.
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
#: The same for a description in JSON Schema.
_FIT = r"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]*$"

#: An answer that is told as it is, for shapes too free to declare.
Row = dict[str, Any]


@dataclasses.dataclass(frozen=True)
class Said:
    """What a declaration says about a field beside its type."""

    text: Any
    bounds: Mapping[str, Any]


def said(text: Any = "", **bounds: Any) -> Said:
    """A sentence and bounds for a field: ``name: Annotated[str, said(_l("…"), least=1, most=80)]``.

    `least` and `most` count characters of a text, entries of a list, or are the ends of a number.
    """
    return Said(text, bounds)


# --- what a shape consists of ------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Part:
    """One field of a shape, with what its declaration says."""

    name: str
    type: Any
    required: bool
    text: Any
    bounds: Mapping[str, Any]


@functools.cache
def parts(shape: Any) -> tuple[Part, ...]:
    """The fields of a shape; a type variable is replaced by what stands in its brackets."""
    plain = get_origin(shape) or shape
    filled = dict(zip(getattr(plain, "__parameters__", ()), get_args(shape), strict=False))
    hints = typing.get_type_hints(plain, include_extras=True)
    return tuple(_part(one, hints[one.name], filled) for one in dataclasses.fields(plain))


def _part(field: dataclasses.Field[Any], hint: Any, filled: Mapping[Any, Any]) -> Part:
    about = next((one for one in getattr(hint, "__metadata__", ()) if isinstance(one, Said)), said())
    type_ = get_args(hint)[0] if get_origin(hint) is Annotated else hint
    required = field.default is dataclasses.MISSING
    return Part(field.name, _filled(type_, filled), required, about.text, about.bounds)


def _filled(type_: Any, filled: Mapping[Any, Any]) -> Any:
    if isinstance(type_, TypeVar):
        return filled.get(type_, type_)
    if get_origin(type_) is list:
        return list[_filled(get_args(type_)[0], filled)]  # type: ignore[misc]
    return type_


def name_of(shape: Any) -> str:
    """What a shape is called in the description: "ClassLine", "ListingOfClassLine"."""
    inner = "".join(name_of(one) for one in get_args(shape))
    plain = (get_origin(shape) or shape).__name__
    return f"{plain}Of{inner}" if inner else str(plain)


def is_shape(type_: Any) -> bool:
    return dataclasses.is_dataclass(get_origin(type_) or type_)


def optional(type_: Any) -> tuple[Any, bool]:
    """The type without `| None`, and whether that stood there."""
    if get_origin(type_) in (Union, types.UnionType):
        inner = [one for one in get_args(type_) if one is not type(None)]
        return inner[0], len(inner) < len(get_args(type_))
    return type_, False


# --- JSON Schema -------------------------------------------------------------------------------


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


def is_answer(shape: Any) -> bool:
    """Whether a shape only goes out: then every field is always there."""
    return bool(getattr(get_origin(shape) or shape, "answer", False))


# --- reading -----------------------------------------------------------------------------------


def read(shape: Any, value: Any) -> Any:
    """What was sent as an object of the shape. Raises Invalid naming every field that cannot be used."""
    wrong: dict[str, Any] = {}
    found = _read_shape(shape, value, "", wrong)
    if wrong:
        raise Invalid(fields=wrong)
    return found


def read_query(shape: Any, arguments: Mapping[str, str]) -> Any:
    """The arguments of an address as an object of the shape.

    Raises Invalid naming what cannot be used, also an argument nobody declared: it would be left unheard.
    """
    known = {part.name for part in parts(shape)}
    wrong: dict[str, Any] = {
        str(name)[:60]: _("There is no such field.") for name in arguments if name not in known
    }
    values = {}
    for part in parts(shape):
        if part.name not in arguments:
            if part.required:
                wrong[part.name] = _("This is needed.")
            continue
        values[part.name] = _read(
            part.type, _from_text(part.type, arguments[part.name]), part.name, wrong, part.bounds
        )
    if wrong:
        raise Invalid(fields=wrong)
    return shape(**values)


def _from_text(type_: Any, text: str) -> Any:
    """What an address can only say as text, as the type it stands for; left as it is when it is not one."""
    inner, _may = optional(type_)
    if inner is int and re.fullmatch(r"-?[0-9]{1,19}", text, re.ASCII):
        return int(text)
    if inner is bool and text in {"true", "false"}:
        return text == "true"
    return text


def _read_shape(shape: Any, value: Any, path: str, wrong: dict[str, Any]) -> Any:
    if not isinstance(value, dict):
        wrong[path or "body"] = _("An object is expected here.")
        return None
    known = parts(shape)
    for name in value.keys() - {part.name for part in known}:
        wrong[_joined(path, str(name)[:60])] = _("There is no such field.")
    values = {}
    for part in known:
        place = _joined(path, part.name)
        if part.name not in value:
            if part.required:
                wrong[place] = _("This is needed.")
            continue
        values[part.name] = _read(part.type, value[part.name], place, wrong, part.bounds)
    return shape(**values) if not wrong else None


def _read(type_: Any, value: Any, path: str, wrong: dict[str, Any], bounds: Mapping[str, Any]) -> Any:
    inner, may_be_none = optional(type_)
    if value is None and may_be_none:
        return None
    if is_shape(inner):
        return _read_shape(inner, value, path, wrong)
    if get_origin(inner) is list:
        return _read_list(get_args(inner)[0], value, path, wrong, bounds)
    try:
        return _read_plain(inner, value, bounds)
    except ValueError as problem:
        wrong[path] = str(problem)
        return None


def _read_list(item: Any, value: Any, path: str, wrong: dict[str, Any], bounds: Mapping[str, Any]) -> Any:
    least, most = bounds.get("least", 0), bounds.get("most", MOST_ITEMS)
    if not isinstance(value, list) or not least <= len(value) <= most:
        wrong[path] = _("A list of %(least)s to %(most)s entries is expected here.", least=least, most=most)
        return None
    return [_read(item, one, _joined(path, str(place)), wrong, {}) for place, one in enumerate(value)]


def _read_plain(type_: Any, value: Any, bounds: Mapping[str, Any]) -> Any:
    """Raises ValueError with a sentence."""
    if get_origin(type_) is Literal:
        if isinstance(value, str) and value in get_args(type_):
            return value
        raise ValueError(_("Please use one of: %(values)s.", values=", ".join(get_args(type_))))
    if type_ is bool:
        if isinstance(value, bool):
            return value
        raise ValueError(_("Please use true or false."))
    if type_ is int:
        return _read_int(value, bounds)
    if type_ is date:
        return _read_day(value)
    return _read_text(value, bounds)


def _read_int(value: Any, bounds: Mapping[str, Any]) -> int:
    least, most = bounds.get("least", 0), bounds.get("most", MOST_INT)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise ValueError(
            _("A whole number from %(least)s to %(most)s is expected here.", least=least, most=most)
        )
    return value


def _read_day(value: Any) -> date:
    try:
        if isinstance(value, str) and _DAY.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise ValueError(_("Please write the day like 2025-03-31."))


def _read_text(value: Any, bounds: Mapping[str, Any]) -> str:
    least, most = bounds.get("least", 0), bounds.get("most", MOST_CHARS)
    if not isinstance(value, str) or not least <= len(value) <= most:
        raise ValueError(
            _("A text of %(least)s to %(most)s characters is expected here.", least=least, most=most)
        )
    if _UNFIT.search(value):
        raise ValueError(_("This text contains characters that cannot be kept."))
    return value


def _joined(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


# --- telling -----------------------------------------------------------------------------------


def told(value: Any) -> Any:
    """A value as JSON takes it: shapes as objects, moments in UTC with a Z, days as they are written."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: told(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, list | tuple):
        return [told(one) for one in value]
    if isinstance(value, dict):
        return {str(key): told(one) for key, one in value.items()}
    if isinstance(value, datetime):
        moment = value if value.tzinfo else value.replace(tzinfo=UTC)
        return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if value is None or isinstance(value, bool | int | float):
        return value
    return str(value)
