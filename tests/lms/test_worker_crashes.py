"""The worker is killed in the middle of a job and of a delivery: another one finishes both, each item once."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from lms.db import open_database
from tests import warm
from tests.lms.fake_plugins import Shelf
from tests.site import Site

ITEMS = 12

BELLS = {
    "facts": 'tables = ("bells_note",)',
    "migrations__0001_first": """
        from peewee import CharField, Model

        def up(migrator, db):
            class Note(Model):
                text = CharField(40)

                class Meta:
                    database = db
                    table_name = "bells_note"

            db.create_tables([Note])
        """,
    "events": """
        from dataclasses import dataclass
        from lms.events import Event

        @dataclass(frozen=True)
        class Rang(Event):
            bell: int
        """,
    "handlers": """
        import time
        from pathlib import Path
        from lms.config import settings
        from lms.db import db
        from lms.events import on
        from bells.events import Rang

        @on(Rang)
        def write_down(event):
            db.execute_sql("INSERT INTO bells_note (text) VALUES ('heard')")
            begun = settings().instance / "delivering"
            first = not begun.exists()
            begun.touch()
            if first:
                time.sleep(60)
        """,
    "jobs": f"""
        import time
        from lms.db import atomic, db
        from lms.jobs import job

        @job("bells.ring")
        def ring(run):
            done = {{row[0] for row in db.execute_sql("SELECT text FROM bells_note").fetchall()}}
            run.total({ITEMS})
            for number in range({ITEMS}):
                if f"item {{number}}" not in done:
                    with atomic():
                        db.execute_sql(f"INSERT INTO bells_note (text) VALUES ('item {{number}}')")
                        time.sleep(0.25)
                run.advance()
            return {{"rung": {ITEMS}}}
        """,
}

START = """
from lms import jobs
from lms.app import create_app
from lms.db import atomic, connection
from lms.plugins import services
with create_app().app_context(), connection():
    services.switch("{plugin}", True, by=None)
    with atomic():
        {deed}
"""


class Tower:
    """An installation with a plugin of the test's own, which has to do with its worker."""

    def __init__(self, site: Site, plugin: str = "bells") -> None:
        self.site = site
        self.plugin = plugin

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        database = open_database(
            self.site.environ["LMS_DATABASE"] or f"sqlite:///{self.site.folder}/instance/lms.db"
        )
        try:
            with database.connection_context():
                return [tuple(row) for row in database.execute_sql(sql).fetchall()]
        finally:
            database.close_all()

    def do(self, deed: str) -> None:
        script = START.format(plugin=self.plugin, deed=deed)
        warm.run(["-c", script], env=self.site.environ, timeout=60).check_returncode()

    def wait(self, until: Any, seconds: float = 60) -> None:
        end = time.monotonic() + seconds
        while not until():
            assert time.monotonic() < end, self.site.log_text()
            time.sleep(0.05)


@pytest.fixture
def tower(live_server: Any, tmp_path: Path) -> Tower:
    shelf = Shelf(tmp_path)
    shelf.add("bells", **BELLS)
    site = live_server(PYTHONPATH=str(tmp_path), LMS_LEASE_SECONDS="2")
    site.kill("work")
    return Tower(site)


def test_a_job_whose_worker_was_killed_is_finished_by_another(tower):
    tower.do("jobs.start('bells.ring', title='Ring')")
    for reached in (2, 6):
        tower.site.start_work()
        tower.wait(lambda: len(tower.rows("SELECT text FROM bells_note")) >= reached)  # noqa: B023
        tower.site.kill("work")
        assert tower.rows("SELECT state FROM lms_job WHERE kind = 'bells.ring'") == [("running",)]
    tower.site.start_work()
    tower.wait(lambda: tower.rows("SELECT state FROM lms_job WHERE kind = 'bells.ring'") == [("done",)])
    found = sorted(row[0] for row in tower.rows("SELECT text FROM bells_note"))
    assert found == sorted(f"item {number}" for number in range(ITEMS))
    assert tower.rows("SELECT done, count FROM lms_job WHERE kind = 'bells.ring'") == [(ITEMS, ITEMS)]


def test_a_delivery_whose_worker_was_killed_has_its_effect_once(tower):
    tower.do("import bells.events, lms.events; lms.events.publish(bells.events.Rang(1))")
    tower.site.start_work()
    tower.wait(lambda: (tower.site.folder / "instance" / "delivering").exists())
    tower.site.kill("work")
    assert tower.rows("SELECT count(*) FROM bells_note") == [(0,)]
    assert tower.rows("SELECT state FROM lms_delivery") == [("due",)]
    tower.site.start_work()
    tower.wait(lambda: tower.rows("SELECT state FROM lms_delivery") == [("done",)])
    assert tower.rows("SELECT text FROM bells_note") == [("heard",)]
