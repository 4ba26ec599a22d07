"""What programs are told: shapes filled from rows, and values as JSON takes them."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime
from typing import Any, TypeVar

T = TypeVar("T")


def filled(shape: type[T], row: Any, **more: Any) -> T:
    """A shape with what a row calls by the same names; `more` says the rest, and what is told in another way."""
    names = [field.name for field in dataclasses.fields(shape) if field.name not in more]  # type: ignore[arg-type]
    return shape(**{name: getattr(row, name) for name in names}, **more)


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
