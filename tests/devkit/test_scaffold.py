"""`lms plugins new`: what it makes works as it stands, inside the platform and as a package."""

from __future__ import annotations

import pytest

from lms.errors import Conflict, Invalid
from lms.plugins.scaffolding import make
from tests.devkit.installation import Installation, copy_of_the_tree
from tests.site import seeds

pytestmark = [pytest.mark.slow, pytest.mark.once]

OFFICER = "giaovu@example.vn"
TITLES = ("--title", "Room notes", "--title-vi", "Ghi chú phòng học")


def test_a_package_is_installed_switched_on_and_used(tmp_path, tmp_path_factory):
    platform = Installation(tmp_path)
    platform.lms("plugins", "new", "ghi_chu", *TITLES, "--into", str(tmp_path))
    package = tmp_path / "kimbang-ghi-chu"
    platform.install(package)
    platform.begin(seeds(tmp_path_factory))
    assert "keeps the contract" in platform.lms("plugins", "doctor", "ghi_chu")
    platform.add_user(OFFICER, "academic_officer")

    with platform.serving() as visitor:
        visitor.sign_in(OFFICER)
        assert visitor.get("/ghi_chu/")[0] == 404, (
            "a plugin from outside is off until somebody switches it on"
        )
    platform.lms("plugins", "enable", "ghi_chu")
    with platform.serving() as visitor:
        visitor.sign_in(OFFICER)
        status, page = visitor.get("/ghi_chu/")
        assert status == 200 and "Ghi chú phòng học" in page

    assert " passed" in platform.own_tests(package)


def test_inside_the_platform_it_is_there_at_the_next_start(tmp_path):
    platform = Installation(tmp_path, tree=copy_of_the_tree(tmp_path / "kimbang"))
    platform.lms("plugins", "new", "ghi_chu", *TITLES)
    assert "ghi_chu/0001_initial" in platform.lms("migrate")
    platform.add_user(OFFICER, "academic_officer")

    with platform.serving() as visitor:
        visitor.sign_in(OFFICER)
        status, page = visitor.get("/ghi_chu/")
        assert status == 200 and "Ghi chú phòng học" in page

    assert " passed" in platform.run("-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/ghi_chu")
    assert "Every text is translated." in platform.run("-m", "tools.i18n", "check")
    platform.run("-m", "ruff", "check", "plugins/ghi_chu", "tests/ghi_chu")


def test_without_titles_it_is_called_by_its_name(tmp_path):
    folder = make("phong_hop", tmp_path)
    assert 'title = _l("Phong hop")' in (folder / "plugin.py").read_text()
    catalogue = (folder / "translations/vi/LC_MESSAGES/messages.po").read_text()
    assert 'msgid "Phong hop"\nmsgstr "Phần mở rộng phong hop"' in catalogue


@pytest.mark.parametrize("name", ["x", "Notes", "my-notes", "1notes", "../notes", "n" * 31])
def test_a_name_that_cannot_be_one_is_refused(tmp_path, name):
    with pytest.raises(Invalid):
        make(name, tmp_path)


@pytest.mark.parametrize("title", ['a "quote"', "two\nlines", "100 %", "{{ x }}", "back\\slash"])
def test_a_title_that_would_break_the_code_is_refused(tmp_path, title):
    with pytest.raises(Invalid):
        make("notes", tmp_path, title=title)


def test_nothing_is_written_over(tmp_path):
    make("notes", tmp_path)
    with pytest.raises(Conflict):
        make("notes", tmp_path)
