"""Everything about one typed score: how it is read, written and judged."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from lms.errors import Invalid

#: Digits, then at most two decimals after a comma or a point. Nothing else: no 1e3, no NaN, no other scripts' digits.
_WRITTEN = re.compile(r"[0-9]{1,4}(?:[.,][0-9]{1,2})?", re.ASCII)
#: Typed to take a score back that was entered by mistake.
WITHDRAW = "-"


def read(typed: str, scale_max: Decimal) -> Decimal | None:
    """A score as it was typed, "7,5" or "7.5"; None for "-" (take it back).

    Raises Invalid with a sentence that says what would be right.
    """
    text = typed.strip()
    if text in (WITHDRAW, "–"):
        return None
    if not _WRITTEN.fullmatch(text):
        raise Invalid(_("“%(typed)s” is not a score. Write it like 7,5.", typed=text[:20]))
    points = Decimal(text.replace(",", "."))
    if points > scale_max:
        raise Invalid(_("The scale ends at %(most)s.", most=write(scale_max)))
    return points


def write(points: Decimal | None) -> str:
    """A score as Vietnamese tables write it: "7,5", "10"; nothing for a missing one."""
    if points is None:
        return ""
    text = f"{Decimal(points):.2f}".rstrip("0").rstrip(".")
    return text.replace(".", ",")


def same(one: Any, other: Any) -> bool:
    """Whether two stored scores are equal; None equals only None."""
    if one is None or other is None:
        return one is other
    return Decimal(one) == Decimal(other)


def passed(points: Decimal, scale_max: Decimal, share: Decimal) -> bool:
    """Whether a score reaches the share (0..1) of its scale."""
    return Decimal(points) >= Decimal(scale_max) * share


def needed(scale_max: Decimal, share: Decimal) -> str:
    """The lowest passing score, "5/10"."""
    return f"{write(Decimal(scale_max) * share)}/{write(Decimal(scale_max))}"
