"""The register goes out as it stands on screen; an old register comes in to be checked."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from certificates.models import Certificate
from lms.errors import Invalid
from lms.importing import drafts, services
from lms.importing.kinds import kind_or_404

OLD = Path(__file__).parent.parent / "fixtures" / "so-cap-chung-chi-cu-tcvn3.csv"


@pytest.fixture
def checked(make):
    officer = make.user("academic_officer")
    draft = services.take_in(kind_or_404("certificates.old_register"), OLD.read_bytes(), OLD.name, by=officer)
    return officer, draft


def test_an_old_register_in_tcvn3_reads_without_a_loss(checked):
    _officer, draft = checked
    preview = drafts.preview(draft)
    rows = preview.only(None)
    assert (len(rows), preview.facts["encoding"]) == (60, "TCVN3")
    assert {row.status.value for row in rows} == {"new"}, [
        row.reason for row in rows if row.status.value != "new"
    ]
    assert rows[10].values["name"] == "Đặng Thị Ánh"
    assert rows[1].values == {
        "register": "002/TCT",
        "name": "Hồ Thị Hiếu",
        "birth": "16/04/1977",
        "unit": "Chi cục Kiểm lâm",
        "programme": "BD lãnh đạo cấp phòng",
        "from_date": "13/09/2017",
        "to_date": "28/10/2017",
        "grade": "Giỏi",
        "serial": "C39375",
    }


def test_nothing_is_written_from_an_old_register(checked, login):
    officer, draft = checked
    with pytest.raises(Invalid):
        services.start(draft, by=officer)
    page = login(officer).get(f"/imports/{draft.key}").text
    assert f"/imports/{draft.key}/apply" not in page
    assert "TCVN3" in page
    assert Certificate.select().count() == 0


def test_an_encoding_that_does_not_fit_leaves_the_list_as_it_was(checked):
    officer, draft = checked
    with pytest.raises(Invalid):
        services.choose(draft, by=officer, encoding="VNI")
    kept = drafts.by_key(draft.key, by=officer)
    assert drafts.preview(kept).facts["encoding"] == "TCVN3"


def test_the_register_is_sorted_by_name_number_programme_and_day(school, login, frozen):
    school.issued("Nguyễn Văn Ấn", "Trần Thị An", "Đỗ Văn Bền", signed=False)
    with frozen(date(2025, 4, 5)):
        school.issued("Lê Văn Đức", signed=False, programme="QLNN-CV")
    client = login(school.officer)

    def names(order: str) -> list[str]:
        page = client.get(f"/certificates/?sort={order}").text
        return re.findall(r'<th scope="row"><a[^>]*>([^<]+)', page)

    people = ["Trần Thị An", "Nguyễn Văn Ấn", "Đỗ Văn Bền", "Lê Văn Đức"]
    assert names("name") == people
    assert names("-name") == people[::-1]
    assert names("number") == names("-number")[::-1]
    assert names("issued")[-1] == names("-issued")[0] == "Lê Văn Đức"
    assert names("programme") != names("-programme")
    assert sorted(names("serial")) == sorted(people)
