"""What the demonstration puts on the Department's desk is there, and waits for the next hand."""

import random

import pytest

from lms import clock
from lms.access.models import User
from lms.approvals import services as approvals
from lms.demo import desk, loading
from lms.people.merging import duplicates
from lms.people.merging.models import OfficialMerge
from lms.people.models import Official, Organisation
from lms.people.privacy import services as privacy
from lms.people.privacy import views
from lms.people.privacy.models import DataRequest
from lms.people.staff import services as staff
from lms.people.staff.models import StaffList
from lms.people.successors.models import Reorganisation


@pytest.fixture
def province(app):
    with app.test_request_context():
        context = loading.Context(random.Random(28), clock.today(), lambda _text: None)
        loading._kernel(context, 400)
        desk.load(context, loading.PASSWORD)
        yield context


def test_the_second_officer_agrees_to_the_erasure_the_first_asked_for(province):
    erasure = DataRequest.get(DataRequest.kind == "erasure")
    waiting = privacy.asked(erasure)
    with pytest.raises(approvals.SamePerson):
        approvals.approve(waiting, by=province.users["department_officer"])
    approvals.approve(waiting, by=User.get(User.email == "sonoivu2@kimbang.example"))
    assert DataRequest.get_by_id(erasure.id).state == "done"


def test_the_desk_is_full(province):
    officer = province.users["department_officer"]
    # Ten were put on record twice: one pair is merged, one told apart.
    assert duplicates.page(officer, 1).total == 8
    assert OfficialMerge.select().count() == 1
    assert Reorganisation.get().state == "applied"
    ended = Organisation.get(Organisation.code == "tt-but-son")
    assert ended.successor.code == "xa-hoang-hoa"
    assert Official.select().where(Official.organisation == ended).count() == 0
    waiting = StaffList.get()
    assert waiting.state == "waiting"
    assert {row.status for row in staff.rows_of(waiting)} == {"new", "changed", "conflict", "left"}
    states = {row.kind: row.state for row in DataRequest.select()}
    assert states == {"access": "open", "erasure": "proposed", "correction": "done"}
    assert privacy.asked(DataRequest.get(DataRequest.kind == "erasure")).standing == "waiting"
    assert views.all_for(officer).count() == 2


def test_the_list_of_sign_ins_names_every_account(province):
    assert {email for _role, email in loading.SIGN_INS} == {user.email for user in User.select()}
