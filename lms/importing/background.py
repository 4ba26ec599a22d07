"""Long lists are applied by a worker; who sent them watches the rows being read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _

from lms.access.models import User
from lms.errors import LmsError, NotFound
from lms.importing import drafts, services
from lms.importing.kinds import kind_or_404
from lms.importing.models import ImportDraft
from lms.importing.preview import Preview, Result, Status
from lms.jobs import JobRun, job
from lms.jobs.models import Fate

#: Rows on which there was nothing to do.
_LEFT = frozenset({Status.SAME, Status.SKIPPED})


@job(services.JOB)
def apply_list(run: JobRun, *, key: str) -> dict[str, Any]:
    """Apply an uploaded list; run again after a crash it starts over, for nothing of it was written.

    What stands against it is the result's note: the list stays open with its corrections.
    """
    draft = ImportDraft.get_or_none(ImportDraft.key == key)
    if draft is None:
        raise NotFound(_("This import is no longer there. Upload the file again."))
    url = f"/imports/{draft.key}"
    if draft.applied_at:
        return {"url": url}
    by: User = draft.owner
    run.total(len(drafts.preview(draft).only(None)))
    try:
        result = services.apply(draft, by=by, progress=lambda rows: run.advance(rows, _("Reading the rows")))
    except services.PreviewOutdated as refused:
        services.judge(draft, by=by)  # the page shows what it is now
        return {"url": url, "note": str(refused)}
    except LmsError as refused:
        return {"url": url, "note": str(refused)}
    _tell(run, drafts.preview(ImportDraft.get_by_id(draft.id)), result, kind_or_404(draft.kind).primary)
    return {"url": url}


def _tell(run: JobRun, preview: Preview, result: Result, primary: Sequence[str]) -> None:
    """What became of every row of the list, as in its result file."""
    rows = {row.number: row for row in preview.rows if not row.facts.get("kind")}
    for outcome in result.outcomes:
        if (row := rows.get(outcome.number)) is None:
            continue
        name = next((row.values[key] for key in primary if row.values.get(key)), "")
        label = " · ".join(filter(None, (_("Row %(number)s", number=row.number), name)))
        fate: Fate = "done" if outcome.done else "skipped" if outcome.status in _LEFT else "failed"
        run.tell(label, fate, outcome.sentence, key=str(row.number))
