"""A mail server that keeps what it is given and refuses what a test tells it to, and a way to point the platform at it."""

from __future__ import annotations

import socket
from dataclasses import dataclass, field, replace
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller

from lms import config
from lms.plugins.contract import Topic
from lms.plugins.registry import registry

TOPICS = (
    Topic("lms.news", "Tin thử", "now"),
    Topic("lms.daily", "Tin gộp", "daily"),
    Topic("lms.safety", "An toàn tài khoản", always=True),
)


@dataclass
class Sink:
    """What arrived and from which envelope's sender, and the answers to give: `recipient` for RCPT TO by address, `data` for the letter; `drop` hangs up."""

    letters: list = field(default_factory=list)
    senders: list = field(default_factory=list)
    recipient: dict = field(default_factory=dict)
    data: str = ""
    drop: bool = False
    url: str = ""

    async def handle_RCPT(self, server, session, envelope, address, options):
        if answer := self.recipient.get(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.data:
            return self.data
        self.senders.append(envelope.mail_from)
        self.letters.append(message_from_bytes(envelope.content, policy=policy.default))
        if self.drop:  # taken, but the sender never hears it
            server.transport.abort()
        return "250 OK"


@pytest.fixture
def sink(app):
    sink = Sink()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(sink, hostname="127.0.0.1", port=port)
    controller.start()
    sink.url = f"smtp://127.0.0.1:{port}"
    before = config.settings()
    config.use(replace(before, smtp_url=sink.url))
    yield sink
    config.use(before)
    controller.stop()


@pytest.fixture(autouse=True)
def topics(app):
    """Topics of the kernel for the tests."""
    kernel = registry.found["lms"].plugin
    before = kernel.topics
    kernel.topics = TOPICS
    yield
    kernel.topics = before


@pytest.fixture
def post():
    """Send everything that is due; returns what became of each letter."""
    from lms.notify import posting

    return lambda: [outcome.state for mail in posting.due() if (outcome := posting.post(mail))]
