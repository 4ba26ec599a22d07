"""`python -m benchmarks.desk`: a pile at the verify desk. A PDF of thirty pages, and a list of five hundred codes."""

from __future__ import annotations

import io
import os
import tempfile
import time
from datetime import date
from pathlib import Path

from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from benchmarks import wear
from benchmarks.papers import NAMES, an_address, an_official
from certificates.desk import judging
from certificates.desk.scan.reading import PageRead, read_files
from certificates.paper import drawing, qr
from certificates.services.piles import read_text
from lms.cli.context import application
from lms.db import connection, migrating

PAGES, LIST = 30, 500


def main() -> None:
    """Print seconds of the wall clock; aims: 60 for the pages, 15 for the list."""
    with tempfile.TemporaryDirectory(prefix="kimbang-bench-") as folder:
        os.environ |= {"LMS_INSTANCE": folder, "LMS_PUBLIC_URL": "https://kiemtra.example.vn"}
        with application().app_context(), connection():
            migrating.migrate_all()
            people = [an_official(place, name) for place, name in enumerate(NAMES)]
            addresses = [an_address(place, one) for place, one in enumerate(people)]
            codes = [
                wear.cut(drawing.full(one, qr.symbol(an_address(place, one))))
                for place, one in enumerate(people)
            ]
            text = "\n".join(addresses[place % len(addresses)] for place in range(LIST))
            started = time.perf_counter()
            judged = judging.judge([one.reading for one in read_text(text)], date(2025, 4, 2))
            listed = time.perf_counter() - started
        path = Path(folder) / "scans.pdf"
        path.write_bytes(_scans(codes))
        started = time.perf_counter()
        pages = [one for one in read_files([("scans.pdf", path)]) if isinstance(one, PageRead)]
        read = time.perf_counter() - started
    found = sum(bool(one.texts) for one in pages)
    print(f"\nVerify desk: {len(pages)} pages ({found} with a code) in {read:.1f} s (aim: at most 60)")
    print(f"  a list of {len(judged)} codes read and judged in {listed:.2f} s (aim: at most 15)")


def _scans(codes: list[wear.Code]) -> bytes:
    """Pages as a scanner makes them; every tenth without a code."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(595, 842))
    for number in range(PAGES):
        sheet = Image.new("RGB", (1654, 2339), "white")
        if number % 10:
            sheet.paste(
                wear.worn(codes[number % len(codes)], "photocopy", 200, number).convert("RGB"), (150, 1500)
            )
        picture = io.BytesIO()
        sheet.save(picture, "JPEG", quality=80)
        canvas.drawImage(ImageReader(picture), 0, 0, 595, 842)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


if __name__ == "__main__":
    main()
