"""Everything about addresses that take no mail: letters that came back, the list, and the way off it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from lms import audit, clock
from lms.access.models import User
from lms.db import atomic
from lms.notify import meaning
from lms.notify.models import Mail, MailStop

#: So many letters to one address that came back for a reason that may pass, within so many days, stop it.
LETTERS = 3
WITHIN = timedelta(days=30)


@atomic
def came_back(mail: Mail, status: str, reason: str, *, through: str) -> bool:
    """A letter was not delivered: note it, count it, and stop the address when it is to blame. Returns whether it stops.

    `status` as in RFC 3463 ("5.1.1"), `reason` in the other server's words, `through` how we heard: "smtp", "report".
    """
    blame = meaning.blame(status)
    Mail.update(status=status, returned_at=clock.now(), counts=blame == "counted").where(
        Mail.id == mail.id
    ).execute()
    if blame == "address":
        return _stop(str(mail.address), status, reason, letters=1, through=through)
    letters = _counted(str(mail.address)) if blame == "counted" else 0
    if letters < LETTERS:
        return False
    return _stop(str(mail.address), status, reason, letters=letters, through=through)


def _stop(address: str, status: str, reason: str, *, letters: int, through: str) -> bool:
    stop, fresh = MailStop.get_or_create(address=address, defaults={"reason": reason[:500], "status": status})
    if fresh:
        audit.record(None, "notify.stopped", stop, status=status, letters=letters, through=through)
    return bool(fresh)


def _counted(address: str) -> int:
    since = clock.now() - WITHIN
    return int(Mail.select().where(Mail.address == address, Mail.counts, Mail.returned_at > since).count())


@atomic
def lift(stop: MailStop, *, by: User | None) -> None:
    """Let mail go to an address again; what was counted against it is forgotten."""
    audit.record(by, "notify.lifted", stop, reason=stop.reason)
    Mail.update(counts=False).where(Mail.address == stop.address, Mail.counts).execute()
    stop.delete_instance()


def listed(search: str = "") -> Any:
    """Addresses nothing is sent to, the latest first."""
    query = MailStop.select().order_by(MailStop.since.desc(), MailStop.id.desc())
    return query.where(MailStop.address.contains(search)) if search else query


def people_at(stops: list[MailStop]) -> dict[str, str]:
    """Whose addresses these are: address → name of the account; one question."""
    addresses = [str(stop.address) for stop in stops]
    rows = User.select(User.email, User.display_name).where(User.email.in_(addresses or [""]))
    return dict(rows.tuples())
