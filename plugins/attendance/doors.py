"""Everything about short links to a roll: for a lecturer without an account, one session, a few hours."""

from __future__ import annotations

from datetime import timedelta

from flask_babel import gettext as _

from courses.models import ClassSession
from lms import audit, clock
from lms.access import links
from lms.access.models import User
from lms.db import atomic
from lms.errors import NotAllowed

PURPOSE = "roll"
#: A lecturer often finishes the roll in the evening.
HOURS_AFTER = 12
#: A phone, and another one when the first fails.
USES = 3


@atomic
def make_link(session: ClassSession, *, by: User | None) -> str:
    """A link to the roll of exactly this session; returns its address, which is shown once.

    It lasts until twelve hours after the session, or from now for a session that is over.
    """
    until = max(session.ends_at, clock.now()) + timedelta(hours=HOURS_AFTER)
    target = {"session_id": session.id, "lecturer_id": session.lecturer_id or 0}
    label = f"{session.klass.code} #{session.number}"
    code = links.create(PURPOSE, target, expires_at=until, by=by, label=label, uses=USES)
    audit.record(by, "attendance.link", session, until=until.isoformat())
    return links.url(code)


def pass_for(session_id: int) -> str:
    """How the visitor came in, "link:<lecturer>", when a link opened this session in this browser.

    Raises NotAllowed when none did, or its time is over.
    """
    target = links.held(PURPOSE)
    if target is None or target["session_id"] != session_id:
        raise NotAllowed(
            _("This page opens with the short link you were given. Open it again, or ask for a new one.")
        )
    return f"link:{target['lecturer_id']}"
