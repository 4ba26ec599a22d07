"""The audit record grows only, shows when somebody touched it, and can be read by people."""

from datetime import date, datetime

import pytest
from peewee import DatabaseError

from lms import audit
from lms.audit.models import AuditHead, AuditRow
from lms.audit.words import told
from lms.db import atomic, db, is_postgresql
from lms.importing import sheets


def test_every_deed_is_one_row_of_an_unbroken_chain(make):
    user = make.user("lecturer")
    audit.record(user, "courses.test", None, count=3, day=None)
    assert AuditRow.select().order_by(AuditRow.number.desc()).first().details == {"count": 3, "day": None}
    assert audit.verify_chain() is None


@pytest.mark.parametrize("statement", ["update lms_audit set deed = 'x'", "delete from lms_audit"])
def test_the_database_refuses_to_change_it(make, statement):
    make.user("lecturer")
    with pytest.raises(DatabaseError, match="append-only"), atomic():
        db.execute_sql(statement)


def test_the_database_refuses_to_put_another_row_in_its_place(make):
    """TRUNCATE on PostgreSQL and REPLACE on SQLite fire no trigger for DELETE."""
    make.user("lecturer")
    columns = "id, number, at, by_name, deed, object_kind, object_id, object_label, details, digest"
    statement = (
        "truncate lms_audit"
        if is_postgresql()
        else f"replace into lms_audit ({columns}) select {columns} from lms_audit limit 1"
    )
    with pytest.raises(DatabaseError, match="append-only"), atomic():
        db.execute_sql(statement)


def _around_the_triggers():
    if is_postgresql():
        db.execute_sql("alter table lms_audit disable trigger user")
    else:
        for name in ("update", "delete", "replace"):
            db.execute_sql(f"drop trigger lms_audit_no_{name}")


@pytest.fixture
def rows(make):
    """Six deeds by number, with the triggers out of the way as somebody with the database in hand would have them."""
    user = make.user()
    for count in range(6):
        audit.record(user, "people.officials_added", None, count=count)
    _around_the_triggers()
    return list(AuditRow.select().order_by(AuditRow.number.desc()).limit(6))[::-1]


def test_an_edited_row_is_named(rows):
    AuditRow.update(by_name="Kẻ giả mạo").where(AuditRow.id == rows[2].id).execute()
    assert audit.verify_chain() == audit.Break(rows[2].number, "edited")


def test_an_edited_row_with_its_digest_made_to_fit_is_named_at_the_next(rows):
    from lms.audit.chain import digest_of, values_of

    forged = digest_of(rows[1].digest, values_of(rows[2]) | {"by_name": "Kẻ giả mạo"})
    AuditRow.update(by_name="Kẻ giả mạo", digest=forged).where(AuditRow.id == rows[2].id).execute()
    assert audit.verify_chain() == audit.Break(rows[3].number, "edited")


def test_a_deleted_row_is_named(rows):
    AuditRow.delete().where(AuditRow.id == rows[2].id).execute()
    assert audit.verify_chain() == audit.Break(rows[2].number, "deleted")


def test_a_deleted_row_is_named_although_the_numbers_were_closed_up(rows):
    AuditRow.delete().where(AuditRow.id == rows[2].id).execute()
    for row in rows[3:]:
        AuditRow.update(number=row.number - 1).where(AuditRow.id == row.id).execute()
    assert audit.verify_chain() == audit.Break(rows[2].number, "deleted")


def test_a_missing_last_row_is_named(rows):
    AuditRow.delete().where(AuditRow.id == rows[-1].id).execute()
    assert audit.verify_chain() == audit.Break(rows[-1].number, "deleted")


def test_exchanged_rows_are_named(rows):
    first, second = rows[1], rows[3]
    for row, number in ((first, 10**6), (second, first.number), (first, second.number)):
        AuditRow.update(number=number).where(AuditRow.id == row.id).execute()
    assert audit.verify_chain() == audit.Break(rows[1].number, "reordered")


def test_a_row_added_by_hand_is_named(rows):
    last = rows[-1]
    values = {name: value for name, value in last.__data__.items() if name != "id"}
    AuditRow.insert(**values | {"number": last.number + 1}).execute()
    assert audit.verify_chain().number == last.number + 1


