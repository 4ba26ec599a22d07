"""The second reader of codes: it reads what is printed here, corrects nothing, and a paper it cannot read is not released."""

from __future__ import annotations

import contextlib
from dataclasses import replace

import pytest
import zxingcpp
from PIL import Image

from certificates import services
from certificates.errors import SelfTestFailed
from certificates.models import Certificate
from certificates.paper import qr, reader, render

pytestmark = pytest.mark.once

#: Hosts of which one is all digits: its part of the address becomes an alphanumeric segment.
HOSTS = ("https://vbcc.noivu.gov.vn", "https://192.168.100.100:8000")


def an_address(host: str, digits: int) -> str:
    return f"{host}/c/0a1b2c3d4e5f6g7h#" + ("31415926535897932384626" * 20)[:digits]


def shown(symbol: qr.Symbol, dpi: int, shift: float = 0.0) -> Image.Image:
    """The symbol drawn by itself at so many dots an inch, its edges between two dots."""
    side = round(symbol.side_mm / 25.4 * dpi)
    grey = Image.frombytes("1", (symbol.pixels,) * 2, symbol.bits).convert("L")
    fine = grey.resize((symbol.pixels * 24,) * 2, Image.Resampling.NEAREST)
    scale = fine.width / side
    frame = (scale, 0, -scale * (20 + shift), 0, scale, -scale * (20 + shift))
    return fine.transform((side + 41,) * 2, Image.Transform.AFFINE, frame, Image.Resampling.BILINEAR, fillcolor=255)  # fmt: skip


def with_a_wrong_module(symbol: qr.Symbol) -> qr.Symbol:
    """One dark module white, or the other way round, near the right edge in the middle: a data module."""
    place = (symbol.pixels // 2) * (-(-symbol.pixels // 8)) * 8 + symbol.pixels - qr.QUIET_ZONE - 2
    bits = bytearray(symbol.bits)
    bits[place // 8] ^= 128 >> place % 8
    return replace(symbol, bits=bytes(bits))


@pytest.mark.parametrize("host", HOSTS)
def test_every_version_and_mask_that_may_be_printed_is_read(host, monkeypatch):
    versions = set()
    for number, digits in enumerate((0, 60, 90, 120, 150, 190, 240, 280, 330, 370, 420, 460)):
        url = an_address(host, digits)
        for mask in (number % 8, (number + 4) % 8):
            monkeypatch.setattr(qr, "MASK", mask)
            symbol = qr.symbol(url)
            versions.add(symbol.version)
            for dpi in (150, 300):
                assert reader.read(shown(symbol, dpi, shift=mask / 8), dpi) == url, (symbol.version, mask)
    assert versions >= {4, 6, 7, 8, 9, 10}


def test_nothing_is_corrected():
    url = an_address(HOSTS[0], 300)
    picture = shown(with_a_wrong_module(qr.symbol(url)), 300)
    assert zxingcpp.read_barcode(picture).text == url
    with contextlib.suppress(reader.NotRead):
        assert reader.read(picture, 300) != url


def test_what_is_no_whole_code_is_not_read():
    picture = shown(qr.symbol(an_address(HOSTS[0], 300)), 300)
    for box in ((0, 0, picture.width, picture.height // 2), (60, 0, picture.width, picture.height)):
        with pytest.raises(reader.NotRead):
            reader.read(picture.crop(box), 300)
    with pytest.raises(reader.NotRead):
        reader.read(picture.rotate(180), 300)


def test_a_paper_with_one_wrong_module_is_not_released(school, monkeypatch):
    """A scanner forgives it, and would forgive less of the wear to come."""
    whole = qr.symbol
    monkeypatch.setattr(render.qr, "symbol", lambda url: with_a_wrong_module(whole(url)))
    row = school.issued("Nguyễn Văn An")[0]
    with pytest.raises(SelfTestFailed, match="second reader"):
        services.print_paper(row)
    assert Certificate.get_by_id(row.id).pdf_sha256 is None
