"""Many accounts switched off and on at once: the rules for one hold for each, and for all of them together."""

import pytest
from flask_babel import force_locale

from lms import bulk
from lms.access import sign_ins
from lms.access.models import SignIn, User
from lms.access.services import give_role
from lms.audit.models import AuditRow
from lms.bulk import services
from lms.bulk.models import BulkRun
from lms.errors import NotAllowed

pytestmark = pytest.mark.usefixtures("english")
OWN = "You cannot switch your own account off. Please ask another administrator."
LAST = "Somebody must run the platform: give the role to another account first."


@pytest.fixture
def english(app):
    with force_locale("en"):
        yield


@pytest.fixture
def admin(make):
    return make.user("platform_admin", display_name="Phạm Thị Giữ")


@pytest.fixture
def choose(admin):
    def chosen(*users, deed="access.switch_off", by=admin):
        return services.choose(bulk.deed_or_404(deed), [user.id for user in users], target=None, by=by)

    return chosen


def reasons(run) -> dict[str, str]:
    return {line.title: line.reason for line in services.plan(run).blocked}


def on(*users) -> list[bool]:
    return [User.get_by_id(user.id).active for user in users]


def test_switched_off_signed_out_and_taken_back(make, login, choose):
    two = [make.user("lecturer", display_name=f"Lê Văn {name}") for name in ("An", "Ân")]
    login(two[0])
    run = choose(*two)
    assert [line.detail for line in services.plan(run).ready] == [
        f"{two[0].email} · signed in on 1 device",
        two[1].email,
    ]
    assert on(*two) == [True, True]
    services.start(run)
    assert on(*two) == [False, False]
    assert sign_ins.of(two[0]) == []
    assert AuditRow.select().where(AuditRow.deed == "access.user_off").count() == 2
    assert services.undo(BulkRun.get_by_id(run.id)) == 2
    assert on(*two) == [True, True]
    assert SignIn.get(SignIn.user == two[0].id).ended_at is not None


def test_ones_own_account_stays(admin, make, choose):
    other = make.user("lecturer")
    run = choose(admin, other)
    assert reasons(run) == {"Phạm Thị Giữ": OWN}
    services.start(run)
    assert on(admin, other) == [True, False]
    assert BulkRun.get_by_id(run.id).blocked == {str(admin.id): OWN}


def test_never_all_that_run_the_platform_together(admin, make, choose):
    """Somebody else keeps accounts too; of the two that run the platform one must stay, whichever comes last."""
    second = make.user("platform_admin", display_name="Trần Văn Hai")
    keeper = make.user("platform_admin", display_name="Vũ Văn Tạm")
    held = keeper.user_roles.get()
    held.until_date = "2099-01-01"
    held.save()
    run = choose(admin, second, by=keeper)
    assert reasons(run) == {"Trần Văn Hai": LAST}
    services.start(run)
    assert on(admin, second) == [False, True]


def test_who_lost_the_protection_between_dry_run_and_deed_is_judged_again(admin, make, choose):
    second = make.user("platform_admin")
    keeper = make.user("platform_admin")
    run = choose(second, by=keeper)
    assert not reasons(run)
    User.update(active=False).where(User.id.in_([admin.id, keeper.id])).execute()
    services.start(run)
    assert on(second) == [True]
    assert BulkRun.get_by_id(run.id).blocked == {str(second.id): LAST}


def test_switched_on_together_and_those_switched_off_since_stay(make, choose):
    off = [make.user("lecturer") for _ in range(3)]
    User.update(active=False).where(User.id.in_([user.id for user in off[:2]])).execute()
    run = choose(*off, deed="access.switch_on")
    assert list(reasons(run).values()) == ["May sign in already."]
    services.start(run)
    assert on(*off) == [True, True, True]
    User.update(active=False).where(User.id == off[0].id).execute()
    assert services.undo(BulkRun.get_by_id(run.id)) == 1
    assert on(*off) == [False, False, True]
    assert list(BulkRun.get_by_id(run.id).kept.values()) == ["Locked already."]


def test_only_for_those_who_keep_accounts(make, choose):
    with pytest.raises(NotAllowed):
        choose(make.user("lecturer"), by=make.user("school_head"))


def test_all_that_match_the_filter_of_the_page(admin, make, login):
    lecturers = [make.user("lecturer") for _ in range(2)]
    off = make.user("lecturer")
    User.update(active=False).where(User.id == off.id).execute()
    make.user("inspector")
    client = login(admin)
    page = client.get("/accounts?role=lecturer&sort=-last").text
    assert 'value="role=lecturer&amp;sort=-last"' in page
    trial = client.post(
        "/bulk/deeds/access.switch_off", data={"all": "1", "filter": "role=lecturer&sort=-last"}
    )
    assert trial.status_code == 303
    assert sorted(BulkRun.get().chosen) == sorted(user.id for user in lecturers)
    done = client.post(trial.location + "/apply", follow_redirects=True)
    assert "2 accounts are locked" in done.text


def test_a_dry_run_of_many_asks_as_often_as_of_few(make, choose, max_queries):
    organisation = make.organisation()
    users = [make.user("lecturer") for _ in range(30)]
    for user in users[:10]:
        give_role(user, "training_officer", by=None, organisation=organisation)
    few, many = choose(*users[:3]), choose(*users)
    with max_queries(20) as asked:
        services.plan(few)
    with max_queries(len(asked)):
        services.plan(many)


def test_names_stand_in_vietnamese_order_and_are_found_without_accents(admin, make, login):
    for name in ("Nguyễn Văn Ấn", "Trần Thị An", "Đỗ Văn Bền"):
        make.user("lecturer", display_name=name)
    client = login(admin)
    page = client.get("/accounts?role=lecturer").text
    assert page.index("Trần Thị An") < page.index("Nguyễn Văn Ấn") < page.index("Đỗ Văn Bền")
    page = client.get("/accounts?q=do+van+ben").text
    assert "Đỗ Văn Bền" in page
    assert "Trần Thị An" not in page
