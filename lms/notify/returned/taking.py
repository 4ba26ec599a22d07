"""One message that arrived at the address for returns: known for what it is and heeded, or left alone. Nothing is ever answered."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from lms import audit, clock
from lms.db import atomic
from lms.notify import meaning, stops
from lms.notify.models import Mail
from lms.notify.returned import reports, tags
from lms.notify.returned.reports import Report, Unread

log = logging.getLogger(__name__)

#: Mail servers give a letter up after five days or so; a report that comes much later is none.
OLDEST = timedelta(days=30)


@dataclass(frozen=True)
class Taken:
    """What was made of a message: the address is `stopped`, the return `noted`, the letter still `waits`, or it was `refused`."""

    what: Literal["stopped", "noted", "waits", "refused"]
    #: For the operator; names no address.
    sentence: str


def take(raw: bytes, delivered_to: Iterable[str] = ()) -> Taken:
    """Heed one message as it came. Raises nothing for what is in it; the same message may come again.

    `delivered_to`: addresses the mail server says it was for, beside those in its headers.
    """
    try:
        message = reports.opened(raw)
        mail = tags.letter_of([*delivered_to, *reports.recipients(message)])
        if mail is None:
            raise Unread("it was sent to no letter's return address")
        taken = _heed(mail, reports.read(message, str(mail.address)))
    except Unread as reason:
        taken = Taken("refused", f"Left alone: {reason}.")
    log.info("returned mail: %s", taken.sentence)
    return taken


@atomic
def _heed(mail: Mail, report: Report) -> Taken:
    handed_over = mail.sent_at or mail.claimed_at
    if mail.state not in {"sent", "sending"} or handed_over is None:
        raise Unread(f"letter {mail.id} is not under way; nothing more to note")
    if handed_over < clock.now() - OLDEST:
        raise Unread(f"letter {mail.id} was sent too long ago")
    if report.action == "delayed":
        Mail.update(status=report.status, error=report.words).where(Mail.id == mail.id).execute()
        return Taken(
            "waits", f"Letter {mail.id} is delayed ({report.status}); the other server goes on trying."
        )
    Mail.update(state="bounced", error=report.words).where(Mail.id == mail.id).execute()
    audit.record(None, "notify.returned", mail, status=report.status)
    if stops.came_back(mail, report.status, report.words, through="report"):
        return Taken(
            "stopped", f"Letter {mail.id} came back ({report.status}); its address takes no mail now."
        )
    kept = "counted" if meaning.blame(report.status) == "counted" else "noted"
    return Taken("noted", f"Letter {mail.id} came back ({report.status}); {kept}.")
