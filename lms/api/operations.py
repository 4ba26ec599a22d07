"""One declaration per operation: from it come the route, the checks of what is sent, and the description."""

from __future__ import annotations

import hashlib
import json
import typing
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Blueprint, Response, request
from flask_babel import gettext as _
from werkzeug.exceptions import UnsupportedMediaType

from lms.access import current_user, public, requires_any, signed_in
from lms.access.limits import slow_down
from lms.api import once, reading
from lms.api.shapes import MOST_INT
from lms.api.telling import told
from lms.errors import Invalid, LmsError, NotFound
from lms.plugins import setting

F = TypeVar("F", bound=Callable[..., Any])

#: Where every operation lives.
ROOT = "/api/v1"
_WORDS = {"int": int, "string": str, "default": str}


class Unreadable(LmsError):
    """The body is no JSON."""

    code = "bad_request"


@dataclass(frozen=True)
class Operation:
    """What an operation says about itself. `permission` is a permission (or several, any of which opens it), "signed_in" or "public"."""

    method: str
    path: str
    permission: str | tuple[str, ...]
    summary: Any
    title: Any
    function: Callable[..., Any]
    #: Whether it changes something, and is then done once per Idempotency-Key.
    keyed: bool
    status: int
    query: Any
    body: Any
    answer: Any

    @property
    def name(self) -> str:
        return self.function.__name__

    @property
    def permissions(self) -> tuple[str, ...]:
        return (self.permission,) if isinstance(self.permission, str) else self.permission


class Api:
    """The operations of one module: its ``api.py`` makes one, decorates functions, and says ``bp = api.blueprint``.

    A function takes what its annotations name: the parts of its path, `query` and `body` (shapes), and returns a shape.
    """

    def __init__(self, name: str, title: Any) -> None:
        self.title = title
        self.blueprint = Blueprint(f"{name}_api", f"{name}.api", url_prefix=ROOT)

    def get(self, path: str, permission: str | tuple[str, ...], summary: Any) -> Callable[[F], F]:
        """Declare what is read."""
        return self._declare("GET", path, permission, summary, keyed=False, status=200)

    def post(
        self,
        path: str,
        permission: str | tuple[str, ...],
        summary: Any,
        *,
        keyed: bool = True,
        status: int = 200,
    ) -> Callable[[F], F]:
        """Declare a deed; `keyed=False` for a question that only needs a body."""
        return self._declare("POST", path, permission, summary, keyed=keyed, status=status)

    def _declare(
        self,
        method: str,
        path: str,
        permission: str | tuple[str, ...],
        summary: Any,
        *,
        keyed: bool,
        status: int,
    ) -> Callable[[F], F]:
        def declare(function: F) -> F:
            hints = typing.get_type_hints(function)
            operation = Operation(
                method, path, permission, summary, self.title, function, keyed, status,
                hints.get("query"), hints.get("body"), hints["return"],
            )  # fmt: skip
            self.blueprint.add_url_rule(
                path,
                function.__name__,
                _guarded(operation),
                methods=[method],
                provide_automatic_options=False,
            )
            return function

        return declare


def _guarded(operation: Operation) -> Callable[..., Response]:
    def view(**path: Any) -> Response:
        return _answer(operation, path)

    view.__name__ = operation.name
    if operation.permission == "public":
        guarded = public(view)
    elif operation.permission == "signed_in":
        guarded = signed_in(view)
    else:
        guarded = requires_any(*operation.permissions)(view)
    guarded.lms_operation = operation  # type: ignore[attr-defined]
    return guarded


def _answer(operation: Operation, path: dict[str, Any]) -> Response:
    holder = holder_of_request()
    slow_down("api", most=setting("lms.api_per_minute"), seconds=60, who=holder or None)
    if any(isinstance(one, int) and one > MOST_INT for one in path.values()):
        raise NotFound(_("There is nothing of this number."))
    given = dict(path)
    if operation.query is not None:
        given["query"] = reading.read_query(operation.query, request.args)
    sent = _sent() if operation.body is not None else None
    if operation.body is not None:
        given["body"] = reading.read(operation.body, sent)

    def deed() -> Any:
        return told(operation.function(**given))

    if not operation.keyed:
        return _response(once.Answer(deed(), operation.status))
    key = once.checked_key(request.headers.get("Idempotency-Key"))
    return _response(once.answer(holder, key, (request.method, request.path, sent), operation.status, deed))


def holder_of_request() -> str:
    """Who asks, for counting and remembering: "token:7", "user:3", or nothing for a stranger."""
    if not current_user.is_authenticated:
        return ""
    token_id = current_user.token_id
    return f"token:{token_id}" if token_id else f"user:{current_user.id}"


def mark_of_request() -> str:
    """The sending's own mark, the same when it is sent again: who asks, and the key of the deed."""
    key = request.headers.get("Idempotency-Key", "")
    return hashlib.sha256(f"{holder_of_request()} {key}".encode()).hexdigest()


def _sent() -> Any:
    if request.mimetype != "application/json":
        raise UnsupportedMediaType
    try:
        return json.loads(request.get_data().decode("utf-8"), parse_constant=_no_number)
    except (ValueError, RecursionError) as problem:
        raise Unreadable(_("The body cannot be read as JSON in UTF-8.")) from problem


def _no_number(word: str) -> Any:
    raise ValueError(word)


def _response(answer: once.Answer) -> Response:
    response = Response(
        json.dumps(answer.body, ensure_ascii=False), answer.status, mimetype="application/json"
    )
    response.headers["Cache-Control"] = "no-store"
    if answer.again:
        response.headers["Idempotent-Replayed"] = "true"
    return response


def invalid(field: str, sentence: Any) -> Invalid:
    """A refusal that names one field."""
    return Invalid(fields={field: sentence})
