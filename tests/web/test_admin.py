"""Reference data under /admin: the same permissions, one transaction, an audit row."""

from datetime import datetime

import pytest

from lms.access import sign_ins
from lms.access.models import User, UserRole
from lms.audit.models import AuditRow
from lms.people.models import Organisation


@pytest.fixture
def admin(client, login, make):
    return login(make.user("platform_admin"))


def addresses(app):
    return [
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/admin/") and "GET" in rule.methods and not rule.arguments
    ]


def test_every_address_is_guarded(app, client, login, make):
    pages = addresses(app)
    assert len(pages) > 5
    assert {page: client.get(page).status_code for page in pages} == dict.fromkeys(pages, 302)
    login(make.user("trainee"))
    assert {page: client.get(page).status_code for page in pages} == dict.fromkeys(pages, 403)


def test_the_front_page_shows_what_the_role_keeps(client, login, make):
    login(make.user("platform_admin"))
    assert "/admin/accounts/" in client.get("/admin/").text
    login(make.user("academic_officer"))
    page = client.get("/admin/").text
    assert "/admin/organisations/" in page
    assert "/admin/accounts/" not in page


def test_an_organisation_is_added_by_the_service(admin):
    answer = admin.post(
        "/admin/organisations/new/", data={"code": "XA-MOI", "name": "Xã  Mới", "kind": "commune"}
    )
    assert answer.status_code == 302
    made = Organisation.get(Organisation.code == "xa-moi")
    assert (made.name, made.name_folded, made.path) == ("Xã Mới", "xa moi", "/xa-moi/")
    assert AuditRow.select().where(AuditRow.deed == "people.organisation_added").exists()


def test_a_taken_code_is_said_and_nothing_typed_is_lost(admin, make):
    make.organisation("xa-cu")
    page = admin.post(
        "/admin/organisations/new/", data={"code": "xa-cu", "name": "Xã Trùng", "kind": "commune"}
    )
    assert "đã dùng cho cơ quan khác" in page.text
    assert 'value="Xã Trùng"' in page.text


def test_renaming_is_on_record(admin, make):
    organisation = make.organisation("so-cu", name="Sở Cũ")
    admin.post(f"/admin/organisations/edit/?id={organisation.id}", data={"name": "Sở Mới"})
    assert Organisation.get_by_id(organisation.id).name_folded == "so moi"
    row = AuditRow.get(AuditRow.deed == "admin.changed")
    assert row.details["fields"] == ["name", "name_folded"]


def test_organisations_are_never_deleted(admin, make):
    organisation = make.organisation()
    admin.post("/admin/organisations/delete/", data={"id": organisation.id})
    assert Organisation.get_or_none(Organisation.id == organisation.id)


def test_a_role_is_taken_away_on_record(admin, make):
    held = make.user("lecturer").roles[0]
    admin.post("/admin/roles/delete/", data={"id": held.id, "url": "/admin/roles/"})
    assert UserRole.get_or_none(UserRole.id == held.id) is None
    assert AuditRow.select().where(AuditRow.deed == "access.role_taken").exists()


def test_somebody_always_runs_the_platform(admin):
    last = (
        UserRole.select()
        .join(UserRole.role.rel_model)
        .where(UserRole.role.rel_model.name == "platform_admin")
        .get()
    )
    page = admin.post(
        "/admin/roles/delete/", data={"id": last.id, "url": "/admin/roles/"}, follow_redirects=True
    )
    assert "Hệ thống phải có người quản trị" in page.text
    assert UserRole.get_or_none(UserRole.id == last.id)


def test_accounts_are_switched_off_by_the_rules_here_too(admin, make):
    """Never oneself; somebody else is signed out at once."""
    mine, other = UserRole.get().user, make.user("lecturer", display_name="Lê Văn Tắt")
    far = datetime(2100, 1, 1)
    sign_ins.begin(other, "token", ends_at=far, address="127.0.0.1", agent="test")
    for user in (mine, other):
        admin.post(f"/admin/accounts/edit/?id={user.id}", data={"display_name": user.display_name})
    assert [User.get_by_id(user.id).active for user in (mine, other)] == [True, False]
    assert sign_ins.of(other) == []
    admin.post(f"/admin/accounts/edit/?id={other.id}", data={"display_name": "Lê Văn Bật", "active": "y"})
    again = User.get_by_id(other.id)
    assert (again.active, again.name_folded) == (True, "le van bat")
    assert {"access.user_off", "access.user_on"} <= {row.deed for row in AuditRow.select()}


def test_a_forged_form_is_refused(app, admin):
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        answer = admin.post(
            "/admin/organisations/new/", data={"code": "gia", "name": "Giả", "kind": "commune"}
        )
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
    assert answer.status_code == 400
    assert not Organisation.select().where(Organisation.code == "gia").exists()


def test_lists_ask_as_often_for_many_rows_as_for_few(admin, make, max_queries):
    for _ in range(30):
        make.user("lecturer")
    with max_queries(16):
        assert admin.get("/admin/roles/").status_code == 200
