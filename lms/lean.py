"""The application object, and a short way for pages that everybody opens: no session, no sign-in, no form.

A page marked `@lean` is answered with the platform's own steps around it and without those of the libraries for
sessions, sign-in and forms, which cost it more than its content. Errors, language, database, switched-off plugins and
security headers are as everywhere. The check of a certificate is such a page.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, Response, request
from werkzeug.routing import Rule

V = TypeVar("V", bound=Callable[..., Any])


def lean(view: V) -> V:
    """Mark a public page that looks at the address and the language alone."""
    view.lms_lean = True  # type: ignore[attr-defined]
    return view


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
        self._last: list[Callable[[Response], Response]] = []

    def before_every(self, step: V) -> V:
        """Do this before every request, lean pages included. An answer it returns is the answer."""
        self._first.append(step)
        return self.before_request(step)

    def after_every(self, step: V) -> V:
        """Do this with every answer, lean pages included."""
        self._last.append(step)
        return self.after_request(step)

    def preprocess_request(self) -> Any:
        """Flask's, cut to the steps of every request for a lean page."""
        if not self._is_lean():
            return super().preprocess_request()
        for step in self._first:
            answer = step()
            if answer is not None:
                return answer
        return None

    def process_response(self, response: Response) -> Response:
        """Flask's, cut to the steps of every answer for a lean page: it has no session to keep."""
        if not self._is_lean():
            return super().process_response(response)
        for step in reversed(self._last):
            response = step(response)
        return response

    def _is_lean(self) -> bool:
        return hasattr(self.view_functions.get(request.endpoint or ""), "lms_lean")
