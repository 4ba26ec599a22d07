"""One person on record twice is suggested, never merged by itself."""

from datetime import date

import pytest

from lms import timetable
from lms.importing.kinds import Change
from lms.people import bulk
from lms.people import services as people
from lms.people.lists import OfficialList
from lms.people.merging import alike, duplicates, services
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
    assert rows[0][2] < rows[1][2]


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


def test_a_name_put_right_makes_a_pair_and_another_ends_it(department, make, kept, home):
    other = make.official("Lê Thị Hoa", home, birth_year=1986)
    people.change_official(other, {"birth_year": 1985}, by=department)
    assert suggested(department) == [{kept.id, other.id}]
    people.change_official(other, {"full_name": "Lê Thị Huệ"}, by=department)
    assert suggested(department) == []


def test_a_list_of_officials_is_looked_at_as_it_comes_in_and_when_it_is_changed(department, kept, home):
    one, _other = people.add_officials(
        [{"full_name": name, "organisation": home, "birth_year": 1985} for name in ("Lê Thị Hoà", "Trần An")],
        by=department,
    )
    assert suggested(department) == [{kept.id, one.id}]
    revisions = bulk.change_officials([(one, {"birth_date": None, "birth_year": 1990})], by=department)
    assert suggested(department) == []
    bulk.take_back(revisions, by=department)
    assert suggested(department) == [{kept.id, one.id}]


def test_an_undone_merge_is_suggested_again(department, kept, gone):
    done = services.merge(kept, gone, reason="Cùng một người", by=department)
    services.undo(done, reason="Hai người khác nhau", by=department)
    assert suggested(department) == [{kept.id, gone.id}]


def test_working_all_pairs_out_anew_changes_nothing_that_was_kept_up(department, make, kept, gone, home):
    make.official("Lê Thị Hòa", home, birth_year=1985, code="12345")
    services.not_same(kept, gone, by=department)
    before = list(duplicates.pairs(department).tuples())
    assert len(before) == 2
    alike.rebuild()
    assert list(duplicates.pairs(department).tuples()) == before


def test_the_timetable_finds_what_was_written_past_the_services(department, make, kept, home):
    other = make.official("Nguyễn Văn Lạ", home, birth_year=1985)
    Official.update(name_folded=kept.name_folded).where(Official.id == other.id).execute()
    assert suggested(department) == []
    timetable.look_for_duplicates()
    assert suggested(department) == [{kept.id, other.id}]


def test_an_import_is_taken_back_although_its_people_look_like_others(department, kept, home):
    [one] = people.add_officials(
        [{"full_name": "Lê Thị Hoà", "organisation": home, "birth_year": 1985}], by=department
    )
    assert OfficialList().obstacles([Change(1, one.id)]) == []
    bulk.remove_officials([one.id], by=department)
    assert suggested(department) == []
