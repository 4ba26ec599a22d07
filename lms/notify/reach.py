"""Whom a notice would reach, counted before anything is done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lms.access.models import User
from lms.notify.models import MailStop, NoticeChoice
from lms.notify.topics import topic_named


@dataclass(frozen=True)
class Reach:
    """How many people are told on their pages, and how many of them by mail as well."""

    people: int
    by_mail: int


def reach(users: Iterable[User], topic: str) -> Reach:
    """Count whom a notice of the topic would reach, as each one chose; two queries. Raises LookupError."""
    wanted = topic_named(topic)
    people = {user.id: user for user in users}
    modes = dict(
        NoticeChoice.select(NoticeChoice.user, NoticeChoice.mode)
        .where(NoticeChoice.topic == topic, NoticeChoice.user.in_(list(people) or [-1]))
        .tuples()
    )
    addresses = [str(user.email).lower() for user in people.values()]
    stopped = {
        row.address.lower() for row in MailStop.select().where(MailStop.address.in_(addresses or [""]))
    }
    mailed = [
        user
        for user in people.values()
        if (wanted.always or modes.get(user.id, wanted.mode) != "none")
        and str(user.email).lower() not in stopped
    ]
    return Reach(len(people), len(mailed))
