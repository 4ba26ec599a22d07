"""Scans, photos and archives dropped on the verify desk."""

from __future__ import annotations

import html
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import request
from PIL import Image
from pypdf import PdfReader, PdfWriter

from certificates.desk import uploads
from certificates.desk.models import Pile, PileLine
from certificates.desk.scan import decoding, limits
from certificates.desk.scan.reading import FileRefused, PageRead, read_files
from certificates.token import address
from lms.audit.models import AuditRow
from lms.config import settings
from lms.jobs import JobRun
from tests.certificates import sheets

TEXT = "https://vbcc.example.gov.vn/c/0123456789abcdef#" + "12345678901234567" * 16
FOREIGN = "https://evil.example.com/c/0123456789abcdef#1"


def zipped(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., list[Any]]:
    """What the child finds in files, by name and content."""

    def read(files: dict[str, bytes], **options: Any) -> list[Any]:
        places = []
        for number, (name, content) in enumerate(files.items()):
            path = tmp_path / str(number)
            path.write_bytes(content)
            places.append((name, path))
        return list(read_files(places, **options))

    return read


@pytest.mark.once
def test_all_codes_of_all_pages_are_found(read):
    scan = sheets.pdf([sheets.page(TEXT + "1"), sheets.page(TEXT + "2", TEXT + "3"), None])
    found = read({"a.pdf": scan, "b.zip": zipped(photo=sheets.jpeg(sheets.page(TEXT)), c=scan)})
    pages = [one for one in found if isinstance(one, PageRead)]
    assert [(one.label, one.page, len(one.texts)) for one in pages] == [
        ("a.pdf", 1, 1), ("a.pdf", 2, 2), ("a.pdf", 3, 0),
        ("b.zip › photo", 1, 1), ("b.zip › c", 1, 1), ("b.zip › c", 2, 2), ("b.zip › c", 3, 0),
    ]  # fmt: skip
    assert not [one for one in found if isinstance(one, FileRefused)]


@pytest.mark.once
@pytest.mark.parametrize("dpi", [150, 200])
def test_threat_32_a_seal_over_the_code_is_seen_through(dpi):
    sheet = sheets.page(TEXT, dpi=dpi, seal=True)
    assert decoding.quick(sheet.convert("L")) == [], "the seal of this test hides nothing"
    assert decoding.texts(sheet) == [TEXT]


@pytest.mark.once
def test_threat_29_what_is_too_much_is_refused_by_name_and_the_rest_is_read(read):
    blank = PdfWriter()
    for _ in range(1000):
        blank.add_blank_page(width=100, height=100)
    large = io.BytesIO()
    Image.new("1", (10_000, 10_000)).save(large, "PNG")
    many, locked = io.BytesIO(), io.BytesIO()
    blank.write(many)
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(sheets.pdf([None]))))
    writer.encrypt("mat-khau")
    writer.write(locked)
    found = read(
        {
            "100 megapixels.png": large.getvalue(),
            "1000 pages.pdf": many.getvalue(),
            "nested.zip": zipped(inner=zipped(paper=sheets.jpeg(sheets.page(TEXT)))),
            "bomb.zip": zipped(zeros=bytes(limits.MOST_BYTES + 1)),
            "locked.pdf": locked.getvalue(),
            "table.xlsx.pdf": b"%PDF-1.7 nothing of the kind",
            "letter.docx": b"PK\x03\x04 broken",
            "words.txt": "không phải ảnh".encode(),
            "paper.jpg": sheets.jpeg(sheets.page(TEXT)),
        }
    )
    refused = {one.label: one.reason for one in found if isinstance(one, FileRefused)}
    assert refused == {
        "100 megapixels.png": limits.TOO_MANY_PIXELS,
        "1000 pages.pdf": limits.TOO_MANY_PAGES,
        "nested.zip › inner": limits.NESTED,
        "bomb.zip › zeros": limits.TOO_LARGE,
        "locked.pdf": limits.LOCKED,
        "table.xlsx.pdf": limits.UNREADABLE,
        "letter.docx": limits.UNREADABLE,
        "words.txt": limits.UNREADABLE,
    }
    assert [one.label for one in found if isinstance(one, PageRead)] == ["paper.jpg"]


