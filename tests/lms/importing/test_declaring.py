"""The example of docs/importing.md works as it stands: a kind of list is declared, imported, exported, taken back."""

from __future__ import annotations

import re

import pytest

from courses.models import Room
from lms.importing import drafts, kinds, services
from lms.plugins.registry import ROOT

PAGE = (ROOT / "docs" / "importing.md").read_text()


@pytest.fixture
def rooms(app):
    source = re.search(r"```python\n(.*?)```", PAGE, re.S)
    assert source
    exec(compile(source[1], "docs/importing.md", "exec"), {"__name__": "courses.lists_example"})
    yield kinds.kind_or_404("courses.rooms")
    del kinds._kinds["courses.rooms"]


def test_the_documented_kind_comes_in_goes_out_and_is_taken_back(rooms, make, login):
    officer = make.user("academic_officer")
    text = "STT;Phòng;Số chỗ\n1;A101;40\n2;Hội trường =B;x\n3;A102;\n"
    draft = services.take_in(rooms, text.encode(), "phong.csv", by=officer)
    assert [row.status.value for row in drafts.preview(draft).only(None)] == ["new", "error", "new"]
    services.correct(draft, 3, {"seats": "200"}, by=officer)
    services.start(drafts.by_key(draft.key, by=officer), by=officer)
    assert {room.name: room.capacity for room in Room.select()} == {
        "A101": 40,
        "Hội trường =B": 200,
        "A102": None,
    }

    data = login(officer).get("/lists/courses.rooms/export.xlsx").data
    back = services.take_in(rooms, data, "phong.xlsx", by=officer)
    assert {row.status.value for row in drafts.preview(back).only(None)} == {"same"}
    assert services.undo(drafts.by_key(draft.key, by=officer), by=officer) == 3
    assert Room.select().count() == 0


def test_a_kind_whose_plugin_is_off_is_gone(rooms, make, login, turn_off):
    officer = make.user("academic_officer")
    turn_off("attendance")
    assert login(officer).get("/lists/attendance.nothing/export.csv").status_code == 404


def test_every_declared_kind_can_say_its_columns(app):
    for kind in kinds.known():
        keys = [column.key for column in kind.columns()]
        assert len(keys) == len(set(keys)), kind.key
        assert set(kind.primary) <= set(keys), kind.key
        assert kind.imports or kind.view_permission, kind.key
