"""Facts that happened: written to an outbox in the publisher's transaction, delivered after commit.

`publish` writes one row per fact and one Delivery per subscriber, in the transaction of the deed itself:
"changed" and "announced" commit together. The worker runs each delivery in a transaction of its own and
marks it done in that same transaction, so a crash can neither lose nor double its effect.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any, TypeVar

from peewee import CharField, DateTimeField, ForeignKeyField, IntegerField, TextField

from lms import clock
from lms.config import settings
from lms.context import without_visitor
from lms.db import BaseModel, JSONText, db, is_postgresql
from lms.plugins.contract import owner
from lms.upgrading import refuse_while_upgrading

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 5

E = TypeVar("E", bound="Event")


@dataclass(frozen=True)
class Event:
    """Base of every fact: a frozen dataclass of plain values (ids, not objects), named in the past tense."""

    @classmethod
    def event_name(cls) -> str:
        return f"{cls.__module__.split('.events')[0].split('.')[-1]}.{cls.__name__}"


class EventRow(BaseModel):
    name = CharField(80, index=True)
    payload = JSONText()
    at = DateTimeField(default=clock.now)

    class Meta:
        table_name = "lms_event"


class Delivery(BaseModel):
    """What is owed to one subscriber: due, done or failed."""

    event = ForeignKeyField(EventRow, backref="deliveries", on_delete="CASCADE")
    handler = CharField(120)
    plugin = CharField(60)
    state = CharField(8, default="due")
    attempts = IntegerField(default=0)
    due_at = DateTimeField(default=clock.now)
    done_at = DateTimeField(null=True)
    error = TextField(default="")

    class Meta:
        table_name = "lms_delivery"
        indexes = ((("state", "due_at"), False), (("event", "handler"), True))


@dataclass(frozen=True)
class Subscription:
    """A handler of a fact, and the plugin it belongs to."""

    event: type[Event]
    handler: Callable[[Any], None]
    plugin: str

    @property
    def name(self) -> str:
        return f"{self.handler.__module__}.{self.handler.__qualname__}"


_subscriptions: dict[str, list[Subscription]] = {}
_types: dict[str, type[Event]] = {}


def on(event: type[E]) -> Callable[[Callable[[E], None]], Callable[[E], None]]:
    """Subscribe a handler of a module's ``handlers.py`` to a fact. Handlers are quick and idempotent."""

    def subscribe(handler: Callable[[E], None]) -> Callable[[E], None]:
        plugin = owner(handler.__module__)
        subscription = Subscription(event, handler, plugin)
        known = _subscriptions.setdefault(event.event_name(), [])
        if all(other.name != subscription.name for other in known):
            known.append(subscription)
        _types[event.event_name()] = event
        return handler

    return subscribe


def subscriptions() -> list[Subscription]:
    """Every subscription of this process, for the wiring page."""
    return [one for many in _subscriptions.values() for one in many]


def forget_plugin(plugin: str) -> None:
    """Drop a plugin's subscriptions (its loading failed half-way)."""
    for name, known in _subscriptions.items():
        _subscriptions[name] = [one for one in known if one.plugin != plugin]


def publish(event: Event) -> None:
    """Announce a fact inside the deed's transaction. A plugin that is off gets no delivery.

    Raises RuntimeError outside a transaction: the fact could then outlive, or miss, its deed; OutwardEffect in a
    database step.
    """
    from lms import jobs  # noqa: PLC0415  jobs delivers what events owe: the pair is one mechanism in two files
    from lms.api.webhooks import queries as webhooks  # noqa: PLC0415  they are told of facts, so they import this file
    from lms.plugins.switch import is_on  # noqa: PLC0415  the switch reads tables that publish does not need at import

    refuse_while_upgrading(f"publish {event.event_name()}")
    if not db.in_transaction():
        raise RuntimeError(f"{event.event_name()} published outside a transaction")
    row = EventRow.create(name=event.event_name(), payload=asdict(event))
    for subscription in _subscriptions.get(event.event_name(), ()):
        if is_on(subscription.plugin):
            delivery = Delivery.create(event=row, handler=subscription.name, plugin=subscription.plugin)
            jobs.wake(delivery.id)
    for webhook in webhooks.listening(row.name):
        delivery = Delivery.create(event=row, handler=webhook.handler, plugin="lms")
        jobs.wake(delivery.id)


