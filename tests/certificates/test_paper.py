"""The paper: one page, embedded fonts, a code that reads back from print resolution."""

from __future__ import annotations

import hashlib
import io
import zipfile

import pypdfium2
import pytest
import zxingcpp
from PIL import Image
from pypdf import PdfReader

from certificates import keys, keyset, queries, services
from certificates.errors import SelfTestFailed
from certificates.jobs import sign_and_print
from certificates.models import Batch, Certificate
from certificates.paper import qr, render
from certificates.token import address, base32, read_address, typed_code, verify_fragment
from lms import jobs
from lms.config import settings
from lms.jobs import rows as rows_of_work

NAMES = ("Lê An", "H'Hen Niê", "Siu H'Bơ Rơ Châm Krông", "Nguyễn Phúc Công Huyền Tôn Nữ Hoàng Ngân Khánh")


def picture(pdf: bytes, dpi: int) -> Image.Image:
    return pypdfium2.PdfDocument(pdf)[0].render(scale=dpi / 72).to_pil()


def codes(image: Image.Image) -> list[str]:
    return [found.text for found in zxingcpp.read_barcodes(image)]


@pytest.mark.once
@pytest.mark.parametrize("name", NAMES)
def test_the_code_reads_back_from_print_resolution(school, name):
    row = school.issued(name)[0]
    pdf = render.paper(row)
    url = address("https://kiemtra.example.vn", bytes(row.token))
    for dpi in (150, 300):
        assert codes(picture(pdf, dpi)) == [url]
    _base, identifier, digits = read_address(url)
    outcome = verify_fragment(identifier, digits, keyset.book().keys)
    assert outcome.genuine
    assert outcome.token.body.name == name


@pytest.mark.once
@pytest.mark.parametrize("name", NAMES)
def test_every_printed_fact_is_text_on_one_page(school, name):
    row = school.issued(name)[0]
    reader = PdfReader(io.BytesIO(render.paper(row)))
    assert len(reader.pages) == 1
    text = " ".join(reader.pages[0].extract_text().split())
    facts = (
        "CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "CHỨNG CHỈ", name, "01/02/1980",
        row.programme_title, "03/03/2025 – 28/03/2025", row.class_code, "160 tiết", row.serial, row.register_text,
        "kiemtra.example.vn", typed_code(base32.decode(row.id16)), "Thanh Hoá, ngày 02 tháng 4 năm 2025", "HIỆU TRƯỞNG",
        "Trần Hiệu Trưởng",
    )  # fmt: skip
    for fact in facts:
        assert fact in text, fact


@pytest.mark.once
def test_every_font_that_prints_is_embedded(school):
    row = school.issued("Nguyễn Văn An")[0]
    page = PdfReader(io.BytesIO(render.paper(row))).pages[0]
    fonts = {str(font.get_object()["/BaseFont"]) for font in page["/Resources"]["/Font"].values()}
    assert {name.split("+")[-1] for name in fonts} == {
        "/Helvetica",
        "Tinos-Regular",
        "Tinos-Bold",
        "Tinos-Italic",
    }


@pytest.mark.once
def test_the_module_pitch_is_six_dots_at_300_dpi(school):
    row = school.issued("Nguyễn Thị Phương Thảo")[0]
    symbol = qr.symbol(address("https://kiemtra.example.vn", bytes(row.token)))
    assert symbol.version in {8, 9, 10}
    assert symbol.side_mm == pytest.approx((symbol.modules + 8) * 0.508)
    image = picture(render.paper(row), 600).convert("L")
    found = zxingcpp.read_barcodes(image)[0].position
    around = (
        found.top_left.x - 30,
        found.top_left.y - 30,
        found.bottom_right.x + 30,
        found.bottom_right.y + 30,
    )
    left, top, right, bottom = image.crop(around).point(lambda tone: 255 * (tone < 128)).getbbox()
    for pixels in (right - left, bottom - top):
        assert pixels / 600 * 25.4 == pytest.approx(symbol.modules * 0.508, abs=0.06)


