"""The log of every process: one line a fact, for people (`console`) or for machines (`json`), without personal data.

What we write ourselves names rows by number and routes by their pattern. What libraries and databases put into their
messages is cleaned here: e-mail addresses, long numbers (citizen ids, telephones), one-time codes in addresses and
the values that a database quotes when a row clashes.
"""

from __future__ import annotations

import logging
import re
import sys
import time
from typing import Any

from flask import Response, g, request

from lms.config import Settings
from lms.lean import Platform
from lms.sparing import without

# It would take in a library of coloured tables and its highlighter, 70 modules, to print what we print without.
with without("rich"):
    import structlog

access = logging.getLogger("lms.access_log")

_CLEANED = (
    (re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), "[e-mail]"),
    (re.compile(r"(?<!\d)\d{9,}(?!\d)"), "[number]"),
    (re.compile(r"/(s|c/r|c|calendar|set-password|verify)/[^\s/?#\"'<]{4,}"), r"/\1/[code]"),
    # PostgreSQL: «Key (name)=(Nguyễn …) already exists», «Failing row contains (…)».
    (re.compile(r"=\(.*?\)(?= (?:already|is|conflicts|does))"), "=(…)"),
    (re.compile(r"(Failing row contains|parameters:|PARAMETERS:).*"), r"\1 …"),
)
#: Libraries whose own lines may hold what people typed, or say nothing an operator needs.
_QUIET = {
    "xhtml2pdf": logging.CRITICAL,
    "huey": logging.WARNING,
    "httpx": logging.WARNING,
    "peewee": logging.WARNING,
    "fontTools": logging.ERROR,
}


def configure(chosen: Settings) -> None:
    """Send the log of this process to stderr in the form LMS_LOG names, from LMS_LOG_LEVEL on."""
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        clean,
    ]
    printer: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if chosen.log == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, printer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(chosen.log_level.upper())
    for name, level in _QUIET.items():
        logging.getLogger(name).setLevel(level)


def clean(_logger: Any, _method: str, line: dict[str, Any]) -> dict[str, Any]:
    """Take personal data out of every text of a line."""
    return {name: _cleaned(value) if isinstance(value, str) else value for name, value in line.items()}


def _cleaned(text: str) -> str:
    for pattern, instead in _CLEANED:
        text = pattern.sub(instead, text)
    return text


def install(app: Platform, chosen: Settings) -> None:
    """Write a line for every request when LMS_ACCESS_LOG is set: the route's pattern, never the address."""
    if not chosen.access_log:
        return

    @app.after_every
    def written(response: Response) -> Response:
        rule = request.url_rule.rule if request.url_rule else "-"
        took = round((time.perf_counter() - g.started) * 1000, 1) if "started" in g else 0
        access.info(
            "request",
            extra={"method": request.method, "route": rule, "status": response.status_code, "ms": took},
        )
        return response
