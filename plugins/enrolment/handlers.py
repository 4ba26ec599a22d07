"""What enrolment does when facts happen: agencies hear what became of their nominations."""

from __future__ import annotations

from flask_babel import LazyString, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_ngettext as _n
from peewee import fn

from courses.models import Klass
from lms.access import scope
from lms.access.models import User
from lms.events import on
from lms.notify import notify
from lms.people.models import Official, Organisation
from plugins.enrolment.events import DecisionsTakenBack, NominationsDecided
from plugins.enrolment.models import ACCEPTED, REJECTED, Nomination, NominationStep
from plugins.enrolment.queries import NOMINATE


@on(NominationsDecided)
def tell_agencies(event: NominationsDecided) -> None:
    """Tell each agency's training officers which of its people were accepted or turned down."""
    klass = Klass.get_by_id(event.class_id)
    rows = (
        Nomination.select(Nomination, Official, Organisation)
        .join(Official)
        .switch(Nomination)
        .join(Organisation, on=Nomination.organisation)
        .where(
            Nomination.id.in_(_ids(event.nominations)),
            # What was taken back since is told by `tell_taken_back`.
            Nomination.status.in_((ACCEPTED, REJECTED)),
        )
        .order_by(Official.name_sort, Official.id)
    )
    groups: dict[tuple[int, str], list[Nomination]] = {}
    for row in rows:
        groups.setdefault((row.organisation_id, row.status), []).append(row)
    for nominations in groups.values():
        _tell(klass, nominations)


@on(DecisionsTakenBack)
def tell_taken_back(event: DecisionsTakenBack) -> None:
    """Tell each agency's training officers whose nominations wait again."""
    klass = Klass.get_by_id(event.class_id)
    rows = (
        Nomination.select(Nomination, Official, Organisation)
        .join(Official)
        .switch(Nomination)
        .join(Organisation, on=Nomination.organisation)
        .where(Nomination.id.in_(_ids(event.nominations)))
        .order_by(Official.name_sort, Official.id)
    )
    groups: dict[int, list[Nomination]] = {}
    for row in rows:
        groups.setdefault(row.organisation_id, []).append(row)
    for nominations in groups.values():
        count, ids = len(nominations), "-".join(str(row.id) for row in nominations)
        notify(
            _officers(nominations[0]),
            "enrolment.decided",
            _n("%(num)s nomination for %(klass)s waits again", "%(num)s nominations for %(klass)s wait again", count, klass=klass.code),
            LazyString(_names, klass, nominations, True),
            f"/enrolment/classes/{klass.id}",
            key=f"waits-again:{_last_step(nominations)}:{ids}",
            about=klass,
            by=_decided_by(nominations[0]),
        )  # fmt: skip


def _ids(written: str) -> list[int]:
    return [int(one) for one in written.split(",") if one] or [-1]


def _last_step(nominations: list[Nomination]) -> int:
    """The last fact about these nominations: decided, taken back and decided again are told each."""
    ids = [row.id for row in nominations]
    return int(
        NominationStep.select(fn.MAX(NominationStep.id)).where(NominationStep.nomination.in_(ids)).scalar()
        or 0
    )


def _tell(klass: Klass, nominations: list[Nomination]) -> None:
    accepted = nominations[0].status == ACCEPTED
    count, ids = len(nominations), "-".join(str(row.id) for row in nominations)
    title = (
        _n("%(num)s nomination accepted into %(klass)s", "%(num)s nominations accepted into %(klass)s", count, klass=klass.code)
        if accepted
        else _n("%(num)s nomination for %(klass)s turned down", "%(num)s nominations for %(klass)s turned down", count, klass=klass.code)
    )  # fmt: skip
    notify(
        _officers(nominations[0]),
        "enrolment.decided",
        title,
        LazyString(_names, klass, nominations, accepted),
        f"/enrolment/classes/{klass.id}",
        key=f"decided:{nominations[0].status}:{_last_step(nominations)}:{ids}",
        about=klass,
        by=_decided_by(nominations[0]),
    )


def _names(klass: Klass, nominations: list[Nomination], accepted: bool) -> str:
    """The people by name, at most ten, and the reason they were turned down for."""
    shown = [str(row.official.full_name) for row in nominations[:10]]
    if more := len(nominations) - len(shown):
        shown.append(ngettext("%(num)s more", "%(num)s more", more))
    lines = [str(klass.title), ", ".join(shown)]
    if not accepted and nominations[0].reason:
        lines.append(_("Reason: %(reason)s", reason=nominations[0].reason))
    return "\n".join(lines)


def _officers(nomination: Nomination) -> list[User]:
    """Whoever nominates for the agency or for one above it, and who sent the nomination."""
    found = {user.id: user for user in scope.answering_for(nomination.organisation, NOMINATE)}
    sender: User | None = nomination.nominated_by
    if sender is not None:
        found.setdefault(sender.id, sender)
    return list(found.values())


def _decided_by(nomination: Nomination) -> User | None:
    step = (
        NominationStep.select(NominationStep, User)
        .join(User)
        .where(NominationStep.nomination == nomination)
        .order_by(NominationStep.id.desc())
        .first()
    )
    return step.by if step else None
