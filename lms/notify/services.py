"""Tell people something, once; keep what they want to hear."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask_babel import force_locale
from flask_babel import gettext as _

from lms import audit, clock, text
from lms.access.models import User
from lms.answers import CalendarEntry
from lms.config import settings
from lms.db import atomic, insert_many
from lms.errors import Conflict, Invalid
from lms.notify import posting
from lms.notify.ical import written
from lms.notify.models import DIRECT, Mail, Notice, NoticeChoice, QuietHours
from lms.notify.timing import QUIET, due
from lms.notify.topics import MODES, topic_named, topics
from lms.people.models import Official
from lms.plugins.contract import Topic


@atomic
def notify(
    people: Iterable[User | Official],
    topic: str,
    title: Any,
    body: Any = "",
    link: str = "",
    *,
    key: str,
    by: User | None = None,
    about: Any = None,
    calendar: Iterable[CalendarEntry] = (),
) -> int:
    """Tell people something on their pages and, as each one chose, by mail; returns how many were told now.

    Officials are told through their account; who has none is left out. `title` and `body` may be lazy texts: each
    person reads them in the own language. `link` is an address within the site. The same `key` tells a person only
    once, however often it is called. `about` is the row it is about, `by` who caused it (and may follow the mail).
    Raises LookupError for a topic no manifest declares.
    """
    wanted = topic_named(topic)
    key = key if len(key) <= 120 else hashlib.sha256(key.encode()).hexdigest()
    users = _untold(people, key)
    if not users:
        return 0
    letters = _letters(users, wanted, key, title)
    kept = [written(entry) for entry in calendar]
    rows = []
    for user in users:
        with force_locale(str(user.language or "vi")):
            rows.append(
                {
                    "user": user.id,
                    "key": key,
                    "topic": topic,
                    "title": text.clean_line(str(title))[:300],
                    "body": str(body),
                    "link": link[:300],
                    "calendar": kept,
                    "about": f"{about._meta.table_name}/{about._pk}" if about is not None else "",
                    "by": getattr(by, "id", None),
                    "mail": letters.get(user.id),
                    "created_at": clock.now(),
                }
            )
    insert_many(Notice, rows)
    posting.wake(set(letters.values()))
    return len(rows)


@atomic
def write_to(address: str, name: str, subject: str, words: str, *, key: str) -> bool:
    """Put a letter of plain text to somebody without an account into the outbox, once a `key`; returns whether it is new."""
    key = f"{DIRECT}{key}"
    if Mail.select().where(Mail.key == key).exists():
        return False
    mail = Mail.create(
        key=key,
        address=address,
        name=name[:120],
        subject=text.clean_line(subject)[:300],
        text=words,
        message_id=_message_id(),
    )
    posting.wake({mail.id})
    return True


def _untold(people: Iterable[User | Official], key: str) -> list[User]:
    """The active accounts of the people that were not told this yet."""
    people = list(people)
    ids = {one.id for one in people if isinstance(one, User)}
    officials = [one.id for one in people if isinstance(one, Official)]
    if not people:
        return []
    found = list(
        User.select().where(_is_among(User.id, ids) | _is_among(User.official, officials), User.active)
    )
    told = {
        row[0]
        for row in Notice.select(Notice.user)
        .where(Notice.key == key, Notice.user.in_([user.id for user in found] or [-1]))
        .tuples()
    }
    return [user for user in found if user.id not in told]


def _is_among(field: Any, ids: Iterable[int]) -> Any:
    return field.in_(list(ids) or [-1])


def _letters(users: list[User], topic: Topic, key: str, title: Any) -> dict[int, int]:
    """A letter for each person who wants the topic by mail: user id → mail id."""
    ids = [user.id for user in users]
    choices = dict(
        NoticeChoice.select(NoticeChoice.user, NoticeChoice.mode)
        .where(NoticeChoice.topic == topic.name, NoticeChoice.user.in_(ids))
        .tuples()
    )
    quiet = {row.user_id: (row.begin, row.end) for row in QuietHours.select().where(QuietHours.user.in_(ids))}
    plans: dict[str, tuple[User, Any]] = {}
    for user in users:
        mode = "now" if topic.always else choices.get(user.id, topic.mode)
        if mode == "none":
            continue
        begin, end = ("00:00", "00:00") if topic.always else quiet.get(user.id, QUIET)
        when = due(mode, clock.now(), begin, end)
        own = f"digest:{user.id}:{when.at:%Y%m%dT%H%M}" if when.shared else f"{user.id}:{key}"
        plans[own] = (user, when)
    known = _mails(plans)
    with_title = text.clean_line(str(title))[:300]
    fresh = [
        {
            "key": own,
            "user": user.id,
            "address": user.email,
            "name": user.display_name,
            "subject": "" if when.shared else with_title,
            "message_id": _message_id(),
            "due_at": when.at,
            "created_at": clock.now(),
        }
        for own, (user, when) in plans.items()
        if own not in known
    ]
    insert_many(Mail, fresh)
    known |= _mails({row["key"]: None for row in fresh})
    return {user.id: known[own] for own, (user, _when) in plans.items()}


def _mails(keys: Mapping[str, Any]) -> dict[str, int]:
    if not keys:
        return {}
    return dict(Mail.select(Mail.key, Mail.id).where(Mail.key.in_(list(keys))).tuples())


def _message_id() -> str:
    return f"<{uuid.uuid4().hex}@{urlsplit(settings().base_url).hostname or 'localhost'}>"


@atomic
def read(notice: Notice) -> None:
    """The person has seen a notice."""
    Notice.update(read_at=clock.now()).where(Notice.id == notice.id, Notice.read_at.is_null()).execute()


@atomic
def read_all(user: User) -> int:
    """The person has seen all notices; returns how many were new."""
    return int(
        Notice.update(read_at=clock.now()).where(Notice.user == user.id, Notice.read_at.is_null()).execute()
    )


@dataclass(frozen=True)
class Wishes:
    """How a person wants each topic, and the quiet hours."""

    modes: Mapping[str, str]
    begin: str
    end: str


@atomic
def choose(user: User, wishes: Wishes) -> None:
    """Keep what a person wants to hear by mail. Raises Invalid for a way that does not exist."""
    known = {topic.name for topic in topics() if not topic.always}
    for name, mode in wishes.modes.items():
        if name not in known or mode not in MODES:
            raise Invalid(_("Please choose one of the ways offered."))
    for name, mode in wishes.modes.items():
        NoticeChoice.delete().where(NoticeChoice.user == user.id, NoticeChoice.topic == name).execute()
        NoticeChoice.create(user=user.id, topic=name, mode=mode)
    QuietHours.delete().where(QuietHours.user == user.id).execute()
    QuietHours.create(user=user.id, begin=wishes.begin, end=wishes.end)
    audit.record(user, "notify.chosen", user, quiet=f"{wishes.begin}–{wishes.end}")


@atomic
def send_again(mail: Mail, *, by: User | None) -> None:
    """Try a letter once more that was given up. Raises Conflict for one that went out or is still waiting."""
    if mail.state not in {"failed", "bounced", "suppressed"}:
        raise Conflict(_("This mail is sent or still waiting; there is nothing to repeat."))
    Mail.update(
        state="waiting", due_at=clock.now(), attempts=0, error="", status="", claimed_at=None, counts=False
    ).where(Mail.id == mail.id).execute()
    audit.record(by, "notify.sent_again", mail, address=mail.address)
    posting.wake({mail.id})
