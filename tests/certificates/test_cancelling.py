"""An issue is cancelled within ten minutes: numbers stay void, papers and blanks no longer count, the class is issued anew."""

from __future__ import annotations

from datetime import date, timedelta

import peewee
import pytest

from certificates import queries, services
from certificates.auditing.whole_audit import audit
from certificates.errors import TooLate, WrongStatus
from certificates.jobs import sign_and_print
from certificates.models import VOID, Batch, Certificate, RegisterYear, StatusChange
from certificates.register import book
from certificates.register.models import Blank
from certificates.services.statuslists import publish_status_lists
from certificates.status.models import StatusListVersion
from certificates.verification import look_up
from lms import clock, jobs
from lms.db import atomic
from lms.errors import Conflict, Invalid, NotAllowed
from lms.notify.models import Notice
from tests.certificates.test_verifying import words

WHY = "Nhầm ngày bế giảng"


@pytest.fixture
def batch(school) -> Batch:
    """Three certificates, approved now; signing and printing wait."""
    made = school.prepared(school.closed_class())
    services.approve_and_issue(made, by=school.head)
    return queries.batch_or_404(made.id)


def work(batch: Batch) -> dict:
    """The worker takes the batch up."""
    run = jobs.JobRun.create(kind="certificates.sign_and_print", title="test", args={})
    return sign_and_print(run, batch_id=batch.id)


def states(batch: Batch) -> list[tuple[str, int | None]]:
    last = queries.status_now(queries.of_batch(batch))
    return [(one.status, one.ground) for one in last.values()]


def test_numbers_stay_void_and_the_class_is_issued_anew_without_a_gap(school, batch, login):
    work(batch)
    register = queries.of_batch(batch)[0].register
    services.receive_blanks(register, "A 0001", 10, received_on=date(2025, 4, 1), by=school.officer)
    services.put_on_blanks(batch, by=school.officer)
    client = login(school.head)
    page = words(client.get(f"/certificates/classes/{batch.klass_id}").text)
    assert "Huỷ lần cấp này" in page
    assert client.post(f"/certificates/batches/{batch.id}/cancel", data={"reason": ""}).status_code == 422
    client.post(f"/certificates/batches/{batch.id}/cancel", data={"reason": WHY})
    assert states(batch) == [("revoked", VOID)] * 3
    rows = queries.of_batch(batch)
    assert {(one.reason, bool(one.spoiled_at)) for one in Blank.select()} == {("cancelled", True)}
    cancelled = words(client.get(f"/certificates/classes/{batch.klass_id}?batch={batch.id}").text)
    assert WHY in cancelled and "Đã huỷ lần cấp" in cancelled
    assert client.get(f"/certificates/{rows[0].id}/paper.pdf").status_code == 404
    assert client.get(f"/certificates/batches/{batch.id}/zip").status_code == 404

    again = school.prepared(batch.klass)
    assert services.approve_and_issue(again, by=school.head).new == 3
    new = queries.of_batch(again)
    assert [row.register_number for row in (*rows, *new)] == [1, 2, 3, 4, 5, 6]
    assert RegisterYear.get().last_number == 6
    assert [(row.edition, row.supersedes_id) for row in new] == [(2, one.id) for one in rows]
    assert {row.membership_id for row in new} == {row.membership_id for row in rows}
    work(again)
    services.put_on_blanks(again, by=school.officer)
    assert [one.text for one in Blank.select().where(Blank.spoiled_at.is_null())] == [
        "A 0004",
        "A 0005",
        "A 0006",
    ]
    notes = [line.notes for line in book.lines(book.book_or_404(register.id, 2025, school.officer))]
    assert notes[0] == f"Số huỷ ngày 02/04/2025: {WHY}"
    assert notes[3] == "Cấp lại thay số đã huỷ 001/2025"
    assert audit(done=lambda _count: None).findings == []


