"""What was chosen before choices had scopes is still chosen afterwards."""

import importlib.util
import json

from peewee import SqliteDatabase
from playhouse.migrate import SchemaMigrator

from lms.plugins.registry import ROOT


def load(name):
    spec = importlib.util.spec_from_file_location(name, ROOT / "migrations" / "lms" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_settings_and_switches_of_site_and_class_are_kept(tmp_path):
    db = SqliteDatabase(tmp_path / "old.db")
    migrator = SchemaMigrator.from_database(db)
    load("0001_initial").up(migrator, db)
    db.execute_sql(
        'insert into lms_plugin_state (name, version, is_on, reason, "values", changed_at)'
        " values ('attendance', '0.1.0', 1, '', '{\"undo_minutes\": 7}', '2025-03-03 00:00:00')"
    )
    for class_id, on, values in ((5, 0, "{}"), (6, 1, '{"lock_at_day_end": false}')):
        db.execute_sql(
            'insert into lms_class_plugin (class_id, name, is_on, "values", changed_at) values (?, ?, ?, ?, ?)',
            (class_id, "attendance", on, values, "2025-03-03 00:00:00"),
        )

    load("0003_plugin_choices").up(migrator, db)

    rows = db.execute_sql("select kind, scope_id, plugin, key, value from lms_plugin_choice order by id")
    assert [(*row[:4], json.loads(row[4])) for row in rows] == [
        ("site", 0, "attendance", "undo_minutes", 7),
        ("class", 5, "attendance", "", False),
        ("class", 6, "attendance", "lock_at_day_end", False),
    ]
    assert "lms_class_plugin" not in db.get_tables()
    db.close()
