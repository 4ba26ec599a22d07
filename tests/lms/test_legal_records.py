"""An upgrade never renumbers: a database step that touches records of legal value is taken back."""

import functools

import pytest

from lms.db import db, is_postgresql, legal, migrating
from lms.db.legal import LegalRecordsChanged
from lms.plugins.contract import Plugin
from lms.plugins.registry import Found, registry
from lms.plugins.switch import refresh
from lms.upgrading import QuietRunner

ROWS = [(1, 2024, 1, "A"), (2, 2024, 2, "B"), (3, 2025, 1, "C")]


@pytest.fixture
def register(app):
    """A plugin "seals" with a register of numbered seals that the law wants kept."""
    key = "serial" if is_postgresql() else "integer"
    db.execute_sql(
        f"create table seals_seal (id {key} primary key, year integer not null, number integer not null, words text)"
    )
    db.execute_sql("create unique index seals_number on seals_seal (year, number)")
    for row in ROWS:
        db.execute_sql(
            "insert into seals_seal (id, year, number, words) values ({}, {}, {}, '{}')".format(*row)
        )
    facts = {"name": "seals", "title": "Seals", "tables": ("seals_seal",), "legal_records": ("seals_seal",)}
    registry.found["seals"] = Found("seals", "lms", type("Seals", (Plugin,), facts), built_in=False)
    refresh()
    yield
    del registry.found["seals"]
    refresh()


@pytest.fixture
def step(register, tmp_path):
    """Run one database step of a module."""

    def run(sql, module="letters", head=""):
        lines = "".join(f"    db.execute_sql({one!r})\n" for one in [sql] if one)
        (tmp_path / "0001_step.py").write_text(f"{head}\ndef up(migrator, db):\n    pass\n{lines}")
        watch = functools.partial(legal.kept, module)
        return QuietRunner(db.obj, str(tmp_path), table_name=f"{module}_step", watch=watch).up()

    return run


def kept():
    return db.execute_sql("select id, year, number, words from seals_seal order by id").fetchall()


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("update seals_seal set number = 9 where id = 2", "number"),
        ("update seals_seal set words = 'x' where id = 3", "words"),
        ("delete from seals_seal where id = 1", "3 → 2"),
        ("insert into seals_seal (id, year, number) values (4, 2025, 2)", "3 → 4"),
        ("alter table seals_seal drop column words", "words"),
        ("drop table seals_seal", "dropped"),
    ],
)
def test_a_step_of_another_module_leaves_them_as_they_are(step, sql, told):
    with pytest.raises(LegalRecordsChanged, match=told) as refused:
        step(sql)
    assert "“seals”" in str(refused.value) and "taken back" in str(refused.value)
    assert kept() == ROWS


@pytest.mark.parametrize(
    "sql",
    [
        "update seals_seal set number = number + 100",
        "update seals_seal set year = 2026 where id = 3",
        "update seals_seal set id = 30 where id = 3",
        "delete from seals_seal where year = 2024",
        "insert into seals_seal (id, year, number) values (4, 2025, 2)",
        "drop table seals_seal",
    ],
)
def test_not_even_its_own_step_renumbers(step, sql):
    with pytest.raises(LegalRecordsChanged):
        step(sql, module="seals")
    assert kept() == ROWS


def test_two_numbers_that_change_places_are_seen(step):
    """The set of numbers is the same; who has which is not."""
    swap = "update seals_seal set number = case id when 1 then {} else {} end where id < 3"
    db.execute_sql("drop index seals_number")
    db.execute_sql("create unique index seals_number on seals_seal (year, number, id)")
    with pytest.raises(LegalRecordsChanged, match="number"):
        step(swap.format(2, 1), module="seals")
    assert kept() == ROWS


def test_a_step_that_wants_no_transaction_is_taken_back_all_the_same(step):
    with pytest.raises(LegalRecordsChanged):
        step("delete from seals_seal", head="atomic = False")
    assert kept() == ROWS


def test_its_own_step_adds_a_column_and_fills_it(step):
    assert step("alter table seals_seal add column colour varchar(20) default 'red'", module="seals")
    assert kept() == ROWS


def test_its_own_step_may_give_a_column_another_name(step):
    assert step("alter table seals_seal rename column number to serial", module="seals")
    found = db.execute_sql("select id, year, serial, words from seals_seal order by id").fetchall()
    assert found == ROWS


def test_what_is_left_of_a_plugin_whose_code_is_gone_is_watched_too(step):
    from lms.plugins.models import PluginState

    PluginState.create(name="seals", on=False, legal_records=["seals_seal"])
    gone = registry.found.pop("seals")
    try:
        with pytest.raises(LegalRecordsChanged):
            step("update seals_seal set number = 9 where id = 2")
    finally:
        registry.found["seals"] = gone


def test_the_platforms_own_migrations_are_watched(register, tmp_path, monkeypatch):
    """`lms migrate` itself: the plugin's step fails with the sentence, the register stays, the others go on."""
    (tmp_path / "0001_tidy.py").write_text(
        "def up(migrator, db):\n    db.execute_sql('update seals_seal set number = id')\n"
    )
    usual = Found.migrations.fget
    facts = {"name": "letters", "title": "Letters"}
    found = Found("letters", "lms", type("Letters", (Plugin,), facts), built_in=False)
    monkeypatch.setattr(
        Found, "migrations", property(lambda self: tmp_path if self is found else usual(self))
    )
    monkeypatch.setitem(registry.found, "letters", found)
    done = migrating.migrate_all()
    assert "never adds, removes or renumbers" in done.failed["letters/0001_tidy"]
    assert kept() == ROWS
