"""What other mail servers write when a letter is not delivered: RFC 3464, and the prose of old servers.

Everything in here came from strangers. Nothing raises but Unread, nothing is believed beyond the one letter that the
return address named.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from email import policy
from email.message import Message
from email.parser import BytesParser
from typing import Literal

from lms import text
from lms.notify import meaning

#: Bytes of a message that are read at most. Our letters are small, so are reports with a letter inside.
MOST_BYTES = 1_000_000
#: Parts that are looked at, recipients of a report, characters of prose, values of a header.
MOST_PARTS, MOST_RECIPIENTS, MOST_PROSE, MOST_VALUES = 20, 50, 20_000, 20

#: Where mail servers note to whom a message was delivered.
_RECIPIENT_HEADERS = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To")
_SERVERS_NAMES = re.compile(r"\b(mailer-daemon|postmaster|mail delivery)\b", re.IGNORECASE)
#: Below these lines stands the letter itself, whose words mean nothing here.
_LETTER_BELOW = re.compile(
    r"^-{2,}.*(copy of|original message|returned message|below this line|headers follow)", re.I | re.M
)
_NOT_YET = re.compile(r"\b(delayed|delay|warning|not yet|will retry)\b", re.IGNORECASE)
#: Prose shows for sure only what is for good.
_SURE = "5."


class Unread(Exception):
    """This is no report on a letter; the sentence says why. It is left alone."""


@dataclass(frozen=True)
class Report:
    """What became of the letter at the other end: `failed` for good or `delayed`, the status (RFC 3463), and their words."""

    action: Literal["failed", "delayed"]
    status: str
    words: str


def opened(raw: bytes) -> Message:
    """The message. Raises Unread when it is too large or not one."""
    if len(raw) > MOST_BYTES:
        raise Unread(f"larger than {MOST_BYTES} bytes")
    try:
        message = BytesParser(policy=policy.compat32).parsebytes(raw)
    except (RecursionError, ValueError, LookupError, TypeError, AttributeError) as problem:
        raise Unread(f"garbled ({type(problem).__name__})") from problem
    if not message.keys():
        raise Unread("garbled (no headers)")
    return message


def recipients(message: Message) -> list[str]:
    """To whom it was delivered, as far as its headers say."""
    return [
        str(value)[:1000]
        for name in _RECIPIENT_HEADERS
        for value in (message.get_all(name) or [])[:MOST_VALUES]
    ]


def read(message: Message, address: str) -> Report:
    """What a message says of the letter to `address`. Raises Unread for everything that is no such report."""
    try:
        if message.get_content_type() == "multipart/report":
            return _standard(message, address)
        return _prose(message, address)
    except (RecursionError, ValueError, LookupError, TypeError, AttributeError) as problem:
        raise Unread(f"garbled ({type(problem).__name__})") from problem


# --- RFC 3464 ----------------------------------------------------------------------------------


def _standard(message: Message, address: str) -> Report:
    kind = str(message.get_param("report-type", "delivery-status")).lower()
    if kind != "delivery-status" or not message.is_multipart():
        raise Unread("a report of another kind")
    found = [_recipient(block) for block in _blocks(message)]
    about = [(whom, report) for whom, report in found if report]
    if not about:
        raise Unread("no recipient that failed or waits")
    for whom, report in about:
        if address.lower() in whom:
            return report
    if len(about) < len(found):
        raise Unread("other recipients got it")
    # An address that forwards: it is to blame as far as the best of what it leads to.
    return min((report for _whom, report in about), key=lambda one: (one.action == "failed", one.status))


def _blocks(message: Message) -> list[Message]:
    """The lines on each recipient."""
    for part in _parts(message):
        if part.get_content_type() in {"message/delivery-status", "message/global-delivery-status"}:
            blocks = part.get_payload()
            if isinstance(blocks, list):
                told = [one for one in blocks if isinstance(one, Message) and one.get("Action")]
                return told[:MOST_RECIPIENTS]
    raise Unread("no delivery status in it")


def _parts(message: Message) -> list[Message]:
    payload = message.get_payload()
    return (
        [one for one in payload if isinstance(one, Message)][:MOST_PARTS] if isinstance(payload, list) else []
    )


def _recipient(block: Message) -> tuple[str, Report | None]:
    """Whom the lines are about, in small letters; what became of it, None when it arrived."""
    whom = " ".join(str(block.get(name, "")) for name in ("Original-Recipient", "Final-Recipient")).lower()
    action = str(block.get("Action", "")).split("(")[0].strip().lower()
    if action not in {"failed", "delayed"}:
        return whom, None
    said = str(block.get("Diagnostic-Code", ""))
    status = _finest(meaning.status_in(str(block.get("Status", ""))), meaning.status_in(said))
    if not status or status.startswith("2."):
        raise Unread("no status in it")
    return whom, Report("failed" if action == "failed" else "delayed", status, _line(said or status))


def _finest(status: str, said: str) -> str:
    """A server that says only "5.0.0" often says more in its words."""
    vague = not status or status.endswith(".0.0")
    return said if vague and said and (not status or said[0] == status[0]) else status


# --- prose -------------------------------------------------------------------------------------


def _prose(message: Message, address: str) -> Report:
    """The bounce of an old server: from the server itself, naming the address, with a code beside it."""
    if str(message.get("Return-Path", "<>")).strip() not in {"<>", ""}:
        raise Unread("written by somebody, not by a server")
    named = [str(value).lower() for value in (message.get_all("X-Failed-Recipients") or [])[:MOST_VALUES]]
    if not named and not _SERVERS_NAMES.search(str(message.get("From", ""))[:500]):
        raise Unread("an answer of somebody, not of a mail server")
    told = _told(message)
    place = told.lower().find(address.lower())
    if place < 0:
        raise Unread("it does not name the address")
    beside = re.split(r"\n\s*\n", told[place : place + 1500].replace("\r\n", "\n"))[0]
    status = meaning.status_in(beside)
    if not status or status.startswith("2."):
        raise Unread("no status in it")
    waits = _NOT_YET.search(str(message.get("Subject", ""))[:500]) or not status.startswith(_SURE)
    return Report("delayed" if waits else "failed", status, _line(beside[len(address) :]))


def _told(message: Message) -> str:
    """What the server wrote, without the letter it returns."""
    part = message
    if message.is_multipart():
        plain = [one for one in _parts(message) if one.get_content_type() == "text/plain"]
        if not plain:
            raise Unread("no text in it")
        part = plain[0]
    raw = part.get_payload(decode=True)
    if not isinstance(raw, bytes):
        raise Unread("no text in it")
    written = raw[:MOST_PROSE].decode("utf-8", "replace")
    below = _LETTER_BELOW.search(written)
    return written[: below.start()] if below else written


def _line(said: str) -> str:
    """Words of a stranger as one clean line that every database keeps."""
    return text.clean_line(said).strip(" <>:;")[:400]
