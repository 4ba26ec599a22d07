"""What enrolment does, in plain words, for the audit record."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l

from lms.people.models import Official
from plugins.enrolment.models import Nomination

DEEDS = {
    "enrolment.nominated": _l("%(who)s nominated %(thing)s for the class %(class_id)s"),
    "enrolment.nominated_from_list": _l(
        "%(who)s nominated %(nominated)s officials for %(thing)s from the list “%(file)s”"
    ),
    "enrolment.withdrawn": _l("%(who)s withdrew the nomination of %(thing)s. Reason: %(reason)s"),
    "enrolment.accepted": _l("%(who)s accepted %(count)s nominations into %(thing)s"),
    "enrolment.rejected": _l("%(who)s turned down %(count)s nominations for %(thing)s. Reason: %(reason)s"),
    "enrolment.taken_back": _l("%(who)s took the decision on %(count)s nominations for %(thing)s back"),
}

KINDS = {"enrolment_nomination": _l("nomination")}

NAMES = {"class_id": "courses_class"}


def _nominations(ids: Iterable[int]) -> dict[int, str]:
    rows = (
        Nomination.select(Nomination.id, Official.full_name)
        .join(Official)
        .where(Nomination.id.in_(list(ids)))
    )
    return {row.id: str(row.official.full_name) for row in rows}


LABELS = {"enrolment_nomination": _nominations}
