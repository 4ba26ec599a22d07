"""What became of every item of long work: told as it goes, failures first, tried again, paged."""

import pytest

from lms import jobs
from lms.audit.models import AuditRow
from lms.errors import Conflict
from lms.importing import sheets
from lms.jobs import JobRow, JobRun, rows


@pytest.fixture
def letters(app):
    """Work on numbered letters: `broken` ones fail, `known` ones have nothing to do; it can be run again."""
    wishes = {"broken": {2, 5}, "known": {1}, "count": 6}

    @jobs.job("lms.letters", again=True)
    def work(run):
        run.total(wishes["count"])
        for number in range(1, wishes["count"] + 1):
            if number in wishes["known"]:
                run.tell(f"Thư {number}", "skipped", "Đã có")
                run.advance()
                continue
            with run.item(f"Thư {number}", "Đã gửi"):
                if number in wishes["broken"]:
                    raise Conflict(f"Thư {number} thiếu địa chỉ")

    yield wishes
    del jobs._jobs["lms.letters"]


def perform(**values):
    run = jobs.start("lms.letters", title="Gửi thư", **values)
    jobs.perform(run.id)
    return JobRun.get_by_id(run.id)


def test_an_item_that_fails_holds_nobody_else_up(letters):
    run = perform()
    assert (run.state, run.done) == ("done", 6)
    assert rows.counts(run) == {"failed": 2, "skipped": 1, "done": 3}
    assert [row.label for row in rows.listed(run)][:3] == ["Thư 2", "Thư 5", "Thư 1"]


def test_the_page_says_what_failed_and_tries_those_again(letters, client, login, make):
    user = make.user("academic_officer")
    run = perform(by=user)
    login(user)
    assert "2 mục lỗi" in client.get("/jobs").text
    page = client.get(f"/jobs/{run.id}").text
    assert "2 mục bị lỗi" in page and "Thư 5 thiếu địa chỉ" in page
    letters["broken"] = {5}
    assert client.post(f"/jobs/{run.id}/retry").status_code == 302
    assert AuditRow.select().where(AuditRow.deed == "jobs.retry").count() == 1
    jobs.perform(run.id)
    assert rows.counts(run) == {"failed": 1, "skipped": 1, "done": 4}
    letters["broken"] = set()
    client.post(f"/jobs/{run.id}/retry")
    jobs.perform(run.id)
    assert rows.counts(run) == {"skipped": 1, "done": 5}
    assert client.post(f"/jobs/{run.id}/retry").status_code == 409


def test_work_that_cannot_be_repeated_offers_no_second_try(letters, client, login, make):
    jobs.job("lms.letters")(jobs._jobs["lms.letters"].function)
    user = make.user("academic_officer")
    run = perform(by=user)
    login(user)
    assert f"/jobs/{run.id}/retry" not in client.get(f"/jobs/{run.id}").text
    assert client.post(f"/jobs/{run.id}/retry").status_code == 409


def test_items_of_one_name_are_told_apart_by_their_key(letters):
    run = perform()
    for number in range(3):
        run.tell("Nguyễn Văn An", "done", key=str(number))
    run.tell("Nguyễn Văn An", "failed", "Trùng", key="0")
    run.write_told()
    assert rows.listed(run).where(JobRow.label == "Nguyễn Văn An").count() == 3


def test_a_long_list_is_paged_filtered_and_costs_the_same(letters, client, login, make, max_queries):
    letters |= {"count": 1200, "broken": set(range(1, 1200, 10)), "known": set()}
    user = make.user("academic_officer")
    run = perform(by=user)
    login(user)
    with max_queries(14):
        page = client.get(f"/jobs/{run.id}?page=2&fate=failed").text
    assert page.count("thiếu địa chỉ") == 25
    assert "26–50" in page and f"/jobs/{run.id}?fate=failed&amp;page=3" in page
    part = client.get(f"/jobs/{run.id}/state?fate=failed&page=2").text
    assert f'"/jobs/{run.id}?fate=failed&amp;page=3"' in part
    sheet = sheets.read(client.get(f"/jobs/{run.id}/rows").data, "a.xlsx").rows
    assert len([row for row in sheet if any("Thư" in str(cell) for cell in row)]) == 1200


def test_items_are_let_go_long_after_the_work_ended(letters, frozen):
    from datetime import timedelta

    from lms import clock

    run = perform()
    now = clock.local(clock.now()).replace(tzinfo=None)
    with frozen(now + timedelta(days=rows.KEPT_DAYS - 1)):
        assert rows.tidy() == 0
    with frozen(now + timedelta(days=rows.KEPT_DAYS + 1)):
        assert rows.tidy() == 6
    assert JobRun.get_by_id(run.id).state == "done"
