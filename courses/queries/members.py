"""Who is in a class, and with what result."""

from __future__ import annotations

from flask_babel import gettext as _

from courses.models import Klass, Membership, Result
from lms.access import can, scope
from lms.access.models import User
from lms.errors import NotFound
from lms.people.models import Official, Organisation


def learners(klass: Klass, *, left: bool = False) -> list[Membership]:
    """Who is in the class, in Vietnamese name order, with official and organisation; `left` adds those who left."""
    query = (
        Membership.select(Membership, Official, Organisation)
        .join(Official)
        .join(Organisation)
        .where(Membership.klass == klass)
        .order_by(Official.name_sort, Official.id)
    )
    return list(query if left else query.where(Membership.left_at.is_null()))


def learners_for(klass: Klass, user: User) -> list[Membership]:
    """The learners the user may see by name: all for the school and the class's lecturers, own officials for an agency.

    A trainee sees the fellow learners' names.
    """
    rows = learners(klass)
    if scope.organisations(user, "courses.view") is scope.ALL or can(user, "courses.teach"):
        return rows
    if can(user, "courses.view"):
        own = scope.organisations(user, "courses.view")
        return [row for row in rows if row.official.organisation_id in own]
    return rows


def learner_count(klass: Klass) -> int:
    """How many are in the class now."""
    return int(Membership.select().where(Membership.klass == klass, Membership.left_at.is_null()).count())


def membership_or_404(klass: Klass, official: Official | int) -> Membership:
    """The membership of an official in the class, left or not. Raises NotFound."""
    found: Membership | None = Membership.get_or_none(
        Membership.klass == klass, Membership.official == official
    )
    if found is None:
        raise NotFound(_("This official is not in the class."))
    return found


def results(klass: Klass) -> dict[int, Result]:
    """The frozen results of a closed class: membership id → result."""
    query = Result.select().join(Membership).where(Membership.klass == klass)
    return {row.membership_id: row for row in query}