@pytest.mark.once
def test_threat_29_a_child_that_says_nothing_is_ended(read):
    found = read({"a.jpg": sheets.jpeg(sheets.page(TEXT))}, silence=0.001)
    assert found == [FileRefused("a.jpg", limits.TOOK_TOO_LONG)]


@pytest.fixture
def client(login: Any, make: Any) -> Any:
    return login(make.user("appointing_officer"))


def drop(client: Any, **files: bytes) -> Any:
    return client.post(
        "/certificates/desk/files",
        data={"files": [(io.BytesIO(content), name) for name, content in files.items()]},
    )


def test_a_dropped_scan_becomes_lines_and_is_deleted(school, client, deliver):
    row, other = school.issued("Nguyễn Văn An", "Trần Thị Bình")
    codes = [address(settings().base_url, bytes(one.token)) for one in (row, other)]
    card = "038080001234|Nguyễn Văn An|01021980"
    scan = sheets.pdf(
        [
            sheets.page(codes[0], card),
            sheets.page(codes[1], seal=True),
            sheets.page(codes[1], stain=True),
            sheets.page(FOREIGN),
        ]
    )
    got = drop(client, scan=scan, words="không phải ảnh".encode())
    assert got.status_code == 303
    assert list((settings().files / "desk").glob("*/000"))
    deliver()
    lines = [(one.code or "register", one.origin) for one in PileLine.select().order_by(PileLine.number)]
    assert lines == [
        ("register", "scan, trang 1"),
        ("register", "scan, trang 2"),
        ("no_code", "scan, trang 3"),
        ("foreign", "scan, trang 4"),
        ("refused", "words"),
    ]
    assert not list((settings().files / "desk").glob("*"))
    page = html.unescape(client.get(got.headers["Location"]).get_data(as_text=True))
    for said in ("Nguyễn Văn An", "Không có mã đọc được", "evil.example.com", "Không phải PDF, ảnh"):
        assert said in page, said
    assert "038080001234" not in str([one.__data__ for one in PileLine.select()])


def test_threat_06_an_unreadable_code_says_what_to_do(school, client, deliver):
    row = school.issued("Nguyễn Văn An")[0]
    code = address(settings().base_url, bytes(row.token))
    got = drop(client, photo=sheets.jpeg(sheets.page(code, stain=True)))
    deliver()
    page = html.unescape(client.get(got.headers["Location"]).get_data(as_text=True))
    assert "Không có mã đọc được" in page
    assert "Không chấp nhận chỉ dựa vào chữ in" in page


def test_the_same_scan_twice_is_read_once(school, client, deliver):
    scan = sheets.pdf(
        [sheets.page(address(settings().base_url, bytes(school.issued("Nguyễn Văn An")[0].token))), None]
    )
    drop(client, a=scan)
    deliver()
    pile = Pile.get()
    client.post(f"/certificates/desk/{pile.id}/files", data={"files": [(io.BytesIO(scan), "a")]})
    deliver()
    assert PileLine.select().count() == 2
    assert [run.state for run in JobRun.select().where(JobRun.kind == "certificates.read_scans")] == [
        "done",
        "done",
    ]


def test_no_file_is_a_sentence_and_opens_no_pile(client):
    assert client.post("/certificates/desk/files", data={}).status_code == 303
    assert Pile.select().count() == 0
    assert not AuditRow.select().where(AuditRow.deed == "certificates.pile_opened").exists()


@pytest.mark.once
def test_the_desk_takes_sixty_megabytes_and_other_pages_do_not(app):
    rooms = {}
    for path in ("/certificates/desk/files", "/certificates/desk/lines"):
        with app.test_request_context(path, method="POST"):
            app.preprocess_request()
            rooms[path] = request.max_content_length
    assert rooms == {"/certificates/desk/files": 64 * 2**20, "/certificates/desk/lines": 12 * 2**20}


@pytest.mark.once
def test_files_that_a_killed_worker_left_are_deleted_after_a_day(app):
    name = uploads.keep([])
    assert uploads.forget_left_over(hours=1) == 0
    assert uploads.forget_left_over(hours=-1) >= 1
    assert uploads.kept(name) == []
