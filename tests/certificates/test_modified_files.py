"""Files of certificates that were changed after they were signed, at the verify desk and at the page for everybody."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pypdf import PdfReader, PdfWriter

from certificates import services
from certificates.desk import file_check
from certificates.desk.models import PileLine
from certificates.desk.scan.reading import FileSigned, PageRead, read_files
from certificates.keys import custody
from certificates.models import Certificate
from certificates.token import address
from lms import config
from lms.config import settings
from tests.certificates import sheets
from tests.certificates.authority import PASSPHRASE, Root

#: Files are signed and read the same whatever the database.
pytestmark = pytest.mark.once


@pytest.fixture(scope="module")
def sealed() -> bytes:
    return Root().p12()


@pytest.fixture
def papers(school, sealed, monkeypatch) -> list[bytes]:
    """The files of three certificates, signed."""
    path = custody.folder() / "paper.p12"
    custody.put(path, sealed)
    monkeypatch.setattr(config, "_current", config.replace(settings(), paper_passphrase=PASSPHRASE))
    for row in school.issued("Lê An", "Nguyễn Văn Ba", "Trần Thị Bình"):
        services.print_paper(row)
    rows = Certificate.select().order_by(Certificate.id)
    yield [(settings().files / row.pdf_path).read_bytes() for row in rows]
    path.unlink()


def incremental(pdf: bytes, change: Callable[[Any], None]) -> bytes:
    writer, out = IncrementalPdfFileWriter(io.BytesIO(pdf)), io.BytesIO()
    change(writer)
    writer.write(out)
    return out.getvalue()


def noted(pdf: bytes) -> bytes:
    def change(writer: Any) -> None:
        writer.root["/Note"] = generic.TextStringObject("đã sửa")
        writer.update_root()

    return incremental(pdf, change)


def without_attachment(pdf: bytes) -> bytes:
    def change(writer: Any) -> None:
        for name in ("/Names", "/AF"):
            writer.root.pop(name, None)
        writer.update_root()

    return incremental(pdf, change)


def with_page_of(pdf: bytes, other: bytes) -> bytes:
    def change(writer: Any) -> None:
        page = writer.root["/Pages"]["/Kids"][0]
        drawn = PdfReader(io.BytesIO(other)).pages[0].get_contents().get_data()
        page["/Contents"] = writer.add_object(generic.StreamObject(stream_data=drawn))
        writer.update_container(page)

    return incremental(pdf, change)


def patched(pdf: bytes) -> bytes:
    """One letter of the document's title."""
    raw, place = bytearray(pdf), pdf.index(b"/Title") + 9
    raw[place] ^= 1
    return bytes(raw)


def copied(pdf: bytes) -> bytes:
    """Written anew by another program: the signature is in it and covers nothing."""
    writer, out = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf))), io.BytesIO()
    writer.write(out)
    return out.getvalue()


def drop(client: Any, **files: bytes) -> Any:
    """One file after the other onto one pile; the answer to the last."""
    place = "/certificates/desk/files"
    for name, content in files.items():
        got = client.post(place, data={"files": [(io.BytesIO(content), name)]})
        place = f"{got.headers['Location']}/files"
    return got


def text_of(got: Any) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", got.get_data(as_text=True))))


def test_threat_31_the_desk_names_every_file_that_was_changed_after_signing(papers, login, make, deliver):
    """Update, patch, swapped page, removed attachment, rewritten: first in the pile, and never taken for the genuine paper."""
    one, two, other = papers
    client = login(make.user("appointing_officer"))
    got = drop(
        client,
        good=one,
        noted=noted(two),
        patched=patched(two),
        swapped=with_page_of(two, other),
        stripped=without_attachment(two),
        copied=copied(two),
    )
    deliver()
    lines = {str(one.origin): (one.code or "register") for one in PileLine.select()}
    changed = ("noted", "patched", "swapped", "stripped", "copied")
    assert lines == {"good": "register"} | dict.fromkeys(changed, "modified")
    page = text_of(client.get(got.headers["Location"]))
    assert page.count("Bị sửa sau khi ký") == 5
    assert page.rindex("Bị sửa sau khi ký") < page.index("Lê An")
    assert "5 bản không chấp nhận" in page


