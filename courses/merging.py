"""Places in classes when two records of one person are merged."""

from __future__ import annotations

from flask_babel import gettext as _

from courses.models import Klass, Membership, Result
from lms.answers import Moving
from lms.people.models import Official


def moving(kept: Official, gone: Official) -> list[Moving]:
    """Which places in classes, and reviews with them, go from `gone` to `kept`, and what forbids it."""
    own = {row.klass_id: row for row in _places(kept)}
    rows = _places(gone)
    both = [row for row in rows if row.klass_id in own]
    ids = tuple(row.id for row in rows if row.klass_id not in own)
    return [
        Moving(
            Membership,
            _("Places in classes"),
            ids,
            len(own),
            staying=len(both),
            note=_("Of two places in one class the one already left stays with the old record.")
            if both
            else "",
            conflicts=tuple(filter(None, (_against(own[row.klass_id], row) for row in both))),
            weight=40,
        ),
        Moving(
            Result,
            _("Results of classes"),
            _results(ids),
            len(_results(tuple(row.id for row in own.values()))),
            field="",
            weight=41,
        ),
    ]


def _places(official: Official) -> list[Membership]:
    query = Membership.select(Membership, Klass).join(Klass).where(Membership.official == official.id)
    return list(query.order_by(Membership.id))


def _results(memberships: tuple[int, ...]) -> tuple[int, ...]:
    rows = Result.select(Result.id).where(Result.membership.in_(list(memberships) or [-1]))
    return tuple(row[0] for row in rows.tuples())


def _against(own: Membership, other: Membership) -> str:
    if other.left_at is None and own.left_at is None:
        return _("Both are in the class %(klass)s. Take one of them out of it first.", klass=own.klass.code)
    if other.left_at is None:
        return _(
            "In the class %(klass)s the record to keep has left and the other has not. Merge the other way round.",
            klass=own.klass.code,
        )
    return ""
