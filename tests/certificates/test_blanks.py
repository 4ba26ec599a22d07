"""Blanks: every number once, spoiled sheets kept and replaced, each delivery reconciled."""

from __future__ import annotations

import re
from datetime import date

import pytest
from peewee import DatabaseError, IntegrityError

from certificates import queries, services
from certificates.errors import BlanksShort, WrongStatus
from certificates.models import Batch, Certificate, Register
from certificates.register import book, stock
from certificates.register.models import Blank, BlankBatch, Destruction
from lms.db import db
from lms.errors import Conflict, Invalid
from lms.importing import sheets

TODAY = date(2025, 4, 2)


@pytest.fixture
def register(school):
    return Register.get()


def received(register, first="A001001", count=10, by=None):
    return services.receive_blanks(register, first, count, received_on=TODAY, by=by, source="Nhà in")


def printed(school, *names):
    """An issue list whose papers count as printed (what a paper looks like is tested elsewhere)."""
    rows = school.issued(*names)
    for row in rows:
        Certificate.update(pdf_sha256=row.id16.ljust(64, "0")).where(Certificate.id == row.id).execute()
    return Batch.get_by_id(rows[0].batch_id)


def test_certificates_take_blanks_in_register_order_once(school, register, max_queries):
    received(register, "A001001", 2)
    received(register, "B77", 5)
    batch = printed(school, "Nguyễn Văn An", "Trần Thị Bình", "Lê Cường")
    taken = services.put_on_blanks(batch, by=school.officer)
    assert [one.text for one in taken] == ["A001001", "A001002", "B77"]
    assert [one.certificate_id for one in taken] == [row.id for row in queries.of_batch(batch)]
    assert services.put_on_blanks(batch, by=school.officer) == []
    with max_queries(4):
        assert [one.left for one in stock.reconciliation(school.head)] == [4, 0]


def test_when_blanks_run_short_nobody_gets_one(school, register):
    received(register, count=2)
    batch = printed(school, "An", "Bình", "Cường")
    with pytest.raises(BlanksShort) as short:
        services.put_on_blanks(batch, by=school.officer)
    assert "3" in str(short.value) and "2" in str(short.value)
    assert not Blank.select().exists()


def test_a_paper_that_is_not_printed_takes_no_blank(school, register):
    received(register)
    rows = school.issued("An", "Bình")
    assert services.put_on_blanks(Batch.get_by_id(rows[0].batch_id), by=school.officer) == []


def test_a_spoiled_sheet_is_kept_and_the_same_certificate_takes_the_next_blank(school, register):
    received(register, count=2)
    batch = printed(school, "An")
    row = queries.of_batch(batch)[0]
    first = services.put_on_blanks(batch, by=school.officer)[0]
    second = services.spoil(first, reason="misprint", by=school.officer, note="kẹt giấy")
    assert (second.text, second.certificate_id) == ("A001002", row.id)
    assert Certificate.get_by_id(row.id).serial == row.serial
    with pytest.raises(WrongStatus):
        services.spoil(first, reason="misprint", by=school.officer)
    assert services.spoil(second, reason="damaged", by=school.officer) is None
    assert [bool(one.spoiled_at) for one in stock.of_certificate(row)] == [True, True]
    received(register, "A001003", 1)
    assert services.put_on_blanks(batch, by=school.officer)[0].text == "A001003"


def test_every_delivery_is_reconciled(school, register):
    delivery = received(register, count=10)
    batch = printed(school, "An", "Bình", "Cường")
    taken = services.put_on_blanks(batch, by=school.officer)
    services.spoil(taken[0], reason="misprint", by=school.officer)
    services.spoil_unused(delivery, 1009, 1010, reason="faulty", by=school.officer)
    services.spoil_unused(delivery, 1008, 1008, reason="lost", by=school.officer)
    one = stock.reconciled([delivery])[0]
    assert (one.batch.received, one.used, one.spoiled, one.left, one.to_destroy) == (10, 3, 4, 3, 3)
    assert one.batch.received == one.used + one.spoiled + one.left
    made = services.destroy_blanks(delivery, minutes_no="03/BB-TCT", on_date=TODAY, members="Bà Hoa, ông Minh", by=school.officer)  # fmt: skip
    again = stock.reconciled([delivery])[0]
    assert (made.count, again.destroyed, again.to_destroy, again.left) == (3, 3, 0, 3)
    with pytest.raises(Conflict):
        services.destroy_blanks(delivery, minutes_no="04", on_date=TODAY, members="x", by=school.officer)


