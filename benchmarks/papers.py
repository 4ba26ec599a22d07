"""Papers: ours beside xhtml2pdf for each person, a bare reportlab canvas, WeasyPrint and fpdf2, all with the same code.

`python -m benchmarks.papers`: about half a minute; CPU time of this process, a page of A4 each, the QR code included.
"""

from __future__ import annotations

import io
import logging
import os
import tempfile
import time
from collections.abc import Callable
from datetime import date
from functools import cache
from statistics import median

from fpdf import FPDF
from PIL import Image
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from weasyprint import HTML
from weasyprint.text.fonts import FontConfiguration

from certificates.paper import drawing, press, qr, selftest
from certificates.paper.values import Values
from certificates.token import base32
from certificates.token.digits import to_digits
from lms import fonts
from lms.cli.context import application
from lms.db import connection, migrating

ROUNDS = 5
NAMES = (
    "Lê An", "Nguyễn Văn An", "H'Hen Niê", "Y Bliă Êban", "Trần Đặng Quỳnh Như", "Đỗ Hữu Trường Giang",
    "Nguyễn Thị Phương Thảo", "Siu H'Bơ Rơ Châm Krông", "Công Tằng Tôn Nữ Thị Phương Thảo", "Phạm Ngọc Thạch",
)  # fmt: skip


def main() -> None:
    """Measure and print; nothing is left behind."""
    with tempfile.TemporaryDirectory(prefix="kimbang-bench-") as folder:
        os.environ |= {"LMS_INSTANCE": folder, "LMS_PUBLIC_URL": "https://kiemtra.example.vn"}

        with application().app_context(), connection():
            migrating.migrate_all()
            _measure()


def _measure() -> None:
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    logging.getLogger("weasyprint.progress").setLevel(logging.ERROR)
    people = [an_official(place, name) for place, name in enumerate(NAMES)]
    addresses = [an_address(place, one) for place, one in enumerate(people)]
    started = time.process_time()
    ready = press.learnt(people[0])
    assert ready is not None
    learning = (time.process_time() - started) * 1000
    everybody = list(zip(people, addresses, strict=True))
    ways: dict[str, Callable[[], object]] = {
        "ours, filled": lambda: [ready.made(one, qr.symbol(url)) for one, url in everybody],
        "ours, filled and tested": lambda: [
            selftest.check(ready.made(one, qr.symbol(url)), one, url) for one, url in everybody
        ],
        "xhtml2pdf for each": lambda: [drawing.full(one, qr.symbol(url)) for one, url in everybody],
        "bare reportlab canvas": lambda: [_canvas(one, qr.symbol(url)) for one, url in everybody],
        "fpdf2": lambda: [_fpdf(one, qr.symbol(url)) for one, url in everybody],
        "WeasyPrint": lambda: [_weasy(one, qr.symbol(url)) for one, url in everybody],
        "the QR code alone": lambda: [qr.symbol(url) for url in addresses],
    }
    spent: dict[str, list[float]] = {way: [] for way in ways}
    for round_ in range(ROUNDS + 1):
        for way, work in ways.items():
            started = time.process_time()
            work()
            if round_:  # the first loads fonts
                spent[way].append((time.process_time() - started) * 1000 / len(people))
    middle = {way: median(times) for way, times in spent.items()}
    ours = middle["ours, filled"]
    print(
        f"\nPapers of one class, CPU-ms each, medians of {ROUNDS} × {len(people)} (one layout learnt in {learning:.0f} ms)"
    )
    for way, one in sorted(middle.items(), key=lambda item: item[1]):
        print(f"  {way:26}{one:8.2f}")
    naive, canvas = middle["xhtml2pdf for each"] / ours, ours / middle["bare reportlab canvas"]
    in_class = (ours * 200 + learning) / 200
    print(
        f"  {naive:.1f} times less than xhtml2pdf for each (aim: at least 5); {canvas:.2f} of a bare canvas (aim: at most 1.5)"
    )
    print(
        f"  with the learning, in a class of 200: {in_class:.2f}, {middle['xhtml2pdf for each'] / in_class:.1f} times less"
    )


def an_official(place: int, name: str) -> Values:
    return Values(
        template_version=1, id16=base32.path_id(bytes(range(place, place + 10))), kind="certificate", name=name,
        birth=date(1980, 2, 1 + place), serial=f"TCT{place + 1:06d}", register_text=f"{place + 1:03d}/2025", grade="Khá",
        position="", unit="", programme_title="Bồi dưỡng lãnh đạo, quản lý cấp phòng và tương đương",
        programme_title_en="Training programme for division-level leaders and managers", periods=160,
        class_code="LDQL-CP-2025-01", from_date=date(2025, 3, 3), to_date=date(2025, 3, 28),
        issuer_superior="Uỷ ban nhân dân tỉnh", issuer_name="Trường Chính trị tỉnh", issuer_name_en="",
        place="Thanh Hoá", signatory_title="HIỆU TRƯỞNG", signatory_name="Trần Hiệu Trưởng", issued_on=date(2025, 4, 2),
    )  # fmt: skip


