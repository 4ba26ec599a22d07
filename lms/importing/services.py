"""An import of any kind from upload to result and back: taken in, corrected, applied once and whole, undone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from lms import audit, clock, jobs
from lms.access.models import User
from lms.db import atomic, lock
from lms.errors import Conflict, Invalid, NotFound
from lms.importing import decoding, drafts, headers, judging
from lms.importing.kinds import ListKind, Progress, kind_or_404
from lms.importing.models import ImportDraft, ImportMapping
from lms.importing.preview import Outcome, Preview, Result, RowJudgement

#: Lists with more rows to write are applied in the background.
AT_ONCE = 100
#: Minutes in which the result page offers to take an import back with one press; later from the history.
UNDO_MINUTES = 10
JOB = "lms.apply_list"


class CannotUndo(Conflict):
    """Something later depends on what the import made."""

    code = "cannot_undo"


class PreviewOutdated(Conflict):
    """What is on record changed the judgement of a list that is applied only as it was shown."""

    code = "preview_outdated"


@atomic
def take_in(
    kind: ListKind, data: bytes, filename: str, *, by: User, target: int | None = None
) -> ImportDraft:
    """Take in a list and judge it; nothing is written yet.

    Raises a Conflict when the target takes no list now, Invalid when the file cannot be read or has no header; then nothing is kept.
    """
    kind.must_take(kind.target_or_404(target, by))
    draft = drafts.keep(kind.key, data, filename, by=by, target=target)
    judge(draft, by=by)
    return draft


def judge(draft: ImportDraft, *, by: User) -> Preview:
    """Judge an uploaded list again and remember the preview. Raises Invalid when no header is found."""
    kind = kind_or_404(draft.kind)
    reading = _read(kind, draft, by)
    preview = judging.judge(kind, reading, by=by, target=kind.target_of_own(draft.target, by)).preview
    drafts.keep_preview(draft, preview)
    return preview


def _read(kind: ListKind, draft: ImportDraft, by: User, progress: Progress | None = None) -> judging.Reading:
    """The rows of the file with its corrections, under the columns chosen now or remembered from last time."""
    grid, fixes = drafts.grid(draft), drafts.fixes(draft)
    mapping = draft.options.get("mapping")
    if mapping is None:
        header, _missing = headers.guess(grid, kind.header_columns(), any_of=kind.any_of)
        mapping = remembered(kind, header, by)
    reading = judging.read(kind, grid, mapping=mapping, fixes=fixes, progress=progress)
    reading.chosen = frozenset(draft.options.get("chosen", ()))
    return reading


@atomic
def choose(draft: ImportDraft, *, by: User, encoding: str = "", mapping: Mapping[str, int | None] | None = None) -> Preview:  # fmt: skip
    """Read the file in another encoding, or take other columns for what the kind needs; corrections stay.

    Raises AlreadyApplied, Invalid for an unknown encoding.
    """
    draft = drafts.must_be_open(draft)
    if encoding and encoding not in decoding.ENCODINGS:
        raise Invalid(_("This encoding is not known."))
    options = dict(draft.options)
    if encoding:
        options["encoding"] = encoding
    if mapping is not None:
        options["mapping"] = dict(mapping)
    draft.options, draft.changed_at = options, clock.now()
    draft.save(only=[ImportDraft.options, ImportDraft.changed_at])
    return judge(draft, by=by)


@atomic
def decide(draft: ImportDraft, key: str, taken: bool, *, by: User) -> Preview:
    """Take an option of the list as a whole, or take it back; the list is judged again.

    Raises AlreadyApplied, NotFound for an option the list does not offer.
    """
    draft = drafts.must_be_open(draft)
    if key not in {one.key for one in kind_or_404(draft.kind).options(drafts.preview(draft))}:
        raise NotFound(_("This list does not offer this choice."))
    chosen = set(draft.options.get("chosen", ())) - {key}
    draft.options = {**draft.options, "chosen": sorted(chosen | {key} if taken else chosen)}
    draft.changed_at = clock.now()
    draft.save(only=[ImportDraft.options, ImportDraft.changed_at])
    return judge(draft, by=by)


@atomic
def correct(draft: ImportDraft, number: int, typed: Mapping[str, str], *, by: User) -> Preview:
    """Correct one row of a preview and judge the list again; what was typed is kept even when it is still wrong.

    Values equal to those shown are no corrections. Raises AlreadyApplied, NotFound for a row that is no data.
    """
    row = drafts.preview(draft).row(number)
    if row is None or row.facts.get("kind"):
        raise NotFound(_("The list has no such row."))
    kind = kind_or_404(draft.kind)
    keys = {*(kind.fixable or (column.key for column in kind.columns())), "record_chosen", "skip"}
    keys |= {problem.column for problem in row.problems} | set(row.fixed)
    changed = {key: value for key, value in typed.items() if key in keys and value != row.values.get(key)}
    return judge(drafts.fix(draft, number, changed), by=by)


# --- applying ----------------------------------------------------------------------------------


@atomic
def start(draft: ImportDraft, *, by: User) -> jobs.JobRun | None:
    """Apply a list: at once (None), or in the background when it has more than `AT_ONCE` rows to write.

    Raises AlreadyApplied, Invalid when no row can be written.
    """
    draft = drafts.must_be_open(draft)
    under_way = jobs.JobRun.get_or_none(jobs.JobRun.id == draft.job) if draft.job else None
    if under_way is not None and not under_way.finished:
        return under_way  # type: ignore[no-any-return]
    shown = drafts.preview(draft)
    count = len(shown.only(None) if kind_or_404(draft.kind).whole else shown.applicable)
    if count <= AT_ONCE:
        apply(draft, by=by)
        return None
    run = jobs.start(JOB, title=_("Import of %(file)s", file=draft.filename), by=by, key=draft.key)
    draft.job = run.id
    draft.save(only=[ImportDraft.job])
    return run


def apply(draft: ImportDraft, *, by: User, progress: Progress | None = None) -> Result:
    """Read the list once more, then judge and write every row that stands, all or nothing.

    Rows in conflict or error are left and answered in the result. Raises AlreadyApplied, PreviewOutdated,
    a Conflict when the target takes no list now, Invalid when no row can be written.
    """
    kind = kind_or_404(draft.kind)
    reading = _read(kind, draft, by, progress)
    with atomic():
        current = drafts.must_be_open(draft)
        if (current.fixes, current.options) != (draft.fixes, draft.options):  # corrected while we read
            reading = _read(kind, current, by)
        return _write(kind, current, reading, by)


def _write(kind: ListKind, draft: ImportDraft, reading: judging.Reading, by: User) -> Result:
    target = kind.target_of_own(draft.target, by)
    kind.must_take(target)
    judged = judging.judge(kind, reading, by=by, target=target)
    if kind.exact and _promised(judged.preview) != _promised(drafts.preview(draft)):
        raise PreviewOutdated(_("What is on record changed in the meantime. Look at the list again, then apply it."))  # fmt: skip
    if not kind.ready(judged.preview):
        raise Invalid(kind.nothing_stands())
    entries = judged.entries if kind.whole else judged.applicable
    changes = kind.apply(entries, by=by, target=target)
    counts = {**_counts(judged.preview), **kind.counted(entries, changes)}
    result = Result(counts, tuple(_outcome(kind, row, judged) for row in judged.preview.rows))
    drafts.keep_changes(draft, changes)
    drafts.finish(draft, judged.preview, result)
    _remember(kind, judged.preview, by)
    kind.written(draft, changes)
    audit.record(by, "import.applied", draft, kind=kind.key, **result.counts)
    return result


def _promised(preview: Preview) -> str:
    """What a preview says will be done, whatever the language it says it in."""
    rows = [(row.number, row.status.value, row.facts) for row in preview.rows]
    return json.dumps([rows, preview.facts.get("summary")], sort_keys=True)


def _counts(preview: Preview) -> dict[str, int]:
    return {str(status): count for status, count in preview.counts().items()}


def _outcome(kind: ListKind, row: RowJudgement, judged: judging.Judged) -> Outcome:
    if row.applicable:
        said = judged.verdicts[row.number].done or kind.sentence(row.status)
        return Outcome(row.number, row.status, said, done=True)
    return Outcome(row.number, row.status, row.reason)


# --- taking back -------------------------------------------------------------------------------


def obstacles(draft: ImportDraft) -> list[str]:
    """What stands in the way of taking an applied list back; none when it can be done."""
    if draft.undone_at:
        return [_("This import was taken back already.")]
    if not draft.applied_at or not draft.changes:
        return [_("This import changed nothing that could be taken back.")]
    return kind_or_404(draft.kind).obstacles(drafts.changes(draft))


def is_fresh(draft: ImportDraft) -> bool:
    """Whether the list was applied in the last minutes, when taking it back is one press."""
    return bool(draft.applied_at and clock.now() - draft.applied_at < timedelta(minutes=UNDO_MINUTES))


@atomic
def undo(draft: ImportDraft, *, by: User) -> int:
    """Take an applied list back, whole; returns how many records. Raises CannotUndo naming what stands in the way."""
    draft = lock(draft)
    if found := obstacles(draft):
        first = " ".join(found[:3])
        more = len(found) - 3
        if more > 0:
            first += " " + ngettext("And %(num)d more.", "And %(num)d more.", more)
        raise CannotUndo(_("The import cannot be taken back. %(reasons)s", reasons=first))
    changes = drafts.changes(draft)
    kind_or_404(draft.kind).undo(changes, by=by)
    drafts.mark_undone(draft)
    audit.record(by, "import.undone", draft, kind=draft.kind, count=len(changes))
    return len(changes)


# --- remembered columns ------------------------------------------------------------------------


def sender_of(by: User) -> str:
    """Whose lists look alike: the organisation a role is held for, else the person."""
    organisation = next((row.organisation_id for row in by.roles if row.organisation_id), None)
    return f"o{organisation}" if organisation else f"u{by.id}"


def remembered(kind: ListKind, header: headers.Header, by: User) -> dict[str, int | None] | None:
    """How this sender's columns were understood last time a file had the same header."""
    found = ImportMapping.get_or_none(
        ImportMapping.kind == kind.key,
        ImportMapping.sender == sender_of(by),
        ImportMapping.fingerprint == headers.fingerprint(header),
    )
    return found.mapping if found is not None else None


def _remember(kind: ListKind, preview: Preview, by: User) -> None:
    known = {column.key for column in kind.columns() if not column.export_only}
    mapping: dict[str, Any] = dict.fromkeys(known) | preview.facts["mapping"]
    ImportMapping.insert(
        kind=kind.key,
        sender=sender_of(by),
        fingerprint=preview.facts["fingerprint"],
        mapping=mapping,
        by=by,
        used_at=clock.now(),
    ).on_conflict(
        conflict_target=[ImportMapping.kind, ImportMapping.sender, ImportMapping.fingerprint],
        preserve=[ImportMapping.mapping, ImportMapping.by, ImportMapping.used_at],
    ).execute()
