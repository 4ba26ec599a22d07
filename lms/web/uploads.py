"""Room for large files: a route says how many bytes it takes, every other takes what the platform allows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import current_app, request

from lms.lean import Platform

V = TypeVar("V", bound=Callable[..., Any])


def takes_files(most: int) -> Callable[[V], V]:
    """Let a route receive up to `most` bytes."""

    def mark(view: V) -> V:
        view.lms_most_bytes = most  # type: ignore[attr-defined]
        return view

    return mark


def install(app: Platform) -> None:
    """Set the room of a request before anything reads its form; a lean page takes no files."""
    app.before_request(_make_room)


def _make_room() -> None:
    view = current_app.view_functions.get(request.endpoint or "")
    most = getattr(view, "lms_most_bytes", None)
    if most is not None:
        request.max_content_length = most
