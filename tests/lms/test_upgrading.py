"""An upgrade is shown and rehearsed beforehand, and changes nothing but the database."""

import os
from pathlib import Path

import pytest

from lms import holding, jobs
from lms.audit.models import AuditRow
from lms.db import db, migrating
from lms.events import Delivery, EventRow, publish
from lms.jobs import JobRun
from lms.operations import preflight
from lms.plugins import surface
from lms.plugins.contract import Permission, Plugin
from lms.plugins.models import PluginState
from lms.plugins.registry import Found, registry
from lms.plugins.remembering import remember
from lms.plugins.switch import refresh
from lms.upgrading import OutwardEffect, QuietRunner
from plugins.attendance.events import RollLocked
from tests import warm


def on_postgresql():
    return os.environ.get("LMS_TEST_DATABASE", "").startswith("postgres")


QUIET = """
from peewee import AutoField, CharField, Model
def up(migrator, db):
    class Letter(Model):
        id = AutoField()
        words = CharField(max_length=40)
        class Meta:
            database = db
            table_name = "letters_letter"
    db.create_tables([Letter])
"""
PUBLISHES = (
    QUIET
    + """
    from lms.events import publish
    from plugins.attendance.events import RollLocked
    publish(RollLocked(1))
"""
)
WORKS = (
    QUIET
    + """
    from lms import jobs
    jobs.start("certificates.issue_batch", title="x")
"""
)
BY_HAND = (
    QUIET
    + """
    db.execute_sql("insert into lms_event (name, payload, at) values ('x.Y', '{}', '2025-01-01 00:00:00')")
"""
)


@pytest.fixture
def step(app, tmp_path, monkeypatch):
    """A plugin "letters" with one database step of the given text; returns its runner."""
    facts = {"name": "letters", "title": "Letters", "version": "2.0", "tables": ("letters_letter",)}
    found = Found("letters", "lms", type("Letters", (Plugin,), facts), built_in=False)
    monkeypatch.setattr(
        Found, "migrations", property(lambda self: tmp_path if self is found else _usual(self))
    )
    registry.found["letters"] = found
    refresh()

    def written(text):
        (tmp_path / "0001_initial.py").write_text(text)
        return QuietRunner(db.obj, str(tmp_path), table_name="letters_migration")

    yield written
    del registry.found["letters"]
    refresh()


_usual = Found.migrations.fget


def there():
    return {"letters_letter", "letters_migration"} & set(db.get_tables())


@pytest.mark.parametrize("text", [PUBLISHES, WORKS, BY_HAND], ids=["publishes", "starts work", "by hand"])
def test_a_step_with_an_outward_effect_is_refused_and_taken_back(step, text, monkeypatch):
    monkeypatch.setitem(jobs._jobs, "certificates.issue_batch", None)
    before = EventRow.select().count(), JobRun.select().count()
    with pytest.raises(OutwardEffect):
        step(text).up()
    assert "letters_letter" not in there()
    assert (EventRow.select().count(), JobRun.select().count()) == before


def test_after_a_refused_step_facts_are_published_again(step):
    with pytest.raises(OutwardEffect):
        step(PUBLISHES).up()
    publish(RollLocked(1))
    assert EventRow.select().count() == 1


def test_a_quiet_step_runs(step):
    assert step(QUIET).up() == ["0001_initial"]
    assert "letters_letter" in there()


def test_the_platforms_own_migrations_use_the_quiet_runner(app):
    assert all(isinstance(runner, QuietRunner) for _module, runner in migrating.runners())