def test_threat_26_the_verify_page_and_the_status_list_say_so_at_once(school, batch, client):
    work(batch)
    row = queries.of_batch(batch)[0]
    publish_status_lists()
    before = StatusListVersion.select().count()
    services.cancel_issue(batch, reason=WHY, by=school.officer)
    assert look_up(row.id16, clock.today()).code == "revoked"
    page = words(client.get(f"/c/{row.id16}").text)
    assert "SỐ ĐÃ HUỶ" in page, page and "Không chấp nhận giấy này" in page
    assert WHY not in page and "quyết định" not in page.split("Lịch sử trạng thái")[1].split("Vì sao")[0]
    publish_status_lists()
    assert StatusListVersion.select().count() > before


def test_only_the_two_who_issued_and_only_within_ten_minutes(school, batch, make, login):
    with pytest.raises(NotAllowed):
        services.cancel_issue(batch, reason=WHY, by=make.user("school_head"))
    with pytest.raises(Invalid):
        services.cancel_issue(batch, reason=" ", by=school.head)
    with clock.frozen(clock.local(clock.now()).replace(tzinfo=None) + timedelta(minutes=10, seconds=1)):
        with pytest.raises(TooLate):
            services.cancel_issue(batch, reason=WHY, by=school.head)
        page = words(login(school.head).get(f"/certificates/classes/{batch.klass_id}").text)
        assert "Đã quá mười phút" in page and "Huỷ lần cấp này" not in page
    assert states(batch) == [("issued", None)] * 3
    services.cancel_issue(batch, reason=WHY, by=school.officer)
    with pytest.raises(WrongStatus):
        services.cancel_issue(batch, reason=WHY, by=school.officer)


def test_a_correction_is_not_cancelled_the_old_paper_would_stay_replaced(school, frozen):
    row = school.issued("Nguyễn Văn An")[0]
    new = services.supersede(row, decision_no="1/QĐ", decided_on=date(2025, 4, 2), **school.two)
    with pytest.raises(WrongStatus):
        services.cancel_issue(new.batch, reason=WHY, by=school.head)


def test_threat_27_a_crash_leaves_all_or_nothing_and_the_worker_prints_nothing_more(school, batch):
    first = queries.of_batch(batch)[0]
    services.sign(first)  # the worker was killed here

    def cut_off():
        with atomic():
            services.cancel_issue(batch, reason=WHY, by=school.head)
            raise SystemExit

    with pytest.raises(SystemExit):
        cut_off()
    assert states(batch) == [("issued", None)] * 3
    assert Batch.get_by_id(batch.id).state == "approved"
    services.cancel_issue(batch, reason=WHY, by=school.head)
    assert "đã huỷ" in work(batch)["note"]
    rows = queries.of_batch(batch)
    assert [bool(row.token) for row in rows] == [True, False, False]
    assert not any(row.pdf_sha256 for row in rows)
    assert Batch.get_by_id(batch.id).state == "cancelled"
    with pytest.raises(Conflict):
        services.resume_printing(Batch.get_by_id(batch.id), by=school.head)
    assert jobs.JobRun.get_by_id(batch.run_id).state == "stopped"
    assert services.put_on_blanks(batch, by=school.officer) == []
    assert audit(done=lambda _count: None).findings == []


def test_a_holder_who_heard_of_the_issue_hears_of_its_end(school, batch, make, deliver):
    user = make.user("trainee")
    row = queries.of_batch(batch)[0]
    type(user).update(official=row.official_id).where(type(user).id == user.id).execute()
    deliver()
    services.cancel_issue(batch, reason=WHY, by=school.head)
    deliver()
    told = [notice.title for notice in Notice.select().where(Notice.user == user).order_by(Notice.id)]
    assert len(told) == 2 and row.serial in told[1] and "huỷ" in told[1]


def test_the_database_keeps_a_void_number_void(school, batch):
    services.cancel_issue(batch, reason=WHY, by=school.head)
    row = queries.of_batch(batch)[0]
    again = {"certificate": row, "number": 3, "status": "reinstated", "on_date": date(2025, 4, 2)}
    with pytest.raises(peewee.DatabaseError, match="stays so"), atomic():
        StatusChange.create(**again)
    assert Certificate.select().where(Certificate.batch == batch).count() == 3
