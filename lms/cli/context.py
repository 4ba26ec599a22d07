"""The application, built once for a command."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import Flask

from lms.db import connection
from lms.plugins.registry import Registry, registry

F = TypeVar("F", bound=Callable[..., Any])


@functools.cache
def application() -> Flask:
    """The application of this process."""
    from lms.app import create_app  # noqa: PLC0415  heavy; `lms --help` stays quick

    return create_app()


def loaded_registry() -> Registry:
    application()
    return registry


def with_app(command: F) -> F:
    """Run a command inside the application, with a database connection and a request-free context."""

    @functools.wraps(command)
    def inside(*args: Any, **kwargs: Any) -> Any:
        with application().app_context(), connection():
            return command(*args, **kwargs)

    return cast(F, inside)
