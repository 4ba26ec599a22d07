"""The surroundings of work that no visitor asked for: deliveries, jobs, the timetable."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from flask import Flask, current_app, has_app_context, has_request_context, request

from lms.config import settings

#: Marks the environment of work that nobody waits for.
_NOBODY = "kimbang.without_visitor"


@contextmanager
def without_visitor() -> Iterator[None]:
    """Nobody is signed in and the language is the site's, but addresses are right.

    `url_for` answers what a page would get, and with ``_external=True`` the public address of the site.
    Outside an application (a bare script) nothing is set up.
    """
    if not has_app_context():
        yield
        return
    app = cast(Flask, current_app._get_current_object())  # type: ignore[attr-defined]
    # A context of its own: what one piece of work keeps on `g` must not reach the next.
    nobody = app.test_request_context(base_url=settings().base_url, environ_overrides={_NOBODY: True})
    with app.app_context(), nobody:
        yield


@contextmanager
def with_addresses() -> Iterator[None]:
    """A page's own surroundings where there is a page, else those of work without a visitor."""
    if has_request_context():
        yield
        return
    with without_visitor():
        yield


def somebody_waits() -> bool:
    """Whether a visitor waits for a page."""
    return has_request_context() and _NOBODY not in request.environ
