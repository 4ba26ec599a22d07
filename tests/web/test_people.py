"""Officials and organisations: within scope, without accents, the citizen id masked."""

import pytest

from lms.audit.models import AuditRow
from lms.people.models import Official


@pytest.fixture
def justice(make):
    return make.organisation("so-tu-phap", name="Sở Tư pháp", kind="department")


@pytest.fixture
def officer(client, login, make, justice):
    return login(make.user("training_officer", organisation=justice))


def test_found_without_accents_and_only_in_own_organisations(officer, make, justice):
    make.official("Đặng Thị Ánh", justice)
    make.official("Đặng Văn Ngoài", make.organisation())
    page = officer.get("/people?q=dang thi").text
    assert "Đặng Thị Ánh" in page
    assert "Ngoài" not in officer.get("/people?q=dang").text


def test_nobody_found_says_what_to_try(officer):
    assert "không cần gõ dấu" in officer.get("/people?q=khongco").text


def test_somebody_of_another_agency_is_not_found(officer, make):
    stranger = make.official(organisation=make.organisation())
    assert officer.get(f"/people/{stranger.id}").status_code == 404
    assert officer.post(f"/people/{stranger.id}/cccd", data={"reason": "kiểm tra"}).status_code == 404


def test_a_filter_on_another_agency_is_not_found(officer, make):
    assert officer.get(f"/people?organisation={make.organisation().id}").status_code == 404


class TestCitizenId:
    @pytest.fixture
    def person(self, make, justice):
        return make.official("Lê Văn Số", justice, cccd="038080123456")

    def test_masked_until_a_reason_is_given(self, officer, person):
        page = officer.get(f"/people/{person.id}").text
        assert "•••••••••456" in page
        assert "038080123456" not in page

    def test_shown_once_and_on_record(self, officer, person):
        answer = officer.post(f"/people/{person.id}/cccd", data={"reason": "Đối chiếu hồ sơ cử đi học"})
        assert "038080123456" in answer.text
        assert answer.headers["Cache-Control"] == "no-store"
        row = AuditRow.get(AuditRow.deed == "people.cccd_revealed")
        assert row.details["reason"] == "Đối chiếu hồ sơ cử đi học"
        assert "038080123456" not in str(row.details)

    def test_without_a_reason_it_stays_masked(self, officer, person):
        answer = officer.post(f"/people/{person.id}/cccd", data={"reason": "vì"})
        assert answer.status_code == 422
        assert "038080123456" not in answer.text
        assert "Vui lòng ghi lý do" in answer.text
        assert 'value="vì"' in answer.text

    def test_not_for_every_role(self, client, login, make, justice, person):
        login(make.user("appointing_officer", organisation=justice))
        assert "Xem đủ số CCCD" not in client.get(f"/people/{person.id}").text
        assert client.post(f"/people/{person.id}/cccd", data={"reason": "muốn xem"}).status_code == 403


class TestAdding:
    def values(self, justice, **more):
        return {
            "full_name": "ĐẶNG THỊ ÁNH",
            "kind": "cong_chuc",
            "gender": "F",
            "organisation": justice.id,
            **more,
        }

    def test_the_name_is_cleaned(self, officer, justice):
        answer = officer.post("/people/new", data=self.values(justice, birth_year="1980"))
        assert answer.status_code == 302
        person = Official.get(Official.full_name == "Đặng Thị Ánh")
        assert (person.birth_year, person.organisation_id) == (1980, justice.id)

    def test_a_wrong_citizen_id_stands_beside_its_field_and_nothing_is_lost(self, officer, justice):
        answer = officer.post("/people/new", data=self.values(justice, cccd="123", position="Chuyên viên"))
        assert answer.status_code == 422
        assert "Số CCCD có 12 chữ số" in answer.text
        assert 'value="Chuyên viên"' in answer.text
        assert 'aria-invalid="true"' in answer.text

    def test_not_into_another_agency(self, officer, make, justice):
        answer = officer.post("/people/new", data=self.values(make.organisation()))
        assert answer.status_code == 422
        assert not Official.select().where(Official.full_name == "Đặng Thị Ánh").exists()


@pytest.mark.parametrize("address", ["/people", "/organisations"])
def test_a_full_list_asks_no_more_than_a_short_one(officer, make, justice, max_queries, address):
    for number in range(40):
        part = make.organisation(f"phong-{number}", parent=justice)
        make.official(f"Nguyễn Văn {number}", part)
    with max_queries(14):
        assert officer.get(address).status_code == 200
