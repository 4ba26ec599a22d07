"""Background work as a list that goes out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from lms import clock
from lms.access import can
from lms.access.models import User
from lms.importing.columns import ListColumn
from lms.importing.kinds import ListKind, list_kind
from lms.jobs import JobRun

STATES = {
    "running": _l("Under way"),
    "queued": _l("Waiting"),
    "failed": _l("Failed"),
    "stopped": _l("Called off"),
    "done": _l("Done"),
}

_COLUMNS = (
    ListColumn("title", _l("Work"), value=lambda run: run.title),
    ListColumn("by", _l("Started by"), value=lambda run: run.by.display_name if run.by_id else None),
    ListColumn("started", _l("Started"), value=lambda run: clock.local(run.created_at).replace(tzinfo=None)),
    ListColumn("state", _l("State"), type="choice", choices=STATES, value=lambda run: run.state),
    ListColumn("done", _l("Done"), value=lambda run: run.done),
    ListColumn("count", _l("Of"), value=lambda run: run.count or None),
    ListColumn("error", _l("Message"), value=lambda run: run.error),
)


def runs(user: Any, state: str = "") -> Any:
    """The user's own long work, the latest first; whoever sees background work has everybody's."""
    query = JobRun.select(JobRun, User).left_outer_join(User).order_by(JobRun.id.desc())
    if not can(user, "platform.jobs"):
        query = query.where(JobRun.by == user.id)
    return query.where(JobRun.state == state) if state in STATES else query


@list_kind
class JobList(ListKind):
    """Long work with its state, as filtered on the page."""

    key = "lms.jobs"
    title = _l("Background work")
    view_permission = "platform.jobs"

    def columns(self) -> Sequence[ListColumn]:
        return _COLUMNS

    def may_view(self, user: Any) -> bool:
        """Everybody has a list of the own work; the permission shows everybody's."""
        return bool(getattr(user, "is_authenticated", False))

    def export(self, user: User, arguments: MultiDict[str, str], target: Any) -> Iterable[JobRun]:
        return runs(user, arguments.get("state", ""))  # type: ignore[no-any-return]

    def filename(self, target: Any) -> str:
        return "cong-viec-nen"
