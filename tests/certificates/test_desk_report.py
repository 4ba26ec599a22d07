"""The report of a pile: made once, with a number of its own that whoever holds it can check."""

from __future__ import annotations

import base64
import hashlib
import html
import io
import re
import zipfile
from datetime import date, datetime
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from peewee import DatabaseError
from PIL import Image
from pypdf import PdfReader

from certificates import services
from certificates.auditing.findings import Report
from certificates.auditing.published_audit import audit_published
from certificates.desk import sealing
from certificates.desk.models import Pile, PileReport, ReportSeal
from certificates.keys import KeyUnavailable, custody
from certificates.log import checkpoints, witness
from certificates.log.models import LogEntry
from certificates.paper import signature
from certificates.services import pile_reports, report_seals
from certificates.services import piles as deeds
from certificates.token import address
from lms import clock, config
from lms.audit.models import AuditRow
from lms.config import settings
from lms.db import db
from lms.importing import sheets
from tests.certificates.authority import PASSPHRASE, Root
from tests.certificates.tampering import drop_guards

DECISION = {"decision_no": "15/QĐ-TCT", "decided_on": date(2025, 4, 2)}


@pytest.fixture
def officer(make: Any, school: Any) -> Any:
    return make.user(
        "appointing_officer",
        organisation=make.organisation("so-tu-phap-thu", name="Sở Tư pháp"),
        display_name="Trần Thị Bổ",
    )


def codes(rows: list[Any]) -> str:
    return "\n".join(address(settings().base_url, bytes(row.token)) for row in rows)


def pile_of(officer: Any, rows: list[Any], *more: str) -> Pile:
    pile = deeds.open_pile(by=officer)
    deeds.add_to_pile(pile, deeds.read_text("\n".join([codes(rows), *more])), source="list", by=officer)
    return Pile.get_by_id(pile.id)


@pytest.fixture
def made(school: Any, officer: Any) -> PileReport:
    rows = school.issued("Nguyễn Văn An", "Trần Thị Bình")
    services.revoke(rows[1], **school.two, ground=1, **DECISION)
    return pile_reports.finish(pile_of(officer, rows, "https://evil.example.com/x"), by=officer)


def text_of(got: Any) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", got.get_data(as_text=True))))


def test_the_pdf_says_what_was_checked_and_its_code_leads_to_its_public_page(made):
    raw = pile_reports.report_file(made, "pdf").read_bytes()
    text = re.sub(r"\s+", " ", "".join(page.extract_text() for page in PdfReader(io.BytesIO(raw)).pages))
    for said in (
        "BIÊN BẢN KIỂM TRA",
        "SỞ TƯ PHÁP",
        "Nguyễn Văn An",
        "Đã thu hồi (02/04/2025)",
        "evil.example.com",
    ):
        assert said in text, said
    assert text.index("Trần Thị Bình") < text.index("Nguyễn Văn An")
    picture = pypdfium2.PdfDocument(raw)[0].render(scale=150 / 72).to_pil()
    assert [one.text for one in zxingcpp.read_barcodes(picture)] == [f"{settings().base_url}/c/r/{made.id16}"]


def test_the_spreadsheet_has_the_same_lines(made):
    rows = sheets.read(pile_reports.report_file(made, "xlsx").read_bytes(), "a.xlsx")
    told = str(rows)
    for said in ("Nguyễn Văn An", "TCT000001", "Đã thu hồi", f"/c/r/{made.id16}"):
        assert said in told, said


def test_the_spreadsheet_has_a_code_of_its_own(made):
    with zipfile.ZipFile(pile_reports.report_file(made, "xlsx")) as book:
        [name] = [one for one in book.namelist() if one.startswith("xl/media/")]
        picture = Image.open(io.BytesIO(book.read(name)))
    assert [one.text for one in zxingcpp.read_barcodes(picture)] == [f"{settings().base_url}/c/r/{made.id16}"]


