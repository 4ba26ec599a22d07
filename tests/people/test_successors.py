"""1 July 2025: communes were merged and districts ended; people, accounts and open nominations follow."""

import io
from datetime import date, datetime

import pytest

from lms.access import scope
from lms.access.models import User, UserRole
from lms.api import tokens
from lms.api.models import ApiToken
from lms.errors import Invalid
from lms.people import owning
from lms.people.models import Employment, Official, Organisation
from lms.people.services import change_official
from lms.people.successors import plan, reading, services
from lms.people.successors.models import Reorganisation
from plugins.enrolment.models import ACCEPTED, SUBMITTED, Nomination

DAY = date(2025, 7, 1)


@pytest.fixture(autouse=True)
def _in_july_2025(frozen):
    with frozen(datetime(2025, 7, 2, 8)):
        yield


@pytest.fixture
def province(make):
    return make.organisation("tinh", name="Tỉnh", kind="province")


@pytest.fixture
def old(make, province):
    return make.organisation("xa-hoang-loc", name="Xã Hoằng Lộc cũ", kind="commune", parent=province)


@pytest.fixture
def new(make, province):
    return make.organisation("xa-hoang-loc-moi", name="Xã Hoằng Lộc", kind="commune", parent=province)


@pytest.fixture
def person(make, old):
    return make.official("Lê Thị Hoà", old)


@pytest.fixture
def officer(make, old):
    return make.user("training_officer", organisation=old)


@pytest.fixture
def nominations(make, old, person):
    classes = [make.klass(state="enrolling") for _ in range(2)]
    return [
        Nomination.create(klass=klass, official=person, organisation=old, status=status)
        for klass, status in zip(classes, (SUBMITTED, ACCEPTED), strict=True)
    ]


@pytest.fixture
def merger(old, new, department):
    made = services.note("Sắp xếp đơn vị hành chính cấp xã", DAY, by=department, source="Nghị quyết 1686")
    services.add_pair(made, old, new, by=department)
    return made


def state():
    columns = (
        Organisation.id,
        Organisation.parent,
        Organisation.path,
        Organisation.valid_to,
        Organisation.successor,
    )
    return {
        "officials": sorted(Official.select(Official.id, Official.organisation).tuples()),
        "roles": sorted(UserRole.select(UserRole.id, UserRole.organisation).where(UserRole.organisation.is_null(False)).tuples()),
        "nominations": sorted(Nomination.select(Nomination.id, Nomination.organisation).tuples()),
        "organisations": sorted(Organisation.select(*columns).tuples()),
        "service": sorted(Employment.select(Employment.id, Employment.to_date).tuples(), key=str),
    }  # fmt: skip


def test_the_preview_says_what_moves_and_moves_nothing(merger, person, officer, nominations):
    before = state()
    moves = {one["table"]: one["count"] for one in plan.of(merger)[0].counts["moves"]}
    assert moves == {
        "lms_official": 1,
        "lms_user_role": 1,
        "lms_api_token": 0,
        "enrolment_nomination": 1,
    }
    assert state() == before


def test_people_accounts_and_open_nominations_follow(
    merger, old, new, person, officer, nominations, department
):
    services.agree(merger, by=department)
    assert Official.get_by_id(person.id).organisation_id == new.id
    assert UserRole.get(UserRole.user == officer).organisation_id == new.id
    assert [one.organisation_id for one in Nomination.select().order_by(Nomination.id)] == [new.id, old.id]
    ended = Organisation.get_by_id(old.id)
    assert (ended.valid_to, ended.successor_id) == (date(2025, 6, 30), new.id)
    periods = Employment.select().where(Employment.official == person).order_by(Employment.id)
    assert [(one.organisation_id, one.from_date, one.to_date) for one in periods] == [
        (old.id, None, date(2025, 6, 30)),
        (new.id, DAY, None),
    ]


def test_a_program_of_the_agency_goes_on_with_its_token(merger, old, new, person, officer, department):
    owner = User.get_by_id(officer.id)
    token, secret = tokens.make(owner, "Nhân sự", ["people.view"], days=90, organisation_id=old.id)
    services.agree(merger, by=department)
    holder = tokens.bearer(secret)
    assert new.id in scope.organisations(holder, "people.view")
    services.undo(merger, by=department)
    assert ApiToken.get_by_id(token.id).organisation_id == old.id
    assert old.id in scope.organisations(tokens.bearer(secret), "people.view")


def test_a_revoked_token_stays_as_it_was(merger, old, officer, department):
    owner = User.get_by_id(officer.id)
    token, _secret = tokens.make(owner, "Nhân sự", ["people.view"], days=90, organisation_id=old.id)
    tokens.revoke(token, by=owner)
    services.agree(merger, by=department)
    assert ApiToken.get_by_id(token.id).organisation_id == old.id


def test_undo_puts_everything_back(merger, person, officer, nominations, department):
    before = state()
    services.agree(merger, by=department)
    assert state() != before
    services.undo(merger, by=department)
    assert state() == before


def test_the_successors_officers_see_the_history_of_the_old_organisation(
    make, merger, old, new, nominations, department
):
    officer = make.user("training_officer", organisation=new)
    assert old.id not in scope.subtree(new.id)
    services.agree(merger, by=department)
    assert old.id in scope.organisations(officer, "people.view")


def test_somebody_who_moved_on_stands_in_the_way_of_undoing(make, merger, person, department):
    services.agree(merger, by=department)
    change_official(person, {"organisation": make.organisation()}, by=department)
    with pytest.raises(owning.StandsInTheWay):
        services.undo(merger, by=department)


