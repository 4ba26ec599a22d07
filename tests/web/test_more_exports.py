"""Background work, accounts and rules go out as lists, in the place every list has for it, as filtered."""

import pytest

from lms.importing import sheets
from lms.jobs import JobRun


def rows_of(answer, name):
    assert answer.status_code == 200, answer.text[:300]
    return [row for row in sheets.read(answer.data, name).rows if any(row)]


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_work_of_ones_own_or_everybodys(make, login, ending):
    admin, other = make.user("platform_admin"), make.user("lecturer")
    JobRun.create(kind="x.y", title="Cấp chứng chỉ", args={}, by=admin, state="failed", error="Hết giấy")
    JobRun.create(kind="x.y", title="Nhập danh sách", args={}, by=other, state="done", done=3, count=3)
    client = login(admin)
    assert f"/lists/lms.jobs/export.{ending}?state=failed" in client.get("/jobs?state=failed").text
    assert len(rows_of(client.get(f"/lists/lms.jobs/export.{ending}"), f"x.{ending}")) == 3
    failed = rows_of(client.get(f"/lists/lms.jobs/export.{ending}?state=failed"), f"x.{ending}")
    assert len(failed) == 2 and "Hết giấy" in failed[1]
    own = rows_of(login(other).get(f"/lists/lms.jobs/export.{ending}"), f"x.{ending}")
    assert len(own) == 2 and "Nhập danh sách" in own[1]


def test_accounts_with_roles_for_who_keeps_them_only(make, login):
    admin = make.user("platform_admin", display_name="Nguyễn Quản Trị")
    agency = make.organisation("so-noi-vu", name="Sở Nội vụ")
    make.user("training_officer", organisation=agency, display_name="Lê Cử Tuyển")
    client = login(admin)
    assert (
        "/lists/access.accounts/export.csv?role=training_officer"
        in client.get("/accounts?role=training_officer").text
    )
    answer = client.get("/lists/access.accounts/export.csv?role=training_officer")
    [_head, row] = rows_of(answer, "x.csv")

    assert answer.content_type == "text/csv; charset=utf-8"
    assert row[0] == "Lê Cử Tuyển" and "(Sở Nội vụ)" in row[2]
    assert login(make.user("lecturer")).get("/lists/access.accounts/export.csv").status_code == 403


def test_the_list_of_accounts_costs_the_same_for_many(make, login, max_queries):
    client = login(make.user("platform_admin"))
    for _number in range(30):
        make.user("lecturer", "trainee")
    with max_queries(14):
        assert client.get("/lists/access.accounts/export.csv").status_code == 200


def test_the_rules_in_use_go_out_with_source_and_confidence(make, login):
    client = login(make.user("department_officer"))
    assert "/lists/eligibility.rules/export.xlsx" in client.get("/eligibility/rules").text
    rows = rows_of(client.get("/lists/eligibility.rules/export.xlsx"), "x.xlsx")
    assert len(rows) > 20 and any("TC-GD-SO-2024" in row for row in rows)
