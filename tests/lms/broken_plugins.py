"""Every way to be broken, one plugin each; `witness` is sound and sets the background work of the others going."""

from __future__ import annotations

from tests.lms.fake_plugins import Shelf, hooks

NOTE_TABLE = """
    from peewee import CharField, Model

    def up(migrator, db):
        class Note(Model):
            text = CharField(40)

            class Meta:
                database = db
                table_name = "{name}_note"

        db.create_tables([Note])
"""

#: Plugins that answer a question of the home page badly, and the reason that must be shown.
BAD_ANSWERS = {
    "raiser": "ZeroDivisionError",
    "quitter": "SystemExit",
    "sleeper": "did not answer in 2 s",
    "spinner": "did not answer in 2 s",
    "leaker": "left a transaction open",
    "beginner": "left a transaction open",
}

#: Plugins that must not be loaded, and the reason that must be shown.
NOT_LOADED = {
    "stranger_hook": "Nobody asks the question no_such_question",
    "wrong_arguments": "navigation",
    "round_one": "round_one → round_two → round_one",
    "round_two": "round_two → round_one → round_two",
    "after_round": "Needs round_one",
    "from_future": "plugin API",
    "bad_step": "no_such_table",
    "after_bad_step": "Needs bad_step",
    "crashing_import": "RuntimeError: not today",
    "poisoner": "RuntimeError: spoilt",
    "replacer": "lms.names",
    "exiting_import": "SystemExit",
    "broken_package": "RuntimeError: whole package",
    "letters": "must be a tuple",
    "everywhere": "before_app_request",
    "namesake": "somebody else's",
    "half_mounted": "says neither @requires nor @public",
}


def fill(shelf: Shelf) -> None:
    answers(shelf)
    manifests(shelf)
    imports(shelf)
    pages(shelf)
    background(shelf)


def answers(shelf: Shelf) -> None:
    shelf.add("raiser", hooks=hooks("@hookimpl\ndef navigation(user):\n    1 / 0\n"))
    shelf.add("quitter", hooks=hooks("import sys\n\n@hookimpl\ndef navigation(user):\n    sys.exit(3)\n"))
    shelf.add(
        "sleeper", hooks=hooks("import time\n\n@hookimpl\ndef navigation(user):\n    time.sleep(600)\n")
    )
    shelf.add(
        "spinner",
        hooks=hooks("""
            @hookimpl
            def home_cards(user):
                while True:
                    try:
                        sum(range(1000))
                    except Exception:
                        pass
            """),
    )
    for name, begin in (("leaker", "db.atomic().__enter__()"), ("beginner", "db.begin()")):
        shelf.add(
            name,
            facts=f'tables = ("{name}_note",)',
            migrations__0001_first=NOTE_TABLE.format(name=name),
            hooks=hooks(f"""
                from lms.db import db

                @hookimpl
                def navigation(user):
                    {begin}
                    db.execute_sql("INSERT INTO {name}_note (text) VALUES ('leaked')")
                    try:
                        db.execute_sql("SELECT nothing FROM nowhere")
                    except Exception:
                        pass
                """),
        )
    shelf.add(
        "bad_card",
        hooks=hooks("""
            from lms.answers import HomeCard

            @hookimpl
            def home_cards(user):
                return [HomeCard("Bad", "bad_card/card.html"), HomeCard("Good", "bad_card/good.html")]
            """),
        routes="""
            from flask import Blueprint

            bp = Blueprint("bad_card", __name__, template_folder="templates")
            """,
    )
    shelf.write("bad_card", "templates/bad_card/card.html", "{{ nothing.at.all }}")
    shelf.write("bad_card", "templates/bad_card/good.html", "the good card")


def manifests(shelf: Shelf) -> None:
    shelf.add("stranger_hook", hooks=hooks("@hookimpl\ndef no_such_question(user):\n    return []\n"))
    shelf.add("wrong_arguments", hooks=hooks("@hookimpl\ndef navigation(user, weather):\n    return []\n"))
    shelf.add("round_one", facts='requires = ("round_two",)')
    shelf.add("round_two", facts='requires = ("round_one",)')
    shelf.add("after_round", facts='requires = ("round_one",)')
    shelf.add("from_future", facts='api = ">=7"')
    shelf.add("letters", facts='requires = ("courses")')
    shelf.add(
        "bad_step",
        facts='tables = ("bad_step_note",)',
        migrations__0001_first=NOTE_TABLE.format(name="bad_step"),
        migrations__0002_second="""
            def up(migrator, db):
                db.execute_sql("INSERT INTO bad_step_note (text) VALUES ('half')")
                db.execute_sql("UPDATE no_such_table SET a = 1")
            """,
    )
    shelf.add(
        "after_bad_step",
        facts='requires = ("bad_step",)\ntables = ("after_bad_step_note",)',
        migrations__0001_first=NOTE_TABLE.format(name="after_bad_step"),
    )


