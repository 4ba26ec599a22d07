"""The bulk way of printing: filled papers equal papers drawn in full, and whatever is unusual is drawn in full."""

from __future__ import annotations

import io
import unicodedata
from dataclasses import replace
from datetime import date

import pypdfium2
import pytest
from PIL import ImageChops
from pypdf import PdfReader

from certificates import queries, services
from certificates.paper import drawing, faces, press, qr, render, selftest
from certificates.paper.values import Values
from certificates.preflight import preflight
from certificates.token.digits import to_digits

pytestmark = pytest.mark.once

#: Name, bytes of the token without its id: codes of version 8, 9 and 10.
PEOPLE = {"Lê An": 95, "H'Hen Niê": 99, "Y Bliă Êban": 102, "Trần Đặng Quỳnh Như": 117, "Công Tằng Tôn Nữ Thị Phương Thảo": 140}  # fmt: skip
LONGEST = "Nguyễn Phúc Công Huyền Tôn Nữ Hoàng Ngân Khánh"


def a_paper(**changed: object) -> Values:
    usual = Values(
        template_version=1, id16="3f8k2m9q4r7t1v5x", kind="certificate", name="Nguyễn Văn An", birth=date(1980, 2, 1),
        serial="TCT000001", register_text="001/2025", grade="Giỏi", position="", unit="",
        programme_title="Bồi dưỡng lãnh đạo, quản lý cấp phòng và tương đương",
        programme_title_en="Training programme for division-level leaders and managers", periods=160,
        class_code="LDQL-CP-2025-01", from_date=date(2025, 3, 3), to_date=date(2025, 3, 28),
        issuer_superior="Uỷ ban nhân dân tỉnh", issuer_name="Trường Chính trị tỉnh", issuer_name_en="",
        place="Thanh Hoá", signatory_title="KT. HIỆU TRƯỞNG\nPHÓ HIỆU TRƯỞNG", signatory_name="Trần Hiệu Trưởng",
        issued_on=date(2025, 4, 2),
    )  # fmt: skip
    return replace(usual, **changed)


def an_address(size: int, fill: int = 7) -> str:
    digits = to_digits(bytes((place * fill + size) % 256 for place in range(size)))
    return f"https://kiemtra.example.vn/c/3f8k2m9q4r7t1v5x#{digits}"


_known: list[press.Ready] = []


@pytest.fixture
def ready(app):
    """The layout of the class, learnt once for all tests here."""
    if not _known:
        learnt = press.learnt(a_paper())
        assert learnt is not None
        _known.append(learnt)
    return _known[0]


def pixels(pdf: bytes, dpi: int):
    return pypdfium2.PdfDocument(pdf)[0].render(scale=dpi / 72).to_pil()


@pytest.mark.parametrize("name", PEOPLE)
def test_a_filled_paper_equals_a_full_one_pixel_by_pixel_and_in_its_text(ready, name):
    values, url = a_paper(name=name, grade="Khá", serial="TCT000417", birth=date(1979, 12, 31)), an_address(PEOPLE[name])  # fmt: skip
    symbol = qr.symbol(url)
    filled, full = ready.made(values, symbol), drawing.full(values, symbol)
    for dpi in (150, 300):
        tones = ImageChops.difference(pixels(filled, dpi), pixels(full, dpi)).getextrema()
        assert max(high for _low, high in tones) <= 3, dpi
    selftest.check(filled, values, url)
    selftest.embedded(filled, values.serial)
    texts = [PdfReader(io.BytesIO(file)).pages[0].extract_text().split() for file in (filled, full)]
    assert texts[0] == texts[1]
    assert name in " ".join(texts[0])
    assert " ".join(texts[0]) == unicodedata.normalize("NFC", " ".join(texts[0]))


def test_the_fonts_carry_every_letter_a_name_may_have(ready):
    everything = "".join(letter for letter in faces.ALPHABET if letter.isalpha())
    for start in range(0, len(everything), 24):
        values = a_paper(name=everything[start : start + 24])
        pdf = ready.made(values, qr.symbol(an_address(100)))
        assert values.name in PdfReader(io.BytesIO(pdf)).pages[0].extract_text()


