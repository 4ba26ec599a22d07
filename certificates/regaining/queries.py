"""Requests of holders, inside the organisations of the desk."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from certificates.regaining.models import Regain
from lms.access import scope
from lms.access.models import User
from lms.errors import NotFound
from lms.people.models import Official, Organisation

GIVE = "certificates.give_access"


def waiting(user: User) -> Any:
    """Requests that wait, oldest first."""
    query = Regain.select(Regain, Official, Organisation).join(Official).join(Organisation)
    return scope.limit(query.where(Regain.state == "asked"), Official.organisation, user, GIVE).order_by(Regain.id)  # fmt: skip


def regain_or_404(regain_id: int, user: User) -> Regain:
    """A request that waits at this desk. Raises NotFound."""
    row: Regain | None = waiting(user).where(Regain.id == regain_id).first()
    if row is None:
        raise NotFound(_("There is no such request among those you may see."))
    return row


def official_or_404(official_id: int, user: User) -> Official:
    """An official for whom this desk may give access. Raises NotFound."""
    query = Official.select(Official, Organisation).join(Organisation)
    query = query.where(Official.id == official_id, Official.merged_into.is_null())
    row: Official | None = scope.limit(query, Official.organisation, user, GIVE).first()
    if row is None:
        raise NotFound(_("There is no such official among those you may see."))
    return row
