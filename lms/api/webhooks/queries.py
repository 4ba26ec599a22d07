"""Reads: who listens, and what was sent to whom."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from peewee import fn

from lms.api.webhooks.models import PREFIX, Webhook
from lms.errors import NotFound
from lms.events import Delivery, EventRow


def listening(event: str) -> list[Webhook]:
    """The webhooks that are to be told of a fact: one question."""
    return [one for one in Webhook.select().where(Webhook.paused_at.is_null()) if event in one.events]


def all_of_them() -> list[Webhook]:
    return list(Webhook.select().order_by(Webhook.id))


def webhook_or_404(webhook_id: int) -> Webhook:
    """Raises NotFound."""
    found: Webhook | None = Webhook.get_or_none(Webhook.id == webhook_id)
    if found is None:
        raise NotFound(_("There is no such webhook."))
    return found


def counts() -> dict[int, dict[str, int]]:
    """How many deliveries of each webhook are due, done and failed: one question."""
    rows = (
        Delivery.select(Delivery.handler, Delivery.state, fn.COUNT(Delivery.id))
        .where(Delivery.handler.startswith(PREFIX))
        .group_by(Delivery.handler, Delivery.state)
        .tuples()
    )
    found: dict[int, dict[str, int]] = {}
    for handler, state, number in rows:
        found.setdefault(int(handler.removeprefix(PREFIX)), {})[state] = number
    return found


def deliveries(webhook: Webhook) -> Any:
    """What was and will be sent to a webhook, the latest first."""
    return (
        Delivery.select(Delivery, EventRow)
        .join(EventRow)
        .where(Delivery.handler == webhook.handler)
        .order_by(Delivery.id.desc())
    )
