"""Revoking and replacing take two persons of the issuer (threats 15, 25, 26); several of a class by one decision."""

from __future__ import annotations

import re
from datetime import date

import pytest
from peewee import DatabaseError

from certificates import queries, services, verification
from certificates.bulk import NameInOrder
from certificates.errors import NotTheIssuer, SamePerson, WrongStatus
from certificates.models import Batch, Certificate, StatusChange
from certificates.register import decisions
from certificates.register.models import Order, OrderLine
from certificates.services import authority, deciding
from courses.models import ClassStateChange
from lms import approvals, bulk, clock
from lms.access import editing
from lms.approvals.models import Approval
from lms.audit.models import AuditRow
from lms.bulk import services as many
from lms.db import db
from lms.errors import Conflict, NotAllowed
from lms.people.models import Official, Organisation

DECISION = {"decision_no": "15/QĐ-TCT", "decided_on": date(2025, 4, 2)}
TYPED = {"decision_no": "15/QĐ-TCT", "decided_on": "2025-04-02"}


def test_nothing_is_revoked_before_a_second_person_agrees(school):
    row = school.issued("An")[0]
    asked = services.ask_to_revoke(row, ground=4, by=school.officer, note="nội bộ", **DECISION)
    assert verification.look_up(row.id16, clock.today()).code == "genuine"
    with pytest.raises(Conflict):
        services.ask_to_revoke(row, ground=4, by=school.head, **DECISION)
    approvals.approve(asked, by=school.head)
    last = queries.history(row)[-1]
    assert (last.status, last.ground, last.by, last.second) == ("revoked", 4, school.officer, school.head)
    assert AuditRow.get(AuditRow.deed == "certificates.revoked").details["second"] == school.head.display_name


def test_threat_15_nobody_revokes_replaces_or_issues_alone(school, make):
    row = school.issued("An")[0]
    asked = services.ask_to_revoke(row, ground=1, by=school.head, **DECISION)
    with pytest.raises(approvals.services.SamePerson):
        approvals.approve(asked, by=school.head)
    for deed in (lambda **who: services.revoke(row, ground=1, **who, **DECISION), lambda **who: services.supersede(row, **who, **DECISION)):  # fmt: skip
        with pytest.raises(SamePerson):
            deed(by=school.head, second=school.head)
        with pytest.raises(NotAllowed):
            deed(by=school.officer, second=make.user("academic_officer"))
        with pytest.raises(NotAllowed):
            deed(by=school.head, second=make.user("department_officer"))
    assert StatusChange.select().count() == 1


def test_threat_15_who_closed_the_class_does_not_approve_what_closing_prepared(school, make):
    klass = school.closed_class("An")
    ClassStateChange.create(klass=klass, state="closed", by=school.head)
    batch = services.prepare_batch(klass, by=None)
    with pytest.raises(SamePerson):
        services.approve_and_issue(batch, by=school.head)
    assert services.approve_and_issue(batch, by=make.user("school_head")).new == 1


def test_a_correction_takes_two_persons_and_is_signed_for_by_both(school):
    row = school.issued("Nguyễn Văn Ann")[0]
    Official.update(full_name="Nguyễn Văn An").where(Official.id == row.official_id).execute()
    approvals.approve(services.ask_to_replace(row, by=school.officer, **DECISION), by=school.head)
    new = Certificate.get(Certificate.supersedes == row)
    batch = Batch.get_by_id(new.batch_id)
    assert (new.name, batch.prepared_by, batch.approved_by) == ("Nguyễn Văn An", school.officer, school.head)
    assert queries.history(row)[-1].second == school.head


def test_the_successor_of_the_issuer_revokes_and_a_stranger_does_not(school, make):
    """Article 8: when the institution was merged or dissolved, whoever took its place, or its superior."""
    row = school.issued("An")[0]
    admin = make.user("platform_admin")
    role = editing.add_role("Lãnh đạo đơn vị cấp", "Thu hồi chứng chỉ.", everywhere=False, by=admin)
    asked = editing.change(
        role, {"certificates.view", "certificates.revoke", "certificates.decide"}, by=admin
    )
    approvals.approve(asked, by=make.user("platform_admin"))
    heir, stranger = make.organisation("hoc-vien-moi"), make.organisation("truong-khac")
    two = {"by": make.user(role.name, organisation=heir), "second": make.user(role.name, organisation=heir)}
    with pytest.raises(NotTheIssuer):
        services.revoke(row, ground=5, **two, **DECISION)
    Organisation.update(successor=heir).where(Organisation.id == school.organisation.id).execute()
    with pytest.raises(NotTheIssuer):
        services.suspend(row, by=make.user(role.name, organisation=stranger), **DECISION)
    two = {"by": make.user(role.name, organisation=heir), "second": make.user(role.name, organisation=heir)}
    assert services.revoke(row, ground=5, **two, **DECISION).status == "revoked"


