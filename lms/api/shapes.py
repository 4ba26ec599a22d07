"""The shapes of what comes in and goes out: frozen dataclasses, read strictly and told as JSON Schema.

A shape is a class under `answer` or `sent`, with fields of str, int, float, bool, date, datetime, Literal, lists, further
shapes, and `| None`. `said` gives a field its sentence and its bounds. What is read (`reading`), what is told (`telling`) and
what the description promises (`schemas`) come from the same lines.
"""

from __future__ import annotations

import dataclasses
import functools
import types
import typing
from collections.abc import Mapping
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

T = TypeVar("T")

#: The largest number an id can have in every database.
MOST_INT = 2**31 - 1
#: The longest text where a field does not say.
MOST_CHARS = 400
#: The longest list where a field does not say.
MOST_ITEMS = 500

#: An answer that is told as it is, for shapes too free to declare.
Row = dict[str, Any]


@typing.dataclass_transform(frozen_default=True)
def answer(shape: type[T]) -> type[T]:
    """Declare a shape that only goes out: every field is always there."""
    made = sent(shape)
    made.answer = True  # type: ignore[attr-defined]
    return made


@typing.dataclass_transform(frozen_default=True)
def sent(shape: type[T]) -> type[T]:
    """Declare a shape that comes in: a body, a part of it, or the arguments of an address."""
    return dataclasses.dataclass(frozen=True)(shape)


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


def is_answer(shape: Any) -> bool:
    """Whether a shape only goes out: then every field is always there."""
    return bool(getattr(get_origin(shape) or shape, "answer", False))
