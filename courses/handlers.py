"""What courses does when facts happen: who is concerned hears of moved and cancelled sessions, and calendars follow."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

from flask_babel import LazyString, lazy_gettext
from flask_babel import gettext as _
from flask_babel import lazy_ngettext as _n

from courses import queries
from courses.events import ClassCancelled, SessionsChanged
from courses.models import Klass
from courses.queries import calendar
from courses.queries.telling import KNOWN_STATES, TOPIC
from lms import clock
from lms.access.models import User
from lms.answers import CalendarEntry
from lms.events import on
from lms.notify import notify
from lms.notify.calendars import Change, track

#: Changes that one notice spells out.
SPELT_OUT = 15


@on(SessionsChanged)
def tell_changes(event: SessionsChanged) -> None:
    """Tell learners and lecturers what changed in sessions that are still to come."""
    _follow(event.class_id, User.get_or_none(User.id == event.by_id) if event.by_id else None)


@on(ClassCancelled)
def tell_cancelled(event: ClassCancelled) -> None:
    """A cancelled class takes its sessions with it."""
    _follow(event.class_id, None)


def _follow(class_id: int, by: User | None) -> None:
    klass = queries.class_or_404(class_id)
    changes = [change for change in track(calendar.entries_of_class(klass)) if _concerns(change)]
    if not changes or klass.state not in KNOWN_STATES:
        return
    seen = [change for change in changes if change.before and _looks(change.before) != _looks(change.entry)]
    if seen:
        _tell(klass, calendar.accounts_of_learners(klass), seen, by)
    for lecturer, own in _by_lecturer(changes).items():
        _tell(klass, [lecturer], own, by)


def _concerns(change: Change) -> bool:
    """Whether an entry that was told before, and is not over, is another one now."""
    if change.before is None:
        return False
    return max(change.entry.ends_at, change.before.ends_at) > clock.now()


def _looks(entry: CalendarEntry) -> tuple[Any, ...]:
    """What everybody sees of an entry; who teaches concerns lecturers only."""
    return (entry.starts_at, entry.ends_at, entry.title, entry.place, entry.cancelled)


def _by_lecturer(changes: list[Change]) -> dict[User, list[Change]]:
    """The changes each lecturer hears of; to who no longer teaches a session it is cancelled, to a new one it is new."""
    ids = {int(who) for change in changes for who in _teachers(change)}
    accounts = calendar.accounts_of_lecturers(ids)
    found: dict[User, list[Change]] = {}
    for change in changes:
        before = change.before.who if change.before else ""
        for who in _teachers(change):
            user = accounts.get(int(who))
            if user is None:
                continue
            own = change
            if who != change.entry.who:
                own = replace(change, entry=replace(change.entry, cancelled=True))
            elif who != before:
                own = replace(change, before=None)
            found.setdefault(user, []).append(own)
    return found


def _teachers(change: Change) -> set[str]:
    return {who for who in (change.entry.who, change.before.who if change.before else "") if who}


def _tell(klass: Klass, people: list[User], changes: list[Change], by: User | None) -> None:
    told = "|".join(f"{change.entry.uid}:{change.entry.sequence}" for change in changes)
    notify(
        people,
        TOPIC,
        _title(klass, changes),
        LazyString(_lines, klass, changes),
        f"/classes/{klass.id}/sessions",
        key=f"sessions:{hashlib.sha256(told.encode()).hexdigest()}",
        about=klass,
        by=by,
        calendar=[change.entry for change in changes],
    )


def _title(klass: Klass, changes: list[Change]) -> Any:
    if klass.state == "cancelled":
        return lazy_gettext("Class %(code)s is cancelled", code=klass.code)
    if all(change.entry.cancelled for change in changes):
        return _n(
            "Class %(code)s: %(num)s session cancelled",
            "Class %(code)s: %(num)s sessions cancelled",
            len(changes),
            code=klass.code,
        )
    return _n(
        "Class %(code)s: %(num)s session changed",
        "Class %(code)s: %(num)s sessions changed",
        len(changes),
        code=klass.code,
    )


def _lines(klass: Klass, changes: list[Change]) -> str:
    lines = [str(klass.title), *(_line(change) for change in changes[:SPELT_OUT])]
    if len(changes) > SPELT_OUT:
        lines.append(_("… and %(count)s more; see the timetable.", count=len(changes) - SPELT_OUT))
    return "\n".join(lines)


def _line(change: Change) -> str:
    entry, before = change.entry, change.before
    topic = entry.title
    if entry.cancelled:
        return str(_("Cancelled: %(when)s, %(topic)s", when=_when(before or entry), topic=topic))
    if before is None:
        return str(
            _("Now yours: %(when)s, %(topic)s (%(place)s)", when=_when(entry), topic=topic, place=entry.place)
        )
    if before.cancelled:
        return str(
            _(
                "Takes place after all: %(when)s, %(topic)s (%(place)s)",
                when=_when(entry),
                topic=topic,
                place=entry.place,
            )
        )
    if (before.starts_at, before.ends_at) != (entry.starts_at, entry.ends_at):
        return str(
            _(
                "Moved: %(before)s → %(when)s, %(topic)s (%(place)s)",
                before=_when(before),
                when=_when(entry),
                topic=topic,
                place=entry.place,
            )
        )
    if before.place != entry.place:
        return str(
            _(
                "Other place: %(place)s, %(when)s, %(topic)s (before: %(before)s)",
                place=entry.place,
                when=_when(entry),
                topic=topic,
                before=before.place,
            )
        )
    return str(
        _("Changed: %(when)s, %(topic)s (%(place)s)", when=_when(entry), topic=topic, place=entry.place)
    )


def _when(entry: CalendarEntry) -> str:
    starts, ends = clock.local(entry.starts_at), clock.local(entry.ends_at)
    return f"{starts:%H:%M}–{ends:%H:%M} {starts:%d/%m/%Y}"
