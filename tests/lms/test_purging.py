"""Uninstall: an archive first, then the tables; what has legal value stays, and nothing that is gone is forgotten."""

import json
import zipfile

import pytest

from lms.audit.models import AuditRow
from lms.db import db
from lms.errors import Conflict, Invalid, NotFound
from lms.operations import purging
from lms.plugins import services
from lms.plugins.contract import Plugin
from lms.plugins.models import PluginChoice, PluginState
from lms.plugins.registry import Found, registry
from lms.plugins.remembering import missing, remember
from lms.plugins.switch import refresh

TABLES = ("notes_shelf", "notes_note", "notes_seal")


@pytest.fixture
def notes(app):
    """A plugin that was installed, is off, and has rows: notes and seals stand on shelves."""
    key = "integer primary key" if not _postgresql() else "serial primary key"
    db.execute_sql(f"create table notes_shelf (id {key}, name varchar(40) not null)")
    db.execute_sql(
        f"create table notes_note (id {key}, shelf_id integer not null references notes_shelf (id), words text)"
    )
    db.execute_sql(f"create table notes_seal (id {key}, words text)")
    db.execute_sql(f"create table notes_migration (id {key}, name varchar(255), applied timestamp)")
    db.execute_sql("insert into notes_shelf (name) values ('Kệ số 1')")
    db.execute_sql("insert into notes_note (shelf_id, words) values (1, 'Họp lớp'), (1, 'Ghi chú')")
    db.execute_sql("insert into notes_seal (words) values ('Đã đóng dấu')")
    db.execute_sql("insert into notes_migration (name) values ('0001_initial')")
    facts = {"name": "notes", "title": "Ghi chú", "tables": TABLES, "legal_records": ("notes_seal",)}
    registry.found["notes"] = Found("notes", "lms", type("Notes", (Plugin,), facts), False, loaded=True)
    refresh()
    PluginState.create(
        name="notes",
        on=False,
        version="1.0",
        title="Ghi chú",
        tables=list(TABLES),
        legal_records=["notes_seal"],
    )
    yield "notes"
    registry.found.pop("notes", None)
    refresh()


def _postgresql():
    from lms.db import is_postgresql

    return is_postgresql()


def present():
    return {table for table in db.get_tables() if table.startswith("notes_")}


def test_the_plan_counts_what_goes_and_says_why_the_rest_stays(notes):
    plan = purging.plan(notes)
    assert {table.name: table.rows for table in plan.dropped} == {"notes_shelf": 1, "notes_note": 2}
    assert [table.name for table, _reason in plan.kept] == ["notes_seal"]
    assert plan.refusal == ""


def test_tables_go_and_legal_records_stay(notes, make):
    admin = make.user("platform_admin")
    services.switch_at(notes, ("class", 1), False, by=admin)
    done = purging.purge(notes, "notes", by=admin)
    assert present() == {"notes_seal"}
    assert (done.tables, done.rows, done.kept) == (2, 3, 1)
    assert PluginChoice.select().count() == 0
    row = AuditRow.get(AuditRow.deed == "plugins.purged")
    assert row.by == admin
    assert row.details["tables"] == {"notes_shelf": 1, "notes_note": 2}


def test_the_archive_holds_every_row_also_of_what_stays(notes):
    done = purging.purge(notes, "notes", by=None)
    with zipfile.ZipFile(done.archive) as archive:
        about = json.loads(archive.read("manifest.json"))
        lines = [json.loads(line) for line in archive.read("tables/notes_note.jsonl").splitlines()]
    assert [line["words"] for line in lines] == ["Họp lớp", "Ghi chú"]
    assert {name: table["rows"] for name, table in about["tables"].items()} == {
        "notes_shelf": 1,
        "notes_note": 2,
        "notes_seal": 1,
    }
    assert (about["plugin"], about["version"], about["steps"]) == ("notes", "1.0", ["0001_initial"])
    assert done.archive.stat().st_mode & 0o077 == 0


