"""Keep an import on the server from upload to result, so that a reload or a crash loses nothing."""

from __future__ import annotations

import base64
import json
import secrets
import zlib
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _

from lms import clock, crypto
from lms.access.models import User
from lms.db import atomic, lock
from lms.errors import Conflict, NotFound
from lms.importing import sheets
from lms.importing.kinds import Change
from lms.importing.models import ImportDraft
from lms.importing.preview import Outcome, Preview, Result
from lms.importing.sheets import Grid
from lms.text import clean_line, nfc

#: Corrections by row number (as the spreadsheet counts) and column.
Fixes = dict[int, dict[str, str]]

#: Days after which an import that nobody finished, or the file of a finished one, is removed.
KEEP_DAYS = 30


class AlreadyApplied(Conflict):
    """The list was applied before; applying it twice would double its effect."""

    code = "already_applied"


@atomic
def keep(kind: str, data: bytes, filename: str, *, by: User, target: int | None = None) -> ImportDraft:
    """Take in an upload. Raises Invalid when it cannot be read; then nothing is kept."""
    sheets.read(data, filename)
    return ImportDraft.create(
        key=secrets.token_urlsafe(18),
        kind=kind,
        target=target,
        owner=by,
        filename=clean_line(nfc(filename)).replace("/", "_").replace("\\", "_")[-120:] or "list",
        content=crypto.seal(base64.b64encode(zlib.compress(data)).decode()),
    )


def find(key: str, kind: str, *, by: User) -> ImportDraft:
    """A person's own import by its key. Raises NotFound for a wrong key as for somebody else's."""
    draft = ImportDraft.get_or_none(
        (ImportDraft.key == key) & (ImportDraft.kind == kind) & (ImportDraft.owner == by)
    )
    if draft is None:
        raise NotFound(_("This import is no longer there. Upload the file again."))
    return draft


def by_key(key: str, *, by: User) -> ImportDraft:
    """A person's own import by its key, of whatever kind. Raises NotFound for a wrong key as for somebody else's."""
    draft = ImportDraft.get_or_none((ImportDraft.key == key) & (ImportDraft.owner == by))
    if draft is None:
        raise NotFound(_("This import is no longer there. Upload the file again."))
    return draft


def history(by: User) -> Any:
    """A person's imports of every kind, newest first, without the files."""
    columns = [
        field
        for field in ImportDraft._meta.sorted_fields
        if field.name not in {"content", "fixes", "preview"}
    ]
    return ImportDraft.select(*columns).where(ImportDraft.owner == by).order_by(ImportDraft.id.desc())


def not_applied(by: User) -> Any:
    """A person's imports of every kind that were not applied yet, newest first, without the files."""
    return history(by).where(ImportDraft.applied_at.is_null())


def unfinished(kind: str, *, by: User, target: int | None = None) -> list[ImportDraft]:
    """A person's imports that were not applied yet, newest first, without their contents."""
    columns = (
        ImportDraft.key,
        ImportDraft.kind,
        ImportDraft.target,
        ImportDraft.filename,
        ImportDraft.created_at,
    )
    query = ImportDraft.select(*columns).where(
        (ImportDraft.kind == kind) & (ImportDraft.owner == by) & ImportDraft.applied_at.is_null()
    )
    if target is not None:
        query = query.where(ImportDraft.target == target)
    return list(query.order_by(ImportDraft.created_at.desc()))


def grid(draft: ImportDraft) -> Grid:
    """The cells of the uploaded file. Raises NotFound when the file is no longer kept."""
    if not draft.content:
        raise NotFound(_("The file of this import is no longer kept."))
    data = zlib.decompress(base64.b64decode(crypto.unseal(draft.content)))
    return sheets.read(data, draft.filename, encoding=draft.options.get("encoding", ""))


def fixes(draft: ImportDraft) -> Fixes:
    """Corrections made in the preview."""
    if not draft.fixes:
        return {}
    return {int(number): values for number, values in json.loads(crypto.unseal(draft.fixes)).items()}


