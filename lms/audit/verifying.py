"""Check the audit record: the first row that was edited, deleted or reordered, and which of the three it was."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from flask_babel import gettext as _

from lms.audit.chain import digest_of, values_of
from lms.audit.models import AuditHead, AuditRow

How = Literal["edited", "deleted", "reordered", "added"]


@dataclass(frozen=True)
class Break:
    """The first place where the record is not what was written: its number and what happened there."""

    number: int
    how: How

    def __str__(self) -> str:
        sentences = {
            "edited": _("Deed no. %(number)s was edited.", number=self.number),
            "deleted": _("Deed no. %(number)s was deleted.", number=self.number),
            "reordered": _("Deed no. %(number)s stands in the wrong place.", number=self.number),
            "added": _("Deed no. %(number)s was added outside the platform.", number=self.number),
        }
        return str(sentences[self.how])


def verify_chain() -> Break | None:
    """Read the whole record in order; None when every row fits the one before it and the end is where it should be.

    Somebody who rewrites the whole chain and its end cannot be seen from inside: keep `lms audit verify`'s last
    number and digest outside the database (a backup's manifest does).
    """
    before, number = "", 0
    for row in AuditRow.select().order_by(AuditRow.number).iterator():
        if row.number != number + 1:
            return Break(number + 1, "deleted")
        if row.digest != digest_of(before, values_of(row)):
            return Break(number + 1, _how(before, row))
        before, number = row.digest, row.number
    head = AuditHead.get_or_none()
    end = head.number if head else 0
    if end > number:
        return Break(number + 1, "deleted")
    if end < number:
        return Break(end + 1, "added")
    if head and head.digest != before:
        return Break(number, "edited")
    return None


def _how(before: str, row: AuditRow) -> How:
    """What happened at the first row that does not fit.

    Another row that does fit here: the two were exchanged. The next row fits once it is counted one further:
    a row was taken out and the numbers closed up. Otherwise the row's own values were changed.
    """
    later = AuditRow.select().where(AuditRow.number > row.number).order_by(AuditRow.number)
    following = None
    for other in later.iterator():
        following = following or other
        if other.digest == digest_of(before, values_of(other) | {"number": row.number}):
            return "reordered"
    if following is not None:
        moved_up = values_of(following) | {"number": following.number + 1}
        if following.digest == digest_of(row.digest, moved_up):
            return "deleted"
    return "edited"
