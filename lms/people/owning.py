"""Rows that get another owner: asked from every module, moved by the platform, remembered for the way back.

Used when two records of a person are merged and when an organisation gets a successor.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import gettext as _
from peewee import ForeignKeyField

from lms.answers import Moving
from lms.db import BaseModel
from lms.errors import Conflict, LmsError, Refused
from lms.plugins.registry import registry

log = logging.getLogger(__name__)

_PORTION = 5000


class StandsInTheWay(Conflict):
    """A moved row is no longer where the deed had put it."""

    code = "stands_in_the_way"


def gather(question: str, **details: Any) -> list[Moving]:
    """Every module's answer, also of those switched off: their rows must not be left behind.

    Raises Refused when a plugin crashes or is not running, so that nothing moves by halves.
    """
    for found in registry.found.values():
        if not found.loaded and found.plugin.tables:
            raise Refused(
                _(
                    "“%(plugin)s” is not running, so its records cannot be moved now. See the plugins page.",
                    plugin=found.plugin.title,
                )
            )
    answers: list[Moving] = []
    for plugin, implementation in registry.answerers(question):
        try:
            answer = implementation.function(*[details[name] for name in implementation.argnames])
        except LmsError:
            raise
        except Exception as problem:
            log.exception("%s crashed answering %s", plugin, question)
            raise Refused(
                _(
                    "“%(plugin)s” could not say which of its records would move, so nothing was done.",
                    plugin=registry.found[plugin].plugin.title if plugin in registry.found else plugin,
                )
            ) from problem
        answers.extend(answer or [])
    return answers


def uncovered(owner: type[BaseModel], moving: Iterable[Moving], *, leave_out: set[str]) -> list[str]:
    """A sentence for each table that points to `owner` and that no answer speaks for."""
    spoken = {one.model._meta.table_name for one in moving} | leave_out
    silent = sorted(table for table in pointing_to(owner) if table not in spoken)
    return [
        _("Nobody says what becomes of the table %(table)s. Please tell the administrator.", table=table)
        for table in silent
    ]


def pointing_to(owner: type[BaseModel]) -> set[str]:
    """Tables of loaded modules with a column that names a row of `owner`."""
    return {
        model._meta.table_name
        for model in _models(BaseModel)
        for field in model._meta.sorted_fields
        if isinstance(field, ForeignKeyField) and field.rel_model is owner and model is not owner
        and model._meta.table_name.split("_")[0] in registry.found
    }  # fmt: skip


def move(moving: Iterable[Moving], owner: Any, to: Any) -> list[dict[str, Any]]:
    """Give rows of `owner` to `to`; returns what is needed to take it back. Call inside a transaction.

    Raises StandsInTheWay when a row belongs to somebody else by now.
    """
    done = []
    for one in moving:
        if one.field and one.ids:
            _give(one.model, one.field, one.key, one.ids, owner.id, to.id)
            table = one.model._meta.table_name
            done.append({"table": table, "field": one.field, "key": one.key, "ids": list(one.ids)})
    return done


def move_back(moves: Sequence[dict[str, Any]], owner: Any, back_to: Any) -> None:
    """Undo `move`: the rows of `owner` go back. Raises StandsInTheWay when one is gone or belongs to another by now."""
    models = {model._meta.table_name: model for model in _models(BaseModel)}
    for one in moves:
        model = models.get(one["table"])
        if model is None:
            raise StandsInTheWay(
                _("The table %(table)s is not there any more, so this cannot be undone.", table=one["table"])
            )
        _give(model, one["field"], one["key"], one["ids"], owner.id, back_to.id)


def _give(model: Any, field: str, key: str, ids: Sequence[Any], owner_id: int, to_id: int) -> None:
    key_field, owner = model._meta.fields[key], model._meta.fields[field]
    given = 0
    for start in range(0, len(ids), _PORTION):
        part = list(ids[start : start + _PORTION])
        given += model.update({owner: to_id}).where(key_field.in_(part), owner == owner_id).execute()
    if given != len(ids):
        raise StandsInTheWay(
            _(
                "%(count)s rows of %(table)s were changed in the meantime, so nothing was done.",
                count=len(ids) - given,
                table=model._meta.table_name,
            )
        )


def _models(base: type[BaseModel]) -> list[Any]:
    below = [one for child in base.__subclasses__() for one in [child, *_models(child)]]
    return [one for one in below if getattr(one._meta, "table_name", None)]