@atomic
def fix(draft: ImportDraft, number: int, values: Mapping[str, str]) -> ImportDraft:
    """Add corrections to one row: column → text; an empty text takes the correction back.

    Raises AlreadyApplied.
    """
    draft = must_be_open(draft)
    made = fixes(draft)
    row = {**made.get(number, {}), **{key: clean_line(value)[:400] for key, value in values.items()}}
    made[number] = {key: value for key, value in row.items() if value}
    if not made[number]:
        del made[number]
    draft.fixes = crypto.seal(json.dumps(made, ensure_ascii=False))
    draft.changed_at = clock.now()
    draft.save(only=[ImportDraft.fixes, ImportDraft.changed_at])
    return draft


def preview(draft: ImportDraft) -> Preview:
    """The preview last judged; empty before the first judgement."""
    return Preview.from_json(crypto.unseal(draft.preview)) if draft.preview else Preview(columns=(), rows=[])


@atomic
def keep_preview(draft: ImportDraft, judged: Preview) -> None:
    """Remember a preview so that looking at it again costs nothing."""
    draft.preview = crypto.seal(judged.to_json())
    draft.save(only=[ImportDraft.preview])


def must_be_open(draft: ImportDraft) -> ImportDraft:
    """The draft read again and locked; call inside the applying service's transaction. Raises AlreadyApplied."""
    draft = lock(draft)
    if draft.applied_at:
        raise AlreadyApplied(_("This list was applied on %(date)s; its result is below.",
                               date=clock.local(draft.applied_at).strftime("%d/%m/%Y %H:%M")))  # fmt: skip
    return draft


@atomic
def finish(draft: ImportDraft, judged: Preview, outcome: Result) -> None:
    """Record that the list was applied and what came of it; last line of the applying service."""
    draft.preview = crypto.seal(judged.to_json())
    draft.result = crypto.seal(outcome.to_json())
    draft.applied_at = draft.changed_at = clock.now()
    draft.save(only=[ImportDraft.preview, ImportDraft.result, ImportDraft.applied_at, ImportDraft.changed_at])


def result(draft: ImportDraft) -> Result | None:
    """What came of an applied list."""
    return Result.from_json(crypto.unseal(draft.result)) if draft.result else None


@atomic
def amend(draft: ImportDraft, later: Mapping[int, Outcome]) -> None:
    """Say in the result what became of rows later, when somebody decided on the list: row number → outcome."""
    known = result(draft)
    if known is None:
        return
    outcomes = tuple(later.get(one.number, one) for one in known.outcomes)
    draft.result, draft.changed_at = crypto.seal(Result(known.counts, outcomes).to_json()), clock.now()
    draft.save(only=[ImportDraft.result, ImportDraft.changed_at])


@atomic
def keep_changes(draft: ImportDraft, changes: Sequence[Change]) -> None:
    """Keep what applying changed, so that it can be taken back."""
    plain = [[one.number, one.id, one.before, one.after] for one in changes]
    draft.changes = crypto.seal(json.dumps(plain, ensure_ascii=False, separators=(",", ":")))
    draft.save(only=[ImportDraft.changes])


@atomic
def mark_undone(draft: ImportDraft) -> None:
    """Note that an applied list was taken back; last line of the undoing service."""
    draft.undone_at = draft.changed_at = clock.now()
    draft.save(only=[ImportDraft.undone_at, ImportDraft.changed_at])


def changes(draft: ImportDraft) -> list[Change]:
    """What applying the list changed."""
    if not draft.changes:
        return []
    return [Change(*one) for one in json.loads(crypto.unseal(draft.changes))]


@atomic
def discard(draft: ImportDraft) -> None:
    """Throw an import away that was not applied. Raises AlreadyApplied."""
    must_be_open(draft).delete_instance()


@atomic
def tidy() -> int:
    """Remove what is older than `KEEP_DAYS`; returns how many imports were removed."""
    before = clock.now() - timedelta(days=KEEP_DAYS)
    return int(ImportDraft.delete().where(ImportDraft.changed_at < before).execute())
