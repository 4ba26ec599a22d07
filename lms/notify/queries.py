"""Reads on notices and the outbox."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from lms.access import can
from lms.access.models import User
from lms.errors import NotFound
from lms.notify.models import Mail, MailStop, Notice, NoticeChoice, QuietHours
from lms.notify.timing import QUIET

STATES = ("waiting", "sent", "failed", "bounced", "suppressed")


def notices_of(user: User) -> Any:
    """What a person was told, the latest first."""
    return Notice.select().where(Notice.user == user.id).order_by(Notice.id.desc())


def notice_or_404(notice_id: int, user: User) -> Notice:
    """One notice of the person. Raises NotFound."""
    found: Notice | None = notices_of(user).where(Notice.id == notice_id).first()
    if found is None:
        raise NotFound(_("There is no such notice of yours."))
    return found


def unread(user: User) -> int:
    """How many notices the person has not seen."""
    return int(notices_of(user).where(Notice.read_at.is_null()).count())


def mails_for(user: User, *, state: str = "", search: str = "", about: str = "") -> Any:
    """The outbox, the latest first: all of it for who runs the platform, else what the person caused."""
    query = Mail.select().order_by(Mail.id.desc())
    carried = Notice.select(Notice.mail).where(Notice.mail.is_null(False))
    if not can(user, "platform.mail"):
        query = query.where(Mail.id.in_(carried.where(Notice.by == user.id)))
    if about:
        query = query.where(Mail.id.in_(carried.where(Notice.about == about)))
    if state == "waiting":
        query = query.where(Mail.state.in_(["waiting", "sending"]))
    elif state in STATES:
        query = query.where(Mail.state == state)
    if search:
        query = query.where(
            Mail.address.contains(search) | Mail.name.contains(search) | Mail.subject.contains(search)
        )
    return query


def titles(mails: list[Mail]) -> dict[int, list[str]]:
    """What each letter tells: mail id → titles of its notices; one question."""
    found: dict[int, list[str]] = {}
    rows = Notice.select(Notice.mail, Notice.title).where(
        Notice.mail.in_([mail.id for mail in mails] or [-1])
    )
    for mail_id, title in rows.order_by(Notice.id).tuples():
        found.setdefault(mail_id, []).append(title)
    return found


def mail_or_404(mail_id: int, user: User) -> Mail:
    """One letter the person may see. Raises NotFound."""
    found: Mail | None = mails_for(user).where(Mail.id == mail_id).first()
    if found is None:
        raise NotFound(_("There is no such mail among yours."))
    return found


def stop_or_404(stop_id: int) -> MailStop:
    """One stopped address. Raises NotFound."""
    found: MailStop | None = MailStop.get_or_none(MailStop.id == stop_id)
    if found is None:
        raise NotFound(_("This address is not stopped any more."))
    return found


def is_stopped(address: str) -> bool:
    """Whether mail to this address is stopped."""
    return bool(MailStop.select().where(MailStop.address == address).exists())


def choices_of(user: User) -> dict[str, str]:
    """What a person chose: topic → way."""
    query = NoticeChoice.select(NoticeChoice.topic, NoticeChoice.mode).where(NoticeChoice.user == user.id)
    return dict(query.tuples())


def quiet_of(user: User) -> tuple[str, str]:
    """The person's quiet hours, "21:00" and "07:00" until changed."""
    row = QuietHours.get_or_none(QuietHours.user == user.id)
    return (row.begin, row.end) if row else QUIET
