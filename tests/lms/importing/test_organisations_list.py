"""The tree of organisations comes in whole, whatever the order of its rows, and goes out again."""

from __future__ import annotations

import re

import pytest

from lms.importing import drafts, services
from lms.importing.kinds import kind_or_404
from lms.people.models import Organisation

TREE = """Mã cơ quan;Tên cơ quan;Loại;Mã cơ quan cấp trên;Từ ngày
xa-moi;UBND xã Mới;Xã, phường;tinh;01/07/2025
phong-a;Phòng A;Đơn vị;so-a;
so-a;Sở A;Cơ quan;tinh;
tinh;UBND tỉnh;Tỉnh;;
"""


@pytest.fixture
def department(make):
    return make.user("department_officer")


def take_in(user, data, name="x.csv"):
    return services.take_in(kind_or_404("people.organisations"), data, name, by=user)


def judged(draft):
    return [(row.status.value, row.reason) for row in drafts.preview(draft).only(None)]


def test_superiors_are_added_before_what_stands_below_them(department):
    draft = take_in(department, TREE.encode())
    assert [status for status, _reason in judged(draft)] == ["new"] * 4, judged(draft)
    services.start(draft, by=department)
    assert Organisation.get(Organisation.code == "phong-a").path == "/tinh/so-a/phong-a/"


def test_a_tree_is_taken_back_whole_while_nobody_serves_in_it(make, department):
    draft = take_in(department, TREE.encode())
    services.start(draft, by=department)
    official = make.official("Người A", Organisation.get(Organisation.code == "so-a"))
    with pytest.raises(services.CannotUndo, match="Sở A"):
        services.undo(draft, by=department)
    official.employments.get().delete_instance()
    official.delete_instance()
    assert services.undo(draft, by=department) == 4
    assert Organisation.select().count() == 0


@pytest.mark.parametrize(
    ("row", "word"),
    [
        ("a;Cơ quan A;Cơ quan;khong-co;", "khong-co"),
        ("a;Cơ quan A;;;", "loại|Loại"),
        ("a;Cơ quan A;Cơ quan;a;", "vòng"),
    ],
)
def test_a_row_that_cannot_stand_says_why(department, row, word):
    draft = take_in(department, (TREE.splitlines()[0] + "\n" + row + "\n").encode())
    ((status, reason),) = judged(draft)
    assert status == "error"
    assert re.search(word, reason)


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_an_export_that_comes_back_changes_nothing(department, login, ending):
    services.start(take_in(department, TREE.encode()), by=department)
    data = login(department).get(f"/lists/people.organisations/export.{ending}").data
    assert [status for status, _reason in judged(take_in(department, data, f"x.{ending}"))] == ["same"] * 4
