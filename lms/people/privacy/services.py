"""Writes on requests about personal data, and on what is due to go."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lms import approvals, audit, clock, text
from lms.access import scope
from lms.access.models import User
from lms.approvals.models import Approval
from lms.db import atomic, lock
from lms.errors import Conflict, Invalid, NotAllowed
from lms.people import services as people
from lms.people.models import Official
from lms.people.privacy import export, register
from lms.people.privacy.models import DONE, KINDS, OPEN, PROPOSED, REFUSED, DataRequest, RetentionList
from lms.plugins import setting

PRIVACY = "people.privacy"
#: The deed that takes two persons.
ERASE = "lms.erase_personal_data"


class AlreadyDecided(Conflict):
    """The request is in a state in which this is not done any more."""

    code = "already_decided"


@atomic
def record(
    official: Official, kind: str, *, by: User | None, words: str = "", received_on: date | None = None
) -> DataRequest:
    """Record what a person asks about his or her data; the answer is due after the days set for it.

    Raises Invalid for an unknown kind or a day to come.
    """
    if kind not in KINDS:
        raise Invalid(fields={"kind": _("Choose what the person asks for.")})
    received_on = received_on or clock.today()
    if received_on > clock.today():
        raise Invalid(fields={"received_on": _("The day is still to come.")})
    made = DataRequest.create(
        official=official,
        kind=kind,
        words=text.squeeze(words)[:1000],
        received_on=received_on,
        due_on=received_on + timedelta(days=setting("lms.data_request_days")),
        recorded_by=by,
    )
    audit.record(by, "people.data_request", made, official_id=official.id, due=made.due_on)
    return made


@atomic
def copy(made: DataRequest, *, by: User) -> bytes:
    """The archive with everything kept about the person. The full citizen id in it counts as a view, on record."""
    people.reveal_cccd(
        made.official, by=by, reason=_("Copy for the person, request %(number)s", number=made.id)
    )
    audit.record(by, "people.data_copied", made, official_id=made.official_id)
    return export.archive(made.official)


@atomic
def answer(made: DataRequest, words: str, *, by: User | None, refused: bool = False) -> DataRequest:
    """Close a request with an answer. Raises Invalid without one, AlreadyDecided when it is closed."""
    words = text.squeeze(words)[:1000]
    if len(words) < 5:
        raise Invalid(fields={"answer": _("Please write what the person is told.")})
    made = _open(made, OPEN, PROPOSED)
    return _close(made, REFUSED if refused else DONE, words, by)


@atomic
def propose_erasure(made: DataRequest, *, by: User) -> Approval:
    """Ask a second person to agree to an erasure (`lms.approvals`); it can be asked again after a no.

    Raises AlreadyDecided, and Conflict while somebody has to answer already.
    """
    made = _open(made, OPEN, PROPOSED)
    if made.kind != "erasure":
        raise AlreadyDecided(_("The person did not ask for erasure."))
    approval = approvals.request(ERASE, made, by=by, details={"request": made.id}, reason=str(made.words))
    made.state, made.proposed_by = PROPOSED, by
    made.save(only=[DataRequest.state, DataRequest.proposed_by])
    audit.record(by, "people.erasure_proposed", made, official_id=made.official_id)
    return approval


def asked(made: DataRequest) -> Approval | None:
    """The latest question put to a second person about a request."""
    return approvals.latest(ERASE, made)


def _sentences(details: dict[str, Any]) -> list[str]:
    """What the second person agrees to."""
    return [
        _("Everything that no law obliges to keep is erased. This cannot be undone."),
        _("Certificates and class registers stay as they are."),
    ]


@approvals.two_person(ERASE, title=_l("Erase personal data"), permission=PRIVACY, describe=_sentences)
def erase(details: dict[str, Any], *, by: User, second: User) -> DataRequest:
    """Erase what no law obliges to keep, in every module, in one transaction; the counts and what is kept go on record.

    Raises NotAllowed when the person is outside the second person's scope, AlreadyDecided, Refused when a module
    cannot answer.
    """
    made = _open(DataRequest.get_by_id(details["request"]), PROPOSED)
    official = lock(made.official)
    if official.organisation_id not in scope.organisations(second, PRIVACY):
        raise NotAllowed(permission=PRIVACY)
    counts: dict[str, int] = dict(register.erase_own(official))
    for _plugin, erased in register.answers("privacy_erase", official=official):
        counts.update({table: counts.get(table, 0) + count for table, count in erased.items()})
    kept = [[str(one.title), str(one.kept_because)] for one in register.kinds() if one.kept_because]
    made.result = {"erased": counts, "kept": kept}
    made.save(only=[DataRequest.result])
    return _close(made, DONE, _("Erased as far as the law allows."), second, rows=sum(counts.values()))


def due(on: date) -> list[dict[str, Any]]:
    """What has been kept longer than its time: name, title, the day before which it is, how many."""
    found = []
    for one in register.kinds():
        if one.months is not None and one.due is not None:
            before = register.months_before(on, one.months)
            if count := one.due(before):
                found.append(
                    {"name": one.name, "title": str(one.title), "before": before.isoformat(), "count": count}
                )
    return found


@atomic
def list_due(on: date) -> RetentionList | None:
    """Put what is due before a person; None when nothing is, or a list waits already. Erases nothing."""
    waiting = RetentionList.select().where(RetentionList.approved_at.is_null()).first()
    lines = due(on)
    if waiting is not None or not lines:
        return None
    made = RetentionList.create(made_on=on, lines=lines)
    audit.record(None, "people.retention_listed", made, count=len(lines))
    return made


@atomic
def approve_list(made: RetentionList, *, by: User) -> RetentionList:
    """Erase what the list names and nothing younger. Raises AlreadyDecided."""
    made = lock(made)
    if made.approved_at:
        raise AlreadyDecided(_("This list was approved already."))
    known = {one.name: one for one in register.kinds()}
    result = {}
    for line in made.lines:
        erase = known[line["name"]].erase if line["name"] in known else None
        result[line["name"]] = erase(date.fromisoformat(line["before"])) if erase else 0
    made.result, made.approved_by, made.approved_at = result, by, clock.now()
    made.save()
    audit.record(by, "people.retention_approved", made, rows=sum(result.values()))
    return made


def _open(made: DataRequest, *states: str) -> DataRequest:
    made = lock(made)
    if made.state not in states:
        raise AlreadyDecided(_("This request is no longer waiting for that."))
    return made


def _close(made: DataRequest, state: str, words: str, by: User | None, **details: Any) -> DataRequest:
    made.state, made.answer, made.decided_by, made.decided_at = state, words, by, clock.now()
    made.save(only=[DataRequest.state, DataRequest.answer, DataRequest.decided_by, DataRequest.decided_at])
    deed = {DONE: "people.data_request_done", REFUSED: "people.data_request_refused"}[state]
    audit.record(by, deed, made, official_id=made.official_id, **details)
    return made