def test_a_class_is_revoked_by_one_decision_and_one_agreement(school, max_queries):
    rows = school.issued("An", "Bình", "Cường", "Dung")
    order = services.order_revocation(rows[0].klass, ground=2, by=school.officer, note="Cấp sai", **DECISION)
    services.revoke(rows[3], ground=1, **school.two, **DECISION)
    deed = bulk.deed_or_404(NameInOrder.key)
    run = many.choose(deed, [row.id for row in rows], target=order.id, by=school.officer)
    plan = many.plan(run)
    assert (len(plan.ready), [line.reason for line in plan.blocked]) == (3, ["Chứng chỉ này đã bị thu hồi, không thể thay đổi."])  # fmt: skip
    assert not OrderLine.select().exists()
    many.start(run)
    assert Approval.select().where(Approval.kind == deciding.REVOKE_MANY).count() == 1
    assert {one.status for one in queries.status_now(rows[:3]).values()} == {"issued"}
    services.revoke(rows[2], ground=1, **school.two, **DECISION)
    approvals.approve(deciding.waiting(deciding.REVOKE_MANY, order), by=school.head)
    outcomes = [line.outcome for line in decisions.lines_of(order)]
    assert outcomes[:2] == ["revoked", "revoked"] and "thu hồi" in outcomes[2]
    told = AuditRow.get(AuditRow.deed == "certificates.order_done").details
    assert (told["revoked"], told["left"]) == (2, 1)
    assert not many.may_undo(run)
    with pytest.raises(Conflict):
        services.carry_out(order, by=school.officer, second=school.head)
    with max_queries(3):
        deciding.reasons_against(rows, order, school.head)


@pytest.mark.parametrize("model", [Order, OrderLine])
def test_the_database_keeps_decisions_as_they_were_made(school, model):
    rows = school.issued("An")
    order = services.order_revocation(rows[0].klass, ground=2, by=school.officer, **DECISION)
    services.name_in_order(order, rows, by=school.officer)
    approvals.approve(deciding.waiting(deciding.REVOKE_MANY, order), by=school.head)
    changes = {Order: [{"ground": 3}, {"done_at": None}], OrderLine: [{"outcome": None}, {"certificate": 7}]}
    for change in changes[model]:
        with pytest.raises(DatabaseError), db.atomic():
            model.update(**change).execute()
    with pytest.raises(DatabaseError), db.atomic():
        model.delete().execute()


def test_threat_25_a_ring_of_corrections_cannot_be_written(school):
    """Neither by a service nor by SQL: the next edition of the same place in the class, and once."""
    first = school.issued("An")[0]
    second = services.supersede(first, **school.two, **DECISION)
    other = school.issued("Bình")[0]
    for change in ({"supersedes": second.id, "edition": 2}, {"supersedes": first.id, "edition": 3}, {"supersedes": other.id, "edition": 3}, {"edition": 3}):  # fmt: skip
        copy = {name: value for name, value in second.__data__.items() if name not in {"id", "supersedes"}}
        copy |= {"id16": "0" * 16, "serial": "X1", "status_index": 1, "register_number": 99, "token": None}
        with pytest.raises(DatabaseError), db.atomic():
            Certificate.insert(**(copy | change)).execute()
    with pytest.raises(WrongStatus):
        services.supersede(first, **school.two, **DECISION)