def test_an_end_moved_back_is_seen(rows):
    AuditHead.update(number=AuditHead.number - 1).execute()
    assert audit.verify_chain() == audit.Break(rows[-1].number, "added")


def sentences(**where):
    return [one.sentence for one in told(AuditRow.select().filter(**where).order_by(AuditRow.number))]


def test_a_deed_is_told_with_names_and_values(make):
    by = make.user(display_name="Lê Thị Sếp")
    person = make.official("Nguyễn Văn A")
    audit.record(by, "people.cccd_revealed", person, reason="đối chiếu hồ sơ")
    assert sentences(deed="people.cccd_revealed") == [
        "Lê Thị Sếp đã xem số CCCD đầy đủ của Nguyễn Văn A. Lý do: đối chiếu hồ sơ"
    ]


def test_a_deed_nobody_has_words_for_and_an_old_row_without_a_value_stay_readable(make):
    by = make.user(display_name="Lê Thị Sếp")
    audit.record(by, "gone.deed", None)
    audit.record(by, "plugins.setting", None, setting="notes.longest")
    assert sentences(deed="gone.deed") == ["Lê Thị Sếp: gone.deed"]
    assert sentences(deed="plugins.setting") == ["Lê Thị Sếp đã đặt “notes.longest” thành –"]


def test_sentences_cost_the_same_for_one_row_and_for_fifty(make, max_queries):
    by = make.user()
    for _ in range(50):
        audit.record(by, "people.officials_added", None, count=1, officials=[make.official().id])
    rows = list(AuditRow.select().order_by(AuditRow.number.desc()).limit(50))
    with max_queries(3):
        told(rows)


def test_the_inspector_reads_filters_and_takes_the_record_along(client, login, make, frozen):
    login(make.user("inspector"))
    with frozen(datetime(2025, 3, 7, 9, 0)):
        audit.record(make.user(display_name="Trần Văn B"), "people.officials_added", None, count=12)
    page = client.get("/audit?q=Trần Văn B&from=2025-03-07&to=2025-03-07&deed=people.officials_added")
    assert "Trần Văn B đã nhập 12 người" in page.text
    assert "Trần Văn B đã" not in client.get("/audit?to=2025-03-06").text
    export = client.get("/audit/export?q=Trần Văn B&deed=people.officials_added")
    cells = [cell for row in sheets.read(export.data, "nhat-ky.xlsx").rows for cell in row]
    assert any("Trần Văn B đã nhập 12 người" in str(cell) for cell in cells)


def test_the_history_of_an_official_is_for_who_keeps_the_record(client, login, make):
    agency, other = make.organisation(), make.organisation()
    person = make.official("Nguyễn Văn A", agency)
    login(make.user("training_officer", organisation=agency))
    assert "Nguyễn Văn A" in client.get(f"/audit/of/lms_official/{person.id}").text
    login(make.user("training_officer", organisation=other))
    assert client.get(f"/audit/of/lms_official/{person.id}").status_code == 404
    login(make.user("trainee"))
    assert client.get(f"/audit/of/lms_official/{person.id}").status_code == 404
    assert client.get("/audit/of/lms_user/1").status_code == 404
    login(make.user("inspector"))
    assert client.get(f"/audit/of/lms_official/{person.id}").status_code == 200


def test_the_day_of_a_deed_is_the_local_day(client, login, make, frozen):
    login(make.user("inspector"))
    with frozen(datetime(2025, 3, 7, 1, 0)):  # 18:00 UTC the day before
        audit.record(None, "people.officials_added", None, count=77)
    day = date(2025, 3, 7).isoformat()
    assert "77 người" in client.get(f"/audit?from={day}&to={day}").text


def test_the_history_of_a_session_says_what_its_number_counts(client, login, make):
    officer = make.user("academic_officer")
    session = make.session(make.klass(), 16, date(2025, 3, 3))
    audit.record(officer, "attendance.lock", session)
    login(officer)
    page = client.get(f"/audit/of/courses_session/{session.id}").text
    assert "<h1>Buổi học 16</h1>" in page
