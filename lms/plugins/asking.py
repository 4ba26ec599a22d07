"""Ask and check: questions to plugins, answered now, each answer fenced."""

from __future__ import annotations

import logging
from typing import Any

from flask_babel import gettext as _

from lms.errors import LmsError, Refused
from lms.plugins.registry import registry
from lms.plugins.switch import is_on

log = logging.getLogger(__name__)


def ask(question: str, klass: Any = None, **details: Any) -> list[Any]:
    """Collect the answers of every plugin that is on (for `klass`, when given).

    Lists are flattened, None is dropped, the rest is sorted by its ``weight`` where it has one. A plugin
    that crashes is skipped and quarantined; nobody else notices.
    """
    details["klass"] = klass
    answers: list[Any] = []
    for plugin, implementation in registry.answerers(question):
        if not is_on(plugin, klass):
            continue
        try:
            answer = implementation.function(*[details[name] for name in implementation.argnames])
        except Exception as problem:
            _crashed(plugin, question, problem)
            continue
        if isinstance(answer, list | tuple):
            answers.extend(answer)
        elif answer is not None:
            answers.append(answer)
    return sorted(answers, key=lambda answer: getattr(answer, "weight", 100))


def check(question: str, klass: Any = None, **details: Any) -> None:
    """Let every plugin that is on veto. Raises Refused with the plugin's sentence; a crash refuses too (fails closed)."""
    details["klass"] = klass
    for plugin, implementation in registry.answerers(question):
        if not is_on(plugin, klass):
            continue
        try:
            implementation.function(*[details[name] for name in implementation.argnames])
        except LmsError:
            raise
        except Exception as problem:
            log.exception("%s crashed in %s", plugin, question)
            title = registry.found[plugin].plugin.title
            raise Refused(
                _(
                    "The check by “%(plugin)s” failed, so nothing was done. Please tell the administrator.",
                    plugin=title,
                ),
                plugin=plugin,
            ) from problem


def _crashed(plugin: str, question: str, problem: Exception) -> None:
    from lms.plugins.services import quarantine  # noqa: PLC0415  writes tables and audit; asking itself only reads

    log.error("%s crashed answering %s", plugin, question, exc_info=problem)
    if registry.testing_raises:
        raise problem
    quarantine(plugin, f"{question}: {type(problem).__name__}: {problem}")