def test_threat_31_a_genuine_scan_beside_a_changed_file_stays_genuine(papers, school, login, make, deliver):
    row = Certificate.select().order_by(Certificate.id).first()
    code = address(settings().base_url, bytes(row.token))
    client = login(make.user("appointing_officer"))
    drop(client, scan=sheets.pdf([sheets.page(code)]), changed=noted(papers[0]), again=noted(papers[0]))
    deliver()
    lines = [(one.code or "register", one.id16) for one in PileLine.select().order_by(PileLine.number)]
    assert lines == [("register", row.id16), ("modified", row.id16), ("modified", row.id16)]


def test_a_file_without_a_signature_is_read_as_before(school, login, make, deliver):
    row = school.printed("Lê An")[0]
    client = login(make.user("appointing_officer"))
    drop(client, plain=(settings().files / row.pdf_path).read_bytes())
    deliver()
    assert [(one.code, one.id16) for one in PileLine.select()] == [("", row.id16)]


def test_threat_29_hostile_signed_files_are_said_altered_or_nothing_and_end_nobody(tmp_path, papers):
    """Deep nesting, a loop of cross-references, a signature of 2 MB, a range beyond the file."""
    one = papers[0]
    at = one.index(b"/ByteRange")
    hostile = {
        "nested": one[:at] + b"/Deep " + b"[" * 200_000 + b"]" * 200_000 + one[at:],
        "loop": one + b"\nxref\n0 0\ntrailer\n<< /Prev %d >>\nstartxref\n%d\n%%%%EOF" % (len(one) + 1, len(one) + 1),
        "beyond": one.replace(b"/ByteRange [0 ", b"/ByteRange [9 ", 1),
        "large": one[:at] + b"/Contents <" + b"30" * 1_000_000 + b"> " + one[at:],
        "words": b"%PDF-1.7 /ByteRange (KimBang)",
    }  # fmt: skip
    places = []
    for name, content in hostile.items():
        path = tmp_path / name
        path.write_bytes(content)
        places.append((name, path))
    path = tmp_path / "good"
    path.write_bytes(papers[1])
    found = list(read_files([*places, ("good", path)], silence=20))
    signed = {word.label: word.altered for word in found if isinstance(word, FileSigned)}
    assert signed["good"] is False
    assert False not in [altered for name, altered in signed.items() if name != "good"]
    assert "good" in [word.label for word in found if isinstance(word, PageRead)]


def test_threat_31_anybody_may_check_a_file_and_is_told_what_it_is(papers, client):
    def sent(content: bytes) -> str:
        got = client.post("/c/file", data={"file": (io.BytesIO(content), "a.pdf")})
        assert (got.status_code, got.headers["Cache-Control"]) == (200, "no-store")
        return text_of(got)

    good, changed, scan = sent(papers[0]), sent(noted(papers[0])), sent(sheets.pdf([None]))
    assert "TỆP ĐÚNG NHƯ KHI CẤP" in good and "Trường Chính trị tỉnh" in good and "Thật, còn hiệu lực" in good
    assert "BỊ SỬA SAU KHI KÝ" in changed and "Thật" not in changed
    assert "TỆP KHÔNG CÓ CHỮ KÝ SỐ" in scan
    assert "Lê An" not in good + changed


def test_a_file_made_before_there_was_a_certificate_is_known_by_its_bytes(school, client):
    row = school.printed("Lê An")[0]
    content = (settings().files / row.pdf_path).read_bytes()
    said = [
        text_of(client.post("/c/file", data={"file": (io.BytesIO(one), "a.pdf")}))
        for one in (content, content + b" ")
    ]
    assert "TỆP ĐÚNG NHƯ KHI CẤP" in said[0]
    assert "TỆP KHÔNG CÓ CHỮ KÝ SỐ" in said[1]


def test_threat_29_what_is_no_certificate_is_refused_before_it_is_opened(app, client, monkeypatch):
    monkeypatch.setattr(file_check, "read_files", None)
    monkeypatch.setattr(file_check, "MOST_BYTES", 1000)
    for content in (b"PK\x03\x04", b"%PDF-" + bytes(file_check.MOST_BYTES), b""):
        got = client.post("/c/file", data={"file": (io.BytesIO(content), "a.pdf")})
        assert got.status_code == 422 and "field-error" in got.get_data(as_text=True)


def test_threat_29_one_strangers_file_at_a_time(app, client):
    with file_check._turn:
        got = client.post("/c/file", data={"file": (io.BytesIO(b"%PDF-1.7"), "a.pdf")})
    assert got.status_code == 503
    assert "Tệp khác đang được kiểm tra" in text_of(got)


def test_the_page_explains_an_unknown_signer(client):
    page = text_of(client.get("/c/file"))
    assert "không rõ người ký" in page and "không phải là dấu hiệu giả mạo" in page
