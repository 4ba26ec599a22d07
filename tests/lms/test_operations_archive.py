"""An installation is kept in one archive and comes back whole, on either database, or not at all."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from tests.site import Site, new_database, seed, seeds

#: What is restored into; the archive itself comes from SQLite.
#: What closes the secrets in an archive, as an operator may choose it.
PHRASE = {"LMS_ARCHIVE_PASSPHRASE": "nam-tu-khong-lien-quan-nhau"}
ENGINES = ["postgresql"] if os.environ.get("LMS_TEST_DATABASE") else ["sqlite"]


def installation(folder: Path, engine: str = "sqlite") -> Site:
    folder.mkdir(exist_ok=True)
    return Site(folder, new_database() if engine == "postgresql" else "", PHRASE)


def refused(site: Site, *arguments: str) -> str:
    """The sentence with which a command refuses."""
    with pytest.raises(AssertionError) as answer:
        site.command(*arguments)
    assert "Traceback" not in str(answer.value)
    return str(answer.value)


def kept_tables(archive: Path) -> dict:
    with zipfile.ZipFile(archive) as source:
        return json.loads(source.read("manifest.json"))["tables"]


@pytest.fixture(scope="module")
def province(tmp_path_factory) -> tuple[Site, Path]:
    """The demonstration province and an archive of it."""
    folder = tmp_path_factory.mktemp("province")
    site = Site(folder, "", PHRASE)
    seed(seeds(tmp_path_factory), site, demo=True)
    archive = folder / "province.zip"
    site.command("backup", str(archive))
    return site, archive


@pytest.mark.slow
@pytest.mark.parametrize("engine", ENGINES)
def test_threat_34_an_archive_brings_everything_back_and_all_of_it_verifies(
    province, tmp_path, engine
) -> None:
    """Also without a signing key, which no archive holds: signatures, numbers, log and papers fit in the new place."""
    first, archive = province
    second = installation(tmp_path / "second", engine)

    assert "Restored" in second.command("restore", str(archive))

    second.command("backup", str(tmp_path / "again.zip"))
    assert kept_tables(tmp_path / "again.zip") == kept_tables(archive)
    for name in ("secrets.json", "files/certificates"):
        here, there = (Path(site.environ["LMS_INSTANCE"]) / name for site in (first, second))
        assert subprocess.run(["diff", "-r", here, there], capture_output=True).stdout == b""
    assert "unbroken" in second.command("audit", "verify")
    assert not list((Path(second.environ["LMS_INSTANCE"]) / "keys").glob("*"))
    assert "everything is as it was signed" in second.command("certificates", "audit")


@pytest.mark.slow
@pytest.mark.skipif("postgresql" not in ENGINES, reason="moves to PostgreSQL: runs where there is one")
def test_from_sqlite_to_postgresql_and_back(province, tmp_path) -> None:
    first, archive = province
    target = new_database()

    assert "Copied and compared" in first.command("copy-database", "--to", target)

    moved = Site(tmp_path, target, PHRASE)
    shutil.copytree(first.environ["LMS_INSTANCE"], moved.environ["LMS_INSTANCE"])
    moved.command("backup", str(tmp_path / "moved.zip"))
    assert kept_tables(tmp_path / "moved.zip") == kept_tables(archive)
    # New rows go on after the old numbers.
    moved.command(
        "user",
        "add",
        "moi@kimbang.example",
        "--name",
        "Người mới",
        "--role",
        "trainee",
        "--password",
        "mot-mat-khau-dai-14",
    )
    home = installation(tmp_path / "home")
    home.command("restore", str(tmp_path / "moved.zip"))
    assert "unbroken" in home.command("audit", "verify")


@pytest.mark.slow
@pytest.mark.once
def test_a_place_that_holds_something_is_not_overwritten(province) -> None:
    first, archive = province

    assert "holds an installation already" in refused(first, "restore", str(archive))


@pytest.mark.slow
@pytest.mark.once
@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        ("cut short", "is not a whole archive"),
        ("a file less", "is missing"),
        ("a table altered", "lms_official.jsonl was altered"),
        ("a file more", "does not belong to it"),
    ],
)
def test_a_partial_archive_leaves_nothing(province, tmp_path, damage, sentence) -> None:
    _first, archive = province
    broken = tmp_path / "broken.zip"
    spoil(archive, broken, damage)
    place = installation(tmp_path / "place")

    assert sentence in refused(place, "restore", str(broken))
    assert list((tmp_path / "place").rglob("*.pdf")) == []


def spoil(archive: Path, broken: Path, damage: str) -> None:
    if damage == "cut short":
        broken.write_bytes(archive.read_bytes()[:-4000])
        return
    with zipfile.ZipFile(archive) as source, zipfile.ZipFile(broken, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if damage == "a file less" and name.endswith(".pdf"):
                damage = "done"
                continue
            if damage == "a table altered" and name == "tables/lms_official.jsonl":
                content = content.replace(b"19", b"18", 1)
            target.writestr(name, content)
        if damage == "a file more":
            target.writestr("files/../../outside.txt", "x")


@pytest.mark.slow
@pytest.mark.once
def test_threat_35_an_archive_is_opened_with_what_lies_beside_the_keys_and_with_nothing_else(
    province, tmp_path
) -> None:
    first, _archive = province
    first = Site(first.folder, "", {})  # no passphrase of an operator's own
    own = tmp_path / "own.zip"
    first.command("backup", str(own))
    keys = Path(first.environ["LMS_INSTANCE"]) / "keys"
    place = installation(tmp_path / "place")

    assert "passphrase of another installation" in refused(place, "restore", str(own))
    place = Site(tmp_path / "place", "", {})
    assert "Put the folder instance/keys back first" in refused(place, "restore", str(own))
    assert not (Path(place.environ["LMS_INSTANCE"]) / "secrets.json").exists()
    shutil.copytree(keys, Path(place.environ["LMS_INSTANCE"]) / "keys", dirs_exist_ok=True)
    assert "Restored" in place.command("restore", str(own))


@pytest.mark.slow
@pytest.mark.once
def test_data_of_a_plugin_that_is_not_here_is_refused_by_name(province, tmp_path) -> None:
    _first, archive = province
    place = installation(tmp_path / "place")
    place.environ["LMS_SKIP_PLUGINS"] = "assessment"

    assert "data of the plugin assessment 0.1.0" in refused(place, "restore", str(archive))


@pytest.mark.slow
@pytest.mark.parametrize("engine", ENGINES)
def test_a_restore_that_fails_half_way_leaves_an_empty_place(province, tmp_path, engine) -> None:
    """The manifest agrees with its tables, but a row points to an official who is not there."""
    _first, archive = province
    place = installation(tmp_path / "place", engine)
    orphaned = tmp_path / "orphaned.zip"
    orphan(archive, orphaned)

    assert "is not there" in refused(place, "restore", str(orphaned))
    assert "Restored" in place.command("restore", str(archive))


def orphan(archive: Path, orphaned: Path) -> None:
    """Take all officials out, in the manifest as well."""
    with zipfile.ZipFile(archive) as source, zipfile.ZipFile(orphaned, "w") as target:
        manifest = json.loads(source.read("manifest.json"))
        manifest["tables"]["lms_official"] = {"size": 0, "digest": "0" * 64}
        for name in source.namelist():
            content = source.read(name)
            if name == "tables/lms_official.jsonl":
                content = b""
            if name == "manifest.json":
                content = json.dumps(manifest).encode()
            target.writestr(name, content)


@pytest.mark.slow
@pytest.mark.once
def test_only_the_latest_archives_are_kept(province, tmp_path) -> None:
    first, _archive = province
    for hour in ("07", "08", "09"):
        (tmp_path / f"kimbang-20250303-{hour}0000.kimbang.zip").touch()

    first.command("backup", str(tmp_path), "--keep", "2")

    left = sorted(path.name for path in tmp_path.glob("*.zip"))
    assert len(left) == 2 and left[0] == "kimbang-20250303-090000.kimbang.zip"
