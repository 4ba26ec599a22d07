"""The application object, and a short way for pages that everybody opens: no session, no sign-in, no form.

A page marked `@lean` is answered with the platform's own steps around it and without those of the libraries for
sessions, sign-in and forms, which cost it more than its content. Errors, language, database, switched-off plugins and
security headers are as everywhere. The check of a certificate is such a page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from flask import Flask, Response
from flask.globals import request_ctx
from werkzeug.datastructures import Headers
from werkzeug.routing import Rule

V = TypeVar("V", bound=Callable[..., Any])


def lean(view: V) -> V:
    """Mark a public page that looks at the address and the language alone."""
    view.lms_lean = True  # type: ignore[attr-defined]
    return view


class Written(Headers):
    """Headers that stand in the source: nothing in them need be looked at again."""

    def __init__(self, pairs: Iterable[tuple[str, str]] = ()) -> None:
        self._list = list(pairs)


def write(headers: Headers, pairs: Iterable[tuple[str, str]]) -> None:
    """Add headers that stand in the source; the library's way searches each value for line breaks."""
    headers._list.extend(pairs)


class Leaf(Response):
    """The answer of a lean page: bytes, with headers that stand in the source, its content type among them; no redirect.

    The library would copy the headers, searching each for line breaks, and look whether they lead elsewhere: 30 µs of a
    check.
    """

    def __init__(self, body: bytes, status: int, headers: Iterable[tuple[str, str]]) -> None:
        super().__init__(body, status, Written(headers))

    def get_wsgi_headers(self, environ: Any) -> Headers:
        """The headers as they are; their length was set with the body."""
        return self.headers


class Address(Rule):
    """Werkzeug's rule; what writes an address is compiled when one is first written.

    Two pieces of Python a rule, compiled at every start, cost 0.2 CPU-seconds; a process writes few of all addresses.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        compiled: Callable[..., tuple[str, str]] | None = None

        def build(rule: Rule, **values: Any) -> tuple[str, str]:
            nonlocal compiled
            if compiled is None:
                compiled = Rule._compile_builder(self, append_unknown)
            return compiled(rule, **values)

        return build


class Platform(Flask):
    """Flask, with steps that surround every answer (`before_every`, `after_every`) and others that lean pages leave out."""

    url_rule_class = Address

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._first: list[Callable[[], Any]] = []
        self._closing: list[Callable[[BaseException | None], Any]] = []
        #: The step added last comes first, as in Flask.
        self._last: list[Callable[[Response], Response]] = []

    def before_every(self, step: V) -> V:
        """Do this before every request, lean pages included. An answer it returns is the answer."""
        self._first.append(step)
        return self.before_request(step)

    def after_every(self, step: V) -> V:
        """Do this with every answer, lean pages included."""
        self._last.insert(0, step)
        return self.after_request(step)

    def at_the_end_of_every(self, step: V) -> V:
        """Do this when a request is over, lean pages included."""
        self._closing.append(step)
        return self.teardown_request(step)

    def do_teardown_request(self, exc: BaseException | None = None) -> None:
        """Flask's, cut to the steps of every request for a lean page."""
        if self._lean_view() is None:
            super().do_teardown_request(exc)
            return
        for step in self._closing:
            step(exc)

    def full_dispatch_request(self) -> Response:
        """Flask's; for a lean page the steps of every request, its view, the steps of every answer, and nothing else."""
        view = self._lean_view()
        if view is None:
            return super().full_dispatch_request()
        try:
            answer = self._stopped()
            if answer is None:
                answer = view(**(request_ctx.request.view_args or {}))
        except Exception as problem:
            answer = self.handle_user_exception(problem)
        response = self.make_response(answer)
        for step in self._last:
            response = step(response)
        return response

    def _lean_view(self) -> Callable[..., Any] | None:
        """The view of the lean page that is asked for."""
        asked = request_ctx.request
        if asked.url_rule is None or asked.method == "OPTIONS":
            return None
        view = self.view_functions[asked.url_rule.endpoint]
        return view if hasattr(view, "lms_lean") else None

    def _stopped(self) -> Any:
        """What a step answers in place of the page."""
        for step in self._first:
            answer = step()
            if answer is not None:
                return answer
        return None
