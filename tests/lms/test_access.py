"""Roles, permissions, organisation scope and short links."""

from datetime import timedelta

import pytest

from lms import clock
from lms.access import can, links, scope
from lms.access.links import LinkSpent
from lms.access.models import ShortLink
from lms.access.services import add_user, give_role
from lms.errors import Conflict, Invalid
from lms.people import queries


def test_a_role_carries_the_permissions_the_plugins_declare(make):
    assert can(make.user("platform_admin"), "platform.plugins")
    assert not can(make.user("trainee"), "platform.plugins")


def test_roles_add_up(make):
    user = make.user("trainee")
    give_role(user, "platform_admin", by=None)
    assert can(user, "platform.plugins")
    assert user.has_role("trainee")


def test_an_agency_officer_sees_its_own_subtree_only(make):
    agency = make.organisation("so-a")
    unit = make.organisation("chi-cuc-a", parent=agency)
    other = make.organisation("so-b")
    own, below, foreign = (
        make.official(name, home) for name, home in [("Lê An", agency), ("Lê Bình", unit), ("Lê Chi", other)]
    )
    officer = make.user("training_officer", organisation=agency)
    assert list(queries.officials(officer)) == [own, below]
    assert scope.organisations(officer, "people.view") == {agency.id, unit.id}
    assert foreign in list(queries.officials(make.user("department_officer")))


def test_a_sibling_whose_code_begins_alike_is_not_below(make):
    agency = make.organisation("so-y")
    sibling = make.organisation("so-y-te")
    officer = make.user("training_officer", organisation=agency)
    assert sibling.id not in scope.organisations(officer, "people.view")


def test_an_agency_role_without_an_organisation_sees_nothing(make):
    make.official()
    assert list(queries.officials(make.user("training_officer"))) == []


@pytest.mark.parametrize("search", ["đặng ánh", "DANG ANH", "anh dang"])
def test_officials_are_found_without_accents(make, search):
    wanted = make.official("Đặng Thị Ánh")
    make.official("Đinh Văn Bảo")
    assert list(queries.officials(make.user("department_officer"), search=search)) == [wanted]


def test_officials_are_found_by_citizen_id_without_it_being_stored_openly(make):
    wanted = make.official("Lò Văn Păn", cccd="038076001048")
    assert list(queries.officials(make.user("department_officer"), search="038076001048")) == [wanted]
    assert "038076001048" not in str(wanted.__data__)
    assert wanted.cccd_masked.endswith("048")


def test_names_stand_in_vietnamese_order(make):
    for name in ("Nguyễn Văn Đức", "Lê Thị Dung", "Trần Thị Ánh", "Phạm Văn An", "Vi Văn Ọt"):
        make.official(name)
    names = [one.full_name for one in queries.officials(make.user("department_officer"))]
    assert names == ["Phạm Văn An", "Trần Thị Ánh", "Lê Thị Dung", "Nguyễn Văn Đức", "Vi Văn Ọt"]


def test_an_address_has_one_account(make):
    add_user("a@example.vn", "A", by=None)
    with pytest.raises(Conflict):
        add_user("A@example.vn ", "B", by=None)
    with pytest.raises(Invalid):
        add_user("nobody", "B", by=None)


def test_a_short_link_opens_once(make):
    code = links.create(
        "roll", {"session_id": 1}, expires_at=clock.now() + timedelta(hours=2), by=make.user()
    )
    link = links.find(code.lower()[:4] + "-" + code[4:])
    assert link.target == {"session_id": 1}
    links.spend(link)
    with pytest.raises(LinkSpent):
        links.find(code)


def test_a_short_link_dies_with_its_time(make, frozen):
    code = links.create("roll", {}, expires_at=clock.now() - timedelta(seconds=1), by=None)
    with pytest.raises(LinkSpent):
        links.find(code)
    assert code not in str(ShortLink.get().__data__)


def test_an_unknown_code_and_a_spent_one_answer_alike(client, make):
    code = links.create("nobody", {}, expires_at=clock.now() + timedelta(hours=1), by=None, uses=0)
    answers = {client.get(f"/s/{one}").status_code for one in (code, "ZZZZZZZZ", "%20", "../x")}
    assert answers == {404}
