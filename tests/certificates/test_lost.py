"""Lost and damaged papers: by the rule of the day, counted, with the same id and code, and two persons behind each."""

from __future__ import annotations

import hashlib
import io
import json
import re
from datetime import date

import pytest
from peewee import DatabaseError
from pypdf import PdfReader

from certificates import services, verification
from certificates.errors import NotReady, WrongStatus
from certificates.jobs import print_substitute
from certificates.keys import custody
from certificates.models import Certificate
from certificates.paper import signature
from certificates.register import book, lost_rules
from certificates.register.models import Substitute
from courses.models import Programme
from lms import approvals, clock, config, jobs
from lms.config import settings
from lms.db import db
from tests.certificates.authority import PASSPHRASE, Root
from tests.certificates.test_book import keep

DECISION = {"decision_no": "15/QĐ-TCT", "decided_on": date(2025, 4, 2)}
DUPLICATES = "commune_political_centre"


@pytest.fixture
def row(school):
    return school.printed("Nguyễn Thị Phương Thảo")[0]


def given(row, school, **values):
    """A paper asked for by the officer, agreed to by the head, printed by the worker."""
    asked = services.ask_for_substitute(row, reason="lost", by=school.officer, **values)
    approvals.approve(asked, by=school.head)
    made = Substitute.select().order_by(Substitute.id.desc()).get()
    run = jobs.JobRun.create(kind="certificates.print_substitute", title="test", args={})
    print_substitute(run, substitute_id=made.id)
    return Substitute.get_by_id(made.id)


def read(made: Substitute) -> tuple[bytes, str]:
    pdf = (settings().files / made.pdf_path).read_bytes()
    return pdf, " ".join(PdfReader(io.BytesIO(pdf)).pages[0].extract_text().split())


def test_the_rule_of_the_day_says_what_is_given():
    assert lost_rules.rule_for("home_affairs", date(2020, 1, 1)).id == "TT01-2018-MAT"
    assert lost_rules.rule_for("home_affairs", date(2025, 4, 2)).way == "completion_paper"
    assert lost_rules.rule_for(DUPLICATES, date(2026, 1, 1)).way == "duplicate"
    assert lost_rules.rule_for("home_affairs", date(2017, 1, 1)) is None
    assert all(one.source and (one.confidence == "verified" or one.doubt) for one in lost_rules.all_rules())


def test_a_completion_paper_confirms_the_same_certificate(row, school):
    made = given(row, school)
    pdf, text = read(made)
    assert (made.way, made.number, made.signatory_name) == ("completion_paper", 1, "Trần Hiệu Trưởng")
    for said in ("GIẤY XÁC NHẬN", row.name, row.serial, row.register_text, "có giá trị như chứng chỉ", "Thông tư 03/2023/TT-BNV"):  # fmt: skip
        assert said in text, said
    assert hashlib.sha256(pdf).hexdigest() == made.pdf_sha256
    keep(pdf, "completion-paper")


def test_a_duplicate_keeps_id_and_token_and_is_counted(row, school):
    Programme.update(regime=DUPLICATES).execute()
    before = {name: value for name, value in Certificate.get_by_id(row.id).__data__.items()}
    first, second = given(row, school), given(row, school)
    assert [one.number for one in (first, second)] == [1, 2]
    assert Certificate.get_by_id(row.id).__data__ == before
    assert verification.look_up(row.id16, clock.today()).code == "genuine"
    pdf, text = read(second)
    assert "BẢN SAO TỪ SỔ GỐC, lần 2, 02/04/2025" in text and row.serial in text
    keep(pdf, "duplicate")
    note = next(book.lines(book.books_for(school.head)[0])).notes
    assert note == "Cấp bản sao lần 1 ngày 02/04/2025. Cấp bản sao lần 2 ngày 02/04/2025"


@pytest.mark.parametrize("regime", ["home_affairs", DUPLICATES], ids=["completion paper", "duplicate"])
def test_threat_31_a_paper_for_a_lost_one_is_signed_as_a_file_itself(school, monkeypatch, regime):
    """Also the copy of a signed paper, whose first signature would show as broken; and unsigned it claims no signature."""
    path, authority = custody.folder() / "paper.p12", Root()
    custody.put(path, authority.p12())
    monkeypatch.setattr(config, "_current", config.replace(settings(), paper_passphrase=PASSPHRASE))
    row = school.printed("Nguyễn Thị Phương Thảo")[0]
    Programme.update(regime=regime).execute()
    pdf, _text = read(given(row, school))
    seen = signature.look(pdf, [authority.trusted])
    assert (seen.state, seen.signer, seen.trusted) == ("intact", "Trường Chính trị tỉnh", True)
    assert signature.look(pdf + b"\n% anything").state == "altered"
    told = json.loads(PdfReader(io.BytesIO(pdf)).attachments["proof.json"][0])
    assert told["address"].startswith(f"{settings().base_url}/c/{row.id16}#")
    path.unlink()
    unsigned, _text = read(given(row, school))
    assert signature.look(unsigned).state == "none"


def test_printing_twice_changes_nothing(row, school):
    made = given(row, school)
    assert services.print_substitute(made) is False
    for change in ({"number": 9}, {"pdf_sha256": None}, {"reason": "damaged"}):
        with pytest.raises(DatabaseError), db.atomic():
            Substitute.update(**change).execute()
    with pytest.raises(DatabaseError), db.atomic():
        Substitute.delete().execute()


def test_only_what_is_in_force_and_has_a_rule_is_given_again(row, school):
    Programme.update(regime="unknown").execute()
    with pytest.raises(NotReady):
        services.ask_for_substitute(row, reason="lost", by=school.officer)
    Programme.update(regime="home_affairs").execute()
    services.revoke(row, ground=1, **school.two, **DECISION)
    with pytest.raises(WrongStatus):
        services.ask_for_substitute(row, reason="lost", by=school.officer)


def test_a_paper_that_was_changed_on_the_disk_is_not_copied(row, school):
    Programme.update(regime=DUPLICATES).execute()
    path = settings().files / row.pdf_path
    path.write_bytes(path.read_bytes() + b"%")
    given(row, school)
    assert Substitute.get().pdf_sha256 is None


def test_a_lost_paper_is_asked_for_and_fetched_on_the_page(row, school, login):
    desk = login(school.officer)
    page = desk.get(f"/certificates/{row.id}").text
    assert "Thông tư 03/2023/TT-BNV" in page
    told = desk.post(f"/certificates/{row.id}/substitute", data={"substitute-reason": "lost", "substitute-note": "đơn ngày 01/4"}, follow_redirects=True)  # fmt: skip
    assert "chờ người thứ hai" in told.text
    head = login(school.head)
    agree = re.search(r'action="(/approvals/\d+/approve)"', head.get(f"/certificates/{row.id}").text).group(1)
    head.post(agree)
    run = jobs.JobRun.create(kind="certificates.print_substitute", title="test", args={})
    print_substitute(run, substitute_id=Substitute.get().id)
    address = f"/certificates/substitutes/{Substitute.get().id}.pdf"
    assert address in head.get(f"/certificates/{row.id}").text
    with head.get(address) as paper:
        assert paper.data[:5] == b"%PDF-"
