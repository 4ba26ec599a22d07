"""Home, sign-in, progress of long work, plugins, audit."""

import re

import pytest

from lms import audit
from lms.access.models import User
from lms.audit.models import AuditRow
from lms.config import settings
from lms.db import db, is_postgresql
from lms.jobs import JobRun
from lms.plugins import hookimpl, switch
from lms.plugins.registry import registry


def weight(client, address: str) -> int:
    """Bytes of a page with its style sheets and scripts, uncompressed."""
    page = client.get(address)
    linked = re.findall(r'(?:href|src)="([^"]+\.(?:css|js)[^"]*)"', page.text)
    return len(page.data) + sum(
        len(client.get(one.replace("&amp;", "&"), buffered=True).data) for one in linked
    )


class TestHome:
    def test_a_stranger_can_check_a_certificate_or_sign_in(self, client):
        page = client.get("/").text
        assert 'action="/c/"' in page
        assert "/login" in page

    @pytest.mark.parametrize("address", ["/", "/login", "/not-there"])
    def test_pages_for_phones_stay_light(self, client, address):
        assert weight(client, address) < 60_000

    @pytest.mark.parametrize("role", ["lecturer", "trainee"])
    def test_the_home_of_people_on_phones_stays_light(self, client, login, make, role):
        login(make.user(role))
        assert weight(client, "/") < 100_000

    def test_the_administrator_sees_the_state_of_the_platform(self, client, login, make):
        login(make.user("platform_admin"))
        JobRun.create(kind="x.y", title="Việc", state="failed", args={})
        assert "Tình trạng hệ thống" in client.get("/").text

    def test_a_card_that_cannot_be_printed_is_left_out(self, client, login, make):
        from lms.answers import HomeCard

        class Broken:
            @hookimpl
            def home_cards(self, user):
                return [HomeCard("Hỏng", "web/not-there.html")]

        registry.add_answers("lms-broken", Broken())
        try:
            login(make.user("platform_admin"))
            page = client.get("/")
        finally:
            registry.remove_answers("lms-broken")
        assert page.status_code == 200
        assert "Tình trạng hệ thống" in page.text

    def test_a_long_name_is_shown_whole(self, client, login, make):
        name = "Rơ Châm H'Bơ Krông Pắc Ksor Nay Y Bliă Êban Siu"
        login(make.user("lecturer", display_name=name))
        assert name.replace("'", "&#39;") in client.get("/").text


class TestSignIn:
    @pytest.fixture
    def account(self, make) -> User:
        return make.user("academic_officer", email="giaovu@example.vn", password="mat-khau-dung")

    def test_a_wrong_password_says_what_to_do_and_keeps_the_address(self, client, account):
        page = client.post("/login", data={"email": account.email, "password": "sai"})
        assert "phân biệt chữ hoa" in page.text
        assert 'value="giaovu@example.vn"' in page.text

    def test_an_unknown_address_sounds_the_same(self, client, account):
        wrong, unknown = (
            client.post("/login", data={"email": email, "password": "sai"}).text
            for email in (account.email, "khong@example.vn")
        )
        assert "phân biệt chữ hoa" in wrong
        assert "phân biệt chữ hoa" in unknown

    def test_the_reader_goes_on_where_they_wanted(self, client, account):
        answer = client.post(
            "/login?next=/people", data={"email": account.email, "password": "mat-khau-dung"}
        )
        assert answer.status_code == 302
        assert answer.location.endswith("/people")

    def test_never_to_another_site(self, client, account):
        data = {"email": account.email, "password": "mat-khau-dung"}
        answer = client.post("/login?next=https://evil.example/", data=data)
        assert "evil.example" not in answer.headers.get("Location", "")

    def test_signing_out_is_a_deed(self, client, login, account):
        login(account)
        assert client.get("/logout").status_code == 405
        assert client.post("/logout").status_code == 302
        assert client.get("/people").status_code == 302


