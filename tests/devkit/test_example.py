"""The example of a plugin from outside, installed by pip and driven like any other."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.devkit.installation import ROOT, Installation
from tests.site import seeds

pytestmark = [pytest.mark.slow, pytest.mark.once]

PACKAGE = ROOT / "examples" / "kimbang-lodging"
OFFICER = "giaovu@example.vn"


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    made = Installation(tmp_path_factory.mktemp("lodging"))
    made.install(PACKAGE)
    made.begin(seeds(tmp_path_factory))
    made.add_user(OFFICER, "academic_officer")
    return made


def test_it_keeps_the_contract_and_passes_its_own_tests(platform, tmp_path):
    assert "keeps the contract" in platform.lms("plugins", "doctor", "lodging")
    assert " passed" in platform.own_tests(platform.folder / "sources" / PACKAGE.name)


def test_it_uses_nothing_but_the_documented_contract():
    """What docs/plugins.md names as open to plugins; everything else of the platform may change at any time."""
    page = (ROOT / "docs" / "plugins.md").read_text()
    used = {
        line.split(" import ")[0].removeprefix("from ")
        for path in sorted((PACKAGE / "lodging").rglob("*.py"))
        for line in path.read_text().splitlines()
        if line.startswith(("from lms", "from courses"))
    }
    assert {module for module in used if f"`{module}`" not in page} == set()


def test_off_at_first_then_on_used_and_off_again_with_its_data(platform):
    with platform.serving() as visitor:
        visitor.sign_in(OFFICER)
        assert visitor.get("/lodging/")[0] == 404

        platform.lms("plugins", "enable", "lodging")
        told = drive(platform, "on")
        assert told == {"tabs": 1, "checks": 1, "person": 1, "free": 2, "after_leaving": 3, "after_job": 4}

        status, page = visitor.post("/lodging/", name="P201", beds="3")
        assert status == 200 and "P201" in page

        platform.lms("plugins", "disable", "lodging")
        assert {
            visitor.get(path)[0] for path in ("/lodging/", "/lodging/classes/1", "/lodging/people/1")
        } == {404}
        assert "Chỗ ở" not in visitor.get("/")[1]
        assert drive(platform, "off") == {"tabs": 0, "checks": 0, "person": 0, "rooms": 2}

        platform.lms("plugins", "enable", "lodging")
        assert "P201" in visitor.get("/lodging/")[1]


def drive(platform: Installation, state: str) -> dict[str, int]:
    script = Path(__file__).parent / "drive_lodging.py"
    return json.loads(platform.run(str(script), state).splitlines()[-1])