def an_address(place: int, one: Values) -> str:
    raw = bytes((number * 37 + place) % 256 for number in range(89 + len(one.name.encode())))
    return f"https://kiemtra.example.vn/c/{one.id16}#{to_digits(raw)}"


def _lines(one: Values) -> list[tuple[str, bool, float, float]]:
    """Text, bold, size, height from the top in millimetres: the same words as on our paper, without any layout."""
    return [
        (one.issuer_name.upper(), True, 12.5, 27), ("CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM", True, 12.5, 22),
        ("Độc lập - Tự do - Hạnh phúc", True, 13, 34), ("CHỨNG CHỈ", True, 38, 60),
        ("Chứng nhận / This is to certify that", False, 13, 70), (one.name, True, 28, 82),
        (f"sinh ngày {one.birth:%d/%m/%Y} / born on", False, 13, 92),
        ("đã hoàn thành chương trình / has completed the programme", False, 13, 100), (one.programme_title, True, 17, 108),
        (one.programme_title_en, False, 9.5, 113), (f"Thời gian: {one.from_date:%d/%m/%Y} – {one.to_date:%d/%m/%Y}", False, 12, 122),
        (f"Lớp: {one.class_code}", False, 12, 127), (f"Thời lượng: {one.periods} tiết   Xếp loại: {one.grade}", False, 12, 132),
        (f"{one.place}, ngày 02 tháng 4 năm 2025", False, 13, 146), (one.signatory_title, True, 13, 152),
        (one.signatory_name, True, 13, 180), (f"{one.code}  Số hiệu: {one.serial}  Số vào sổ: {one.register_text}", False, 9, 188),
    ]  # fmt: skip


def _canvas(one: Values, symbol: qr.Symbol) -> bytes:
    for bold in (False, True):
        if f"bench-{bold}" not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(TTFont(f"bench-{bold}", str(fonts.face(bold=bold).path)))
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(297 * mm, 210 * mm), pageCompression=1)
    for text, bold, size, top in _lines(one):
        canvas.setFont(f"bench-{bold}", size)
        canvas.drawCentredString(148.5 * mm, (210 - top) * mm, text)
    side = symbol.side_mm * mm
    canvas.drawImage(ImageReader(_image(symbol).convert("L")), 22 * mm, 21 * mm, side, side)
    canvas.save()
    return out.getvalue()


def _fpdf(one: Values, symbol: qr.Symbol) -> bytes:
    pdf = FPDF("landscape", "mm", "A4")
    pdf.add_font("Tinos", "", str(fonts.face().path))
    pdf.add_font("Tinos", "B", str(fonts.face(bold=True).path))
    pdf.add_page()
    for text, bold, size, top in _lines(one):
        pdf.set_font("Tinos", "B" if bold else "", size)
        pdf.text((297 - pdf.get_string_width(text)) / 2, top, text)
    pdf.image(_image(symbol).convert("L"), 22, 189 - symbol.side_mm, symbol.side_mm)
    return bytes(pdf.output())


def _weasy(one: Values, symbol: qr.Symbol) -> bytes:
    faces = "".join(
        f"@font-face{{font-family:Tinos;font-weight:{'bold' if bold else 'normal'};src:url({fonts.face(bold=bold).path.as_uri()})}}"
        for bold in (False, True)
    )
    lines = "".join(
        f'<p style="top:{top}mm;font-size:{size}pt;font-weight:{"bold" if bold else "normal"}">{text}</p>'
        for text, bold, size, top in _lines(one)
    )
    page = (
        f"<style>{faces}@page{{size:297mm 210mm;margin:0}}p{{position:absolute;width:297mm;text-align:center;margin:0;"
        f"font-family:Tinos}}img{{position:absolute;left:22mm;bottom:21mm;width:{symbol.side_mm}mm}}</style>"
        f'{lines}<img src="{symbol.data_uri}">'
    )
    return bytes(HTML(string=page).write_pdf(font_config=_fonts()))


@cache
def _fonts() -> FontConfiguration:
    return FontConfiguration()


def _image(symbol: qr.Symbol) -> Image.Image:
    return Image.frombytes("1", (symbol.pixels, symbol.pixels), symbol.bits)


if __name__ == "__main__":
    main()
