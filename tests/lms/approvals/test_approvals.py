"""The two-person rule as a service: never the same person, never late, never without the permission."""

import re
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest

from lms import approvals
from lms.approvals import kinds, queries
from lms.approvals.models import Approval
from lms.approvals.services import AlreadyDecided, SamePerson
from lms.audit.models import AuditRow
from lms.errors import Conflict, NotAllowed
from lms.plugins.registry import ROOT
from lms.plugins.switch import refresh

KIND = "test.burn"
NOW = datetime(2025, 3, 3, 9)
done: list[tuple] = []


@pytest.fixture(autouse=True)
def kind():
    @approvals.two_person(
        KIND, title="Burn it", permission="platform.plugins", describe=lambda d: [f"burn {d['what']}"]
    )
    def burn(details, *, by, second):
        if details["what"] == "water":
            raise Conflict("Water does not burn.")
        done.append((details["what"], by, second))

    done.clear()
    yield
    del kinds._kinds[KIND]


@pytest.fixture
def first(make):
    return make.user("platform_admin")


@pytest.fixture
def second(make):
    return make.user("platform_admin")


def ask(by, what="paper", thing=None):
    return approvals.request(KIND, thing, by=by, details={"what": what}, reason="Đã hết hạn lưu")


def test_it_is_done_when_the_second_agrees_and_not_before(first, second):
    asked = ask(first)
    assert not done
    approvals.approve(asked, by=second)
    assert done == [("paper", first, second)]
    assert Approval.get_by_id(asked.id).decided_by == second


def test_nobody_agrees_to_or_refuses_a_request_of_their_own(first):
    asked = ask(first)
    with pytest.raises(SamePerson):
        approvals.approve(asked, by=first)
    with pytest.raises(SamePerson):
        approvals.refuse(asked, by=first)
    assert not done


def test_both_need_the_permission(first, make):
    asked = ask(first)
    for deed in (approvals.approve, approvals.refuse):
        with pytest.raises(NotAllowed):
            deed(asked, by=make.user("academic_officer"))
    with pytest.raises(NotAllowed):
        ask(make.user("academic_officer"))


def test_who_asked_must_still_be_allowed_when_it_is_done(first, second):
    asked = ask(first)
    first.roles[0].delete_instance()
    with pytest.raises(Conflict):
        approvals.approve(asked, by=second)


def test_it_lapses(first, second, frozen):
    with frozen(NOW):
        asked = ask(first)
    with frozen(NOW + timedelta(days=8)):
        with pytest.raises(AlreadyDecided):
            approvals.approve(asked, by=second)
        assert Approval.get_by_id(asked.id).standing == "lapsed"
        assert list(queries.waiting_for(second)) == []


def test_it_is_decided_once(first, second, make):
    asked = ask(first)
    approvals.refuse(asked, by=second, answer="Chưa đủ căn cứ")
    with pytest.raises(AlreadyDecided):
        approvals.approve(asked, by=make.user("platform_admin"))
    assert not done


def test_only_who_asked_withdraws(first, second):
    asked = ask(first)
    with pytest.raises(NotAllowed):
        approvals.withdraw(asked, by=second)
    approvals.withdraw(asked, by=first)
    with pytest.raises(AlreadyDecided):
        approvals.approve(asked, by=second)


def test_a_deed_that_fails_leaves_the_request_waiting(first, second):
    asked = ask(first, "water")
    with pytest.raises(Conflict, match="Water"):
        approvals.approve(asked, by=second)
    assert Approval.get_by_id(asked.id).standing == "waiting"


def test_the_same_thing_is_asked_once_at_a_time(first, second, make):
    thing = make.organisation()
    asked = ask(first, thing=thing)
    with pytest.raises(Conflict):
        ask(second, thing=thing)
    approvals.withdraw(asked, by=first)
    ask(second, thing=thing)


def test_it_waits_for_everybody_else_who_may(first, second, make):
    asked = ask(first)
    assert list(queries.waiting_for(second)) == [asked]
    assert list(queries.waiting_for(first)) == []
    assert queries.count_waiting(make.user("trainee")) == 0
    assert list(queries.asked_by(first)) == [asked]


def test_both_are_in_the_audit_record(first, second):
    approvals.approve(ask(first), by=second)
    rows = [(row.deed, row.by_id) for row in AuditRow.select().where(AuditRow.deed.startswith("approvals."))]
    assert rows == [("approvals.asked", first.id), ("approvals.approved", second.id)]


def test_the_example_of_the_documentation_runs(first, second, make):
    """The page for authors of plugins says what the code does."""
    purged, record = [], []
    note = SimpleNamespace(
        class_id=1,
        delete=lambda: SimpleNamespace(where=lambda _: SimpleNamespace(execute=lambda: purged.append(1))),
    )
    page = (ROOT / "docs" / "two-persons.md").read_text()
    example = (
        re.search(r"```python\n(.*?)```", page, re.S).group(1).replace("notes.write", "platform.plugins")
    )
    names = {
        "_l": str,
        "sentences": lambda details: [str(details)],
        "Note": note,
        "audit": SimpleNamespace(record=lambda *told, **details: record.append(details)),
    }
    try:
        exec(compile(example, "two-persons.md", "exec"), names)
        asked = names["ask_to_purge"](make.organisation(), by=first, reason="Hết hạn lưu")
        approvals.approve(asked, by=second)
    finally:
        kinds._kinds.pop("notes.purge", None)
    assert purged == [1] and record[0]["second"] == second.id


def test_strangers_see_nothing_of_it(login, first, make):
    asked = ask(first)
    client = login(make.user("lecturer"))
    assert client.post(f"/approvals/{asked.id}/approve").status_code == 404
    assert "Burn it" not in client.get("/approvals").text


def test_the_list_asks_as_often_for_twenty_as_for_two(first, second, login, max_queries):
    for _ in range(2):
        ask(first)
    client = login(second)
    client.get("/approvals")
    refresh()  # both visits find the plugins' switches stale, however long the test takes
    with max_queries(20) as few:
        assert "burn paper" in client.get("/approvals").text
    for _ in range(18):
        ask(first)
    refresh()
    with max_queries(len(few)):
        client.get("/approvals")
