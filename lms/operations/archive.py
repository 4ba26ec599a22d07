"""One archive of the whole installation: tables, files, closed secrets, the list of plugins, and a checksum for each.

The archive is an ordinary zip. ``manifest.json`` says what must be in it; `check` refuses an archive in which
anything is missing, altered or too much, so that a partial one is found before anybody needs it.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO

from lms import clock, config
from lms.db import is_postgresql, migrating
from lms.errors import Conflict, Invalid, NotFound
from lms.operations import sealing, tables
from lms.plugins.registry import registry

FORMAT = 1
MANIFEST = "manifest.json"
ENDING = ".kimbang.zip"
#: What an installation can make again by itself, and private keys: whoever finds an archive must not be able to sign.
LEFT_OUT = frozenset({"cache", "backups", "run", "keys"})


@dataclass(frozen=True)
class Kept:
    """A table or file of the archive: rows or bytes, and a digest of them."""

    size: int
    digest: str


@dataclass(frozen=True)
class Manifest:
    """What an archive holds, and what the installation was that it came from."""

    format: int
    made_at: str
    engine: str
    plugins: dict[str, str]
    #: Migration steps in the order they ran: module, step, checksum.
    steps: list[list[str]]
    tables: dict[str, Kept]
    files: dict[str, Kept]

    @property
    def rows(self) -> int:
        return sum(kept.size for kept in self.tables.values())


def make(target: Path) -> Manifest:
    """Write an archive of this installation to `target`, readable by its owner alone.

    People can go on working: tables are read as they are at one moment. An archive appears under its name only
    when it is whole. Raises Conflict when `target` exists.
    """
    if target.exists():
        raise Conflict(f"{target} exists already. Choose another name.")
    if not tables.names():
        raise Conflict(
            "There is nothing to keep: the database that LMS_DATABASE and LMS_INSTANCE name is empty."
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        draft.touch(mode=0o600)
        manifest = _write(draft)
        check(draft)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    return manifest


def read_manifest(archive: Path) -> Manifest:
    """What an archive says it holds. Raises NotFound or Invalid with a sentence."""
    with opened(archive) as source:
        return _manifest(source)


def check(archive: Path) -> Manifest:
    """Read the whole archive and compare every table and file with the manifest.

    Raises Invalid naming the first part that is missing, altered or too much.
    """
    with opened(archive) as source:
        manifest = _manifest(source)
        wanted = {MANIFEST, *map(_table_name, manifest.tables), *map(_file_name, manifest.files)}
        there = set(source.namelist())
        for name in sorted(wanted ^ there):
            raise _damaged(name, "is missing" if name in wanted else "does not belong to it")
        for table, kept in manifest.tables.items():
            if _kept_table(source, table) != kept:
                raise _damaged(_table_name(table), "was altered")
        for name, kept in manifest.files.items():
            if _kept_file(source, name) != kept:
                raise _damaged(_file_name(name), "was altered")
    return manifest


def table_rows(source: zipfile.ZipFile, table: str) -> Iterator[tables.Row]:
    """The rows of a table in an open archive."""
    with source.open(_table_name(table)) as lines:
        for line in lines:
            yield json.loads(line)


def file_content(source: zipfile.ZipFile, name: str) -> Any:
    """A file of an open archive, open for reading."""
    return source.open(_file_name(name))


def default_name() -> str:
    """A name that sorts by time: kimbang-20261126-0741.kimbang.zip."""
    return f"kimbang-{clock.local(clock.now()):%Y%m%d-%H%M%S}{ENDING}"


def keep_latest(folder: Path, count: int) -> list[Path]:
    """Delete all but the latest archives of a folder; returns what was deleted."""
    known = sorted(folder.glob(f"kimbang-*{ENDING}"))
    old = known[: max(0, len(known) - count)]
    for archive in old:
        archive.unlink()
    return old


# ---------------------------------------------------------------- writing


def _write(target: Path) -> Manifest:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        with tables.snapshot():
            kept_tables = {name: _add_table(archive, name) for name in tables.names()}
            steps = [
                [row.module, row.step, row.checksum]
                for row in migrating.MigrationStamp.select().order_by(migrating.MigrationStamp.id)
            ]
        # Files come after the tables: whatever a row of the snapshot names was written before it.
        kept_files = {
            str(path.relative_to(config.settings().instance)): _add_file(archive, path)
            for path in instance_files()
        }
        manifest = Manifest(
            format=FORMAT,
            made_at=clock.now().isoformat(timespec="seconds"),
            engine="postgresql" if is_postgresql() else "sqlite",
            plugins={found.name: found.plugin.version for found in registry.in_order()},
            steps=steps,
            tables=kept_tables,
            files=kept_files,
        )
        archive.writestr(MANIFEST, json.dumps(asdict(manifest), ensure_ascii=False, indent=1, sort_keys=True))
    return manifest


def instance_files() -> list[Path]:
    """Every file of the instance that belongs into an archive: secrets and produced papers; neither the database nor private keys."""
    chosen = config.settings()
    instance = chosen.instance
    database = chosen.database_url.partition("///")[2] if chosen.database_url.startswith("sqlite") else ""
    return sorted(
        path
        for path in instance.rglob("*")
        if path.is_file()
        and path.relative_to(instance).parts[0] not in LEFT_OUT
        and not path.name.startswith(".")
        and not (database and str(path).startswith(database))
    )


def _add_table(archive: zipfile.ZipFile, table: str) -> Kept:
    found = tables.Fingerprint()
    with archive.open(_table_name(table), "w", force_zip64=True) as target:
        for line in tables.lines(table):
            found.add(line)
            target.write(line + b"\n")
    return Kept(found.rows, found.digest)


def _add_file(archive: zipfile.ZipFile, path: Path) -> Kept:
    within = str(path.relative_to(config.settings().instance))
    name = _file_name(within)
    if within == sealing.SECRETS:
        with archive.open(name, "w") as target:
            return _copied(io.BytesIO(sealing.close(path.read_bytes())), target.write)
    with path.open("rb") as source, archive.open(name, "w", force_zip64=True) as target:
        return _copied(source, target.write)


# ---------------------------------------------------------------- reading


@contextmanager
def opened(archive: Path) -> Iterator[zipfile.ZipFile]:
    """An archive open for reading. Raises NotFound or Invalid with a sentence."""
    if not archive.is_file():
        raise NotFound(f"There is no archive {archive}.")
    try:
        with zipfile.ZipFile(archive) as source:
            yield source
    except (zipfile.BadZipFile, EOFError, OSError) as problem:
        raise Invalid(f"{archive.name} is not a whole archive ({problem}). Take another one.") from problem


def _manifest(source: zipfile.ZipFile) -> Manifest:
    try:
        said = json.loads(source.read(MANIFEST))
        known = int(said["format"])
    except (KeyError, ValueError, TypeError) as problem:
        raise _damaged(MANIFEST, "cannot be read") from problem
    if known != FORMAT:
        raise Invalid(f"This archive has format {known}; this version reads format {FORMAT}.")
    parts = {name: {key: Kept(**kept) for key, kept in said[name].items()} for name in ("tables", "files")}
    return Manifest(**{**said, **parts})


def _kept_table(source: zipfile.ZipFile, table: str) -> Kept:
    found = tables.Fingerprint()
    with source.open(_table_name(table)) as lines:
        for line in lines:
            found.add(line.rstrip(b"\n"))
    return Kept(found.rows, found.digest)


def _kept_file(source: zipfile.ZipFile, name: str) -> Kept:
    with source.open(_file_name(name)) as content:
        return _copied(content, lambda _portion: None)


def _copied(source: Any, write: Any) -> Kept:
    digest, size = hashlib.sha256(), 0
    reader: BinaryIO = source
    while portion := reader.read(1 << 20):
        digest.update(portion)
        size += len(portion)
        write(portion)
    return Kept(size, digest.hexdigest())


def _damaged(name: str, what: str) -> Invalid:
    return Invalid(f"The archive is damaged: {name} {what}. Nothing was restored; take another archive.")


def _table_name(table: str) -> str:
    return f"tables/{table}.jsonl"


def _file_name(name: str) -> str:
    return f"files/{name}"