def test_a_number_is_never_received_or_used_twice(school, register):
    delivery = received(register, "A001001", 10)
    for first in ("A001001", "A001010", "A000999"):
        with pytest.raises(Invalid) as wrong:
            received(register, first, 3)
        assert list(wrong.value.fields) == ["first"]
    received(register, "A001011", 3)
    received(register, "B001001", 3)
    services.spoil_unused(delivery, 1001, 1001, reason="faulty", by=None)
    with pytest.raises(Invalid):
        services.spoil_unused(delivery, 1001, 1002, reason="faulty", by=None)
    with pytest.raises(IntegrityError), db.atomic():
        Blank.create(batch=delivery, number=1001, text="A001001")
    taken = services.put_on_blanks(printed(school, "An"), by=school.officer)
    assert taken[0].text == "A001002"
    with pytest.raises(IntegrityError), db.atomic():
        Blank.create(batch=delivery, number=1005, text="A001005", certificate=taken[0].certificate_id)


@pytest.mark.parametrize(
    ("first", "count", "field"), [("", 5, "first"), ("A", 5, "first"), ("A1x", 5, "first"), ("A1", 0, "count"), ("A1", 10**6, "count")]
)  # fmt: skip
def test_a_delivery_names_what_is_wrong(register, first, count, field):
    with pytest.raises(Invalid) as wrong:
        received(register, first, count)
    assert field in wrong.value.fields


def test_a_delivery_entered_wrongly_leaves_whole_while_nothing_was_used(school, register):
    wrong = received(register, "A001001", 100)
    services.return_blanks(wrong, by=school.officer, note="nhập nhầm số lượng")
    right = received(register, "A001001", 10)
    services.put_on_blanks(printed(school, "An"), by=school.officer)
    with pytest.raises(Conflict):
        services.return_blanks(right, by=school.officer, note="x")
    assert [one.left for one in stock.reconciliation(school.head)] == [9, 0]


def test_the_database_keeps_blanks_as_they_were_noted(school, register):
    delivery = received(register)
    taken = services.put_on_blanks(printed(school, "An"), by=school.officer)
    services.spoil(taken[0], reason="misprint", by=school.officer)
    services.destroy_blanks(delivery, minutes_no="1", on_date=TODAY, members="x", by=school.officer)
    changes = (
        (BlankBatch, {"last": 1}),
        (Destruction, {"count": 9}),
        (Blank, {"certificate": None}),
        (Blank, {"spoiled_at": None}),
        (Blank, {"text": "Z"}),
    )
    for model, change in changes:
        with pytest.raises(DatabaseError), db.atomic():
            model.update(**change).execute()
        with pytest.raises(DatabaseError), db.atomic():
            model.delete().execute()


def test_the_register_book_names_the_blank_beside_the_serial_number(school, register):
    received(register)
    services.put_on_blanks(printed(school, "An"), by=school.officer)
    line = next(book.lines(book.books_for(school.head)[0]))
    assert line.serial == "TCT000001, phôi A001001"


def test_the_stock_is_kept_on_its_pages(school, register, login):
    desk = login(school.officer)
    typed = {"register": register.id, "first": "A001001", "count": "4", "received_on": "2025-04-02", "source": "Nhà in"}  # fmt: skip
    assert desk.post("/certificates/blanks", data={**typed, "first": "A"}).status_code == 422
    assert "A001001 – A001004" in desk.post("/certificates/blanks", data=typed, follow_redirects=True).text
    batch = printed(school, "An", "Bình")
    page = desk.get(f"/certificates/classes/{batch.klass_id}").text
    assert "A001001" in page and "A001002" in page
    put = re.search(rf'action="(/certificates/batches/{batch.id}/blanks)"', page).group(1)
    assert "2 chứng chỉ" in desk.post(put, follow_redirects=True).text
    row = queries.of_batch(batch)[0]
    assert f'action="/certificates/{row.id}/spoiled"' in desk.get(f"/certificates/{row.id}").text
    told = desk.post(
        f"/certificates/{row.id}/spoiled", data={"reason": "misprint", "note": ""}, follow_redirects=True
    )
    assert "A001003" in told.text
    delivery = f"/certificates/blanks/{BlankBatch.get().id}"
    desk.post(f"{delivery}/spoil", data={"first": "1004", "last": "1004", "reason": "faulty"})
    done = desk.post(f"{delivery}/destroy", data={"minutes_no": "03/BB", "on_date": "2025-04-02", "members": "Bà Hoa"}, follow_redirects=True)  # fmt: skip
    assert "03/BB" in done.text and stock.reconciliation(school.head)[0].destroyed == 2
    sums = sheets.read(desk.get("/certificates/blanks.xlsx").data, "x.xlsx").rows
    assert [str(value) for value in list(sums[-1])[6:11]] == ["4", "2", "2", "2", "0"]
    assert len(sheets.read(desk.get(f"{delivery}.xlsx").data, "x.xlsx").rows) >= 5


def test_who_only_reads_changes_no_stock(school, register, login, make):
    delivery = received(register)
    reader = login(make.user("inspector"))
    page = reader.get(f"/certificates/blanks/{delivery.id}").text
    assert "<form" not in page.split("<main")[1].split("</main")[0]
    assert reader.post("/certificates/blanks", data={}).status_code == 403
    assert login(make.user("training_officer", organisation=make.organisation("xa"))).get(f"/certificates/blanks/{delivery.id}").status_code == 404  # fmt: skip
