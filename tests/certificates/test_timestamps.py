"""Papers signed as files with a time-stamp, by an authority that answers, lies or is silent; nobody waits for it twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from certificates import jobs as work
from certificates import queries, services
from certificates.keys import custody
from certificates.models import Certificate
from certificates.paper import signature, soundness, timestamps
from certificates.services.signing import UNTIMED
from lms import config, jobs
from lms.audit.models import AuditRow
from lms.config import settings
from tests.certificates.authority import PASSPHRASE, Service

#: Files are signed and read the same whatever the database.
pytestmark = pytest.mark.once

NAMES = ("Lê An", "Nguyễn Văn Ba", "Trần Thị Bình")


@pytest.fixture(scope="module")
def running() -> Iterator[Service]:
    made = Service()
    yield made
    made.stop()


@pytest.fixture
def service(running, school, monkeypatch) -> Iterator[Service]:
    """Papers are signed and stamped; the roots are not known yet."""
    path = custody.folder() / "paper.p12"
    custody.put(path, running.root.p12())
    told = {"paper_passphrase": PASSPHRASE, "tsa_url": running.url}
    monkeypatch.setattr(config, "_current", config.replace(settings(), **told))
    running.down = running.lies = False
    running.asked.clear()
    timestamps.forget()
    yield running
    path.unlink()
    (settings().instance / "paper-roots.pem").unlink(missing_ok=True)
    timestamps.forget()


def know_roots(service: Service) -> None:
    (settings().instance / "paper-roots.pem").write_bytes(service.root.pem)


def printed(school, *names: str) -> list[bytes]:
    for row in school.issued(*names):
        services.print_paper(row)
    return [
        (settings().files / row.pdf_path).read_bytes()
        for row in Certificate.select().order_by(Certificate.id)
    ]


def batch(school, *names: str) -> tuple[dict, list[Certificate]]:
    """The whole work of a class, as the worker does it."""
    made = school.prepared(school.closed_class(*names))
    services.approve_and_issue(made, by=school.head)
    run = jobs.JobRun.create(kind="certificates.sign_and_print", title="test", args={})
    return work.sign_and_print(run, batch_id=made.id), queries.of_batch(made)


def level(row: Certificate) -> str:
    seen = signature.look((settings().files / row.pdf_path).read_bytes())
    return f"{seen.state} {seen.level}"


def test_every_paper_is_stamped_by_the_authority(school, service):
    seen = signature.look(printed(school, *NAMES)[2], [service.root.trusted])
    assert (seen.state, seen.level, seen.trusted) == ("intact", "B-T", True)
    assert abs(seen.stamped_at - datetime.now(UTC)) < timedelta(minutes=1)
    assert service.asked == {"stamp": 4}  # one to learn how much room a stamp takes


def test_with_known_roots_what_checks_it_in_twenty_years_is_inside_and_fetched_once(school, service):
    know_roots(service)
    for paper in printed(school, *NAMES):
        seen = signature.look(paper, [service.root.trusted])
        assert (seen.state, seen.level, seen.trusted) == ("intact", "B-LT", True)
    assert service.asked["crl"] <= 2


def test_a_silent_authority_holds_nobody_up_and_the_work_says_so(school, service):
    """The class is issued, each file is signed once, the authority was asked twice in all, the deed is on record."""
    service.down = True
    result, rows = batch(school, *NAMES)
    assert [level(row) for row in rows] == ["intact B-B"] * 3
    assert "3 tệp" in result["note"]
    assert service.asked == {"stamp": timestamps.TRIES}
    untimed = AuditRow.select().where(AuditRow.deed == UNTIMED)
    assert [row.details["why"] for row in untimed] == ["HTTP 503"] * 3


def test_after_a_rest_the_next_papers_are_stamped_and_none_is_made_twice(school, service, monkeypatch):
    service.down = True
    _result, rows = batch(school, "Lê An")
    before = rows[0].pdf_sha256
    service.down = False
    _result, [still] = batch(school, "Trần Thị Bình")
    assert level(still) == "intact B-B"
    now = timestamps.time.monotonic()
    monkeypatch.setattr(timestamps.time, "monotonic", lambda: now + timestamps.REST + 1)
    _result, [next_one] = batch(school, "Lê Ba")
    assert level(next_one) == "intact B-T"
    assert services.print_paper(Certificate.get_by_id(rows[0].id)) is None
    assert Certificate.get_by_id(rows[0].id).pdf_sha256 == before


def test_a_stamp_over_something_else_is_thrown_away(school, service):
    service.lies = True
    _result, [row] = batch(school, "Lê An")
    assert level(row) == "intact B-B"


def test_revocation_lists_that_cannot_be_fetched_leave_the_stamp(school, service, monkeypatch):
    know_roots(service)
    monkeypatch.setattr(service.root, "crl", lambda: b"no list")
    _result, [row] = batch(school, "Lê An")
    assert level(row) == "intact B-T"


def test_threat_31_a_stamped_paper_with_another_byte_anywhere_is_found(school, service):
    know_roots(service)
    paper = printed(school, "Lê An")[0]
    at, end = paper.index(b"/Contents <"), paper.index(b">", paper.index(b"/Contents <"))
    padding = paper.rindex(b"0000", at, end)
    for place in (*range(11, len(paper), 1009), at + 40, padding):
        patched = bytearray(paper)
        patched[place] = ord("7") if patched[place] != ord("7") else ord("3")
        if _in_certificates(paper, place):
            continue
        assert signature.look(bytes(patched)).state == "altered", place


def _in_certificates(paper: bytes, place: int) -> bool:
    """Chains beside a signature are not signed by it; a reader that knows the roots does not need them."""
    at = paper.index(b"/Contents <")
    return at + 60 < place < paper.rindex(b"0000", at, paper.index(b">", at))


@pytest.mark.parametrize(
    ("days", "level", "word"), [(400, "ok", "is good until"), (60, "warn", "ends on"), (20, "bad", "ends on")]
)
def test_the_doctor_speaks_of_the_certificate_before_it_ends(school, service, days, level, word):
    custody.put(custody.folder() / "paper.p12", service.root.p12(days=days))
    first = next(soundness.findings())
    assert (first.level, word in first.sentence) == (level, True)
    assert first.level == "ok" or "licensed authority" in first.remedy


def test_the_doctor_asks_the_authority_and_counts_what_was_not_stamped(school, service):
    know_roots(service)
    assert [one.level for one in soundness.findings()] == ["bad", "ok"]  # 30 days are few
    service.down = True
    batch(school, "Lê An", "Lê Ba")
    told = list(soundness.findings())
    assert [one.level for one in told] == ["bad", "warn", "warn"]
    assert "HTTP 503" in told[1].sentence and "LMS_TSA_URL" in told[1].remedy
    assert told[2].sentence.startswith("2 papers")


def test_pages_ask_no_authority(school, service, monkeypatch):
    monkeypatch.setattr(config, "_serves_pages", True)
    assert (list(soundness.findings()), service.asked) == ([], {})
