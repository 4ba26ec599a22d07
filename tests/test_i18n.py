"""Whatever people read is there in Vietnamese, said the same way everywhere."""

import pytest
from babel.messages.catalog import Catalog

from tools import i18n

pytestmark = pytest.mark.once


def test_every_visible_text_is_translated():
    assert i18n.check() == []


@pytest.fixture
def plant(tmp_path, monkeypatch):
    """A module with one text, and the catalogue said in the test."""
    monkeypatch.setattr(i18n, "ROOT", tmp_path)
    folder = tmp_path / "courses"
    folder.mkdir()
    (folder / "plugin.py").write_text('title = _l("%(count)s learners", count=3)\n')

    def with_catalogue(**messages: str) -> i18n.Module:
        module = i18n.Module("courses", folder)
        catalogue = Catalog(locale="vi")
        for text, translation in messages.items():
            catalogue.add(text, translation)
        module.catalogue_file.parent.mkdir(parents=True)
        with module.catalogue_file.open("wb") as target:
            i18n.write_po(target, catalogue)
        return module

    return with_catalogue


def test_check_names_a_missing_and_an_obsolete_text(plant):
    plant(**{"Old words": "Lời cũ"})

    assert i18n.check() == [
        "missing in courses: “%(count)s learners” (courses/plugin.py:1)",
        "obsolete in courses: “Old words”",
    ]


def test_check_names_a_translation_that_lost_its_number(plant):
    plant(**{"%(count)s learners": "học viên"})

    assert i18n.check() == ["names do not match in courses: “%(count)s learners” count"]


def test_check_names_two_translations_that_a_merge_put_into_one(plant):
    plant(**{"%(count)s learners": "%(count)s học viên vào lớp.Mỗi lớp có một sổ."})

    assert i18n.check() == ["two translations in one in courses: “%(count)s learners”"]


def test_update_adds_new_texts_and_drops_old_ones_without_guessing(plant):
    module = plant(**{"%(count)s learner": "%(count)s học viên"})

    assert i18n.update(module) == 1
    assert [(message.id, message.string) for message in module.catalogue() if message.id] == [
        ("%(count)s learners", "")
    ]