class TestHold:
    """What is owed waits until the upgrade is over; one that failed is let go by a person."""

    @pytest.fixture
    def owed(self, app):
        event = EventRow.create(name="attendance.RollLocked", payload={"session_id": 1})
        return Delivery.create(event=event, handler="nobody.hears", plugin="attendance")

    def test_during_an_upgrade_nothing_is_taken_up(self, owed):
        with holding.held_back():
            assert jobs.sweep() == 0
            jobs._deliver.call_local(owed.id)
            assert Delivery.get_by_id(owed.id).attempts == 0
        assert not holding.held()
        assert jobs.sweep() >= 1

    def test_a_failed_upgrade_stays_held_until_a_person_lets_it_go(self, owed, login, make):
        with pytest.raises(ZeroDivisionError), holding.held_back():
            raise ZeroDivisionError
        client = login(make.user("platform_admin"))
        assert "/plugins/wiring/release" in client.get("/plugins/wiring").text
        client.post("/plugins/wiring/release")
        assert not holding.held()
        assert AuditRow.select().where(AuditRow.deed == "upgrade.released").count() == 1
        assert "/plugins/wiring/release" not in client.get("/plugins/wiring").text

    def test_a_later_upgrade_that_finishes_ends_it(self, app):
        with pytest.raises(ZeroDivisionError), holding.held_back():
            raise ZeroDivisionError
        with holding.held_back():
            pass
        assert not holding.held()


class TestPreflight:
    def test_nothing_to_upgrade(self, app):
        remember()
        assert preflight.reports() == []

    def test_a_newer_version_with_a_step(self, step):
        step(QUIET)
        PluginState.create(name="letters", on=True, version="1.0")
        [report] = preflight.reports()
        assert (report.name, report.stored, report.version) == ("letters", "1.0", "2.0")
        assert report.steps == ["0001_initial"]
        assert report.clear

    def test_what_it_needs_and_the_interface_stand_in_the_way(self, step):
        step(QUIET)
        registry.found["letters"].plugin.requires = ("envelopes",)
        [report] = preflight.reports()
        assert not report.clear
        registry.found["letters"].plugin.requires = ()
        registry.found["letters"].problem = "Made for plugin API >=7; this platform has 1."
        first = preflight.reports()[0].findings[0]
        assert (first.level, "API >=7" in first.sentence) == ("bad", True)

    def test_one_that_is_kept_out_until_its_steps_have_run_is_rehearsed_all_the_same(self, step):
        step(QUIET)
        found = registry.found["letters"]
        found.problem = "Its database step 0001_initial has not run yet: run `lms migrate`."
        [report] = preflight.reports()
        assert (report.steps, report.clear) == (["0001_initial"], True)
        found.problem = "Its database step 0001_initial failed: ValueError: x."
        assert not preflight.reports()[0].clear

    def test_once_the_database_is_brought_to_it_there_is_nothing_left(self, step):
        step(QUIET).up()
        PluginState.create(name="letters", on=True, version="1.0")
        remember()
        assert PluginState.get(PluginState.name == "letters").version == "2.0"
        assert preflight.reports() == []

    def test_a_plugin_with_steps_to_run_keeps_its_old_version(self, step):
        step(QUIET)
        PluginState.create(name="letters", on=True, version="1.0")
        remember()
        assert PluginState.get(PluginState.name == "letters").version == "1.0"

    def test_the_page_says_so(self, step, login, make):
        step(QUIET)
        PluginState.create(name="letters", on=True, version="1.0")
        page = login(make.user("platform_admin")).get("/plugins/preflight").text
        assert "0001_initial" in page
        assert "1.0" in page
        assert login(make.user("lecturer")).get("/plugins/preflight").status_code == 403

    def test_it_says_what_the_new_version_adds_and_takes_away(self, step, login, make):
        step(QUIET)
        before = surface.of(registry.found["letters"])
        before |= {"tables": ["letters_letter", "letters_old"], "routes": ["GET /letters/archive"]}
        PluginState.create(name="letters", on=True, version="1.0", surface=before)
        registry.found["letters"].plugin.permissions = (Permission("letters.write", "Write", roles=()),)
        [report] = preflight.reports()
        changes = {one.part: (one.added, one.gone) for one in report.changes}
        assert changes["permissions"] == (["letters.write"], [])
        assert changes["tables"] == ([], ["letters_old"])
        assert changes["routes"][1] == ["GET /letters/archive"]
        page = login(make.user("platform_admin")).get("/plugins/preflight").text
        assert "letters.write" in page and "letters_old" in page

    def test_of_a_version_nobody_remembers_nothing_is_said(self, step):
        step(QUIET)
        PluginState.create(name="letters", on=True, version="1.0")
        assert preflight.reports()[0].changes == []

    @pytest.mark.skipif(not on_postgresql(), reason="SQLite rehearses on a copy; see the whole upgrade below")
    def test_on_postgresql_the_rehearsal_is_taken_back(self, step):
        step(QUIET)
        tried = preflight.rehearse()
        # The contract is looked at by a process of its own, which cannot know a plugin of this test alone.
        assert tried.lines[0] == "✔ letters/0001_initial"
        assert "letters_letter" not in there()
        step(PUBLISHES)
        tried = preflight.rehearse()
        assert not tried.clear
        assert "OutwardEffect" in tried.lines[-1]


