"""A letter from its notices: plain text, simple HTML, and calendar parts that programs act upon."""

from __future__ import annotations

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from flask import render_template
from flask_babel import force_locale, ngettext
from flask_babel import gettext as _

from lms import clock
from lms.access.models import User
from lms.config import settings
from lms.notify import ical
from lms.notify.models import DIRECT, Mail, Notice


class Nothing(Exception):
    """There is nothing left to send; the sentence says why."""


def compose(mail: Mail) -> EmailMessage:
    """The message of a letter, in its reader's language; sets its subject and text. Raises Nothing when all was read.

    A letter to somebody without an account has its words from the start and goes out as plain text.
    """
    if mail.key.startswith(DIRECT):
        return _message(mail, "", [])
    user = User.get_or_none(User.id == mail.user_id) if mail.user_id else None
    language = str(getattr(user, "language", None) or "vi")
    with force_locale(language):
        if user is None or not user.active:
            raise Nothing(_("The account is closed."))
        notices = list(Notice.select().where(Notice.mail == mail.id).order_by(Notice.id))
        if mail.key.startswith("digest:"):
            notices = [notice for notice in notices if notice.read_at is None]
        if not notices:
            raise Nothing(_("Everything in it was read on the site before."))
        mail.subject = _subject(notices)
        values = {
            "lang": language,
            "notices": notices,
            "name": mail.name,
            "base": settings().base_url,
            "site": settings().site_name,
        }
        mail.text = render_template("notify/mail.txt", **values)
        page = render_template("notify/mail.html", **values)
    return _message(mail, page, ical.parts(notices, mail.address))


def _subject(notices: list[Notice]) -> str:
    if len(notices) == 1:
        return str(notices[0].title)
    return ngettext("%(num)s notice", "%(num)s notices", len(notices))


def _message(mail: Mail, page: str, calendars: list[tuple[str, bytes]]) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["Subject"] = mail.subject
    message["From"] = Address(settings().site_name, addr_spec=settings().sender)
    message["To"] = Address(mail.name, addr_spec=mail.address)
    message["Date"] = format_datetime(clock.local(clock.now()))
    message["Message-ID"] = mail.message_id
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text, cte="base64")
    if page:
        message.add_alternative(page, subtype="html", cte="base64")
    for method, content in calendars:
        message.add_alternative(
            content.decode(), subtype="calendar", charset="utf-8", cte="base64", params={"method": method}
        )
    return message
