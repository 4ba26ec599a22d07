"""Writes: webhooks made, changed, paused, removed; a trial, and one more try."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from flask_babel import gettext as _

from lms import audit, clock, crypto, events, jobs, text
from lms.access.models import User
from lms.api.webhooks import targets
from lms.api.webhooks.models import Webhook
from lms.db import atomic
from lms.errors import Conflict, Invalid
from lms.events import Delivery, EventRow
from lms.plugins import wiring

#: The fact of a trial; nobody publishes it.
TRIAL = "webhook.trial"


def offered() -> list[wiring.Fact]:
    """The facts one can be told of."""
    return wiring.facts()


@atomic
def add(title: str, address: str, names: Sequence[str], *, by: User | None) -> tuple[Webhook, str]:
    """Add a webhook; returns it with its secret, which is shown once.

    Raises Invalid for an address that may not be sent to, or a fact nobody publishes.
    """
    title, address, names = _checked(title, address, names)
    secret = _new_secret()
    made = Webhook.create(
        title=title, address=address, events=names, secret_sealed=crypto.seal(secret), created_by=by
    )
    audit.record(by, "api.webhook_added", made, address=_host(address), events=names)
    return made, secret


@atomic
def change(webhook: Webhook, title: str, address: str, names: Sequence[str], *, by: User | None) -> None:
    """Change title, address and facts; the secret stays. Raises Invalid."""
    title, address, names = _checked(title, address, names)
    Webhook.update(title=title, address=address, events=names).where(Webhook.id == webhook.id).execute()
    audit.record(by, "api.webhook_changed", webhook, address=_host(address), events=names)


@atomic
def new_secret(webhook: Webhook, *, by: User | None) -> str:
    """Draw a new secret; the old one signs nothing any more."""
    secret = _new_secret()
    Webhook.update(secret_sealed=crypto.seal(secret)).where(Webhook.id == webhook.id).execute()
    audit.record(by, "api.webhook_secret", webhook)
    return secret


@atomic
def pause(webhook: Webhook, *, by: User | None) -> None:
    """Send nothing to it until it goes on; facts of that time are not sent later."""
    if webhook.paused_at is None:
        Webhook.update(paused_at=clock.now()).where(Webhook.id == webhook.id).execute()
        audit.record(by, "api.webhook_paused", webhook)


@atomic
def go_on(webhook: Webhook, *, by: User | None) -> None:
    """Send to it again."""
    if webhook.paused_at is not None:
        Webhook.update(paused_at=None).where(Webhook.id == webhook.id).execute()
        audit.record(by, "api.webhook_resumed", webhook)


@atomic
def remove(webhook: Webhook, *, by: User | None) -> None:
    """Remove a webhook and what was owed to it."""
    audit.record(by, "api.webhook_removed", webhook, address=_host(str(webhook.address)))
    Delivery.delete().where(Delivery.handler == webhook.handler).execute()
    webhook.delete_instance()


@atomic
def try_out(webhook: Webhook, *, by: User | None) -> None:
    """Send a trial, so that a receiver can be set up. Raises Conflict while it is paused."""
    if webhook.paused_at is not None:
        raise Conflict(_("The webhook is paused."))
    row = EventRow.create(name=TRIAL, payload={"webhook_id": webhook.id})
    delivery = Delivery.create(event=row, handler=webhook.handler, plugin="lms")
    audit.record(by, "api.webhook_tried", webhook)
    jobs.wake(delivery.id)


@atomic
def send_again(webhook: Webhook, delivery_id: int, *, by: User | None) -> None:
    """Try one failed delivery again. Raises Conflict when it has not failed."""
    failed = Delivery.get_or_none(
        Delivery.id == delivery_id, Delivery.handler == webhook.handler, Delivery.state == "failed"
    )
    if failed is None:
        raise Conflict(_("This delivery has not failed; there is nothing to repeat."))
    audit.record(by, "events.retry", failed, handler=str(webhook))
    events.retry(delivery_id)
    jobs.wake(delivery_id)


def _checked(title: str, address: str, names: Sequence[str]) -> tuple[str, str, list[str]]:
    wrong = {}
    title, address = text.squeeze(title)[:80], address.strip()
    if not title:
        wrong["title"] = _("Please say which system is told.")
    known = {one.name for one in offered()}
    if not names or not set(names) <= known:
        wrong["events"] = _("Please choose at least one fact.")
    try:
        if len(address) > 400:
            raise targets.NotThere(_("This is no address like https://example.vn/hook."))
        targets.resolve(targets.parse(address))
    except targets.NotThere as problem:
        wrong["address"] = str(problem)
    if wrong:
        raise Invalid(fields=wrong)
    return title, address, sorted(set(names))


def _host(address: str) -> str:
    return targets.parse(address).host


def _new_secret() -> str:
    return "whsec_" + secrets.token_urlsafe(32)