@pytest.mark.once
@pytest.mark.slow
def test_a_whole_upgrade_on_an_installation_of_its_own(tmp_path):
    """A pip-installed plugin gets a new version with a step: preflight, rehearsal on a copy, migrate."""
    package = tmp_path / "site" / "letters"
    (package / "migrations").mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "migrations" / "0001_initial.py").write_text(QUIET)
    info = tmp_path / "site" / "kimbang_letters-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: kimbang-letters\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[kimbang.plugins]\nletters = letters.plugin:Letters\n")

    def version(number):
        (package / "plugin.py").write_text(
            "from lms.plugins import Plugin\n\n\nclass Letters(Plugin):\n"
            f'    name = "letters"\n    title = "Letters"\n    version = "{number}"\n    tables = ("letters_letter",)\n'
        )

    environ = {name: value for name, value in os.environ.items() if not name.startswith("LMS_")}
    root = Path(__file__).resolve().parent.parent.parent
    environ |= {
        "LMS_INSTANCE": str(tmp_path / "instance"),
        "PYTHONPATH": os.pathsep.join([str(root), str(tmp_path / "site")]),
        "PYTHONDONTWRITEBYTECODE": "1",
    }

    def lms(*arguments):
        return warm.run(["lms", *arguments], env=environ, cwd=tmp_path, timeout=120)

    version("1.0")
    (package / "models.py").write_text(
        "from peewee import CharField\n\nfrom lms.db import BaseModel\n\n\nclass Letter(BaseModel):\n"
        "    words = CharField(max_length=40)\n\n    class Meta:\n        table_name = 'letters_letter'\n"
    )
    assert lms("init").returncode == 0
    assert "Nothing to upgrade" in lms("plugins", "preflight").stdout
    version("2.0")
    (package / "migrations" / "0002_loud.py").write_text(
        "def up(migrator, db):\n"
        "    db.execute_sql(\"insert into lms_event (name, payload, at) values ('x', '{}', '2025-01-01')\")\n"
    )
    tried = lms("plugins", "preflight", "--rehearse")
    assert tried.returncode == 1
    assert "letters 1.0 → 2.0" in tried.stdout
    assert "OutwardEffect" in tried.stdout
    (package / "migrations" / "0002_loud.py").unlink()
    (package / "migrations" / "0002_quiet.py").write_text(
        "def up(migrator, db):\n    db.execute_sql('create index letters_words on letters_letter (words)')\n"
    )
    tried = lms("plugins", "preflight", "--rehearse")
    assert tried.returncode == 1
    assert "It says in half a page what it is: no" in tried.stdout  # the steps run, the contract is not kept
    (package / "README.md").write_text(
        "# Letters\n\n" + "Letters kept for the archive, table letters_letter.\n" * 12
    )
    tried = lms("plugins", "preflight", "--rehearse")
    assert tried.returncode == 0, tried.stdout + tried.stderr
    assert "✔ letters 2.0: keeps the contract" in tried.stdout
    assert "0002_quiet" in lms("migrate", "--check").stdout  # the rehearsal changed nothing
    assert "letters/0002_quiet" in lms("migrate").stdout
    assert "Nothing to upgrade" in lms("plugins", "preflight").stdout
