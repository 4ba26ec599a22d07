"""Roles add up; what a role may do is changed with a preview, dated, and with two persons where it is sensitive."""

from datetime import date, timedelta

import pytest

from lms import clock
from lms.access import accounts, can, editing, grants, scope
from lms.access.account_queries import role_or_404
from lms.access.models import RolePermission, User, UserRole
from lms.access.services import give_role, take_role
from lms.approvals import services as approvals
from lms.approvals.models import Approval
from lms.audit.models import AuditRow
from lms.errors import Conflict, Invalid, NotFound
from lms.plugins.switch import refresh

OFFICER = "department_officer"


@pytest.fixture
def admin(make):
    return make.user("platform_admin")


def with_more(role, *names):
    return grants.permissions_of(role) | set(names)


def test_somebody_with_several_roles_may_what_any_of_them_allows(make):
    """Adding oneself as a trainee takes nothing away from an officer (roles never replace each other)."""
    user = make.user("academic_officer", "inspector", "trainee")
    assert can(user, "platform.audit") and can(user, "platform.admin")
    give_role(user, "lecturer", by=None)
    assert can(user, "platform.audit") and can(user, "platform.admin")
    before = {name for name in grants.permissions_of("academic_officer") if can(user, name)}
    assert before == grants.permissions_of("academic_officer")


def test_organisations_of_several_agency_roles_add_up(make):
    first, second = make.organisation("so-mot"), make.organisation("so-hai")
    user = make.user("training_officer", organisation=first)
    give_role(user, "training_officer", by=None, organisation=second)
    assert scope.organisations(user, "people.view") == {first.id, second.id}
    give_role(user, OFFICER, by=None)
    assert scope.organisations(user, "people.view") is scope.ALL


def test_the_preview_names_who_gains_and_leaves_out_who_had_it_already(make, admin):
    lecturer, both = make.user("lecturer"), make.user("lecturer", "inspector")
    planned = editing.preview(role_or_404("lecturer"), with_more("lecturer", "platform.audit"))
    assert planned.given == {"platform.audit": [lecturer]} and not planned.taken
    assert both not in planned.given["platform.audit"]
    assert not can(lecturer, "platform.audit")


def test_a_tick_works_at_once_and_unticking_goes_back_to_the_default(make, admin):
    lecturer = make.user("lecturer")
    assert editing.change(role_or_404("lecturer"), with_more("lecturer", "platform.audit"), by=admin) is None
    assert can(lecturer, "platform.audit")
    editing.change(role_or_404("lecturer"), with_more("lecturer") - {"platform.audit"}, by=admin)
    assert not can(lecturer, "platform.audit")
    rows = list(RolePermission.select())
    assert len(rows) == 1 and rows[0].until_at and rows[0].by_id == admin.id


def test_a_default_can_be_taken_away(make, admin):
    inspector = make.user("inspector")
    editing.change(role_or_404("inspector"), with_more("inspector") - {"platform.audit"}, by=admin)
    assert not can(inspector, "platform.audit")
    assert grants.roles_of("platform.audit") == {"platform_admin"}


def test_a_role_of_the_sites_own(make, admin):
    row = editing.add_role("Văn thư", "Đóng dấu và gửi văn bản", everywhere=True, by=admin)
    assert row.name == "van_thu"
    clerk = make.user("van_thu")
    editing.change(row, {"people.view"}, by=admin)
    assert can(clerk, "people.view") and scope.organisations(clerk, "people.view") is scope.ALL
    with pytest.raises(Invalid):
        editing.add_role("văn thư", "", everywhere=False, by=admin)


def test_nobody_can_take_the_keeping_of_accounts_from_everybody(admin):
    wanted = grants.permissions_of("platform_admin") - {"platform.users"}
    with pytest.raises(Conflict):
        editing.change(role_or_404("platform_admin"), wanted, by=admin)
    assert can(User.get_by_id(admin.id), "platform.users")


def test_the_last_administrator_stays(make, admin):
    with pytest.raises(Conflict):
        take_role(admin.roles[0], by=admin)
    with pytest.raises(Conflict):
        accounts.deactivate(admin, by=make.user("lecturer"))


def test_a_sensitive_permission_takes_a_second_administrator(make, admin):
    lecturer, other = make.user("lecturer"), make.user("platform_admin")
    asked = editing.change(
        role_or_404("lecturer"), with_more("lecturer", "people.reveal"), by=admin, reason="Thử"
    )
    assert isinstance(asked, Approval) and not can(lecturer, "people.reveal")
    with pytest.raises(approvals.SamePerson):
        approvals.approve(asked, by=admin)
    approvals.approve(asked, by=other)
    assert can(User.get_by_id(lecturer.id), "people.reveal")
    deeds = [row.deed for row in AuditRow.select().where(AuditRow.by.in_([admin.id, other.id]))]
    assert {"approvals.asked", "approvals.approved", "access.role_changed"} <= set(deeds)