def test_anybody_with_the_number_confirms_it_and_sees_nobodys_name(made, client):
    page = text_of(client.get(f"/c/r/{made.id16}"))
    assert "BIÊN BẢN CÓ TRONG SỔ" in page
    for said in ("Sở Tư pháp", "TCT000001", "TCT000002", "evil.example.com", made.pdf_sha256):
        assert said in page, said
    for name in ("Nguyễn Văn An", "Trần Thị Bình", "Trần Thị Bổ"):
        assert name not in page


def test_a_number_nobody_gave_is_red(client):
    got = client.get("/c/r/0123456789abcdef")
    assert got.status_code == 404
    assert "KHÔNG CÓ BIÊN BẢN NÀY" in text_of(got)


def test_the_hashes_are_those_of_the_files(made):
    for ending, known in (("pdf", made.pdf_sha256), ("xlsx", made.xlsx_sha256)):
        assert hashlib.sha256(pile_reports.report_file(made, ending).read_bytes()).hexdigest() == known


def test_a_changed_file_is_not_handed_out(made):
    path = pile_reports.report_file(made, "pdf")
    path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(pile_reports.NotFound):
        pile_reports.report_file(made, "pdf")


@pytest.mark.parametrize("deed", ["update", "delete"])
def test_a_report_on_record_never_changes(made, deed):
    query = PileReport.update(content={}) if deed == "update" else PileReport.delete()
    with pytest.raises(DatabaseError), db.atomic():
        query.execute()


def test_finishing_closes_the_pile(made, officer, login):
    client = login(officer)
    path = f"/certificates/desk/{made.pile_id}"
    page = client.get(path).get_data(as_text=True)
    assert "report.pdf" in page and "data-pile-form" not in page
    assert client.post(f"{path}/lines", data={"text": "x", "fragment": "1"}).status_code == 409
    got = client.get(f"{path}/report.pdf")
    assert hashlib.sha256(got.data).hexdigest() == made.pdf_sha256
    got.close()
    deed = AuditRow.select().where(AuditRow.deed == "certificates.pile_finished").get()
    assert deed.details["sha256"] == made.pdf_sha256


def test_from_the_first_scan_to_the_report_it_takes_one_press(school, officer, login):
    """Thirty papers: open the desk, thirty scans, finish. The rest of the time target is the hand's."""
    client = login(officer)
    actions = 1
    path = "/certificates/desk/lines"
    for row in school.issued(*["Nguyễn Văn An"] * 30):
        got = client.post(path, data={"text": codes([row]), "fragment": "1"})
        path = re.search(r'data-lines="([^"]+)"', got.get_data(as_text=True))[1]
        actions += 1
    client.post(path.replace("/lines", "/finish"))
    actions += 1
    assert PileReport.get().content["counts"] == {"good": 30, "warn": 0, "bad": 0}
    assert actions == 32


def test_an_empty_pile_has_no_report(officer, login):
    pile = deeds.open_pile(by=officer)
    client = login(officer)
    client.post(f"/certificates/desk/{pile.id}/finish")
    assert "tập chưa có bản nào" in text_of(client.get(f"/certificates/desk/{pile.id}"))
    assert PileReport.select().count() == 0


def test_nobody_else_finishes_a_pile_or_takes_its_report(made, officer, login, make):
    pile = deeds.open_pile(by=officer)
    other = login(make.user("appointing_officer"))
    assert other.post(f"/certificates/desk/{pile.id}/finish").status_code == 404
    assert other.get(f"/certificates/desk/{made.pile_id}/report.pdf").status_code == 404


# --- signed by the worker, and in the public log ----------------------------------------------------


@pytest.fixture
def sealed(made: PileReport) -> PileReport:
    assert report_seals.seal(made)
    checkpoints.make()
    return made


def test_finishing_has_the_worker_sign_the_report_once(school, officer, deliver):
    report = pile_reports.finish(pile_of(officer, school.issued("Lê An")), by=officer)
    deliver()
    assert sealing.standing(report).state == sealing.GENUINE
    assert (report_seals.seal(report), report_seals.catch_up()) == (False, 0)
    assert ReportSeal.select().count() == 1


