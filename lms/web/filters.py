"""How dates, numbers and lists are written for people (Jinja filters)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from flask import Flask
from flask_babel import gettext as _

from lms import clock
from lms.web.language import language

MISSING = "–"


def date(value: Any) -> str:
    """A date as dd/mm/yyyy; a bare year (an integer or "1980") stays a year; a stored time becomes its local date."""
    if value is None or value == "":
        return MISSING
    if isinstance(value, dt.datetime):
        return f"{_local(value):%d/%m/%Y}"
    if isinstance(value, dt.date):
        return f"{value:%d/%m/%Y}"
    text = str(value)
    try:
        return f"{dt.date.fromisoformat(text[:10]):%d/%m/%Y}"
    except ValueError:
        return text


def datetime(value: Any) -> str:
    """A stored time (naive UTC) or an aware one as local "dd/mm/yyyy hh:mm"."""
    return MISSING if value is None or value == "" else f"{_local(value):%d/%m/%Y %H:%M}"


def time(value: Any) -> str:
    """The local time of day, "07:30"; a plain `datetime.time` is written as it is."""
    if value is None or value == "":
        return MISSING
    return f"{value:%H:%M}" if isinstance(value, dt.time) else f"{_local(value):%H:%M}"


def number(value: Any, digits: int | None = None) -> str:
    """1.234,5 in Vietnamese, 1,234.5 in English; `digits` fixes the decimals, otherwise at most two are shown."""
    if value is None or value == "":
        return MISSING
    if isinstance(value, int):
        text = f"{value:,}" if digits is None else f"{value:,.{digits}f}"
    elif digits is None:
        text = f"{Decimal(str(value)):,.2f}".rstrip("0").rstrip(".")
    else:
        text = f"{Decimal(str(value)):,.{digits}f}"
    return text if language() == "en" else text.translate(str.maketrans(",.", ".,"))


def percent(value: Any, digits: int = 0) -> str:
    """A share (0–1) as a percentage, "87 %" in Vietnamese and "87%" in English."""
    if value is None or value == "":
        return MISSING
    written = number(float(value) * 100, digits)
    return f"{written}%" if language() == "en" else f"{written}\u00a0%"


def vi_list(values: Iterable[Any]) -> str:
    """Words in a sentence: "An, Bình và Chi"."""
    words = [str(value) for value in values]
    if len(words) < 2:
        return "".join(words)
    return _("%(words)s and %(last)s", words=", ".join(words[:-1]), last=words[-1])


def _local(moment: dt.datetime) -> dt.datetime:
    return clock.local(moment) if moment.tzinfo is None else moment.astimezone(clock.TIME_ZONE)


def install(app: Flask) -> None:
    """Make the filters known to every template."""
    app.jinja_env.filters.update(
        date=date, datetime=datetime, time=time, number=number, percent=percent, vi_list=vi_list
    )
