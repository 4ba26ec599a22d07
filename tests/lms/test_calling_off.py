"""Long work can be called off; what is done stays, and the page says honestly how far it came."""

import pytest

from lms import jobs
from lms.importing import sheets
from lms.jobs import JobRun, rows


@pytest.fixture
def ten(app):
    """Work of ten items; `called_off_at` names the item at which somebody calls it off, `fails_at` one that breaks."""
    wishes = {"called_off_at": 0, "fails_at": 0}

    @jobs.job("lms.ten")
    def work(run):
        run.total(10)
        for number in range(1, 11):
            if number == wishes["fails_at"]:
                raise ValueError(f"item {number} broke")
            run.tell(
                f"Mục {number}", "done" if number != 3 else "failed", "" if number != 3 else "Thiếu ngày sinh"
            )
            if number == wishes["called_off_at"]:
                jobs.stop(run.id)
                run._written = 0.0
            run.advance()
        return {"note": "Xong"}

    yield wishes
    del jobs._jobs["lms.ten"]


def perform(**values):
    run = jobs.start("lms.ten", title="Mười việc", **values)
    jobs.perform(run.id)
    return JobRun.get_by_id(run.id)


def test_waiting_work_ends_at_once(ten):
    run = jobs.start("lms.ten", title="Mười việc")
    assert jobs.stop(run.id)
    assert not jobs.perform(run.id)
    assert JobRun.get_by_id(run.id).state == "stopped"


def test_running_work_ends_at_its_next_item_and_keeps_what_is_done(ten):
    ten["called_off_at"] = 4
    run = perform()
    assert (run.state, run.done, run.count) == ("stopped", 4, 10)
    assert sum(rows.counts(run).values()) == 4


def test_work_whose_last_item_was_done_is_done(ten):
    ten["called_off_at"] = 10
    assert perform().state == "done"


def test_called_off_work_can_go_on(ten):
    ten["called_off_at"] = 4
    run = perform()
    ten["called_off_at"] = 0
    jobs.retry(run.id)
    jobs.perform(run.id)
    assert JobRun.get_by_id(run.id).state == "done"


def test_a_failure_keeps_what_was_told_of_the_items_before(ten):
    ten["fails_at"] = 6
    run = perform()
    assert (run.state, rows.counts(run)) == ("failed", {"failed": 1, "done": 4})


def test_the_page_lists_failures_first_and_gives_all_as_a_spreadsheet(ten, client, login, make):
    user = make.user("academic_officer")
    run = perform(by=user)
    login(user)
    page = client.get(f"/jobs/{run.id}").text
    assert page.index("Mục 3") < page.index("Mục 1<")
    assert "Thiếu ngày sinh" in page
    cells = [
        str(cell)
        for row in sheets.read(client.get(f"/jobs/{run.id}/rows").data, "a.xlsx").rows
        for cell in row
    ]
    assert any("Mục 10" in cell for cell in cells)


def test_own_work_is_called_off_on_its_page_and_nobody_elses(ten, client, login, make):
    user = make.user("academic_officer")
    run = jobs.start("lms.ten", title="Mười việc", by=user)
    login(make.user("academic_officer"))
    assert client.post(f"/jobs/{run.id}/stop").status_code == 404
    login(user)
    assert "Tác vụ của tôi đang chạy" in client.get("/").text
    client.post(f"/jobs/{run.id}/stop")
    assert "Tác vụ đã bị huỷ" in client.get(f"/jobs/{run.id}").text
    assert client.post(f"/jobs/{run.id}/stop").status_code == 409