@pytest.mark.once
def test_text_and_frame_stay_out_of_the_quiet_zone(school):
    """White all round the code, four modules wide."""
    row = school.issued("Nguyễn Văn An")[0]
    image = picture(render.paper(row), 300).convert("L")
    at = zxingcpp.read_barcodes(image)[0].position
    zone = round(3.5 * 6)
    left, top, right, bottom = at.top_left.x, at.top_left.y, at.bottom_right.x, at.bottom_right.y
    frame = [
        (left - zone, top - zone, right + zone, top - 4),
        (left - zone, bottom + 4, right + zone, bottom + zone),
        (left - zone, top - zone, left - 4, bottom + zone),
        (right + 4, top - zone, right + zone, bottom + zone),
    ]
    for box in frame:
        assert image.crop(box).getextrema()[0] > 250


def test_a_letter_the_font_lacks_is_an_error_not_a_gap(school, monkeypatch):
    row = school.issued("Nguyễn Văn An")[0]
    row.name = "Nguyễn 漢 An"
    with pytest.raises(SelfTestFailed):
        render.paper(row)


def test_what_does_not_fit_on_one_page_is_an_error(school):
    row = school.issued("Nguyễn Văn An")[0]
    row.programme_title_en = "A very long title " * 60
    with pytest.raises(SelfTestFailed):
        render.paper(row)


def test_a_specimen_cannot_be_taken_for_a_certificate(login, school):
    klass = school.closed_class("Nguyễn Văn An")
    pdf = login(school.officer).get(f"/certificates/classes/{klass.id}/sample.pdf").data
    assert "KHÔNG CÓ GIÁ TRỊ" in PdfReader(io.BytesIO(pdf)).pages[0].extract_text()
    assert codes(picture(pdf, 200)) == ["https://kiemtra.example.vn/c/"]


def test_the_batch_is_signed_printed_and_packed_in_register_order(school):
    rows = school.printed("Trần Thị Bình", "Nguyễn Văn An")
    batch = Batch.get_by_id(rows[0].batch_id)
    assert batch.state == "issued"
    for row in rows:
        content = (settings().files / row.pdf_path).read_bytes()
        assert hashlib.sha256(content).hexdigest() == row.pdf_sha256
    run = jobs.JobRun.select().order_by(jobs.JobRun.id.desc()).get()
    with zipfile.ZipFile(run.file_path(f"{batch.klass.code}-{batch.id}.zip")) as archive:
        assert archive.namelist() == ["001-TCT000001.pdf", "002-TCT000002.pdf"]
        assert archive.read("002-TCT000002.pdf") == (settings().files / rows[1].pdf_path).read_bytes()


def test_the_job_goes_on_where_it_stopped(school, monkeypatch):
    batch = school.prepared(school.closed_class("An", "Bình", "Cường"))
    services.approve_and_issue(batch, by=school.head)
    printed = []

    def power_cut(row):
        if len(printed) == 1:
            raise KeyboardInterrupt
        printed.append(row.id)
        return render_paper(row)

    render_paper = render.finished
    run = jobs.JobRun.create(kind="certificates.sign_and_print", title="test", args={})
    with monkeypatch.context() as patched:
        patched.setattr(render, "finished", power_cut)
        with pytest.raises(KeyboardInterrupt):
            sign_and_print(run, batch_id=batch.id)
    half = queries.of_batch(batch)
    assert [bool(row.pdf_sha256) for row in half] == [True, False, False]
    sign_and_print(run, batch_id=batch.id)
    done = queries.of_batch(batch)
    assert all(row.pdf_sha256 for row in done)
    assert [bytes(row.token) for row in done] == [bytes(row.token) for row in half]
    assert done[0].printed_at == half[0].printed_at


