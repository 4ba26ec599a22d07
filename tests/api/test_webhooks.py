"""Facts reach a real receiver: signed, once taken, tried again when not, never inside our own network."""

from __future__ import annotations

import dataclasses
import ipaddress
import json
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from courses.events import ClassClosed
from lms import clock, config, events, jobs
from lms.api.webhooks import sending, services, targets
from lms.api.webhooks.models import Webhook
from lms.audit.models import AuditRow
from lms.db import db
from lms.errors import Conflict, Invalid
from lms.events import Delivery, EventRow, publish

FACT = "courses.ClassClosed"


class Receiver:
    """A system of somebody else; `status` and `slow` say how it behaves."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.status, self.slow = 204, 0.0
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.append((dict(self.headers), body))
                for _ in range(int(receiver.slow * 10)):
                    time.sleep(0.1)
                    try:
                        self.wfile.write(b"H")  # a drip: the time of the socket begins anew with each
                        self.wfile.flush()
                    except OSError:
                        return
                self.send_response(receiver.status)
                if 300 <= receiver.status < 400:
                    self.send_header("Location", f"{receiver.url}/elsewhere")
                self.end_headers()

            def log_message(self, *_: Any) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/hook"


@pytest.fixture
def receiver(app: Any) -> Iterator[Receiver]:
    """It stands on this machine, which an installation must allow."""
    before = config.settings()
    config.use(dataclasses.replace(before, webhook_private=True))
    made = Receiver()
    yield made
    made.server.shutdown()
    made.server.server_close()
    config.use(before)


@pytest.fixture
def hook(receiver: Receiver) -> tuple[Webhook, str]:
    return services.add("Hệ thống nhân sự", receiver.url, [FACT], by=None)


def close(class_id: int = 7) -> Delivery:
    with db.atomic():
        publish(ClassClosed(class_id=class_id))
    return Delivery.select().where(Delivery.handler.startswith("webhook:")).order_by(Delivery.id.desc()).get()


def state(delivery: Delivery) -> Delivery:
    return Delivery.get_by_id(delivery.id)


def test_a_fact_arrives_signed_and_says_ids_alone(hook, receiver, deliver):
    _webhook, secret = hook
    delivery = close()
    deliver()
    [(headers, body)] = receiver.got
    content = json.loads(body)
    assert (content["event"], content["data"]) == (FACT, {"class_id": 7})
    assert content["at"].endswith("Z")
    signed = sending.sign(secret, headers["KimBang-Timestamp"], body)
    assert headers["KimBang-Signature"] == f"v1={signed}"
    assert abs(int(headers["KimBang-Timestamp"]) - time.time()) < 60
    assert headers["KimBang-Delivery"] == str(delivery.id)
    assert state(delivery).state == "done"


def test_what_a_fact_says_in_words_stays_here():
    row = EventRow(
        name="notes.NoteWritten",
        payload={"note_id": 1, "text": "Nguyễn Văn An", "ids": [1, 2], "who": ["An"]},
    )
    assert json.loads(sending.payload(row))["data"] == {"note_id": 1, "ids": [1, 2]}


def test_a_fact_nobody_asked_for_is_not_sent(hook, receiver, deliver):
    from courses.events import ClassCancelled

    with db.atomic():
        publish(ClassCancelled(class_id=7))
    deliver()
    assert receiver.got == []


def test_a_fact_taken_is_not_sent_twice(hook, receiver, deliver):
    delivery = close()
    deliver()
    events.deliver(delivery.id)
    assert len(receiver.got) == 1


def test_a_receiver_that_fails_is_tried_again_and_given_up(hook, receiver, deliver):
    receiver.status = 500
    delivery = close()
    moment = clock.now()
    for attempt, wait in enumerate((*sending.WAITS, 0), 1):
        with clock.frozen(clock.local(moment).replace(tzinfo=None)):
            jobs.drain()
            jobs.drain()  # nothing more before its time
        found = state(delivery)
        assert (found.attempts, len(receiver.got)) == (attempt, attempt)
        assert "500" in found.error
        moment = moment + timedelta(seconds=wait + 1)
    assert state(delivery).state == "failed"


def test_what_was_given_up_is_sent_when_somebody_says_so(hook, receiver, deliver):
    webhook, _secret = hook
    delivery = close()
    Delivery.update(state="failed", attempts=7).where(Delivery.id == delivery.id).execute()
    services.send_again(webhook, delivery.id, by=None)
    deliver()
    assert state(delivery).state == "done"
    with pytest.raises(Conflict):
        services.send_again(webhook, delivery.id, by=None)


def test_a_receiver_that_drips_is_left_after_its_seconds(hook, receiver, deliver, monkeypatch):
    monkeypatch.setattr(sending, "SECONDS", 1)
    receiver.slow = 6
    delivery = close()
    started = time.monotonic()
    deliver()
    assert time.monotonic() - started < 4
    assert (state(delivery).state, state(delivery).attempts) == ("due", 1)


def test_a_redirect_is_not_followed(hook, receiver, deliver):
    receiver.status = 307
    delivery = close()
    deliver()
    assert len(receiver.got) == 1
    assert "307" in state(delivery).error


def test_nobody_there_is_a_failure_with_a_reason(hook, receiver, deliver):
    receiver.server.shutdown()
    receiver.server.server_close()
    delivery = close()
    deliver()
    assert "ConnectionRefusedError" in state(delivery).error


def test_one_slow_receiver_keeps_no_transaction_open(hook, receiver, deliver, monkeypatch):
    open_ones = []
    original = sending.send

    def watched(*args: Any) -> None:
        open_ones.append(db.transaction_depth())
        original(*args)

    monkeypatch.setattr(sending, "send", watched)
    close()
    depth = db.transaction_depth()
    deliver()
    assert open_ones == [depth]


def test_a_paused_webhook_hears_nothing(hook, receiver, deliver):
    webhook, _secret = hook
    services.pause(webhook, by=None)
    with db.atomic():
        publish(ClassClosed(class_id=7))
    deliver()
    assert receiver.got == []
    services.go_on(Webhook.get_by_id(webhook.id), by=None)
    close()
    deliver()
    assert len(receiver.got) == 1


def test_a_removed_webhook_leaves_nothing_behind(hook, receiver, deliver):
    webhook, _secret = hook
    close()
    services.remove(webhook, by=None)
    deliver()
    assert receiver.got == []
    assert not Delivery.select().where(Delivery.handler == webhook.handler).exists()


@pytest.mark.parametrize(
    "address",
    [
        "http://example.vn/hook",
        "https://localhost/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://10.1.2.3:8443/",
        "https://169.254.169.254/latest/meta-data",
        "https://0.0.0.0/",
        "https://192.168.1.1/",
        "https://[fe80::1]/",
        "https://[64:ff9b::a00:1]/",
        "https://2130706433/",
        "https://user:word@example.vn/",
        "ftp://example.vn/",
        "https://",
        "https://a:99999/",
        "javascript:alert(1)",
        "https://exa mple.vn/\r\nX: y",
    ],
)
def test_no_address_of_our_own_network_is_accepted(app, address):
    with pytest.raises(Invalid) as refused:
        services.add("X", address, [FACT], by=None)
    assert "address" in refused.value.fields


def test_the_number_is_looked_at_again_at_the_moment_of_sending(hook, receiver, deliver):
    """A name that pointed elsewhere when it was entered: what counts is where it points now."""
    config.use(dataclasses.replace(config.settings(), webhook_private=False))
    delivery = close()
    deliver()
    assert receiver.got == []
    assert state(delivery).attempts == 1


@pytest.mark.parametrize(
    ("number", "open_"),
    [("8.8.8.8", True), ("2001:4860:4860::8888", True), ("100.64.0.1", False), ("224.0.0.1", False),
     ("2002:7f00:1::", False), ("fc00::1", False), ("240.0.0.1", False)],
)  # fmt: skip
def test_which_numbers_are_open(number, open_):
    assert targets.is_open(ipaddress.ip_address(number)) is open_


def test_the_page_shows_the_secret_once_and_what_became_of_each(client, login, make, receiver, deliver):
    login(make.user("platform_admin"))
    answer = client.post(
        "/platform/webhooks/new", data={"title": "Nhân sự", "address": receiver.url, "events": [FACT]}
    )
    webhook = Webhook.get()
    text = answer.get_data(as_text=True)
    secret = text.split('id="secret"')[1].split('value="')[1].split('"')[0]
    assert secret.startswith("whsec_")
    assert secret not in webhook.secret_sealed
    client.post(f"/platform/webhooks/{webhook.id}/try")
    receiver.status = 503
    close()
    deliver()
    page = client.get(f"/platform/webhooks/{webhook.id}").get_data(as_text=True)
    assert secret not in page
    assert "webhook.trial" in page
    assert "503" in page
    assert client.get("/platform/webhooks/").status_code == 200
    assert AuditRow.select().where(AuditRow.deed == "api.webhook_added").count() == 1


def test_a_wrong_address_is_said_beside_its_field(client, login, make):
    login(make.user("platform_admin"))
    answer = client.post(
        "/platform/webhooks/new", data={"title": "X", "address": "https://127.0.0.1/", "events": [FACT]}
    )
    assert answer.status_code == 422
    assert not Webhook.select().exists()
