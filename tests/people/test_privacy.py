"""Personal data: everybody may read what is kept; a copy, an erasure with two persons, who saw citizen ids, what is due."""

import io
import json
import zipfile
from datetime import date, datetime, timedelta

import pytest

from certificates.models import Certificate
from lms import approvals
from lms.access import links
from lms.access.models import ShortLink
from lms.approvals.services import AlreadyDecided, SamePerson
from lms.audit.models import AuditRow
from lms.errors import Conflict, Invalid
from lms.people import services as people
from lms.people.models import Official
from lms.people.privacy import register, services
from lms.people.privacy.models import DataRequest, RetentionList
from plugins.attendance.models import Mark
from plugins.eligibility.models import RecordedFact


@pytest.fixture(autouse=True)
def _in_march_2026(frozen):
    with frozen(datetime(2026, 3, 2, 8)):
        yield


@pytest.fixture
def second(make):
    return make.user("department_officer")


@pytest.fixture
def person(make, justice):
    return make.official("Lê Thị Hoà", justice, birth_year=1985, cccd="038185123456", email="hoa@example.vn")


@pytest.fixture
def erasure(person, department):
    return services.record(person, "erasure", by=department)


def test_everybody_may_read_what_is_kept_and_why(client):
    page = client.get("/privacy")
    assert page.status_code == 200
    assert "Luật 91/2025/QH15" in page.text
    assert "Lượt học và kết quả" in page.text


def test_every_kind_names_purpose_basis_and_retention(app):
    for one in register.kinds():
        assert all(map(str, (one.title, one.purpose, one.legal_basis, one.retention))), one.name
        assert (one.months is None) == (one.due is None) == (one.erase is None), one.name


def test_the_answer_is_due_after_three_days(person, department):
    made = services.record(person, "access", by=department)
    assert made.due_on == date(2026, 3, 5)
    with pytest.raises(Invalid):
        services.record(person, "access", by=department, received_on=date(2026, 3, 3))


class TestCopy:
    @pytest.fixture
    def package(self, make, person, department):
        make.learner(make.klass("K07-2025"), official=person)
        RecordedFact.create(official=person, kind="degree", value="dai_hoc")
        made = services.record(person, "access", by=department)
        return zipfile.ZipFile(io.BytesIO(services.copy(made, by=department)))

    def test_has_what_every_module_keeps(self, package):
        found = json.loads(package.read("data.json"))
        assert found["lms"]["record"]["citizen_id"] == "038185123456"
        assert found["courses"]["classes"][0]["class"] == "K07-2025"
        assert found["eligibility"]["eligibility_facts"][0]["value"] == "dai_hoc"

    def test_can_be_read_by_a_person(self, package):
        assert "K07-2025" in package.read("data.html").decode()
        assert package.read("data.xlsx")[:2] == b"PK"

    def test_counts_as_a_view_of_the_citizen_id(self, package, person):
        row = AuditRow.get(AuditRow.deed == "people.cccd_revealed")
        assert row.object_id == str(person.id)


class TestErasure:
    def test_needs_a_second_person(self, erasure, department, person):
        asked = services.propose_erasure(erasure, by=department)
        with pytest.raises(SamePerson):
            approvals.approve(asked, by=department)
        assert Official.get_by_id(person.id).email == "hoa@example.vn"

    def test_a_no_changes_nothing_and_it_can_be_proposed_again(self, erasure, department, second, person):
        approvals.refuse(services.propose_erasure(erasure, by=department), by=second, answer="Còn khiếu nại")
        assert Official.get_by_id(person.id).email == "hoa@example.vn"
        with pytest.raises(AlreadyDecided):
            approvals.approve(services.asked(erasure), by=second)
        approvals.approve(services.propose_erasure(erasure, by=department), by=second)
        assert Official.get_by_id(person.id).email is None

    def test_it_is_asked_about_once_at_a_time(self, erasure, department, second):
        services.propose_erasure(erasure, by=department)
        with pytest.raises(Conflict):
            services.propose_erasure(erasure, by=second)

    def test_a_request_answered_in_the_meantime_erases_nothing(self, erasure, department, second, person):
        asked = services.propose_erasure(erasure, by=department)
        services.answer(erasure, "Người yêu cầu đã rút đơn.", by=department)
        with pytest.raises(services.AlreadyDecided):
            approvals.approve(asked, by=second)
        assert Official.get_by_id(person.id).email == "hoa@example.vn"

    def test_erases_with_counts_and_names_what_is_kept(self, erasure, department, second, person):
        RecordedFact.create(official=person, kind="degree", value="dai_hoc")
        approvals.approve(services.propose_erasure(erasure, by=department), by=second)
        made = DataRequest.get_by_id(erasure.id)
        assert made.result["erased"]["eligibility_fact"] == 1
        assert made.result["erased"]["lms_official"] == 1
        assert Official.get_by_id(person.id).email is None
        assert ["Chứng chỉ có họ tên, ngày sinh và kết quả", "Sổ gốc cấp chứng chỉ được lưu vĩnh viễn."] in made.result["kept"]  # fmt: skip

    def test_somebody_who_serves_keeps_the_citizen_id_and_somebody_who_left_does_not(
        self, erasure, department, second, person
    ):
        Official.update(active=False).where(Official.id == person.id).execute()
        approvals.approve(services.propose_erasure(erasure, by=department), by=second)
        assert Official.get_by_id(person.id).cccd_sealed is None

    def test_certificates_stay(self, school, department, second):
        certificate = school.issued("Lê Thị Hòa")[0]
        made = services.record(certificate.official, "erasure", by=department)
        approvals.approve(services.propose_erasure(made, by=department), by=second)
        assert Certificate.get_by_id(certificate.id).name == "Lê Thị Hòa"


