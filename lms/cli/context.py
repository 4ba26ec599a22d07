"""The application, built once for a command."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar, cast

if TYPE_CHECKING:
    from flask import Flask

    from lms.plugins.registry import Registry

F = TypeVar("F", bound=Callable[..., Any])


@functools.cache
def application() -> Flask:
    """The application of this process."""
    from lms.app import create_app  # noqa: PLC0415  heavy; `lms --help` stays quick

    return create_app()


def loaded_registry() -> Registry:
    from lms.plugins.registry import registry  # noqa: PLC0415  as above

    application()
    return registry


def with_app(command: F) -> F:
    """Run a command inside the application, with a database connection and a request-free context."""

    @functools.wraps(command)
    def inside(*args: Any, **kwargs: Any) -> Any:
        from lms.db import connection  # noqa: PLC0415  as above

        with application().app_context(), connection():
            return command(*args, **kwargs)

    return cast(F, inside)
