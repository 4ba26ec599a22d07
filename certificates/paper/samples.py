"""Made-up papers to try a design on: the longest name we know and the shortest, and how they look."""

from __future__ import annotations

import base64
import io
from datetime import date
from typing import Any

import pypdfium2
from PIL import ImageDraw

from certificates.errors import SelfTestFailed
from certificates.paper import drawing, html, qr, selftest
from certificates.paper.design import Box, Design
from certificates.paper.values import Values, day
from certificates.token.digits import to_digits
from lms.config import settings

LONGEST, SHORTEST = "Nguyễn Phúc Công Huyền Tôn Nữ Hoàng Ngân Khánh", "Lê An"
#: Bytes in the code beside the id: of the longest name with many posts, and of the shortest.
_BYTES = {"longest": 160, "shortest": 95}
_SEEN = 96


def sample(kind: str, which: str) -> Values:
    """A paper of nobody: `which` is longest or shortest, in every line."""
    longest = which == "longest"
    return Values(
        template_version=1, id16=("w" if longest else "1") * 16, kind=kind, name=LONGEST if longest else SHORTEST,
        birth=date(1980, 12, 28) if longest else 1980, serial="TCT888888" if longest else "TCT000001",
        register_text="888/2025" if longest else "001/2025", grade="Trung bình khá" if longest else "",
        position="Phó Trưởng phòng Tổ chức - Hành chính" if longest else "",
        unit="Văn phòng Uỷ ban nhân dân tỉnh" if longest else "",
        programme_title="Bồi dưỡng kiến thức, kỹ năng lãnh đạo, quản lý cấp phòng và tương đương" if longest else "Kỹ năng số",
        programme_title_en="Training programme for division-level leaders and managers" if longest else "",
        periods=160 if longest else None, class_code="LDQL-CP-2025-01" if longest else "KNS-1",
        from_date=date(2025, 3, 3), to_date=date(2025, 3, 28),
        issuer_superior="Uỷ ban nhân dân tỉnh" if longest else "", issuer_name="Trường Chính trị tỉnh", issuer_name_en="",
        place="Thành phố Hồ Chí Minh" if longest else "Huế",
        signatory_title="KT. HIỆU TRƯỞNG\nPHÓ HIỆU TRƯỞNG" if longest else "HIỆU TRƯỞNG", signatory_name="Nguyễn Thị Phương Thảo",
        issued_on=date(2025, 12, 28) if longest else date(2025, 4, 2),
    )  # fmt: skip


def address(which: str, id16: str) -> str:
    """An address as long as on such a paper; nothing verifies there."""
    raw = bytes((place * 37 + 11) % 256 for place in range(_BYTES[which]))
    return f"{settings().base_url}/c/{id16}#{to_digits(raw)}"


def drawn(design: Design, kind: str, which: str) -> bytes:
    """The sample as PDF, marked as a sample and with a code that leads nowhere."""
    values = sample(kind, which)
    symbol = qr.symbol(address(which, values.id16))
    return drawing.marked(drawing.full(values, symbol, design))


def seen(design: Design, kind: str, which: str) -> str:
    """The sample as a picture (data address), with the areas kept free drawn in: the seal and the largest code."""
    values = sample(kind, which)
    pdf = drawing.full(values, qr.symbol(address(which, values.id16)), design)
    picture = pypdfium2.PdfDocument(pdf)[0].render(scale=_SEEN / 72).to_pil().convert("RGB")
    pen = ImageDraw.Draw(picture)
    for name, box in design.areas():
        if name == "seal":
            pen.ellipse(_edges(box), outline="#c23b3b", width=2)
        if name == "qr":
            pen.rectangle(_edges(box), outline="#2f6fde", width=1)
    file = io.BytesIO()
    picture.quantize(128).save(file, "PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


def examine(design: Design, kind: str) -> None:
    """Draw the longest and the shortest paper and read both as strangers would. Raises SelfTestFailed with the reason.

    Every needed line is in the text, all on one page, the code reads back, and nothing is printed in its white margin.
    """
    for which in _BYTES:
        values = sample(kind, which)
        url = address(which, values.id16)
        symbol = qr.symbol(url)
        made = drawing.full(values, symbol, design)
        selftest.embedded(made, values.serial)
        selftest.check(made, values, url)
        selftest.says(
            made,
            [day(values.birth), values.programme_title, values.signatory_name, html.host(), *values.signatory_title.split("\n")],
        )  # fmt: skip
        _margin(made, design, symbol)


def _margin(made: bytes, design: Design, symbol: qr.Symbol) -> None:
    """White all round the code, four modules wide; nothing else of its picture's place is printed on."""
    picture = selftest.picture(pypdfium2.PdfDocument(made)[0], selftest.FINE)
    unit, edge = selftest.FINE / 25.4, (qr.QUIET_ZONE - 0.5) * qr.PITCH_MM
    side = symbol.side_mm
    left, top = design.code_left, design.code_bottom - side
    strips = (
        (left, top, left + side, top + edge),
        (left, top + side - edge, left + side, top + side),
        (left, top, left + edge, top + side),
        (left + side - edge, top, left + side, top + side),
    )
    for strip in strips:
        pixels: Any = picture.crop(
            (round(strip[0] * unit), round(strip[1] * unit), round(strip[2] * unit), round(strip[3] * unit))
        ).getextrema()
        if pixels[0] < 250:
            raise SelfTestFailed("Something is printed in the white margin of the QR code.")


def _edges(box: Box) -> tuple[float, float, float, float]:
    unit = _SEEN / 25.4
    return (box.left * unit, box.top * unit, box.right * unit, box.bottom * unit)
