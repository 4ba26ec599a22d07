"""Revoke, suspend, replace: dated facts beside a certificate that never changes (threats 24, 25)."""

from __future__ import annotations

from datetime import date

import pytest
from peewee import DatabaseError

from certificates import queries, services, verification
from certificates.errors import WrongStatus
from certificates.hooks import eligibility_evidence
from certificates.keyset import book
from certificates.models import Certificate, StatusChange
from certificates.token import verify_token
from lms.db import db
from lms.errors import Invalid
from lms.events import EventRow
from lms.people.models import Official

DECISION = {"decision_no": "15/QĐ-TCT", "decided_on": date(2025, 4, 2)}


def test_revoking_names_ground_and_decision(school):
    row = school.issued("An")[0]
    services.revoke(row, ground=2, by=school.officer, second=school.head, note="nội bộ", **DECISION)
    last = queries.history(row)[-1]
    assert (last.number, last.status, last.ground, last.decision_no) == (2, "revoked", 2, "15/QĐ-TCT")
    assert verification.look_up(row.id16, date(2025, 4, 3)).code == "revoked"
    assert EventRow.select().where(EventRow.name == "certificates.CertificateRevoked").count() == 1
    assert verify_token(bytes(row.token), book().keys).genuine


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"ground": 6}, "ground"),
        ({"decision_no": "  "}, "decision_no"),
        ({"decided_on": date(2025, 4, 3)}, "decided_on"),
        ({"decided_on": date(2025, 4, 1)}, "decided_on"),
    ],
)
def test_revoking_asks_for_ground_number_and_date(school, values, field):
    row = school.issued("An")[0]
    with pytest.raises(Invalid) as wrong:
        services.revoke(row, **{"ground": 1, **school.two, **DECISION, **values})
    assert list(wrong.value.fields) == [field]
    assert StatusChange.select().count() == 1


def test_a_revoked_certificate_stays_revoked(school):
    row = school.issued("An")[0]
    services.revoke(row, ground=1, **school.two, **DECISION)
    for deed in (services.suspend, services.reinstate):
        with pytest.raises(WrongStatus):
            deed(row, by=school.head, **DECISION)
    with pytest.raises(WrongStatus):
        services.supersede(row, **school.two, **DECISION)
    for status in ("issued", "reinstated", "suspended"):
        with pytest.raises(DatabaseError), db.atomic():
            StatusChange.create(certificate=row, number=3, status=status, on_date=date(2025, 4, 3))


def test_suspension_ends_with_reinstatement(school):
    row = school.issued("An")[0]
    services.suspend(row, by=school.head, **DECISION)
    assert verification.look_up(row.id16, date(2025, 4, 3)).code == "suspended"
    services.reinstate(row, by=school.head, **DECISION)
    assert verification.look_up(row.id16, date(2025, 4, 3)).code == "genuine"
    assert [step.status for step in queries.history(row)] == ["issued", "suspended", "reinstated"]


def test_threat_25_a_chain_of_corrections_has_one_live_end(school):
    first = school.issued("Nguyễn Văn Ann")[0]
    Official.update(full_name="Nguyễn Văn An").where(Official.id == first.official_id).execute()
    second = services.supersede(first, **school.two, **DECISION)
    third = services.supersede(second, **school.two, **DECISION)
    with pytest.raises(WrongStatus):
        services.supersede(first, **school.two, **DECISION)
    assert [row.edition for row in (first, second, third)] == [1, 2, 3]
    assert (second.name, second.supersedes_id, third.supersedes_id) == ("Nguyễn Văn An", first.id, second.id)
    assert [row.register_number for row in (first, second, third)] == [1, 2, 3]
    assert len({row.id16 for row in (first, second, third)}) == 3
    services.sign(third)
    codes = [verification.look_up(row.id16, date(2025, 4, 3)).code for row in (first, third)]
    assert codes == ["superseded", "genuine"]


def test_evidence_for_posts_follows_the_status_of_the_day(school, frozen, max_queries):
    rows = school.issued("An", "Bình", "Cường")
    with frozen(date(2025, 5, 10)):
        services.revoke(rows[0], ground=1, **school.two, decision_no="1", decided_on=date(2025, 5, 10))
    officials = [row.official_id for row in rows]
    with max_queries(3):
        then = eligibility_evidence(officials, date(2025, 5, 1))
        assert [one.status for one in then] == ["issued"] * 3
    now = eligibility_evidence(officials, date(2025, 6, 1))
    by_person = {one.official_id: one for one in now}
    assert (by_person[officials[0]].status, by_person[officials[0]].status_from) == (
        "revoked",
        date(2025, 5, 10),
    )
    assert by_person[officials[1]].status == "issued"
    assert eligibility_evidence(officials, date(2025, 4, 1)) == []
    unsigned = school.issued("Dung", signed=False)[0]
    assert eligibility_evidence([unsigned.official_id], date(2025, 6, 1)) == []
    assert Certificate.get_by_id(unsigned.id).token is None