def test_a_paper_that_fails_its_test_holds_nobody_else_up_and_is_tried_again(
    school, monkeypatch, login, client
):
    batch = school.prepared(school.closed_class("An", "Bình", "Cường"))
    services.approve_and_issue(batch, by=school.head)
    render_paper, bad = render.finished, queries.of_batch(batch)[1].id

    def paper(row):
        if row.id == bad:
            raise SelfTestFailed("The QR code does not read back.")
        return render_paper(row)

    with monkeypatch.context() as patched:
        patched.setattr(render, "finished", paper)
        jobs.drain()
    run = jobs.JobRun.get_by_id(Batch.get_by_id(batch.id).run_id)
    assert (run.state, rows_of_work.counts(run)) == ("done", {"failed": 1, "done": 2})
    assert Batch.get_by_id(batch.id).state == "approved"
    login(school.head)
    assert "The QR code does not read back." in client.get(f"/jobs/{run.id}").text
    state = client.get(f"/certificates/batches/{batch.id}/state")
    assert state.headers["X-Job-State"] == "failed"
    client.post(f"/jobs/{run.id}/retry")
    jobs.drain()
    assert rows_of_work.counts(run) == {"done": 3}
    assert Batch.get_by_id(batch.id).state == "issued"


def test_nothing_is_released_whose_signature_does_not_verify(school, monkeypatch):
    row = school.issued("An", signed=False)[0]
    other = keys.new_signer()
    wrong = type(
        "Wrong", (), {"kid": bytes.fromhex(school.key.kid), "sign": lambda self, message: other.sign(message)}
    )
    monkeypatch.setattr(keys, "signer_for", lambda kid: wrong())
    with pytest.raises(SelfTestFailed):
        services.sign(row)
    assert Certificate.get_by_id(row.id).token is None


def test_the_papers_of_a_list_are_bound_in_the_order_they_are_handed_out(school, login, client):
    school.printed("Trần Văn Cường", "Lê An", "Phạm Ánh")
    login(school.officer)
    for order, names in (("number", None), ("name", ["Lê An", "Phạm Ánh", "Trần Văn Cường"])):
        answer = client.post("/certificates/print-file", data={"order": order, "year": "2025"})
        run = jobs.JobRun.get_by_id(int(answer.headers["Location"].rsplit("/", 1)[1]))
        jobs.drain()
        run = jobs.JobRun.get_by_id(run.id)
        assert run.state == "done", run.error
        reader = PdfReader(settings().files / run.result["file"])
        texts = [page.extract_text() for page in reader.pages]
        assert len(texts) == 3
        expected = names or [one.name for one in Certificate.select().where(Certificate.pdf_sha256.is_null(False)).order_by(Certificate.register_number)]  # fmt: skip
        assert all(name in text for name, text in zip(expected, texts, strict=True))
        assert [str(one.title).split(" · ")[1] for one in reader.outline] == expected
    assert (
        client.post("/certificates/print-file", data={"year": "1999"})
        .headers["Location"]
        .startswith("/certificates/")
    )
    login(school.make.user("inspector"))
    assert client.post("/certificates/print-file", data={}).status_code == 403


def test_a_batch_is_called_off_between_two_papers_and_goes_on_later(school, monkeypatch):
    batch = school.prepared(school.closed_class("An", "Bình", "Cường"))
    services.approve_and_issue(batch, by=school.head)
    run = Batch.get_by_id(batch.id).run
    paper = render.finished

    def and_stop(row):
        monkeypatch.setattr(jobs.JobRun, "_written", 0.0, raising=False)
        jobs.stop(run.id)
        return paper(row)

    monkeypatch.setattr(render, "finished", and_stop)
    jobs.drain()
    stopped = jobs.JobRun.get_by_id(run.id)
    done = [bool(row.pdf_sha256) for row in queries.of_batch(batch)]
    assert stopped.state == "stopped" and 1 <= sum(done) < 3
    assert Batch.get_by_id(batch.id).state == "approved"
    monkeypatch.setattr(render, "finished", paper)
    services.resume_printing(Batch.get_by_id(batch.id), by=school.officer)
    jobs.drain()
    assert Batch.get_by_id(batch.id).state == "issued"
