"""The audit record grows only, and shows when somebody touched it."""

import pytest
from peewee import DatabaseError

from lms import audit
from lms.audit.models import AuditRow
from lms.db import atomic, db, is_postgresql


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


def test_a_change_behind_the_databases_back_is_found(make):
    for _ in range(3):
        make.user()
    if is_postgresql():
        db.execute_sql("alter table lms_audit disable trigger lms_audit_append_only")
    else:
        db.execute_sql("drop trigger lms_audit_no_update")
    middle = AuditRow.select().order_by(AuditRow.number).offset(1).first()
    db.execute_sql(f"update lms_audit set deed = 'courses.forged' where id = {middle.id}")
    assert audit.verify_chain() == middle.number