def test_units_below_go_along(make, merger, old, new, department):
    unit = make.organisation("tram-y-te", parent=old)
    inner = make.organisation("to-y-te", parent=unit)
    services.agree(merger, by=department)
    assert Organisation.get_by_id(unit.id).parent_id == new.id
    assert Organisation.get_by_id(inner.id).path == f"{new.path}tram-y-te/to-y-te/"
    services.undo(merger, by=department)
    assert Organisation.get_by_id(inner.id).path == inner.path


def test_a_divided_organisation_moves_nobody_by_itself(make, province, old, new, person, department):
    made = services.note("Chia xã", DAY, by=department)
    services.add_pair(made, old, new, share=60, by=department)
    services.add_pair(made, old, make.organisation("xa-khac", parent=province), share=40, by=department)
    assert plan.of(made)[0].unassigned == 1
    services.agree(made, by=department)
    assert Official.get_by_id(person.id).organisation_id == old.id
    assert Organisation.get_by_id(old.id).valid_to == date(2025, 6, 30)


def test_a_district_that_ended_leaves_its_communes_to_the_province(make, province, department):
    district = make.organisation("huyen", kind="district", parent=province)
    communes = [make.organisation(f"xa-{number}", kind="commune", parent=district) for number in range(2)]
    made = services.note("Bỏ cấp huyện", DAY, by=department)
    for commune in communes:
        services.add_pair(made, district, commune, share=50, by=department)
    services.agree(made, by=department)
    assert [Organisation.get_by_id(one.id).path for one in communes] == ["/tinh/xa-0/", "/tinh/xa-1/"]


def test_on_a_day_to_come_it_waits_and_is_then_applied_by_itself(
    merger, old, new, person, department, frozen
):
    Reorganisation.update(on_date=date(2025, 8, 1)).where(Reorganisation.id == merger.id).execute()
    merger = Reorganisation.get_by_id(merger.id)
    assert services.agree(merger, by=department).state == "waiting"
    assert services.apply_due() == 0
    with frozen(datetime(2025, 8, 1, 1)):
        assert services.apply_due() == 1
    assert Official.get_by_id(person.id).organisation_id == new.id


def test_what_cannot_be_applied_on_its_day_says_why(merger, new, department, frozen):
    Reorganisation.update(on_date=date(2025, 8, 1)).where(Reorganisation.id == merger.id).execute()
    services.agree(Reorganisation.get_by_id(merger.id), by=department)
    Organisation.update(valid_to=date(2025, 7, 15)).where(Organisation.id == new.id).execute()
    with frozen(datetime(2025, 8, 1, 1)):
        assert services.apply_due() == 0
    kept = Reorganisation.get_by_id(merger.id)
    assert (kept.state, new.name in kept.problem) == ("draft", True)


def test_a_name_on_both_sides_is_refused(make, merger, new, province, department):
    services.add_pair(merger, new, make.organisation("xa-ba", parent=province), by=department)
    with pytest.raises(services.CannotApply, match="cả hai bên"):
        services.agree(merger, by=department)


class TestList:
    def test_pairs_by_code_or_name(self, merger, make, province, department):
        other = make.organisation("xa-hoang-thinh", name="Xã Hoằng Thịnh", parent=province)
        data = "Đơn vị cũ,Đơn vị mới,Tỷ lệ\nXã Hoằng Thịnh,xa-hoang-loc-moi,\n".encode()
        assert reading.add_list(merger, data, "sap-xep.csv", by=department) == 1
        assert other.id in {pair.old_id for pair in plan.pairs_of(merger)}

    def test_all_or_none_and_each_bad_row_named(self, merger, department):
        data = "Đơn vị cũ,Đơn vị mới\nxa-hoang-loc,xa-hoang-loc-moi\nxa-la,xa-hoang-loc-moi\n".encode()
        with pytest.raises(Invalid, match="xa-la"):
            reading.add_list(merger, data, "sap-xep.csv", by=department)
        assert len(plan.pairs_of(merger)) == 1


class TestPages:
    def test_from_the_title_to_the_figures(self, client, login, department, old, new, person):
        login(department)
        answer = client.post(
            "/organisations/reorganisations", data={"title": "Sắp xếp xã", "on_date": "2025-07-01"}
        )
        page = answer.location
        assert client.post(f"{page}/pairs", data={"old": old.id, "new": new.id}).status_code == 302
        assert "Xã Hoằng Lộc cũ" in client.get(page).text
        client.post(f"{page}/agree")
        assert Official.get_by_id(person.id).organisation_id == new.id
        assert client.get(page).status_code == 200
        assert "nay thuộc Xã Hoằng Lộc" in client.get("/organisations").text
        assert "nay thuộc Xã Hoằng Lộc" in client.get(f"/people?organisation={old.id}").text
        client.post(f"{page}/undo")
        assert Official.get_by_id(person.id).organisation_id == old.id

    def test_a_wrong_list_says_which_row(self, client, login, department, merger):
        login(department)
        upload = {"file": (io.BytesIO("Đơn vị cũ,Đơn vị mới\nxa-la,xa-hoang-loc-moi\n".encode()), "a.csv")}
        answer = client.post(f"/organisations/reorganisations/{merger.id}/list", data=upload)
        assert answer.status_code == 422
        assert "Dòng 2" in answer.text

    def test_not_for_agencies(self, client, login, officer, merger):
        login(officer)
        assert client.post(f"/organisations/reorganisations/{merger.id}/agree").status_code == 403
