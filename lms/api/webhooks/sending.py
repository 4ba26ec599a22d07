"""One fact to one address: signed, without redirects, outside any transaction, tried again later when it fails."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import logging
import socket
import ssl
import threading
from datetime import UTC, timedelta
from typing import Any

from flask_babel import gettext as _

from lms import clock, crypto
from lms.api.telling import told
from lms.api.webhooks import targets
from lms.api.webhooks.models import PREFIX, Webhook
from lms.errors import LmsError
from lms.events import Delivery, EventRow

log = logging.getLogger(__name__)

#: Seconds a receiver has to answer.
SECONDS = 10
#: When it is tried again, in seconds after each failure; then it waits for an administrator.
WAITS = (10, 60, 600, 3600, 6 * 3600, 24 * 3600)
#: A worker that died while sending holds a delivery no longer than this.
_CLAIM = timedelta(seconds=6 * SECONDS)


class NotTaken(LmsError):
    """The receiver did not take it; the sentence says what it answered."""

    code = "not_taken"


def is_for_webhook(delivery_id: int) -> bool:
    """Whether a delivery goes to another system and not to a plugin of ours."""
    handler = Delivery.select(Delivery.handler).where(Delivery.id == delivery_id).scalar()
    return str(handler or "").startswith(PREFIX)


def deliver(delivery_id: int) -> str | None:
    """Send one delivery that is due; returns its label when it was taken now. A failure is stored, never raised."""
    if not _claim(delivery_id):
        return None
    delivery = Delivery.select(Delivery, EventRow).join(EventRow).where(Delivery.id == delivery_id).get()
    try:
        send(_webhook(delivery), delivery)
    except LmsError as problem:
        _postpone(delivery, str(problem))
        return None
    Delivery.update(state="done", done_at=clock.now(), error="", attempts=delivery.attempts + 1).where(
        Delivery.id == delivery_id
    ).execute()
    return f"{delivery.event.name} → {delivery.handler}"


def send(webhook: Webhook, delivery: Any) -> None:
    """Send once. Raises NotTaken, or NotThere for an address that may not be sent to."""
    post_signed(
        str(webhook.address),
        crypto.unseal(webhook.secret_sealed),
        payload(delivery.event),
        event=delivery.event.name,
        number=delivery.id,
    )


def post_signed(
    address: str,
    secret: str,
    body: bytes,
    *,
    event: str,
    number: int,
    content_type: str = "application/json",
    most: int = 0,
) -> bytes:
    """Post bytes to another system, signed with the secret it was given, without following redirects.

    `event` says what it is, `number` which one; returns what was answered, `most` bytes of it at most. Call it outside any
    transaction. Raises NotTaken (with `answered` and `answer` among its details when there was one), or NotThere for an
    address that may not be sent to.
    """
    moment = str(int(clock.now().replace(tzinfo=UTC).timestamp()))
    headers = {
        "Content-Type": content_type,
        "User-Agent": "KimBang-Webhook/1",
        "KimBang-Event": event,
        "KimBang-Delivery": str(number),
        "KimBang-Timestamp": moment,
        "KimBang-Signature": f"v1={sign(secret, moment, body)}",
    }
    status, answer = _post(targets.parse(address), body, headers, most)
    if 300 <= status < 400:
        raise NotTaken(
            _("It answered with a redirect (%(status)s); redirects are not followed.", status=status)
        )
    if not 200 <= status < 300:
        raise NotTaken(_("It answered %(status)s.", status=status), answered=status, answer=answer)
    return answer


def payload(event: Any) -> bytes:
    """What is sent: the name of the fact, when it happened, and its ids. Texts of a fact stay here."""
    ids = {name: value for name, value in event.payload.items() if _is_id(value)}
    content = {"id": event.id, "event": event.name, "at": told(event.at), "data": ids}
    return json.dumps(content, separators=(",", ":")).encode()


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """HMAC-SHA256 over ``timestamp.body``, as hex."""
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def _is_id(value: Any) -> bool:
    if isinstance(value, list):
        return all(isinstance(one, int) for one in value)
    return isinstance(value, int)


def _claim(delivery_id: int) -> bool:
    """Take a delivery that is due, so that nobody else sends it meanwhile."""
    now = clock.now()
    taken = (
        Delivery.update(due_at=now + _CLAIM)
        .where(Delivery.id == delivery_id, Delivery.state == "due", Delivery.due_at <= now)
        .execute()
    )
    return bool(taken)


def _webhook(delivery: Any) -> Webhook:
    webhook = Webhook.get_or_none(Webhook.id == int(str(delivery.handler).removeprefix(PREFIX)))
    if webhook is None or webhook.paused_at is not None:
        raise NotTaken(_("The webhook is paused."))
    return webhook


def _postpone(delivery: Any, reason: str) -> None:
    attempts = delivery.attempts + 1
    over = attempts > len(WAITS)
    wait = timedelta(seconds=WAITS[min(attempts, len(WAITS)) - 1])
    log.warning("webhook delivery %s failed, attempt %s", delivery.id, attempts)
    Delivery.update(
        attempts=attempts,
        error=reason[:2000],
        state="failed" if over else "due",
        due_at=clock.now() + wait,
    ).where(Delivery.id == delivery.id).execute()


# --- the connection ----------------------------------------------------------------------------


def _post(target: targets.Target, body: bytes, headers: dict[str, str], most: int) -> tuple[int, bytes]:
    """The status the receiver answers with, and so many bytes of what it says. Raises NotTaken."""
    number = targets.resolve(target)
    connection = _Connection(target, number)
    # The time of a socket counts anew with every byte; this one ends a receiver that drips.
    end = threading.Timer(SECONDS, connection.break_off)
    end.start()
    try:
        connection.request("POST", target.path, body=body, headers=headers)
        answer = connection.getresponse()
        return int(answer.status), answer.read(most) if most else b""
    except (OSError, http.client.HTTPException, ValueError, AttributeError) as problem:
        if connection.broken_off or isinstance(problem, TimeoutError):
            raise NotTaken(_("It did not answer within %(seconds)s seconds.", seconds=SECONDS)) from problem
        raise NotTaken(_("The connection failed (%(kind)s).", kind=type(problem).__name__)) from problem
    finally:
        end.cancel()
        connection.close()


class _Connection(http.client.HTTPConnection):
    """A connection to the number that was checked, under the name that was asked for."""

    def __init__(self, target: targets.Target, number: str) -> None:
        self.default_port = 443 if target.secure else 80
        super().__init__(target.host, target.port, timeout=SECONDS)
        self._target, self._number = target, number
        self.broken_off = False

    def connect(self) -> None:
        self.sock = socket.create_connection((self._number, self._target.port), timeout=SECONDS)
        if self._target.secure:
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(self.sock, server_hostname=self._target.host)

    def break_off(self) -> None:
        """End it from outside."""
        self.broken_off = True
        try:
            if self.sock is not None:
                self.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            log.debug("the connection was over already")
