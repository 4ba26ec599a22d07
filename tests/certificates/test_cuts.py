"""Threat 27: the power goes before any write of issuing, signing and printing, one after the other."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from certificates import queries, services
from certificates.auditing.whole_audit import audit
from certificates.jobs import sign_and_print
from certificates.models import Batch, Certificate, RegisterYear, StatusChange
from certificates.verification import look_up
from lms import jobs
from lms.db import db
from tests.certificates.school import School

pytestmark = pytest.mark.once

WRITES = ("INSERT", "UPDATE", "DELETE")


class PowerCut(BaseException):
    """Nothing catches it, as nothing catches a pulled plug."""


def test_threat_27_a_cut_before_any_write_leaves_no_gap_no_double_and_nothing_unsigned_is_green(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From every state that was kept, the next try is cut before its first write, its second, … until it gets further."""
    made = school.prepared(school.closed_class("Nguyễn Văn An"))
    run = jobs.JobRun.create(kind="certificates.sign_and_print", title="test", args={})

    def whole() -> None:
        batch = Batch.get_by_id(made.id)
        if batch.state == "draft":
            services.approve_and_issue(batch, by=school.head)
        sign_and_print(run, batch_id=batch.id)

    cuts, place, before = 0, 1, state(made)
    while _is_cut(whole, place, monkeypatch):
        cuts += 1
        after = state(made)
        assert after[0] in {(), ("unsigned",), ("genuine",)}
        assert (after[0] == ("genuine",)) is bool(after[1])
        place, before = (place + 1, before) if after == before else (1, after)
    assert cuts > 50
    assert state(made)[0] == ("genuine",)
    assert Batch.get_by_id(made.id).state == "issued"
    assert [Certificate.select().count(), StatusChange.select().count(), RegisterYear.get().last_number] == [
        1
    ] * 3
    assert audit(done=lambda _count: None).findings == []


def state(made: Batch) -> tuple[object, ...]:
    """What a visitor is told of each certificate, and what was kept of them."""
    rows = queries.of_batch(made)
    verdicts = [look_up(row.id16, date(2025, 4, 2)) for row in rows]
    codes = tuple(verdict.code for verdict in verdicts if verdict)
    kept = [(row.token, row.pdf_sha256) for row in rows]
    return codes, [token for token, _pdf in kept if token], kept, Batch.get_by_id(made.id).state


def _is_cut(deed: Callable[[], None], place: int, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Do it until write number `place`; returns whether it came that far."""
    database, left = db.obj, [place]
    plain = database.execute_sql

    def counted(sql: str, *arguments: object, **named: object) -> object:
        if sql.lstrip().upper().startswith(WRITES):
            left[0] -= 1
            if left[0] == 0:
                raise PowerCut
        return plain(sql, *arguments, **named)

    with monkeypatch.context() as patched:
        patched.setattr(database, "execute_sql", counted)
        try:
            deed()
        except PowerCut:
            return True
    return False
