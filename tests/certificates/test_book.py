"""The register book of a year: every number once, what became of it beside it, as PDF and as a spreadsheet."""

from __future__ import annotations

import io
import os
from datetime import date
from pathlib import Path

import pypdfium2
import pytest
from pypdf import PdfReader

from certificates import services
from certificates.models import Issuer
from certificates.register import book as reading
from certificates.register import book_files
from lms.errors import NotFound
from lms.importing import sheets
from lms.people.models import Official

DECISION = {"decision_no": "15/QĐ-TCT", "decided_on": date(2025, 4, 2)}
NAMES = ("Nguyễn Phúc Công Huyền Tôn Nữ Hoàng Ngân Khánh", "H'Hen Niê", "Đỗ Hữu Trường Giang", "Lê An")


@pytest.fixture
def book(school):
    rows = school.issued(*NAMES)
    services.revoke(rows[0], ground=1, **school.two, **DECISION)
    Official.update(full_name="Lê Ân").where(Official.id == rows[3].official_id).execute()
    services.supersede(rows[3], **school.two, **DECISION)
    services.suspend(rows[1], by=school.head, **DECISION)
    return reading.books_for(school.head)[0]


def words(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


def test_every_number_stands_once_with_what_became_of_it(book, max_queries):
    with max_queries(6):
        lines = list(reading.lines(book))
    assert [line.number for line in lines] == ["001/2025", "002/2025", "003/2025", "004/2025", "005/2025"]
    notes = {line.number: line.notes for line in lines}
    assert sorted(filter(None, notes.values())) == [
        "Thay bằng số 005/2025 từ 02/04/2025, quyết định 15/QĐ-TCT",
        "Thu hồi từ 02/04/2025, quyết định 15/QĐ-TCT",
        "Tạm đình chỉ từ 02/04/2025, quyết định 15/QĐ-TCT",
        "Đính chính cho số 004/2025",
    ]


def test_the_printed_book_has_head_pages_closing_line_and_places_to_sign(book, school):
    made = book_files.pdf(book)
    text = words(made)
    for said in ("CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM", "TRƯỜNG CHÍNH TRỊ TỈNH", "SỔ CẤP CHỨNG CHỈ", "Trang 2/2", "5 chứng chỉ", "từ số 001/2025 đến số 005/2025", "HIỆU TRƯỞNG", "NGƯỜI LẬP"):  # fmt: skip
        assert said in text, said
    for name in (*NAMES[1:], "Lê Ân"):
        assert name in text
    loose = [font for page in PdfReader(io.BytesIO(made)).pages for font in page["/Resources"]["/Font"].values() if "/FontDescriptor" not in font.get_object() and "Helvetica" not in font.get_object()["/BaseFont"]]  # fmt: skip
    assert loose == []
    keep(made, "book")


def test_a_long_book_is_bound_in_volumes_with_numbered_pages(school, monkeypatch):
    monkeypatch.setattr(reading, "VOLUME", 40)
    school.issued(*("Nguyễn Văn An",) * 70, signed=False)
    book = reading.books_for(school.head)[0]
    first, second = (PdfReader(io.BytesIO(book_files.pdf(book, volume))) for volume in (1, 2))
    assert book.volumes == 2
    for reader in (first, second):
        for number, page in enumerate(reader.pages, 1):
            assert f"Trang {number}/{len(reader.pages)}" in page.extract_text()
            assert "Họ và tên" in " ".join(page.extract_text().split()) or number == len(reader.pages)
    assert "quyển 2/2" in " ".join(second.pages[0].extract_text().split())
    assert "041/2025" in second.pages[0].extract_text() and "040/2025" not in second.pages[0].extract_text()
    keep(book_files.pdf(book, 1), "book-long")


def test_the_spreadsheet_has_the_whole_year_under_the_same_heads(book):
    rows = sheets.read(book_files.xlsx(book), "so.xlsx").rows
    head = next(place for place, row in enumerate(rows) if row[0] == "Số vào sổ")
    assert [row[0] for row in rows[head + 1 :]] == [f"00{number}/2025" for number in range(1, 6)]
    assert list(rows[head][-2:]) == ["Ký nhận", "Ghi chú"]


def test_the_books_are_on_their_page_and_come_as_files(book, school, login, make):
    desk = login(school.officer)
    page = desk.get("/certificates/books").text
    address = f"/certificates/books/{book.register.id}/2025"
    assert f"{address}.pdf" in page and f"{address}.xlsx" in page
    assert "/certificates/books" in desk.get("/certificates/").text
    pdf = desk.get(f"{address}.pdf")
    assert (pdf.mimetype, pdf.data[:5]) == ("application/pdf", b"%PDF-")
    assert desk.get(f"{address}.xlsx").data[:2] == b"PK"
    assert desk.get(f"/certificates/books/{book.register.id}/2024.pdf").status_code == 404
    agency = make.user("training_officer", organisation=make.organisation("xa"))
    assert login(agency).get(f"{address}.pdf").status_code == 404


def test_only_books_of_issuers_in_ones_scope_are_shown(book, make):
    agency = make.user("training_officer", organisation=make.organisation("xa"))
    assert reading.books_for(agency) == []
    with pytest.raises(NotFound):
        reading.book_or_404(book.register.id, 2025, agency)
    assert Issuer.select().exists()


def keep(pdf: bytes, name: str) -> None:
    """Pictures of a file for the eye, when asked for."""
    if not os.environ.get("SHOTS"):
        return
    folder = Path(__file__).parents[2] / "var/screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    for number, page in enumerate(pypdfium2.PdfDocument(pdf)):
        page.render(scale=1.4).to_pil().save(folder / f"{name}-{number + 1}.png")
