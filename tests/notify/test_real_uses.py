"""Who is told what by the modules."""

from datetime import date

import pytest

from lms.notify.models import Notice
from plugins.enrolment.services import deciding, nominating
from tests.certificates.school import found_school


def told():
    return {
        (notice.user.display_name, notice.title): notice for notice in Notice.select().order_by(Notice.id)
    }


def test_an_agency_hears_which_of_its_people_were_accepted_and_which_not(make, deliver):
    agency = make.organisation()
    officer = make.user("training_officer", organisation=agency, display_name="Cán bộ đào tạo")
    make.user("training_officer", organisation=make.organisation(), display_name="Cơ quan khác")
    school = make.user("academic_officer")
    klass = make.klass("K10-2025", state="enrolling", capacity=20)
    people = [make.official(name, agency) for name in ("Nguyễn Văn An", "Trần Thị Bình", "Lê Văn Chi")]
    rows = [nominating.nominate_one(klass, person, agency, by=officer) for person in people]
    deciding.accept(klass, [rows[0].id, rows[1].id], by=school)
    deciding.reject(klass, [rows[2].id], by=school, reason="Đã có chứng chỉ")
    deliver()
    found = told()
    assert set(found) == {
        ("Cán bộ đào tạo", "2 đề cử được duyệt vào lớp K10-2025"),
        ("Cán bộ đào tạo", "1 đề cử vào lớp K10-2025 bị từ chối"),
    }
    accepted = found["Cán bộ đào tạo", "2 đề cử được duyệt vào lớp K10-2025"]
    assert "Nguyễn Văn An, Trần Thị Bình" in accepted.body
    assert accepted.by_id == school.id
    turned_down = found["Cán bộ đào tạo", "1 đề cử vào lớp K10-2025 bị từ chối"]
    assert "Lý do: Đã có chứng chỉ" in turned_down.body


@pytest.fixture
def _in_april_2025(frozen):
    with frozen(date(2025, 4, 1)):
        yield


@pytest.mark.usefixtures("_in_april_2025")
def test_the_holder_of_a_new_certificate_hears_of_it(make, deliver):
    from certificates import services as certificates

    school = found_school(make)
    klass = school.closed_class("Nguyễn Thị Hoa")
    official = klass.memberships[0].official
    make.user("trainee", official=official, display_name="Nguyễn Thị Hoa")
    certificates.approve_and_issue(school.prepared(klass), by=school.head)
    deliver()
    ((who, title),) = told()
    assert who == "Nguyễn Thị Hoa"
    assert title.startswith("Chứng chỉ ") and title.endswith("của anh/chị đã được cấp")
