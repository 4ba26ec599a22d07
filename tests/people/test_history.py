"""What became different about an official stays on record with its day, and the past can be read again."""

from datetime import date, datetime

import pytest

from lms.errors import Conflict, Invalid
from lms.people import bulk, history, services
from lms.people.models import Employment, Official, OfficialChange

AFTER_MARRIAGE = {"full_name": "Lê Thị Hoà Bình"}


def test_a_new_name_keeps_the_old_one(kept, department):
    services.change_official(
        kept, AFTER_MARRIAGE, by=department, holds_from=date(2025, 3, 1), source="Quyết định 12"
    )
    person = Official.get_by_id(kept.id)
    assert (person.full_name, person.name_folded) == ("Lê Thị Hoà Bình", "le thi hoa binh")
    entry = history.timeline(person)[0]
    assert (entry.day, entry.text, entry.source) == (
        date(2025, 3, 1),
        "Lê Thị Hoà → Lê Thị Hoà Bình",
        "Quyết định 12",
    )


def test_a_move_ends_one_period_of_service_and_opens_the_next(kept, home, department):
    services.change_official(
        kept, {"organisation": home, "position": "Chuyên viên"}, by=department, holds_from=date(2025, 3, 1)
    )
    periods = Employment.select().where(Employment.official == kept).order_by(Employment.id)
    assert [(one.organisation_id == home.id, one.from_date, one.to_date) for one in periods] == [
        (False, None, date(2025, 2, 28)),
        (True, date(2025, 3, 1), None),
    ]


def test_what_is_the_same_is_not_recorded(kept, department):
    assert services.change_official(kept, {"full_name": " lê thị hoà "}, by=department) == []
    assert not OfficialChange.select().exists()


def test_the_record_as_it_was_known_on_a_day(kept, justice, home, department, frozen):
    with frozen(datetime(2025, 3, 10, 9)):
        services.change_official(kept, AFTER_MARRIAGE, by=department, holds_from=date(2025, 1, 1))
    with frozen(datetime(2025, 7, 1, 9)):
        services.change_official(kept, {"organisation": home}, by=department)
    person = Official.get_by_id(kept.id)
    # The name held since January, but nobody knew before 10 March.
    assert history.known_on(person, date(2025, 3, 9))["full_name"] == "Lê Thị Hoà"
    assert history.known_on(person, date(2025, 3, 10))["full_name"] == "Lê Thị Hoà Bình"
    assert history.known_on(person, date(2025, 6, 30))["organisation"] == justice.name
    assert history.known_on(person, date(2025, 7, 1))["organisation"] == home.name


@pytest.mark.parametrize("values", [{"full_name": " "}, {"birth_date": date(2090, 1, 1)}])
def test_what_cannot_be_is_refused(kept, department, values):
    with pytest.raises(Invalid):
        services.change_official(kept, values, by=department)


def test_a_code_of_somebody_else_is_refused(make, kept, department):
    make.official(code="777")
    with pytest.raises(Conflict):
        services.change_official(kept, {"code": "777"}, by=department)


def test_changes_of_an_imported_list_are_on_record_too(kept, department):
    revisions = bulk.change_officials([(kept, {"position": "Chuyên viên"})], by=department)
    entry = history.timeline(kept)[0]
    assert (entry.title, entry.text) == ("Chức vụ", "– → Chuyên viên")
    bulk.take_back(revisions, by=department)
    assert history.timeline(kept)[0].text in {"Chuyên viên → –", "– → Chuyên viên"}
    assert OfficialChange.select().count() == 2


class TestPages:
    def form(self, person, **values):
        return {
            "full_name": person.full_name,
            "organisation": person.organisation_id,
            "position": person.position,
            "kind": person.kind,
            "code": person.code or "",
            **values,
        }

    def test_a_change_is_recorded_and_shown(self, client, login, department, kept):
        login(department)
        assert "Lê Thị Hoà" in client.get(f"/people/{kept.id}/change").text
        answer = client.post(f"/people/{kept.id}/change", data=self.form(kept, full_name="Lê Thị Hoà Bình"))
        assert answer.location == f"/people/{kept.id}/timeline"
        page = client.get(f"/people/{kept.id}/timeline?on=2020-01-01").text
        assert "Lê Thị Hoà → Lê Thị Hoà Bình" in page
        assert "Như đã biết ngày 01/01/2020" in page

    def test_not_for_another_agency(self, client, login, make, home, kept):
        login(make.user("training_officer", organisation=home))
        assert client.get(f"/people/{kept.id}/timeline").status_code == 404
        assert client.post(f"/people/{kept.id}/change", data=self.form(kept)).status_code == 404

    def test_a_year_only_birth_stays_when_no_day_is_given(self, client, login, department, kept):
        login(department)
        client.post(f"/people/{kept.id}/change", data=self.form(kept, position="Chuyên viên"))
        person = Official.get_by_id(kept.id)
        assert (person.birth_year, person.birth_date, person.position) == (1985, None, "Chuyên viên")

    def test_a_long_history_asks_no_more_than_a_short_one(
        self, client, login, department, kept, home, justice, max_queries
    ):
        for number in range(20):
            services.change_official(
                kept,
                {"organisation": [home, justice][number % 2], "position": f"Chức vụ {number}"},
                by=department,
            )
        login(department)
        with max_queries(16):
            assert client.get(f"/people/{kept.id}/timeline?on=2020-01-01").status_code == 200