def test_a_file_has_one_revision_and_nothing_of_anybody_else(ready):
    first = ready.made(a_paper(name="Lê An"), qr.symbol(an_address(95)))
    second = ready.made(a_paper(name="Trần Đặng Quỳnh Như"), qr.symbol(an_address(117)))
    for pdf in (first, second):
        assert pdf.count(b"%%EOF") == pdf.count(b"startxref") == 1
    assert "Lê An" not in PdfReader(io.BytesIO(second)).pages[0].extract_text()
    assert PdfReader(io.BytesIO(second)).metadata.title == "TCT000001"


@pytest.mark.parametrize(
    "unusual",
    [{"name": LONGEST}, {"name": "Đặng Łukasz"}, {"grade": "Hoàn thành xuất sắc toàn bộ chương trình"}],
    ids=["too long", "a letter outside the fonts", "a grade of two lines"],
)
def test_what_does_not_fit_is_drawn_in_full(ready, monkeypatch, unusual):
    monkeypatch.setattr(press, "_shelf", press.Shelf())
    monkeypatch.setattr(press, "learnt", lambda values: ready)
    symbol = qr.symbol(an_address(120))
    assert press.printed(a_paper(), symbol) is None  # met for the first time
    assert press.printed(a_paper(), symbol) is not None
    assert press.printed(a_paper(**unusual), symbol) is None
    assert press.printed(a_paper(), symbol) is not None


def test_a_programme_with_an_unusual_letter_keeps_its_own_font(app):
    values, url = a_paper(programme_title="Bồi dưỡng № 7 về kỹ năng"), an_address(110)
    ready = press.learnt(values)
    assert ready is not None
    pdf = ready.made(values, qr.symbol(url))
    assert press.same(pdf, drawing.full(values, qr.symbol(url)), 150)
    selftest.embedded(pdf, values.serial)


def test_a_class_is_drawn_in_full_once_and_filled_from_the_second_paper_on(school, monkeypatch):
    rows = school.issued("Nguyễn An", "Trần Bình", "Phạm Văn Cường", LONGEST)
    monkeypatch.setattr(press, "_shelf", press.Shelf())
    drawn = []
    full = drawing.full
    monkeypatch.setattr(
        drawing, "full", lambda values, symbol: drawn.append(values.name) or full(values, symbol)
    )
    papers = [render.paper(row) for row in rows]
    assert [name for name in drawn if name in {row.name for row in rows[1:]}] == [LONGEST]
    for row, pdf in zip(rows, papers, strict=True):
        assert row.name in PdfReader(io.BytesIO(pdf)).pages[0].extract_text()


#: What a name may not have on its way to a paper: markup, formulas, other alphabets, more than fits.
HOSTILE = ("<script>alert(1)</script>", "=cmd|' /C calc'!A0", "Аn Bình", "漢 An", "An " * 60)
#: Marks nobody sees: they turn the line, hide between letters, or end the text.
UNSEEN = ("\u202e", "\u200b", "\x00")


def test_threat_22_names_reach_the_paper_as_they_are_or_not_at_all(school):
    """Two spellings of one name print alike; what cannot be printed is held back before any number is given."""
    good = [
        unicodedata.normalize("NFD", "Nguyễn Thị Ánh"),
        "H'Hen Niê",
        "Y Bliă Êban",
        "Siu H'Bơ Rơ Châm Krông",
    ]
    klass = school.closed_class(*good)
    for name in [*HOSTILE, *(f"Lê{mark} Ba" for mark in UNSEEN)]:
        school.learner(klass, name[:100])
    assert len(preflight(klass).blocked) == len(HOSTILE)
    services.approve_and_issue(school.prepared(klass), by=school.head)
    rows = queries.of_batch(queries.batches(klass)[0])
    expected = [*(unicodedata.normalize("NFC", name) for name in good), *["Lê Ba"] * len(UNSEEN)]
    assert sorted(row.name for row in rows) == sorted(expected)
    for row in rows:
        services.sign(row)
        pdf = render.paper(type(row).get_by_id(row.id))
        assert row.name in " ".join(PdfReader(io.BytesIO(pdf)).pages[0].extract_text().split())
