"""Long lists, portion by portion: a cursor says after which row the next portion begins."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from typing import Annotated, Any, Generic, TypeVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lms.api.shapes import MOST_INT, answer, said, sent
from lms.errors import Invalid

T = TypeVar("T")


@answer
class Listing(Generic[T]):
    """A portion of a list."""

    items: list[T]
    next: Annotated[str | None, said(_l("Send it as “after” to get the next portion; null at the end"))]


@sent
class Portion:
    """Which portion of a list is wanted."""

    after: Annotated[str | None, said(_l("The “next” of the portion before"), most=40)] = None
    limit: Annotated[int, said(_l("How many at most"), least=1, most=200)] = 50


def listing(query: Any, key: Any, asked: Any, tell: Callable[[list[Any]], list[T]]) -> Listing[T]:
    """A portion of `query`, ordered by `key` (a unique number), told by `tell`: one query whatever the length.

    Raises Invalid for a cursor that is none.
    """
    after = _number(asked.after) if asked.after is not None else None
    if after is not None:
        query = query.where(key > after)
    rows = list(query.order_by(key).limit(asked.limit + 1))
    shown = rows[: asked.limit]
    following = _cursor(getattr(shown[-1], key.name)) if len(rows) > len(shown) else None
    return Listing(tell(shown), following)


def _cursor(number: int) -> str:
    return base64.urlsafe_b64encode(f"after:{number}".encode()).decode().rstrip("=")


def _number(cursor: str) -> int:
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
        word, _colon, number = text.partition(":")
        if (
            word == "after"
            and number.isdigit()
            and int(number) <= MOST_INT
            and _cursor(int(number)) == cursor
        ):
            return int(number)
    except (binascii.Error, ValueError):
        pass
    raise Invalid(
        fields={"after": _("This is no cursor of this list. Please leave it out to begin at the start.")}
    )
