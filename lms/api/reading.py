"""What programs send, read strictly: every field that cannot be used is named with a sentence."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, Literal, get_args, get_origin

from flask_babel import gettext as _

from lms.api.shapes import MOST_CHARS, MOST_INT, MOST_ITEMS, is_shape, optional, parts
from lms.errors import Invalid

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
#: What no text may contain: control characters (line breaks and tabs aside), and halves of characters.
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


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
