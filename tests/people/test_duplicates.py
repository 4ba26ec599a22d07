"""One person on record twice is suggested, never merged by itself."""

from datetime import date

import pytest

from lms.people.merging import duplicates, services
from lms.people.models import Official


def suggested(user):
    return [{a, b} for a, b, _ in duplicates.pairs(user).tuples()]


def test_the_same_name_and_year_of_birth_with_or_without_the_day(department, kept, gone):
    assert suggested(department) == [{kept.id, gone.id}]
    assert Official.get_by_id(gone.id).merged_into_id is None


@pytest.mark.parametrize(
    "values",
    [
        {"birth_date": date(1985, 4, 3)},  # two whole dates that differ
        {"birth_year": 1986},
        {"birth_year": 1985, "cccd": "038185123457"},  # two different citizen ids
    ],
)
def test_two_persons_are_not_suggested(department, make, gone, values):
    make.official("Lê Thị Hoà", **values)
    assert suggested(department) == []


def test_the_same_organisation_weighs_more(department, make, kept, gone, home):
    elsewhere = make.official("Lê Thị Hòa", home, birth_year=1985)
    rows = list(duplicates.pairs(department).tuples())
    assert {rows[0][0], rows[0][1]} == {kept.id, gone.id}
    assert elsewhere.id in {rows[1][0], rows[1][1]}
    assert rows[0][2] > rows[1][2]


def test_a_code_that_lost_its_zeros_comes_first(department, make, kept, gone, home):
    short = make.official("Lê Thị Hòa", home, birth_year=1985, code="12345")
    first = duplicates.load(list(duplicates.pairs(department).limit(1).tuples()))[0]
    assert {first.first.id, first.second.id} == {kept.id, short.id}
    assert "Cùng mã cán bộ, chỉ khác số 0 ở đầu" in first.reasons


def test_told_apart_is_remembered(client, login, department, kept, gone):
    login(department)
    page = client.get("/people/duplicates").text
    assert f"/people/{kept.id}/merge/{gone.id}" in page
    client.post(f"/people/{kept.id}/not-same/{gone.id}")
    client.post(f"/people/{gone.id}/not-same/{kept.id}")
    assert suggested(department) == []
    assert "Không có hồ sơ nào" in client.get("/people/duplicates").text


def test_a_merged_record_is_suggested_no_more(department, kept, gone):
    services.merge(kept, gone, reason="Cùng một người", by=department)
    assert suggested(department) == []


def test_an_agency_does_not_see_the_list(client, login, make, justice):
    login(make.user("training_officer", organisation=justice))
    assert client.get("/people/duplicates").status_code == 403


def test_a_long_list_asks_no_more_than_a_short_one(client, login, department, make, justice, max_queries):
    for number in range(12):
        for _ in range(2):
            make.official(f"Trần Văn {number}", justice, birth_year=1980)
    login(department)
    with max_queries(14):
        assert client.get("/people/duplicates").status_code == 200
