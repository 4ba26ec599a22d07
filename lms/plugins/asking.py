"""Ask and check: questions to plugins, answered now, each answer fenced."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from flask_babel import gettext as _

from lms.context import with_addresses
from lms.db import connection, db
from lms.db.footing import TransactionEnded
from lms.errors import LmsError, Refused
from lms.plugins import troubles
from lms.plugins.fence import PluginFault, fenced
from lms.plugins.registry import registry
from lms.plugins.switch import is_on

log = logging.getLogger(__name__)


def ask(question: str, klass: Any = None, **details: Any) -> list[Any]:
    """Collect the answers of every plugin that is on (for `klass`, when given).

    Lists are flattened, None is dropped, the rest is sorted by its ``weight`` where it has one. A plugin
    that crashes, does not answer in time or leaves a transaction open is skipped and quarantined; nobody
    else notices, and what it wrote meanwhile is taken back. Of several `classes` in the details each plugin gets
    those for which it is on.
    """
    details["klass"] = klass
    answers: list[Any] = []
    for plugin, implementation in registry.answerers(question):
        if not is_on(plugin, klass):
            continue
        given = _for(plugin, details)
        try:
            with with_addresses(), fenced(told=_telling(plugin, question)):
                answer = implementation.function(*[given[name] for name in implementation.argnames])
        except (PluginFault, LmsError) as fault:
            _crashed(plugin, question, fault)
            continue
        except TransactionEnded as end:
            _quarantine(plugin, question, str(end))
            raise
        answers.extend(_flat(answer))
    return sorted(answers, key=lambda answer: getattr(answer, "weight", 100))


def check(question: str, klass: Any = None, **details: Any) -> None:
    """Let every plugin that is on veto. Raises Refused with the plugin's sentence.

    A crash, or no answer in time, refuses too (fails closed), and the plugin stays on.
    """
    details["klass"] = klass
    for plugin, implementation in registry.answerers(question):
        if not is_on(plugin, klass):
            continue
        try:
            with with_addresses(), fenced(told=_noting(plugin, question)):
                implementation.function(*[details[name] for name in implementation.argnames])
        except PluginFault as fault:
            log.error("%s failed in %s", plugin, question, exc_info=fault)
            troubles.note(plugin, f"check {question}", str(fault))
            title = registry.found[plugin].plugin.title
            raise Refused(
                _(
                    "The check by “%(plugin)s” failed, so nothing was done. Please tell the administrator.",
                    plugin=title,
                ),
                plugin=plugin,
            ) from fault


def _for(plugin: str, details: dict[str, Any]) -> dict[str, Any]:
    """The details as one plugin gets them."""
    if "classes" not in details:
        return details
    return details | {"classes": [one for one in details["classes"] if is_on(plugin, one)]}


def _flat(answer: Any) -> list[Any]:
    if isinstance(answer, list | tuple):
        return [one for one in answer if one is not None]
    return [] if answer is None else [answer]


def _crashed(plugin: str, question: str, fault: Exception) -> None:
    problem = fault.__cause__ if isinstance(fault, PluginFault) and fault.__cause__ else fault
    log.error("%s failed answering %s", plugin, question, exc_info=problem)
    if registry.testing_raises:
        raise problem
    reason = str(fault) if isinstance(fault, PluginFault) else f"{type(fault).__name__}: {fault}"
    _quarantine(plugin, question, reason)


def _quarantine(plugin: str, question: str, reason: str) -> None:
    from lms.plugins.services import quarantine  # noqa: PLC0415  writes tables and audit; asking itself only reads

    quarantine(plugin, f"{question}: {reason}")
    if db.in_transaction():
        troubles.note(plugin, question, reason)  # the caller may yet roll back, and the quarantine with it


def _telling(plugin: str, question: str) -> Callable[[str], None]:
    """What the watchdog does, in its own thread, about an answer that nothing interrupts."""

    def tell(reason: str) -> None:
        with connection():
            _quarantine(plugin, question, reason)

    return tell


def _noting(plugin: str, question: str) -> Callable[[str], None]:
    def tell(reason: str) -> None:
        with connection():
            troubles.note(plugin, f"check {question}", reason)

    return tell
