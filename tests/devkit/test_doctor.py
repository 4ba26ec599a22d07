"""`lms plugins doctor` finds what does not hold, says what to do, and ends with 1."""

from __future__ import annotations

from pathlib import Path

import pytest

from lms.plugins.checking import CHECKS
from lms.plugins.scaffolding import make
from tests.devkit.installation import Installation
from tests.site import seeds

pytestmark = pytest.mark.once

#: One fault for every check: the file, what stands there, what is put in its place, and the sentence that tells it.
FAULTS = {
    "manifest": ("plugin.py", "from lms.plugins", "from broken.deeds import DEEDS  # noqa: F401\nfrom lms.plugins", "plugin.py imports broken.deeds"),
    "settings": ("plugin.py", "int, 500", "int, 5", "The default 5 of the setting longest does not fit"),
    "readme": ("README.md", None, "", "There is no README.md"),
    "tables": ("plugin.py", '("broken_note",)', '("broken_note", "broken_ghost")', "broken_ghost is declared and has no model"),
    "shape": ("models.py", "    text = CharField(5000)", "    text = CharField(5000)\n    tone = CharField(9, null=True)", "broken_note.tone is missing"),
    "install": ("migrations/0001_initial.py", "def up", "import broken.deeds\n\n\ndef up", "0001_initial.py imports the plugin"),
    "guards": ("routes.py", '@requires("broken.write")\ndef index', '@requires("broken.moon")\ndef index', "broken.index asks for the permission broken.moon"),
    "transactions": ("routes.py", "    klass = class_or_404", "    Note = queries.Note\n    len([]) and Note.create()\n    klass = class_or_404", "routes.py writes: .create("),
    "permissions": ("plugin.py", "    permissions = (", '    permissions = (\n        Permission("broken.idle", "Idle"),', "Nobody uses the permission broken.idle"),
    "templates": ("templates/courses/class.html", None, "taken over", "templates/courses stands beside"),
    "hooks": ("hooks.py", "@hookimpl\ndef navigation", "def navigation", "hooks.py has navigation without @hookimpl"),
    "privacy": ("hooks.py", "@hookimpl\ndef privacy_erase", "def forget", "privacy_erase is not answered"),
    "deeds": ("services.py", '"broken.written"', '"broken.scribbled"', "records broken.scribbled, which has no sentence"),
    "events": ("events.py", None, "from dataclasses import dataclass\n\nfrom lms.events import Event\n\n\n@dataclass(frozen=True)\nclass Echoed(Event):\n    thing: object\n", "broken.Echoed.thing is object"),
    "jobs": ("jobs.py", None, 'from lms.jobs import job\n\n\n@job("courses.borrowed")\ndef work(run):\n    pass\n', "courses.borrowed carries the name of another plugin"),
    "words": ("forms.py", '_l("Note")', '_l("Remark")', "Missing in broken: “Remark”"),
    "switching": ("routes.py", "\n\n@bp.get", '\n\n@bp.get("/crash")\n@requires.__globals__["public"]\ndef crash():\n    raise ZeroDivisionError\n\n\n@bp.get', "/broken/crash answers 500 while the plugin is on"),
}  # fmt: skip
ECHO = "from lms.events import on, publish\nfrom broken.events import Echoed\n\n\n@on(Echoed)\ndef hear(event):\n    shout()\n\n\ndef shout():\n    publish(Echoed(thing=1))\n"


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the doctor says about a plugin with every fault at once."""
    folder = tmp_path_factory.mktemp("broken")
    plugin = make("broken", folder)
    for place, old, new, _sentence in FAULTS.values():
        spoil(plugin / place, old, new)
    (plugin / "handlers.py").write_text(ECHO)
    (plugin / "README.md").unlink()
    platform = Installation(folder)
    platform.install(plugin.parent)
    platform.begin(seeds(tmp_path_factory))
    return platform.lms("plugins", "doctor", "broken", code=1)


def spoil(path: Path, old: str | None, new: str) -> None:
    path.parent.mkdir(exist_ok=True)
    text = path.read_text() if path.exists() else ""
    assert old is None or old in text, f"{old!r} does not stand in {path}"
    path.write_text(new if old is None else text.replace(old, new, 1))


@pytest.mark.parametrize("code", FAULTS)
def test_a_fault_is_found_and_told_with_its_remedy(told, code):
    sentence = FAULTS[code][3]
    holds = next(check.holds for check in CHECKS if check.code == code)
    [line] = [number for number, text in enumerate(told.splitlines()) if f"{holds}: no." in text and sentence.strip() in text][:1] or pytest.fail(f"“{sentence}” is not told under “{holds}”:\n{told}")  # fmt: skip
    assert told.splitlines()[line + 1].strip().startswith("→ ")


def test_a_fact_that_comes_back_to_itself_is_found(told):
    assert "comes back to itself: broken.Echoed → broken.Echoed" in told


def test_every_check_is_shown_to_find_its_fault():
    assert {check.code for check in CHECKS} - {"loaded"} == set(FAULTS)


def test_a_plugin_that_cannot_be_loaded_is_told_with_the_reason_and_the_others_stay_sound(
    tmp_path, tmp_path_factory
):
    plugin = make("careless", tmp_path)
    spoil(plugin / "routes.py", '@requires("careless.write")\ndef index', "def index")
    platform = Installation(tmp_path)
    platform.install(plugin.parent)
    platform.begin(seeds(tmp_path_factory))

    told = platform.lms("plugins", "doctor", code=1)

    assert "The route careless.index says neither @requires nor @public." in told
    assert "courses 0.1.0: keeps the contract" in told
    assert "There is no plugin moon" in platform.lms("plugins", "doctor", "moon", code=1)