class TestLongWork:
    @pytest.fixture
    def user(self, make) -> User:
        return make.user("academic_officer")

    def test_the_page_renews_itself_until_the_work_is_done(self, client, login, user):
        login(user)
        run = JobRun.create(
            kind="x.y", title="Lập chứng chỉ", state="running", args={}, by=user, done=87, count=200
        )
        page = client.get(f"/jobs/{run.id}").text
        assert f'data-watch="/jobs/{run.id}/state"' in page
        assert '<noscript><meta http-equiv="refresh"' in page
        state = client.get(f"/jobs/{run.id}/state")
        assert state.headers["X-Job-State"] == "running"
        assert "87 / 200" in state.text
        JobRun.update(state="done", done=200).where(JobRun.id == run.id).execute()
        assert "data-watch" not in client.get(f"/jobs/{run.id}").text

    def test_others_do_not_see_it(self, client, login, make, user):
        run = JobRun.create(kind="x.y", title="Việc", args={}, by=user)
        login(make.user("academic_officer"))
        assert client.get(f"/jobs/{run.id}").status_code == 404
        assert client.get(f"/jobs/{run.id}/state").status_code == 404
        login(make.user("platform_admin"))
        assert client.get(f"/jobs/{run.id}").status_code == 200

    def test_the_file_can_be_fetched(self, client, login, user):
        login(user)
        run = JobRun.create(kind="x.y", title="Việc", state="done", args={}, by=user)
        run.file_path("a.zip").write_bytes(b"zip")
        result = {"file": f"jobs/{run.id}/a.zip", "filename": "chứng chỉ.zip"}
        JobRun.update(result=result).where(JobRun.id == run.id).execute()
        answer = client.get(f"/jobs/{run.id}/file", buffered=True)
        assert answer.data == b"zip"
        assert "attachment" in answer.headers["Content-Disposition"]

    def test_a_file_outside_the_instance_is_not(self, client, login, user):
        login(user)
        outside = settings().files.parent / "secrets.json"
        assert outside.exists()
        run = JobRun.create(
            kind="x.y", title="Việc", state="done", args={}, by=user, result={"file": "../secrets.json"}
        )
        assert client.get(f"/jobs/{run.id}/file", buffered=True).status_code == 404

    def test_failed_work_goes_on_from_where_it_stands(self, client, login, user):
        login(user)
        run = JobRun.create(
            kind="x.y", title="Việc", state="failed", args={}, by=user, done=3, count=9, error="Đầy đĩa"
        )
        assert "Đầy đĩa" in client.get(f"/jobs/{run.id}").text
        assert client.post(f"/jobs/{run.id}/retry").status_code == 302
        assert JobRun.get_by_id(run.id).state == "queued"
        assert client.post(f"/jobs/{run.id}/retry").status_code == 409


class TestPluginsPage:
    def test_switching_off_and_on(self, client, login, make):
        login(make.user("platform_admin"))
        assert "attendance" in client.get("/plugins").text
        client.post("/plugins/attendance/off")
        assert not switch.is_on("attendance")
        client.post("/plugins/attendance/on")
        assert switch.is_on("attendance")

    def test_the_core_stays_on(self, client, login, make):
        login(make.user("platform_admin"))
        assert client.post("/plugins/courses/off").status_code == 409
        assert switch.is_on("courses")

    def test_an_unknown_one_is_not_found(self, client, login, make):
        login(make.user("platform_admin"))
        assert client.post("/plugins/not-there/off").status_code == 404

    def test_only_for_who_runs_the_platform(self, client, login, make):
        login(make.user("academic_officer"))
        assert client.get("/plugins").status_code == 403
        assert client.post("/plugins/attendance/off").status_code == 403


class TestAudit:
    @pytest.fixture
    def reader(self, client, login, make):
        return login(make.user("inspector"))

    def test_filtered_by_person_deed_and_day(self, reader, make):
        an = make.user(display_name="Nguyễn Văn An")
        audit.record(an, "test.deed")
        audit.record(None, "test.other")
        assert "test.deed</small>" in reader.get("/audit?q=Văn An").text
        assert "test.other</small>" not in reader.get("/audit?q=Văn An").text
        assert "test.other</small>" in reader.get("/audit?deed=test.other").text
        assert "test.other</small>" not in reader.get("/audit?to=2020-01-01").text
        assert reader.get("/audit?from=not-a-day").status_code == 200

    def test_as_many_questions_for_a_full_page_as_for_a_few_rows(self, reader, max_queries):
        for _ in range(60):
            audit.record(None, "test.deed")
        with max_queries(14):
            reader.get("/audit")

    def test_an_altered_deed_is_found(self, reader):
        audit.record(None, "test.deed")
        assert "Chuỗi nhật ký nguyên vẹn" in reader.get("/audit/check").text
        past_the_guard = "alter table lms_audit disable trigger lms_audit_append_only"
        db.execute_sql(past_the_guard if is_postgresql() else "drop trigger lms_audit_no_update")
        AuditRow.update(deed="test.forged").where(AuditRow.deed == "test.deed").execute()
        assert "đã bị sửa" in reader.get("/audit/check").text
