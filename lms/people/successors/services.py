"""Writes on reorganisations: note pairs, apply on the day, take back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _

from lms import audit, clock, text
from lms.access.models import User
from lms.db import atomic, insert_many, lock
from lms.errors import Conflict, Invalid, LmsError
from lms.people import owning
from lms.people.merging import alike
from lms.people.models import Employment, Official, OfficialChange, Organisation
from lms.people.successors import plan
from lms.people.successors.models import APPLIED, DRAFT, UNDONE, WAITING, Reorganisation, Succession

_PORTION = 5000


class CannotApply(Conflict):
    """Something forbids the reorganisation; the sentence names the first thing to do."""

    code = "cannot_apply"


class NotOpen(Conflict):
    """It is in a state in which this is not done any more."""

    code = "not_open"


@atomic
def note(title: str, on_date: date, *, by: User | None, source: str = "") -> Reorganisation:
    """Begin a reorganisation that takes effect on a day. Raises Invalid without a title."""
    title = text.squeeze(title)[:200]
    if not title:
        raise Invalid(fields={"title": _("Please give a title.")})
    made = Reorganisation.create(title=title, on_date=on_date, source=text.squeeze(source)[:300], made_by=by)
    audit.record(by, "people.reorganisation_noted", made)
    return made


@atomic
def add_pair(
    made: Reorganisation, old: Organisation, new: Organisation, *, by: User | None, share: int | None = None,
    whole: bool = True,
) -> Succession:  # fmt: skip
    """`new` takes the place of `old`: the whole of it, or a share in per cent.

    Raises Invalid for an organisation that would follow itself or a share outside 1…99, NotOpen once it is applied.
    """
    _must_be(made, DRAFT)
    if old.id == new.id:
        raise Invalid(fields={"new": _("Choose two different organisations.")})
    if share is not None and not 1 <= share <= 99:
        raise Invalid(fields={"share": _("A share is between 1 and 99 per cent.")})
    whole = whole and share is None
    pair, fresh = Succession.get_or_create(
        reorganisation=made, old=old, new=new, defaults={"whole": whole, "share": share}
    )
    if not fresh:
        pair.whole, pair.share = whole, share
        pair.save(only=[Succession.whole, Succession.share])
    audit.record(by, "people.pair_noted", made, old=str(old), new=str(new))
    return pair


@atomic
def remove_pair(pair: Succession, *, by: User | None) -> None:
    """Take a pair out again. Raises NotOpen once the reorganisation is applied."""
    _must_be(pair.reorganisation, DRAFT)
    pair.delete_instance()
    audit.record(by, "people.pair_removed", pair.reorganisation, old=str(pair.old), new=str(pair.new))


@atomic
def agree(made: Reorganisation, *, by: User | None) -> Reorganisation:
    """Apply it now, or on its day when that is still to come. Raises CannotApply naming what forbids it."""
    made = lock(made)
    _must_be(made, DRAFT)
    _check(made)
    if made.on_date > clock.today():
        made.state, made.applied_by = WAITING, by
        made.save(only=[Reorganisation.state, Reorganisation.applied_by])
        audit.record(by, "people.reorganisation_agreed", made, on=made.on_date)
        return made
    return _apply(made, by)


@atomic
def withdraw(made: Reorganisation, *, by: User | None) -> Reorganisation:
    """Take back the agreement while the day has not come. Raises NotOpen."""
    made = lock(made)
    _must_be(made, WAITING)
    made.state = DRAFT
    made.save(only=[Reorganisation.state])
    audit.record(by, "people.reorganisation_withdrawn", made)
    return made


def apply_due() -> int:
    """Apply what was agreed and whose day has come; one that cannot be applied goes back to draft with the reason."""
    done = 0
    for made in Reorganisation.select().where(
        Reorganisation.state == WAITING, Reorganisation.on_date <= clock.today()
    ):
        try:
            _apply_agreed(made)
            done += 1
        except LmsError as refused:
            made.state, made.problem = DRAFT, str(refused)[:400]
            made.save(only=[Reorganisation.state, Reorganisation.problem])
    return done


@atomic
def _apply_agreed(made: Reorganisation) -> None:
    made = lock(made)
    _check(made)
    _apply(made, made.applied_by)


def _apply(made: Reorganisation, by: User | None) -> Reorganisation:
    planned = plan.of(made)
    before: list[dict[str, Any]] = []
    moves: list[dict[str, Any]] = []
    service: list[dict[str, Any]] = []
    for one in planned:
        before.append(_end(one.old, one.heir, made.on_date))
        if one.heir is not None:
            service.append(_serve_on(one.old, one.heir, made))
            moved = owning.move(one.moving, one.old, one.heir)
            moves.append({"old": one.old.id, "new": one.heir.id, "moves": moved})
    alike.rebuild()
    made.record = {"before": before, "moves": moves, "service": service}
    made.counts = [one.counts for one in planned]
    made.state, made.applied_at, made.applied_by, made.problem = APPLIED, clock.now(), by, ""
    made.save()
    rows = sum(len(one["ids"]) for part in moves for one in part["moves"])
    audit.record(by, "people.reorganisation_applied", made, organisations=len(planned), rows=rows)
    return made


@atomic
def undo(made: Reorganisation, *, by: User | None) -> Reorganisation:
    """Take an applied reorganisation back. Raises NotOpen, or StandsInTheWay when later facts forbid it."""
    made = lock(made)
    _must_be(made, APPLIED)
    for part in reversed(made.record["moves"]):
        old, new = Organisation.get_by_id(part["old"]), Organisation.get_by_id(part["new"])
        if new.successor_id:
            raise owning.StandsInTheWay(_("%(name)s has a successor of its own since. Undo that first.", name=new.name))  # fmt: skip
        owning.move_back(part["moves"], new, old)
        _note_changes(_ids(part["moves"]), new.id, old.id, made, clock.today())
    for served in made.record["service"]:
        _serve_as_before(served)
    for kept in reversed(made.record["before"]):
        _restore(kept)
    alike.rebuild()
    made.state, made.undone_at = UNDONE, clock.now()
    made.save(only=[Reorganisation.state, Reorganisation.undone_at])
    audit.record(by, "people.reorganisation_undone", made)
    return made


def _must_be(made: Reorganisation, state: str) -> None:
    if made.state != state:
        raise NotOpen(_("This is no longer possible: the reorganisation was agreed, applied or undone."))


def _check(made: Reorganisation) -> None:
    against = plan.against(made, plan.pairs_of(made))
    if against:
        raise CannotApply(against[0], conflicts=against)


def _end(old: Organisation, heir: Organisation | None, on: date) -> dict[str, Any]:
    """End an organisation the day before; its units go to the heir, or one level up when it was divided."""
    units = list(Organisation.select().where(Organisation.parent == old.id, Organisation.valid_to.is_null()))
    kept: dict[str, Any] = {"id": old.id, "valid_to": None, "successor": old.successor_id, "units": []}
    for unit in units:
        parent = heir or old.parent
        kept["units"].append({"id": unit.id, "parent": old.id, "path": unit.path})
        if parent is not None and unit.id != parent.id:
            _place(unit, parent)
    Organisation.update(valid_to=on - timedelta(days=1), successor=heir).where(
        Organisation.id == old.id
    ).execute()
    return kept


def _place(unit: Organisation, parent: Organisation) -> None:
    _repath(unit, f"{parent.path}{unit.code}/")
    Organisation.update(parent=parent).where(Organisation.id == unit.id).execute()


def _repath(unit: Organisation, path: str) -> None:
    for one in Organisation.select().where(Organisation.path.startswith(str(unit.path))):
        below = path + str(one.path)[len(str(unit.path)) :]
        Organisation.update(path=below).where(Organisation.id == one.id).execute()


def _restore(kept: dict[str, Any]) -> None:
    for unit in kept["units"]:
        _repath(Organisation.get_by_id(unit["id"]), unit["path"])
        Organisation.update(parent=unit["parent"]).where(Organisation.id == unit["id"]).execute()
    Organisation.update(valid_to=None, successor=kept["successor"]).where(
        Organisation.id == kept["id"]
    ).execute()


def _serve_on(old: Organisation, heir: Organisation, made: Reorganisation) -> dict[str, Any]:
    """Open periods of service end the day before and go on in the new organisation; each change is on record."""
    periods = list(
        Employment.select(Employment.id, Employment.official, Employment.position, Employment.post_code)
        .where(Employment.organisation == old.id, Employment.to_date.is_null())
        .tuples()
    )
    closed = [row[0] for row in periods]
    for part in _portions(closed):
        Employment.update(to_date=made.on_date - timedelta(days=1)).where(Employment.id.in_(part)).execute()
    last = Employment.select(Employment.id).order_by(Employment.id.desc()).limit(1).scalar() or 0
    insert_many(
        Employment,
        [
            {
                "official": row[1],
                "organisation": heir.id,
                "position": row[2],
                "post_code": row[3],
                "from_date": made.on_date,
            }
            for row in periods
        ],
    )
    opened = Employment.select(Employment.id).where(Employment.id > last, Employment.organisation == heir.id)
    people = Official.select(Official.id).where(Official.organisation == old.id)
    _note_changes([row[0] for row in people.tuples()], old.id, heir.id, made, made.on_date)
    return {"closed": closed, "opened": [row[0] for row in opened.tuples()]}


def _serve_as_before(served: dict[str, list[int]]) -> None:
    for part in _portions(served["opened"]):
        Employment.delete().where(Employment.id.in_(part)).execute()
    for part in _portions(served["closed"]):
        Employment.update(to_date=None).where(Employment.id.in_(part)).execute()


def _note_changes(officials: Iterable[int], old: int, new: int, made: Reorganisation, on: date) -> None:
    moment, by = clock.now(), made.applied_by
    insert_many(
        OfficialChange,
        [
            {
                "official": one,
                "field": "organisation",
                "old": str(old),
                "new": str(new),
                "holds_from": on,
                "source": made.title,
                "at": moment,
                "by": by and by.id,
                "by_name": str(by or ""),
            }
            for one in officials
        ],
    )


def _ids(moves: list[dict[str, Any]]) -> list[int]:
    return [one for part in moves if part["table"] == "lms_official" for one in part["ids"]]


def _portions(ids: list[int]) -> Iterable[list[int]]:
    return (ids[start : start + _PORTION] for start in range(0, len(ids), _PORTION))