def test_threat_25_every_replaced_paper_of_a_chain_says_so_with_its_day_and_nothing_of_the_next(
    school, client, frozen
):
    """The name was corrected twice; who finds an old paper learns neither the new name nor where the new paper is."""
    first = school.issued("Nguyễn Văn Ann")[0]
    chain = [first]
    for day, name in ((2, "Nguyễn Bá Việt"), (9, "Nguyễn Bá Vương")):
        Official.update(full_name=name).where(Official.id == first.official_id).execute()
        with frozen(date(2025, 4, day)):
            chain.append(services.supersede(chain[-1], **school.two, **DECISION))
            services.sign(chain[-1])
    days = ("02/04/2025", "09/04/2025")
    for place, day in enumerate(days):
        old = Certificate.get_by_id(chain[place].id)
        pages = [client.get(f"/c/{old.id16}{rest}").text for rest in ("", "/counts", "/log", "/report")]
        assert "ĐÃ ĐƯỢC THAY THẾ" in pages[0] and f"từ ngày {day}" in pages[0]
        for later in chain[place + 1 :]:
            masked = verification.masked(later.name)
            for page in pages:
                for foreign in (later.serial, later.id16, later.register_text, later.name, masked):
                    assert foreign not in page
    assert "CÒN HIỆU LỰC" in client.get(f"/c/{chain[-1].id16}").text


def test_threat_26_the_public_page_says_revoked_in_the_answer_after_the_second_yes(school, client):
    row = school.issued("An")[0]
    asked = services.ask_to_revoke(row, ground=4, by=school.officer, note="điều nội bộ", **DECISION)
    before = client.get(f"/c/{row.id16}")
    approvals.approve(asked, by=school.head)
    after = client.get(f"/c/{row.id16}")
    assert "ĐÃ THU HỒI" not in before.text and "ĐÃ THU HỒI" in after.text
    assert after.headers["Cache-Control"] == "no-store"
    assert (
        "để cho người khác sử dụng" in after.text
        and "15/QĐ-TCT" in after.text
        and "điều nội bộ" not in after.text
    )


def test_one_certificate_is_revoked_in_three_actions_and_one_of_the_second_person(school, login):
    row = school.issued("An")[0]
    desk = login(school.officer)
    page = desk.get(f"/certificates/{row.id}").text  # 1: the certificate; 2: unfold "revoke"
    assert page.count(f'action="/certificates/{row.id}/revoke"') == 1
    assert f'action="/certificates/{row.id}/suspend"' not in page
    typed = {f"revoke-{name}": value for name, value in {**TYPED, "ground": "4"}.items()}
    sent = desk.post(f"/certificates/{row.id}/revoke", data=typed, follow_redirects=True)  # 3
    assert "chờ người thứ hai" in sent.text and f'action="/certificates/{row.id}/revoke"' not in sent.text
    head = login(school.head)
    agree = re.search(r'action="(/approvals/\d+/approve)"', head.get(f"/certificates/{row.id}").text).group(1)
    head.post(agree)  # the second person: 1
    assert queries.history(row)[-1].status == "revoked"


def test_a_class_is_revoked_on_its_pages(school, login):
    rows = school.issued("An", "Bình")
    klass = rows[0].klass_id
    desk = login(school.officer)
    assert f"/certificates/classes/{klass}/revocation" in desk.get(f"/certificates/classes/{klass}").text
    assert desk.post(f"/certificates/classes/{klass}/revocation", data=TYPED).status_code == 422
    made = desk.post(f"/certificates/classes/{klass}/revocation", data={**TYPED, "ground": "2"})
    page = desk.get(made.location).text
    assert page.count('name="id"') == 2
    order = Order.get()
    run = desk.post(f"/bulk/deeds/{NameInOrder.key}", data={"target": order.id, "all": "1", "filter": ""})
    assert "Đề nghị thu hồi 2 chứng chỉ" in desk.get(run.location).text
    assert "chờ người thứ hai" in desk.post(f"{run.location}/apply", follow_redirects=True).text
    head = login(school.head)
    agree = re.search(r'action="(/approvals/\d+/approve)"', head.get(made.location).text).group(1)
    head.post(agree)
    assert "Đã thu hồi 2 chứng chỉ" in head.get(made.location).text


def test_who_decides_for_another_issuer_sees_no_deed(school, make):
    row = school.issued("An")[0]
    assert authority.answers_for(school.head, row, authority.HEAD)
    assert not authority.answers_for(make.user("training_officer", organisation=make.organisation("xa")), row, authority.HEAD)  # fmt: skip