def deliver(delivery_id: int) -> str | None:
    """Run one delivery; returns its label when it was run now and succeeded.

    The handler and the mark "done" share a transaction. A failure is stored with its error and tried
    again after 10 s, 1 min, 10 min and 1 h; after five attempts it waits for an administrator.
    """
    from lms.api.webhooks import sending  # noqa: PLC0415  they are told of facts, so they import this file
    from lms.plugins import troubles  # noqa: PLC0415  asking plugins needs tables that publish does not
    from lms.plugins.fence import PluginFault  # noqa: PLC0415

    if sending.is_for_webhook(delivery_id):
        return sending.deliver(delivery_id)  # a network takes its time: no transaction is held open for it
    try:
        with db.atomic():
            delivery = _claim(delivery_id)
            if delivery is None:
                return None
            _hand_over(delivery)
            Delivery.update(state="done", done_at=clock.now(), error="").where(
                Delivery.id == delivery_id
            ).execute()
            if delivery.attempts:
                troubles.clear(delivery.plugin, f"handler {delivery.handler}")
            return f"{delivery.event.name} → {delivery.handler}"
    except Exception as problem:
        log.exception("delivery %s failed", delivery_id)
        reason = str(problem) if isinstance(problem, PluginFault) else f"{type(problem).__name__}: {problem}"
        _postpone(delivery_id, reason)
        return None


def _hand_over(delivery: Delivery) -> None:
    from lms.plugins.fence import fenced  # noqa: PLC0415  see above

    handler, event = _find(delivery.handler), _load(delivery.event)
    with without_visitor(), fenced(settings().lease_seconds):
        handler(event)


def _claim(delivery_id: int) -> Delivery | None:
    query = Delivery.select().where(Delivery.id == delivery_id, Delivery.state == "due")
    if is_postgresql():
        query = query.for_update("FOR UPDATE SKIP LOCKED")  # type: ignore[arg-type]
    return query.first()


def _load(row: EventRow) -> Event:
    return _types[row.name](**row.payload)


def _find(name: str) -> Callable[[Any], None]:
    for subscription in subscriptions():
        if subscription.name == name:
            return subscription.handler
    raise LookupError(f"No handler {name} is loaded; its plugin may be missing or quarantined")


def _postpone(delivery_id: int, reason: str) -> None:
    from lms.plugins import troubles  # noqa: PLC0415  see above

    delivery = Delivery.get_or_none(Delivery.id == delivery_id)
    if delivery is None:
        return
    attempts = delivery.attempts + 1
    wait = (10, 60, 600, 3600)[min(attempts, 4) - 1]
    Delivery.update(
        attempts=attempts,
        error=reason[:2000],
        state="failed" if attempts >= MAX_ATTEMPTS else "due",
        due_at=clock.now() + timedelta(seconds=wait),
    ).where(Delivery.id == delivery_id).execute()
    troubles.note(delivery.plugin, f"handler {delivery.handler}", reason)


def due() -> list[int]:
    """Deliveries that should run now, oldest first."""
    query = (
        Delivery.select(Delivery.id)
        .where(Delivery.state == "due", Delivery.due_at <= clock.now())
        .order_by(Delivery.id)
        .limit(500)
        .tuples()
    )
    return [row[0] for row in query]


def retry(delivery_id: int) -> None:
    """Let an administrator try a failed delivery again."""
    Delivery.update(state="due", due_at=clock.now(), attempts=0).where(
        Delivery.id == delivery_id, Delivery.state != "done"
    ).execute()