def test_a_report_whose_signing_failed_is_caught_up_on(made):
    assert sealing.standing(made).state == sealing.WAITING
    assert report_seals.catch_up() == 1
    assert sealing.standing(made).state == sealing.GENUINE


def test_pages_never_sign_a_report(made, monkeypatch):
    monkeypatch.setattr(config, "_serves_pages", True)
    with pytest.raises(KeyUnavailable):
        report_seals.seal(made)


def test_the_signed_text_holds_with_the_key_of_the_log_and_names_nobody(sealed):
    note = str(ReportSeal.get().note)
    said, _blank, line = note.partition("\n\n")
    name, public = witness.read_key(checkpoints.vkey(checkpoints.key()))
    raw = base64.b64decode(line.rsplit(" ", 1)[1])
    assert raw[:4] == witness.key_hash(name, public)
    assert witness.ed25519_holds(public, raw[4:], f"{said}\n".encode())
    with pytest.raises(ValueError, match="no checkpoint"):
        witness.open_note(note, checkpoints.vkey(checkpoints.key()))
    for line in (f"pdf {sealed.pdf_sha256}", f"xlsx {sealed.xlsx_sha256}"):
        assert line in said.split("\n")
    entry = LogEntry.get(LogEntry.kind == "report").entry
    for canary in ("Nguyễn", "Trần", sealed.id16, "Sở Tư pháp"):
        assert canary not in note.replace(f"/c/r/{sealed.id16}", "") + entry


def test_the_public_page_says_where_it_stands_in_the_log(sealed, client):
    page = text_of(client.get(f"/c/r/{sealed.id16}"))
    assert f"mục số {LogEntry.get(LogEntry.kind == 'report').seq + 1} của nhật ký công khai" in page


@pytest.mark.parametrize("column", ["content", "pdf_sha256", "xlsx_sha256", "made_at"])
def test_threat_11_a_report_changed_past_the_triggers_is_red_and_found_by_the_audit(sealed, client, column):
    values = {
        "content": sealed.content | {"counts": {"good": 3, "warn": 0, "bad": 0}},
        "made_at": datetime(2024, 1, 1),
    }
    drop_guards()
    PileReport.update({column: values.get(column, "0" * 64)}).execute()
    page = text_of(client.get(f"/c/r/{sealed.id16}"))
    assert "BIÊN BẢN BỊ SỬA" in page and "BIÊN BẢN CÓ TRONG SỔ" not in page
    assert "TCT000001" not in page
    found = Report(clock.now())
    audit_published(found)
    assert [one.code for one in found.findings] == ["log_differs"]


def test_a_stranger_without_script_compares_a_file(sealed, client):
    def sent(content: bytes) -> str:
        return text_of(client.post(f"/c/r/{sealed.id16}", data={"file": (io.BytesIO(content), "a")}))

    pdf, xlsx = (pile_reports.report_file(sealed, one).read_bytes() for one in ("pdf", "xlsx"))
    for content in (pdf, xlsx):
        assert "Đúng là tệp đã lập." in sent(content)
    for content in (pdf + b" ", xlsx[:-1]):
        assert "KHÔNG phải tệp đã lập" in sent(content)
    got = client.post("/c/r/0123456789abcdef", data={"file": (io.BytesIO(pdf), "a")})
    assert got.status_code == 404


def test_threat_31_with_a_certificate_the_pdf_of_a_report_is_signed_as_a_file(
    made, officer, login, monkeypatch
):
    path = custody.folder() / "paper.p12"
    custody.put(path, Root().p12())
    monkeypatch.setattr(config, "_current", config.replace(settings(), paper_passphrase=PASSPHRASE))
    try:
        report_seals.seal(made)
    finally:
        path.unlink()
    got = login(officer).get(f"/certificates/desk/{made.pile_id}/report.pdf")
    assert signature.look(got.data).state == "intact"
    assert signature.look(got.data + b"\n").state == "altered"
    assert hashlib.sha256(got.data).hexdigest() == sealing.seal_of(made).pdf_sha256
    assert sealing.standing(made).state == sealing.GENUINE
    got.close()
