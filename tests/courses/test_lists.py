"""Classes and learners come in and go out as lists."""

from __future__ import annotations

import pytest

from courses.models import Klass, Membership
from lms.importing import drafts, services
from lms.importing.kinds import kind_or_404

HEADER = "STT;Mã lớp;Tên lớp;Mã chương trình;Từ ngày;Đến ngày;Số chỗ\n"


@pytest.fixture
def officer(make):
    make.organisation("truong", kind="school", name="Trường Chính trị")
    make.programme()
    return make.user("academic_officer")


def take_in(kind, user, data, name="x.csv", target=None):
    return services.take_in(kind_or_404(kind), data, name, by=user, target=target)


def judged(draft):
    return [(row.status.value, row.reason) for row in drafts.preview(draft).only(None)]


def test_classes_are_opened_as_drafts_and_taken_back(officer):
    rows = "1;L1-2026;Lớp lãnh đạo 1;LDQL-PHONG;5.1.26;30/01/2026;40\n2;L2-2026;Lớp 2;KHONG-CO;;;\n"
    draft = take_in("courses.classes", officer, (HEADER + rows).encode())
    assert [status for status, _reason in judged(draft)] == ["new", "error"], judged(draft)
    services.start(draft, by=officer)
    klass = Klass.get(Klass.code == "L1-2026")
    assert (klass.state, str(klass.starts_on), klass.capacity) == ("draft", "2026-01-05", 40)
    assert services.undo(drafts.by_key(draft.key, by=officer), by=officer) == 1
    assert Klass.select().count() == 0


def test_a_class_with_learners_is_not_taken_back(make, officer):
    draft = take_in("courses.classes", officer, (HEADER + "1;L1-2026;Lớp 1 mới;LDQL-PHONG;;;\n").encode())
    services.start(draft, by=officer)
    make.learner(Klass.get(Klass.code == "L1-2026"))
    with pytest.raises(services.CannotUndo, match="Lớp 1 mới"):
        services.undo(draft, by=officer)


def test_a_closed_class_keeps_its_facts(make, officer):
    make.klass("K1-2025", state="closed", title="Lớp cũ")
    draft = take_in("courses.classes", officer, (HEADER + "1;K1-2025;Tên khác;;;;\n").encode())
    assert [status for status, _reason in judged(draft)] == ["conflict"]


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_classes_that_come_back_change_nothing(make, officer, login, ending):
    make.klass("K1-2025", learners=2, capacity=30)
    make.klass("K2-2025", state="closed", title="+Lớp, đặc biệt; '=x")
    data = login(officer).get(f"/lists/courses.classes/export.{ending}").data
    assert [
        status for status, _reason in judged(take_in("courses.classes", officer, data, f"x.{ending}"))
    ] == ["same"] * 2


def test_learners_join_by_staff_code_and_leave_when_taken_back(make, officer):
    klass = make.klass(state="enrolling", learners=1)
    make.official("Lê Văn Tám", code="000008")
    text = "STT;Mã CB;Họ và tên\n1;8;Lê Văn Tám\n2;9;Không Có\n"
    draft = take_in("courses.learners", officer, text.encode(), target=klass.id)
    assert [status for status, _reason in judged(draft)] == ["new", "error"]
    services.start(draft, by=officer)
    inside = Membership.select().where(Membership.klass == klass, Membership.left_at.is_null())
    assert inside.count() == 2
    services.undo(drafts.by_key(draft.key, by=officer), by=officer)
    assert inside.count() == 1


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_learners_that_come_back_change_nothing(make, officer, login, ending):
    klass = make.klass(state="enrolling")
    for name in ("Lê Thị Học", "Lê Thị Học", "H'Hen Niê"):
        make.learner(klass, name)
    data = login(officer).get(f"/lists/courses.learners/export.{ending}?target={klass.id}").data
    draft = take_in("courses.learners", officer, data, f"x.{ending}", target=klass.id)
    assert [status for status, _reason in judged(draft)] == ["same"] * 3


def test_the_list_pages_lead_to_their_files(make, officer, login):
    klass = make.klass(state="enrolling", learners=1)
    client = login(officer)
    assert "/lists/courses.classes/import" in client.get("/classes/").text
    page = client.get(f"/classes/{klass.id}/learners").text
    assert f"/lists/courses.learners/import?target={klass.id}" in page
    assert client.get(f"/lists/courses.learners/import?target={klass.id}").status_code == 200
