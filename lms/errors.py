"""Errors that people can act on. Each is a sentence; `lms.web` turns it into a page or JSON in one place."""

from __future__ import annotations

from typing import Any


class LmsError(Exception):
    """Base of every error meant for people: a translated sentence, a machine code, an HTTP status."""

    status = 400
    code = "error"

    def __init__(self, message: Any = "", *, code: str | None = None, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.details = details
        if code:
            self.code = code

    def __str__(self) -> str:
        return str(self.message)


class Invalid(LmsError):
    """What was typed cannot be used; `fields` maps a field's name to its sentence."""

    status = 422
    code = "invalid"

    def __init__(self, message: Any = "", *, fields: dict[str, Any] | None = None, **details: Any) -> None:
        self.fields = fields or {}
        if not message and self.fields:
            message = next(iter(self.fields.values()))
        super().__init__(message, **details)


class NotFound(LmsError):
    status = 404
    code = "not_found"


class NotAllowed(LmsError):
    status = 403
    code = "not_allowed"


class Conflict(LmsError):
    """A rule of the field stands against it."""

    status = 409
    code = "conflict"


class Refused(Conflict):
    """A plugin vetoes a deed, with a sentence for the user."""

    code = "refused"


class Unavailable(LmsError):
    status = 503
    code = "unavailable"
