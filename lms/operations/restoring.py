"""Put an archive into an empty installation, whole or not at all; and move an installation to another database.

The schema is made by the very steps the archive was made with, then filled and compared table by table with the
manifest, then brought up to this version. All of it is one transaction: a restore that fails leaves nothing.
"""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from lms import config
from lms.db import connection, db, migrating, open_database
from lms.errors import Conflict, Invalid
from lms.operations import archive, sealing, tables
from lms.operations.archive import Manifest
from lms.plugins.registry import registry

Note = Callable[[str], None]


def restore(source: Path, note: Note = lambda _text: None) -> Manifest:
    """Fill the database and instance folder of these settings, both empty, from an archive.

    Raises Invalid for a damaged archive or one this version cannot hold whole, Conflict when something is there
    already. `note` hears what is being done.
    """
    note("checking the archive")
    manifest = archive.check(source)
    _refuse_full_instance()
    with connection(), archive.opened(source) as opened:
        _refuse_unknown(manifest)
        _refuse_full_database()
        with _files(opened, manifest, note), db.atomic():
            _fill(opened, manifest, note)
            note("bringing the database up to this version")
            migrating.migrate()
    return manifest


def copy_database(target: str, note: Note = lambda _text: None) -> Manifest:
    """Copy every table of the open database into the empty one that `target` names, and compare them.

    The instance folder stays where it is; LMS_DATABASE then names the new database. Raises Conflict when the
    target is not empty. This process is bound to the target afterwards.
    """
    between = config.settings().instance / "run" / f"copy{archive.ENDING}"
    between.unlink(missing_ok=True)
    try:
        note("reading the present database")
        with connection():
            manifest = archive.make(between)
            _refuse_unknown(manifest)
        db.obj.close_all()
        db.initialize(open_database(target))
        with connection(), archive.opened(between) as opened:
            _refuse_full_database()
            with db.atomic():
                _fill(opened, manifest, note)
    finally:
        between.unlink(missing_ok=True)
    return manifest


# ---------------------------------------------------------------- what stands in the way


def _refuse_unknown(manifest: Manifest) -> None:
    known = {found.name: found.plugin.version for found in registry.in_order()}
    here = {(step.module, step.name): step.checksum for step in migrating.steps()}
    for module, step, checksum in manifest.steps:
        if module not in known:
            version = manifest.plugins.get(module, "")
            raise Invalid(f"The archive has data of the plugin {module} {version}. Install it here first.")
        if (module, step) not in here:
            raise Invalid(
                f"The archive comes from a later version (step {module}/{step}). Restore it with that version."
            )
        if here[module, step] != checksum:
            raise Invalid(f"The step {module}/{step} here is not the one the archive was made with.")


def _refuse_full_instance() -> None:
    there = archive.instance_files()
    if there:
        raise Conflict(
            f"{config.settings().instance} holds an installation already ({there[0].name}, …). "
            "A restore only fills an empty place: move that folder away, or name another one with LMS_INSTANCE."
        )


def _refuse_full_database() -> None:
    there = tables.names()
    if there:
        raise Conflict(
            f"The database holds tables already ({', '.join(there[:3])}, …). "
            "A restore only fills an empty database: name another one with LMS_DATABASE."
        )


# ---------------------------------------------------------------- filling


def _fill(opened: zipfile.ZipFile, manifest: Manifest, note: Note) -> None:
    migrating.migrate(only={(module, step) for module, step, _checksum in manifest.steps})
    made = set(tables.names())
    if missing := sorted(set(manifest.tables) - made):
        raise Invalid(f"The steps of the archive do not make its tables: {', '.join(missing)}.")
    with tables.guards_asleep(), tables.keys_checked_at_the_end():
        for table in made:
            tables.empty(table)
        for table, kept in manifest.tables.items():
            note(f"{table}: {kept.size}")
            tables.fill(table, archive.table_rows(opened, table))
            found = tables.fingerprint(table)
            if (found.rows, found.digest) != (kept.size, kept.digest):
                raise Invalid(f"{table} did not arrive as it was: {found.rows} of {kept.size} rows.")
    tables.continue_numbering()


@contextmanager
def _files(opened: zipfile.ZipFile, manifest: Manifest, note: Note) -> Iterator[None]:
    """Put the files in place first; take them away again when the rest fails."""
    instance = config.settings().instance
    written: list[Path] = []
    note(f"{len(manifest.files)} files")
    try:
        for name in manifest.files:
            target = (instance / name).resolve()
            if not target.is_relative_to(instance.resolve()):
                raise Invalid(f"The archive names a file outside the instance: {name}.")
            target.parent.mkdir(parents=True, exist_ok=True)
            written.append(target)
            target.touch(mode=0o600)
            with archive.file_content(opened, name) as content, target.open("wb") as copy:
                if name == sealing.SECRETS:
                    copy.write(sealing.opened(content.read()))
                else:
                    shutil.copyfileobj(content, copy, 1 << 20)
        yield
    except BaseException:
        for path in written:
            path.unlink(missing_ok=True)
        raise