def test_a_table_that_a_legal_record_refers_to_stays_too(notes):
    db.execute_sql("alter table notes_seal add column shelf_id integer references notes_shelf (id)")
    purging.purge(notes, "notes", by=None)
    assert present() == {"notes_seal", "notes_shelf"}


def test_the_wrong_name_changes_nothing(notes):
    with pytest.raises(Invalid):
        purging.purge(notes, "note", by=None)
    assert {"notes_note", "notes_shelf", "notes_migration"} <= present()


def test_one_that_works_must_be_switched_off_first(notes):
    services.switch(notes, True, by=None)
    with pytest.raises(Conflict):
        purging.purge(notes, "notes", by=None)
    assert "notes_note" in present()


@pytest.mark.parametrize("name", ["lms", "courses", "certificates"])
def test_the_core_refuses(app, name):
    with pytest.raises(Conflict):
        purging.purge(name, name, by=None)


def test_what_others_need_refuses(notes):
    facts = {"name": "pins", "title": "Pins", "requires": ("notes",)}
    registry.found["pins"] = Found("pins", "lms", type("Pins", (Plugin,), facts), False)
    try:
        with pytest.raises(Conflict):
            purging.purge(notes, "notes", by=None)
    finally:
        del registry.found["pins"]


def test_one_whose_code_is_gone_is_missing_with_its_tables(notes):
    del registry.found["notes"]
    gone = next(one for one in missing() if one.name == "notes")
    assert (gone.title, gone.version, gone.rows) == ("Ghi chú", "1.0", 4)
    assert [table.name for table in gone.tables] == list(TABLES)


def test_a_missing_one_is_purged_and_its_legal_records_are_still_remembered(notes):
    del registry.found["notes"]
    purging.purge(notes, "notes", by=None)
    gone = next(one for one in missing() if one.name == "notes")
    assert [(table.name, table.rows) for table in gone.tables if table.there] == [("notes_seal", 1)]


def test_a_missing_one_without_legal_records_is_forgotten_when_it_is_purged(notes):
    del registry.found["notes"]
    PluginState.update(legal_records=[]).where(PluginState.name == "notes").execute()
    purging.purge(notes, "notes", by=None)
    assert [one.name for one in missing()] == []
    with pytest.raises(NotFound):
        purging.plan("notes")


def test_tables_of_a_longer_name_are_not_touched(notes):
    del registry.found["notes"]
    db.execute_sql("create table notes_archive_page (id integer primary key)")
    PluginState.create(name="notes_archive", on=True)
    purging.purge(notes, "notes", by=None)
    assert "notes_archive_page" in present()


def test_migrating_remembers_what_each_manifest_says(app):
    remember()
    state = PluginState.get(PluginState.name == "attendance")
    plugin = registry.found["attendance"].plugin
    assert (state.version, tuple(state.tables)) == (plugin.version, plugin.tables)
    assert tuple(state.legal_records) == plugin.legal_records


class TestPages:
    @pytest.fixture
    def admin(self, login, make):
        return login(make.user("platform_admin"))

    def test_the_page_says_what_goes_and_stays_and_asks_for_the_name(self, admin, notes):
        page = admin.get("/plugins/notes/purge").text
        assert "notes_seal" in page
        answer = admin.post("/plugins/notes/purge", data={"typed": "notez"})
        assert answer.status_code == 422
        assert "typed-errors" in answer.text
        assert "notes_note" in present()
        assert admin.post("/plugins/notes/purge", data={"typed": "notes"}).status_code == 303
        assert present() == {"notes_seal"}

    def test_the_list_shows_missing_ones(self, admin, notes):
        del registry.found["notes"]
        page = admin.get("/plugins").text
        assert "/plugins/notes/purge" in page
        assert "notes_note" in page

    def test_the_core_offers_no_way(self, admin):
        page = admin.get("/plugins/courses/purge").text
        assert 'name="typed"' not in page
        assert admin.post("/plugins/courses/purge", data={"typed": "courses"}).status_code == 409

    def test_nobody_else_may(self, login, make, notes):
        client = login(make.user("school_head"))
        assert client.post("/plugins/notes/purge", data={"typed": "notes"}).status_code == 403
        assert "notes_note" in present()