class TestRetention:
    @pytest.fixture
    def notes(self, make):
        klass = make.klass(sessions=1, starts_on=date(2024, 1, 8))
        recent = make.klass(sessions=1, starts_on=date(2026, 1, 5))
        for one in (klass, recent):
            Mark.create(
                session=one.sessions.get(), membership=make.learner(one), status="excused", reason="Ốm"
            )
        links.create("attendance", {}, expires_at=datetime(2024, 1, 1), by=None)

    def test_the_list_is_made_and_nothing_goes(self, notes):
        made = services.list_due(date(2026, 3, 2))
        assert {line["name"]: line["count"] for line in made.lines} == {"attendance.note": 1, "lms.links": 1}
        assert Mark.select().where(Mark.reason == "Ốm").count() == 2
        assert services.list_due(date(2026, 3, 3)) is None  # one waits already

    def test_after_the_approval_only_what_was_listed_goes(self, notes, department):
        made = services.list_due(date(2026, 3, 2))
        result = services.approve_list(made, by=department).result
        assert result == {"attendance.note": 1, "lms.links": 1}
        assert Mark.select().where(Mark.reason == "Ốm").count() == 1
        assert not ShortLink.select().exists()
        assert Mark.select().count() == 2  # the marks themselves stay
        with pytest.raises(services.AlreadyDecided):
            services.approve_list(made, by=department)

    def test_nothing_due_makes_no_list(self, app):
        assert services.list_due(date(2026, 3, 2)) is None
        assert not RetentionList.select().exists()


class TestPages:
    def test_from_the_person_to_the_answer(self, client, login, department, person):
        login(department)
        assert f"/people/{person.id}/data-request" in client.get(f"/people/{person.id}").text
        data = {"kind": "access", "received_on": "2026-03-02", "words": "Xin bản sao"}
        page = client.post(f"/people/{person.id}/data-request", data=data).location
        assert "Xin bản sao" in client.get(page).text
        answer = client.post(f"{page}/copy")
        assert (answer.mimetype, answer.headers["Cache-Control"]) == ("application/zip", "no-store")
        assert client.post(f"{page}/answer", data={"answer": ""}).status_code == 422
        client.post(f"{page}/answer", data={"answer": "Đã gửi bản sao cho người yêu cầu"})
        assert DataRequest.get().state == "done"
        assert "Lê Thị Hoà" in client.get("/privacy/requests").text

    def test_two_persons_erase(self, client, login, department, second, person, erasure):
        login(department)
        client.post(f"/privacy/requests/{erasure.id}/propose")
        agree = f"/approvals/{services.asked(erasure).id}/approve"
        assert client.post(agree).status_code == 403
        assert "Bạn là người đề nghị" in client.get(f"/privacy/requests/{erasure.id}").text
        login(second)
        assert agree in client.get(f"/privacy/requests/{erasure.id}").text
        assert agree in client.get("/approvals").text
        assert client.post(agree).status_code == 302
        assert "Sổ gốc cấp chứng chỉ" in client.get(f"/privacy/requests/{erasure.id}").text

    def test_who_saw_a_citizen_id(self, client, login, department, person):
        people.reveal_cccd(person, by=department, reason="Đối chiếu hồ sơ cử đi học")
        login(department)
        page = client.get("/privacy/views").text
        assert "Đối chiếu hồ sơ cử đi học" in page
        assert "038185123456" not in page
        assert "Đối chiếu hồ sơ cử đi học" in client.get(f"/people/{person.id}").text

    def test_an_export_with_whole_citizen_ids_is_a_view_of_everybody_in_it(
        self, client, login, make, department, person, home
    ):
        other = make.official("Trần Văn Khác", home, birth_year=1980, cccd="038080111222")
        login(department)
        assert client.get("/lists/people.officials/export.csv?q=hoa").status_code == 200
        assert AuditRow.select().where(AuditRow.deed == "export.full_ids").count() == 0
        assert "038185123456" in client.post("/lists/people.officials/export.csv?q=hoa&page=2").text
        row = AuditRow.get(AuditRow.deed == "export.full_ids")
        assert (row.details["filter"], row.details["rows"]) == ("hoa", 1)
        said = "Trong một bản xuất 1 dòng (Cán bộ, công chức, viên chức: hoa)"
        assert said in client.get("/privacy/views").text
        assert said in client.get(f"/people/{person.id}").text
        assert said not in client.get(f"/people/{other.id}").text

    def test_a_citizen_id_typed_as_filter_does_not_go_on_record(self, client, login, department, person):
        login(department)
        client.post("/lists/people.officials/export.csv?q=038185123456")
        assert AuditRow.get(AuditRow.deed == "export.full_ids").details["filter"] == "•••••••••456"

    def test_the_retention_page(self, client, login, department):
        made = RetentionList.create(made_on=date(2026, 3, 2) - timedelta(days=1))
        login(department)
        assert client.get("/privacy/retention").status_code == 200
        client.post(f"/privacy/retention/{made.id}/approve")
        assert RetentionList.get().approved_by_id == department.id

    def test_not_for_agencies(self, client, login, make, justice, person):
        login(make.user("training_officer", organisation=justice))
        assert client.get("/privacy/requests").status_code == 403
        assert client.get(f"/people/{person.id}/data-request").status_code == 403

    def test_the_full_citizen_id_is_never_shown_by_a_link(self, client, login, department, person):
        login(department)
        assert client.get(f"/people/{person.id}/cccd").status_code == 405
