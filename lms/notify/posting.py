"""Bring the outbox to the mail server: claimed, sent, marked; retried with back-off; throttled.

A letter is claimed in one transaction, sent outside any, and marked in another. A worker killed between sending and
marking leaves it "sending"; after the lease another worker sends it again **with the same Message-ID**, by which mail
programs know it for the same letter: at least once, never silently lost.
"""

from __future__ import annotations

import logging
import smtplib
import ssl
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from typing import Any, Literal
from urllib.parse import parse_qs, unquote, urlsplit

from lms import clock
from lms.config import settings
from lms.db import atomic
from lms.jobs import huey
from lms.notify import meaning, stops
from lms.notify.composing import Nothing, compose
from lms.notify.models import Mail, MailStop
from lms.notify.returned import tags

log = logging.getLogger(__name__)

#: Minutes until the next attempt; after the last one the letter is given up.
BACK_OFF = (1, 5, 15, 60, 180, 360, 720)
TIMEOUT = 20

#: SMTP replies that speak of the mailbox, unless the status in them says otherwise (`meaning`).
OF_THE_MAILBOX = frozenset({550, 551, 553})


@dataclass(frozen=True)
class Outcome:
    """What became of an attempt."""

    state: Literal["sent", "waiting", "failed", "bounced", "suppressed"]
    reason: str = ""
    #: What the mail server said of the recipient for good (RFC 3463).
    status: str = ""


@huey.task()
def _post(mail_id: int) -> None:
    post(mail_id)


def wake(mail_ids: Iterable[int]) -> None:
    """Queue letters that are due now, in the caller's transaction; the timetable finds the others in time."""
    if not settings().smtp_url:
        return
    ids = list(mail_ids)
    query = Mail.select(Mail.id).where(
        Mail.id.in_(ids or [-1]), Mail.state == "waiting", Mail.due_at <= clock.now()
    )
    for row in query.tuples():
        _post(row[0])


def due() -> list[int]:
    """Letters that should go out now, the oldest first; also those a dead worker left half done."""
    lease = clock.now() - timedelta(seconds=settings().lease_seconds)
    ready = (Mail.state == "waiting") & (Mail.due_at <= clock.now())
    left = (Mail.state == "sending") & (Mail.claimed_at < lease)
    query = Mail.select(Mail.id).where(ready | left).order_by(Mail.due_at, Mail.id).limit(200)
    return [row[0] for row in query.tuples()]


def queue_due() -> int:
    """Queue what is due; returns how many letters. Nothing while no mail server is set."""
    if not settings().smtp_url:
        return 0
    ids = due()
    for mail_id in ids:
        _post(mail_id)
    return len(ids)


def post(mail_id: int) -> Outcome | None:
    """Send one letter if it is due and nobody else is at it; returns what became of it, None when it was not sent here."""
    mail = _claim(mail_id)
    if mail is None:
        return None
    outcome = _try(mail)
    _mark(mail, outcome)
    return outcome


@atomic
def _claim(mail_id: int) -> Mail | None:
    if not settings().smtp_url or _throttled(mail_id):
        return None
    now = clock.now()
    lease = now - timedelta(seconds=settings().lease_seconds)
    ready = (Mail.state == "waiting") & (Mail.due_at <= now)
    left = (Mail.state == "sending") & (Mail.claimed_at < lease)
    mine = (
        Mail.update(state="sending", claimed_at=now, attempts=Mail.attempts + 1)
        .where(Mail.id == mail_id, ready | left)
        .execute()
    )
    return Mail.get_by_id(mail_id) if mine else None


def _throttled(mail_id: int) -> bool:
    """Whether this minute's letters are used up; the letter then waits for the next minute."""
    minute_ago = clock.now() - timedelta(minutes=1)
    busy = Mail.select().where(Mail.claimed_at > minute_ago).count() >= settings().mail_per_minute
    if busy:
        Mail.update(due_at=clock.now() + timedelta(minutes=1)).where(
            Mail.id == mail_id, Mail.state == "waiting"
        ).execute()
    return busy


def _try(mail: Mail) -> Outcome:
    if stop := MailStop.get_or_none(MailStop.address == mail.address):
        return Outcome(
            "suppressed", str(stop.reason), str(stop.status) or meaning.status_in(str(stop.reason))
        )
    try:
        message = compose(mail)
        _hand_over(message, tags.sender_of(mail), mail.address)
    except Nothing as reason:
        return Outcome("suppressed", str(reason))
    except Exception as problem:
        log.warning("mail %s: %s", mail.id, type(problem).__name__)
        return judge(problem, mail.attempts)
    return Outcome("sent")


def judge(problem: Exception, attempts: int) -> Outcome:
    """What a failed attempt means: try again, give this letter up, or the address does not exist."""
    reason = f"{type(problem).__name__}: {problem}"[:500]
    if isinstance(problem, smtplib.SMTPRecipientsRefused):
        code, raw = next(iter(problem.recipients.values()))
        words = _words(raw)
        reason = f"{code} {words}"[:500]
        status = meaning.status_in(reason)
        if code in OF_THE_MAILBOX and meaning.blame(status) == "address":
            return Outcome("bounced", reason, status)
        if code >= 500:
            full = (
                status if status == "5.2.2" else ""
            )  # of what may pass, our own server only knows this for sure
            return Outcome("failed", reason, full)
    elif isinstance(problem, smtplib.SMTPAuthenticationError):
        pass  # the server's settings, not the letter: it goes out when they are right
    elif isinstance(problem, smtplib.SMTPResponseException) and problem.smtp_code >= 500:
        return Outcome("failed", f"{problem.smtp_code} {_words(problem.smtp_error)}"[:500])
    return Outcome("failed" if attempts > len(BACK_OFF) else "waiting", reason)


def _words(raw: bytes | str) -> str:
    return raw.decode(errors="replace") if isinstance(raw, bytes) else str(raw)


@atomic
def _mark(mail: Mail, outcome: Outcome) -> None:
    values: dict[str, Any] = {
        "state": outcome.state,
        "error": outcome.reason[:500],
        "subject": mail.subject,
        "text": mail.text,
    }
    if outcome.state == "sent":
        values["sent_at"] = clock.now()
    if outcome.state == "waiting":
        values["due_at"] = clock.now() + timedelta(minutes=BACK_OFF[min(mail.attempts, len(BACK_OFF)) - 1])
    if outcome.state == "suppressed":
        values["status"] = outcome.status
    Mail.update(**values).where(Mail.id == mail.id, Mail.state == "sending").execute()
    if outcome.status and outcome.state in {"bounced", "failed"}:
        stops.came_back(mail, outcome.status, outcome.reason, through="smtp")


def _hand_over(message: EmailMessage, sender: str, address: str) -> None:
    with _connect() as server:
        server.send_message(message, sender, [address])


def _connect() -> smtplib.SMTP:
    """A connection as LMS_SMTP_URL says: smtp://user:password@host:587?tls=starttls, smtps://host."""
    url = urlsplit(settings().smtp_url)
    host = url.hostname or "localhost"
    if url.scheme == "smtps":
        context = ssl.create_default_context()
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, url.port or 465, timeout=TIMEOUT, context=context)
    else:
        server = smtplib.SMTP(host, url.port or 25, timeout=TIMEOUT)
        if url.port == 587 or parse_qs(url.query).get("tls") == ["starttls"]:
            server.starttls(context=ssl.create_default_context())
    if url.username:
        server.login(unquote(url.username), unquote(url.password or ""))
    return server
