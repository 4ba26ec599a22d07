"""From a closed class to numbered, frozen certificates."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import pytest
from peewee import DatabaseError

from certificates import keyset, queries, services
from certificates.errors import NotReady, SamePerson
from certificates.models import FILLED_ONCE, Batch, Certificate, Key, RegisterYear, StatusChange, Term
from certificates.preflight import preflight
from courses.events import ClassClosed
from lms import audit
from lms.audit.models import AuditRow
from lms.db import db
from lms.events import EventRow, publish
from lms.people.models import Official
from lms.plugins import Refused, hookimpl
from lms.plugins.registry import registry
from tests.certificates.school import other_value


def test_closing_a_class_puts_its_certificates_before_the_head(school, deliver):
    klass = school.closed_class("An", failed=("Bình",))
    publish(ClassClosed(class_id=klass.id))
    assert "courses.ClassClosed → certificates.handlers.prepare_issue_list" in deliver()
    batch = Batch.get(Batch.klass == klass)
    assert (batch.state, batch.prepared_by_id) == ("draft", None)
    publish(ClassClosed(class_id=klass.id))
    deliver()
    assert Batch.select().where(Batch.klass == klass).count() == 1


def test_preflight_names_who_is_ready_and_why_others_are_not(school):
    klass = school.closed_class("Nguyễn Văn An", "H'Hen Niê", failed=("Lê Trượt",))
    nobody = school.learner(klass, "Phạm Không Ngày")
    Official.update(birth_date=None, birth_year=None).where(Official.id == nobody.official_id).execute()
    state = preflight(klass)
    assert [one.official.full_name for one in state.ready] == ["Nguyễn Văn An", "H'Hen Niê"]
    reasons = {one.membership.official.full_name: one.reasons for one in state.blocked}
    assert reasons["Lê Trượt"] == ("Chuyên cần: 75% (yêu cầu: 100%)",)
    assert reasons["Phạm Không Ngày"] == ("Thiếu ngày sinh.",)
    assert state.numbers == (1, 2)
    assert state.problems == []


def test_issue_freezes_numbers_and_values_in_name_order(school):
    certificates = school.issued("Trần Thị Bình", "Nguyễn Văn An", "Lê Cường", signed=False)
    assert [(row.name, row.register_text, row.serial) for row in certificates] == [
        ("Nguyễn Văn An", "001/2025", "TCT000001"),
        ("Trần Thị Bình", "002/2025", "TCT000002"),
        ("Lê Cường", "003/2025", "TCT000003"),
    ]
    row = certificates[0]
    assert (row.issued_on, row.awarded_on, row.rule_id) == (date(2025, 4, 2), date(2025, 3, 31), "TT03-2023")
    assert row.programme_title == "Bồi dưỡng lãnh đạo, quản lý cấp phòng"
    assert len({row.id16 for row in certificates} | {row.status_index for row in certificates}) == 6
    assert queries.history(row)[0].status == "issued"
    assert audit.verify_chain() is None
    assert AuditRow.get(AuditRow.deed == "certificates.issued").details["numbers"] == "001/2025 – 003/2025"
    assert EventRow.select().where(EventRow.name == "certificates.CertificateIssued").count() == 3


def test_approving_again_gives_nothing_new(school):
    batch = school.prepared(school.closed_class())
    first = services.approve_and_issue(batch, by=school.head)
    again = services.approve_and_issue(batch, by=school.head)
    assert (first.new, again.new, again.already) == (3, 0, 3)
    assert Certificate.select().count() == 3
    assert services.prepare_batch(batch.klass, by=school.officer) is None


def test_who_prepared_may_not_approve(school):
    batch = services.prepare_batch(school.closed_class(), by=school.head)
    with pytest.raises(SamePerson):
        services.approve_and_issue(batch, by=school.head)
    assert Certificate.select().count() == 0


def test_a_learner_blocked_at_first_is_issued_later_without_a_gap(school):
    klass = school.closed_class("An", "Bình")
    late = school.learner(klass, "Cường")
    Official.update(birth_date=None, birth_year=None).where(Official.id == late.official_id).execute()
    services.approve_and_issue(school.prepared(klass), by=school.head)
    Official.update(birth_year=1979).where(Official.id == late.official_id).execute()
    done = services.approve_and_issue(school.prepared(klass), by=school.head)
    assert (done.new, done.already) == (1, 2)
    assert [row.register_number for row in Certificate.select().order_by(Certificate.id)] == [1, 2, 3]
    assert Certificate.get(Certificate.membership == late).birth == 1979


def test_no_key_no_certificates(school):
    Key.update(status="retired").execute()
    batch = school.prepared(school.closed_class())
    with pytest.raises(NotReady):
        services.approve_and_issue(batch, by=school.head)
    assert RegisterYear.select().count() == 0


def test_a_plugin_may_veto_with_a_sentence(school):
    klass = school.closed_class("Nguyễn Văn An", "Lê Cường")

    @hookimpl
    def before_issue(membership):
        if membership.official.full_name.startswith("Lê"):
            raise Refused("Chưa nộp học phí.")

    registry.add_answers("courses_veto", SimpleNamespace(before_issue=before_issue))
    registry.found["courses_veto"] = registry.found["courses"]
    try:
        state = preflight(klass)
    finally:
        registry.remove_answers("courses_veto")
        del registry.found["courses_veto"]
    assert [one.official.full_name for one in state.ready] == ["Nguyễn Văn An"]
    assert state.blocked[0].reasons == ("Chưa nộp học phí.",)


def test_threat_22_names_that_hide_something_are_blocked_not_printed(school):
    klass = school.closed_class("An")
    for name in ("Lê\u202eAn", "An\u200bBình", "<script>alert(1)</script>", "=cmd", "Анна", "A" * 90):
        member = school.learner(klass, "Tạm Thời")
        Official.update(full_name=name).where(Official.id == member.official_id).execute()
    state = preflight(klass)
    assert [one.official.full_name for one in state.ready] == ["An"]
    assert len(state.blocked) == 6


FROZEN = sorted(set(Certificate._meta.fields) - {*FILLED_ONCE, "id"})


@pytest.mark.parametrize("name", FROZEN)
def test_threat_11_the_database_refuses_to_change_an_issued_certificate(school, name):
    row = school.issued("An")[0]
    field = Certificate._meta.fields[name]
    value = {"edition": 9, "supersedes": row.id}.get(name, other_value(row, field))
    with pytest.raises(DatabaseError, match=r"never changes|belongs to whom"), db.atomic():
        Certificate.update({field: value}).where(Certificate.id == row.id).execute()


@pytest.mark.parametrize("column", ["token", "kid", "record_signature", "signed_at"])
def test_signatures_are_filled_once(school, column):
    row = school.issued("An")[0]
    with pytest.raises(DatabaseError), db.atomic():
        Certificate.update({getattr(Certificate, column): None}).where(Certificate.id == row.id).execute()


@pytest.mark.parametrize("model", [Certificate, StatusChange, Term, Key, RegisterYear])
def test_the_database_refuses_to_delete_from_the_register(school, model):
    school.issued("An")
    with pytest.raises(DatabaseError), db.atomic():
        model.delete().execute()
    with pytest.raises(DatabaseError), db.atomic():
        StatusChange.update(status="issued", ground=3).execute()


def test_numbers_of_a_register_never_go_down(school):
    school.issued("An")
    with pytest.raises(DatabaseError), db.atomic():
        RegisterYear.update(last_number=0).execute()


def test_signing_twice_changes_nothing(school):
    row = school.issued("An")[0]
    assert services.sign(row) is False
    fresh = school.issued("Bình", signed=False)[0]
    assert services.sign(fresh) is True
    assert services.sign(fresh) is False


def test_status_indexes_are_never_used_twice(school):
    for _ in range(3):
        school.issued(*("Nguyễn Văn An",) * 10, signed=False)
    indexes = [row.status_index for row in Certificate.select().order_by(Certificate.register_number)]
    assert len(set(indexes)) == 30
    assert indexes != sorted(indexes)


def test_a_changed_programme_title_keeps_old_meaning(school, frozen):
    first = school.issued("An")[0]
    first.programme.update(title="Tên chương trình mới").execute()
    with frozen(date(2025, 6, 1)):
        second = school.issued("Bình")[0]
        keyset.refresh()
        book = keyset.book()
    assert second.programme_title == "Tên chương trình mới"
    old = book.term("programme", first.programme_number, first.issued_on)
    assert old.title == "Bồi dưỡng lãnh đạo, quản lý cấp phòng"
    assert book.term("programme", first.programme_number, second.issued_on).title == "Tên chương trình mới"