def test_a_site_without_decisions_of_its_own_asks_nothing(app, max_queries, make):
    user = make.user("inspector")
    assert user.role_names
    can(user, "platform.audit")
    refresh()
    with max_queries(2):  # the plugins' switches themselves, once a second and process
        assert can(user, "platform.audit")


class TestStandingIn:
    @pytest.fixture
    def head(self, make):
        return make.user("school_head")

    def test_a_stand_in_holds_the_roles_in_those_days_only(self, make, head, frozen):
        deputy = make.user("lecturer")
        with frozen(date(2025, 7, 1)):
            accounts.stand_in(head, deputy.email, date(2025, 7, 3), date(2025, 7, 10))
        for day, expected in ((2, False), (3, True), (10, True), (11, False)):
            with frozen(date(2025, 7, day)):
                assert User.get_by_id(deputy.id).has_role("school_head") is expected

    def test_it_is_taken_back_before_its_time(self, make, head, frozen):
        deputy = make.user("lecturer")
        with frozen(date(2025, 7, 1)):
            given = accounts.stand_in(head, deputy.email, date(2025, 7, 1), date(2025, 7, 10))
            with pytest.raises(NotFound):
                accounts.end_stand_in(deputy, given[0].id)
            accounts.end_stand_in(head, given[0].id)
            assert not User.get_by_id(deputy.id).has_role("school_head")

    def test_a_stand_in_has_no_stand_in(self, make, head, frozen):
        deputy, third = make.user(), make.user()
        with frozen(date(2025, 7, 1)):
            accounts.stand_in(head, deputy.email, date(2025, 7, 1), date(2025, 7, 10))
            with pytest.raises(Invalid):
                accounts.stand_in(User.get_by_id(deputy.id), third.email, date(2025, 7, 1), date(2025, 7, 2))

    @pytest.mark.parametrize("days", [-1, 91])
    def test_not_backwards_and_not_for_ever(self, make, head, frozen, days):
        first, email = date(2025, 7, 1), make.user().email
        with frozen(first), pytest.raises(Invalid):
            accounts.stand_in(head, email, first, first + timedelta(days=days))

    def test_running_the_platform_is_never_lent(self, make, admin):
        with pytest.raises(Invalid):
            accounts.stand_in(admin, make.user().email, date(2100, 1, 1), date(2100, 1, 2))


def test_a_role_for_a_time_ends_by_itself(make, frozen):
    user = make.user()
    with frozen(date(2025, 3, 1)):
        give_role(user, "inspector", by=None, until_date=date(2025, 3, 31))
    with frozen(date(2025, 4, 1)):
        assert not User.get_by_id(user.id).has_role("inspector")
        with pytest.raises(Invalid):
            give_role(user, "lecturer", by=None, until_date=date(2025, 3, 31))
    assert UserRole.select().count() == 1


def test_an_agency_is_represented_by_permission_not_by_the_name_of_a_role(make, admin):
    """A role of the site's own that may nominate does everything for its agency that the preset does."""
    agency = make.organisation("so-noi-vu")
    below = make.organisation("chi-cuc", parent=agency)
    own = editing.add_role("Chuyên viên cử tuyển", "Cử người của đơn vị.", everywhere=False, by=admin)
    user = make.user(own.name, organisation=agency)
    assert scope.offices(user, "enrolment.nominate") == []
    editing.change(own, {"enrolment.nominate"}, by=admin)
    assert scope.offices(user, "enrolment.nominate") == [agency]
    assert scope.answering_for(below, "enrolment.nominate") == [user]
    assert scope.answering_for(make.organisation("so-khac"), "enrolment.nominate") == []


def test_a_role_that_ended_and_an_account_that_was_closed_answer_for_nobody(make):
    agency = make.organisation("so-noi-vu")
    ended = make.user("training_officer", organisation=agency)
    closed = make.user("training_officer", organisation=agency)
    UserRole.update(until_date=clock.today() - timedelta(days=1)).where(UserRole.user == ended.id).execute()
    User.update(active=False).where(User.id == closed.id).execute()
    assert scope.answering_for(agency, "enrolment.nominate") == []


def test_a_role_that_sees_everything_is_held_for_no_agency(make, admin):
    agency = make.organisation("so-noi-vu")
    everywhere = editing.add_role("Điều phối", "Cử người của mọi đơn vị.", everywhere=True, by=admin)
    user = make.user(everywhere.name, organisation=agency)
    editing.change(everywhere, {"enrolment.nominate"}, by=admin)
    assert scope.organisations(user, "enrolment.nominate") is scope.ALL
    assert scope.offices(user, "enrolment.nominate") == []
    assert scope.answering_for(agency, "enrolment.nominate") == []
