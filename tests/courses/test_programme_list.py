"""Programmes come in and go out as a list, above their table in the administration."""

import pytest

from courses.models import Programme
from lms.audit.models import AuditRow
from lms.importing import drafts, services
from lms.importing.kinds import kind_or_404

HEADER = "Mã chương trình;Tên chương trình;Loại;Hiệu lực từ;Hiệu lực đến\n"


@pytest.fixture
def officer(make):
    make.programme(kind="leadership")
    return make.user("academic_officer")


def take_in(user, data, name="x.csv"):
    return services.take_in(kind_or_404("courses.programmes"), data, name, by=user)


def judged(draft):
    return [row.status.value for row in drafts.preview(draft).only(None)]


def test_new_ones_get_the_next_number_and_others_are_changed_and_all_is_taken_back(officer):
    old = Programme.get(Programme.code == "LDQL-PHONG")
    rows = "BD-SO-HOA;Bồi dưỡng chuyển đổi số;Vị trí việc làm;1.1.2025;\nldql-phong;Tên mới của chương trình;;;\n"
    draft = take_in(officer, (HEADER + rows).encode())
    assert judged(draft) == ["new", "changed"], drafts.preview(draft).rows
    services.start(draft, by=officer)
    new = Programme.get(Programme.code == "BD-SO-HOA")
    assert (new.kind, str(new.valid_from), new.number) == ("job_position", "2025-01-01", old.number + 1)
    assert Programme.get_by_id(old.id).title == "Tên mới của chương trình"
    deeds = {row.deed for row in AuditRow.select()}
    assert {"courses.programme_added", "courses.programme_changed"} <= deeds
    assert services.undo(drafts.by_key(draft.key, by=officer), by=officer) == 2
    assert Programme.get_or_none(Programme.code == "BD-SO-HOA") is None
    assert Programme.get_by_id(old.id).title == old.title


def test_a_number_in_certificates_is_neither_changed_nor_given_twice(officer):
    number = Programme.get().number
    header = kind_or_404("courses.programmes").columns()[-1].title
    head = HEADER.strip() + f";{header}\n"
    draft = take_in(
        officer,
        f"{head}LDQL-PHONG;X;;;;{number + 5}\nMOI;Chương trình mới;Vị trí việc làm;;;{number}\n".encode(),
    )
    assert judged(draft) == ["error", "error"]


def test_a_programme_does_not_end_before_it_begins(officer):
    draft = take_in(officer, f"{HEADER}LDQL-PHONG;Tên;;01/05/2025;01/04/2025\n".encode())
    assert judged(draft) == ["error"]


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_what_is_exported_comes_back_unchanged(officer, login, ending):
    client = login(officer)
    page = client.get("/admin/programmes/").text
    assert f"/lists/courses.programmes/export.{ending}" in page and "/lists/courses.programmes" in page
    data = client.get(f"/lists/courses.programmes/export.{ending}").data
    assert judged(take_in(officer, data, f"x.{ending}")) == ["same"]