def imports(shelf: Shelf) -> None:
    shelf.add("crashing_import", models="raise RuntimeError('not today')")
    shelf.add(
        "poisoner",
        hooks="""
            import sys
            from types import ModuleType

            sys.modules["lms.text"] = ModuleType("lms.text")
            del sys.modules["lms.clock"]
            raise RuntimeError("spoilt")
            """,
    )
    shelf.add(
        "replacer",
        hooks="import sys\nfrom types import ModuleType\n\nsys.modules['lms.names'] = ModuleType('lms.names')",
    )
    shelf.add("exiting_import", services="import sys\n\nsys.exit(1)")
    shelf.add("broken_package", init="raise RuntimeError('whole package')")
    shelf.add("bad_words")
    shelf.write("bad_words", "translations/vi/LC_MESSAGES/messages.mo", "no catalogue")


def pages(shelf: Shelf) -> None:
    shelf.add(
        "everywhere",
        routes="""
            from flask import Blueprint

            bp = Blueprint("everywhere", __name__)

            @bp.before_app_request
            def around():
                raise RuntimeError("everywhere")
            """,
    )
    shelf.add("namesake", routes="from flask import Blueprint\n\nbp = Blueprint('courses', __name__)\n")
    shelf.add(
        "half_mounted",
        routes="""
            from flask import Blueprint
            from lms.access import public

            first = Blueprint("half_mounted", __name__)
            second = Blueprint("half_mounted_too", __name__)
            blueprints = [first, second]

            @first.get("/half")
            @public
            def half():
                return "half"

            @second.get("/unguarded")
            def unguarded():
                return "unguarded"
            """,
    )
    shelf.add(
        "bad_page",
        facts='tables = ("bad_page_note",)',
        migrations__0001_first=NOTE_TABLE.format(name="bad_page"),
        routes="""
            from flask import Blueprint
            from lms.access import public
            from lms.db import db

            bp = Blueprint("bad_page", __name__)

            @bp.get("/bad-page/crash")
            @public
            def crash():
                raise RuntimeError("secret of somebody")

            @bp.get("/bad-page/leak")
            @public
            def leak():
                db.atomic().__enter__()
                db.execute_sql("INSERT INTO bad_page_note (text) VALUES ('leaked')")
                return "leaked"
            """,
    )


def background(shelf: Shelf) -> None:
    shelf.add(
        "witness",
        facts='tables = ("witness_note",)',
        migrations__0001_first=NOTE_TABLE.format(name="witness"),
        events="""
            from dataclasses import dataclass
            from lms.events import Event

            @dataclass(frozen=True)
            class Rang(Event):
                bell: int
            """,
        handlers="""
            from lms.db import db
            from lms.events import on
            from witness.events import Rang

            @on(Rang)
            def hear(event):
                db.execute_sql("INSERT INTO witness_note (text) VALUES ('heard')")
            """,
        jobs="""
            from flask import url_for
            from lms import jobs
            from lms.db import atomic, db
            from lms.events import publish
            from witness.events import Rang

            @jobs.every(hours=24)
            def ring():
                with atomic():
                    publish(Rang(1))
                    for kind in ("bad_work.crash", "bad_work.leak", "witness.count"):
                        jobs.start(kind, title=kind)

            @jobs.job("witness.count")
            def count(run):
                address = url_for("web.home", _external=True)
                db.execute_sql(f"INSERT INTO witness_note (text) VALUES ('{address}')")
            """,
    )
    shelf.add(
        "bad_work",
        facts='requires = ("witness",)\ntables = ("bad_work_note",)',
        migrations__0001_first=NOTE_TABLE.format(name="bad_work"),
        handlers="""
            from lms.db import db
            from lms.events import on
            from witness.events import Rang

            @on(Rang)
            def crash(event):
                db.execute_sql("INSERT INTO bad_work_note (text) VALUES ('half a deed')")
                raise RuntimeError("handler down")

            @on(Rang)
            def leak(event):
                db.transaction().__enter__()
                db.execute_sql("INSERT INTO bad_work_note (text) VALUES ('leaked')")
            """,
        jobs="""
            from lms import jobs
            from lms.db import db

            @jobs.every(hours=24)
            def crash_by_the_clock():
                raise RuntimeError("clock down")

            @jobs.every(hours=24)
            def hang_by_the_clock():
                while True:
                    pass

            @jobs.job("bad_work.crash")
            def crash(run):
                raise RuntimeError("job down")

            @jobs.job("bad_work.leak")
            def leak(run):
                db.atomic().__enter__()
                db.execute_sql("INSERT INTO bad_work_note (text) VALUES ('leaked')")
            """,
    )
