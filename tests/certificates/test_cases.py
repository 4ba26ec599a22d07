"""Receipts of checks, both truths about posts, and papers that do not fit: a report, its photo, the issuer's answer."""

from __future__ import annotations

import io
import re
from datetime import date, datetime, timedelta

import pytest
from PIL import Image

from certificates import keyset, receipts, services
from certificates.cases import photos
from certificates.cases import services as cases
from certificates.cases.models import Case
from certificates.models import Certificate
from lms import clock
from lms.audit.models import AuditRow
from lms.config import settings
from lms.errors import Conflict, Invalid
from tests.certificates.test_verifying import DECISION, band, words

RECEIPT = re.compile(r"receipt=([0-9A-Z-]{14})")


@pytest.fixture
def row(school):
    return school.issued("Nguyễn Thị Phương Thảo")[0]


def photo(size=(900, 1200), kind="JPEG") -> io.BytesIO:
    """A picture with the place and the device in it, as a telephone makes it."""
    picture, made = Image.new("RGB", size, (200, 180, 90)), io.BytesIO()
    exif = picture.getexif()
    exif[0x010F], exif[0x0112] = "DIEN-THOAI-CUA-TOI", 6
    exif.get_ifd(0x8825)[1] = "N"
    picture.save(made, kind, **({"exif": exif} if kind == "JPEG" else {}))
    made.seek(0)
    return made


# ---------------------------------------------------------------- receipts


def test_a_receipt_confirms_later_what_was_answered_then(client, school, row, max_queries):
    with clock.frozen(datetime(2025, 4, 2, 9, 41)):
        number = RECEIPT.search(client.get(f"/c/{row.id16}").text)[1]
    services.suspend(row, by=school.head, **DECISION)
    with max_queries(0):
        answer = client.get("/c/receipt", query_string={"code": row.id16, "receipt": number.lower()})
    assert answer.status_code == 200
    assert band(answer.text) == "CÓ TRONG SỔ, CÒN HIỆU LỰC"
    assert "02/04/2025 09:41" in words(answer.text).replace("09:41 02/04/2025", "02/04/2025 09:41")
    assert "Thảo" not in answer.text
    assert row.serial not in answer.text
    later = RECEIPT.search(client.get(f"/c/{row.id16}").text)[1]
    told = client.get("/c/receipt", query_string={"code": row.id16, "receipt": later}).text
    assert band(told) == "ĐANG TẠM ĐÌNH CHỈ"


def test_a_receipt_of_another_paper_or_of_nobody_is_refused(client, school):
    first, second = school.issued("Nguyễn Văn An", "Trần Thị Bình")
    number = receipts.number(first.id16, "genuine", datetime(2025, 4, 2, 2))
    assert receipts.confirmed(first.id16, number) == receipts.Receipt("genuine", datetime(2025, 4, 2, 2))
    assert receipts.confirmed(second.id16, number) is None
    for place in (0, 6, 13):
        wrong = number[:place] + ("7" if number[place] != "7" else "8") + number[place + 1 :]
        assert receipts.confirmed(first.id16, wrong) is None
    for text in ("", "x", "1234-5678-90AU", number + "0", "１" * 12):
        answer = client.get("/c/receipt", query_string={"code": first.id16, "receipt": text})
        assert answer.status_code == (404 if text else 200), text


# ---------------------------------------------------------------- posts, twice


@pytest.mark.usefixtures("rules")
def test_threat_33_both_answers_about_posts_are_shown_with_their_dates(client, school):
    row = school.issued("Nguyễn Văn An")[0]
    keyset.refresh()
    same = words(client.get(f"/c/{row.id16}/counts").text)
    assert "Ngày 02/04/2025 (ngày cấp), theo nội dung đã ký" in same
    assert "Quy định đã thay đổi" not in same
    with clock.frozen(date(2026, 5, 1)):
        page = words(client.get(f"/c/{row.id16}/counts").text)
        part = words(client.get(f"/c/{row.id16}/counts?fragment=1").text)
        check = words(client.get(f"/c/{row.id16}").text)
    assert "Chức danh theo luật cũ" in check  # what was signed stays on the check itself
    assert "Ngày 02/04/2025 (ngày cấp), theo nội dung đã ký" in check
    for text in (page, part):
        assert re.search(
            r"Quy định đã thay đổi.*Không còn tính cho, ngày 01/05/2026: .*Chức danh theo luật cũ", text
        )
        assert re.search(r"Tính thêm cho, ngày 01/05/2026: .*Chức danh mới", text)


# ---------------------------------------------------------------- a paper that does not fit


def test_the_history_says_in_words_what_happened_and_when_it_was_entered(client, school, row):
    with clock.frozen(date(2025, 4, 9)):
        services.revoke(row, ground=3, **(DECISION | {"decided_on": date(2025, 4, 3)}), **school.two)
        text = words(client.get(f"/c/{row.id16}").text)
    assert "03/04/2025 Đã thu hồi · Quyết định số 15/QĐ-TCT · bị tẩy xoá" in text
    assert "ghi vào sổ ngày 09/04/2025" in text


def test_a_stranger_reports_and_the_issuer_answers(client, login, school, row):
    page = client.get(f"/c/{row.id16}").text
    assert f'href="/c/{row.id16}/report"' in page
    sent = client.post(
        f"/c/{row.id16}/report",
        data={
            "reason": "grade",
            "note": "Giấy ghi loại Giỏi",
            "contact": "0912 000 000",
            "photo": (photo(), "anh.jpg"),
        },
    )
    assert sent.status_code == 303
    case = Case.get()
    assert (case.verdict, case.certificate_id, case.closed_at) == ("genuine", row.id, None)
    told = client.get(sent.location).text
    assert band(told) == "Đơn vị cấp đã nhận phản ánh"
    for private in ("Thảo", row.serial, "Giỏi", "0912"):
        assert private not in told

    login(school.head)
    home = words(client.get("/").text)
    assert "1 phản ánh chờ trả lời" in home
    listed = client.get("/certificates/reports").text
    assert row.serial in listed
    picture = client.get(f"/certificates/reports/{case.id}/photo")
    assert picture.mimetype == "image/jpeg"
    beside = words(client.get(f"/certificates/reports/{case.id}").text)
    for fact in ("Giấy ghi loại Giỏi", "Nguyễn Thị Phương Thảo", row.register_text):
        assert fact in beside
    answer = {"outcome": "altered", "text": "Bản giấy đã bị tẩy xoá."}
    assert client.post(f"/certificates/reports/{case.id}", data=answer).status_code == 303
    assert client.post(f"/certificates/reports/{case.id}", data=answer).status_code == 409
    told = client.get(sent.location).text
    assert (band(told), "Bản giấy đã bị tẩy xoá." in told) == ("Bản giấy là giả hoặc đã bị sửa đổi", True)
    deeds = [one.deed for one in AuditRow.select() if ".case_" in one.deed]
    assert deeds == ["certificates.case_opened", "certificates.case_answered"]
    assert "phản ánh chờ trả lời" not in words(client.get("/").text)


def test_what_came_with_a_photo_stays_behind():
    kept = photos.redrawn(photo((4200, 3000)))
    with Image.open(io.BytesIO(kept)) as picture:
        assert (picture.format, picture.size) == ("JPEG", (1429, 2000))  # upright, as the telephone said
        assert not picture.getexif()
    assert b"DIEN-THOAI" not in kept
    assert b"Exif" not in kept


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        (lambda: io.BytesIO(b"<svg xmlns='http://www.w3.org/2000/svg'/>"), "không phải ảnh"),
        (lambda: io.BytesIO(photo().getvalue()[:2000]), "không phải ảnh"),
        (lambda: photo((10, 10), "GIF"), "không phải ảnh"),
        (lambda: photo((5000, 4000), "PNG"), "quá nhiều điểm ảnh"),
        (lambda: io.BytesIO(b"\xff\xd8" + b"0" * photos.MOST_BYTES), "lớn hơn 8 MB"),
    ],
    ids=["svg", "cut", "gif", "pixels", "bytes"],
)
def test_threat_29_photos_are_bounded(app, sent, sentence):
    with app.test_request_context(headers={"Cookie": "kb_language=vi"}), pytest.raises(Invalid) as refused:
        photos.redrawn(sent())
    assert sentence in refused.value.fields["photo"]


def test_a_bad_photo_is_explained_beside_its_field_and_opens_nothing(client, row):
    sent = client.post(
        f"/c/{row.id16}/report", data={"reason": "other", "photo": (io.BytesIO(b"MZ"), "x.jpg")}
    )
    assert sent.status_code == 422
    assert "không phải ảnh" in sent.text
    assert not Case.select().exists()
    assert client.post(f"/c/{row.id16}/report", data={"reason": "nonsense"}).status_code == 422


def test_reports_are_slowed_down_and_never_pile_up(app, client, row):
    app.config["RATELIMIT_ENABLED"] = True
    answers = [client.post(f"/c/{row.id16}/report", data={"reason": "other"}) for _time in range(6)]
    assert [one.status_code for one in answers] == [303] * 5 + [429]
    assert "Thử quá nhiều lần" in words(answers[-1].text)
    for _time in range(15):
        cases.report(row, verdict="genuine", reason="other")
    with pytest.raises(Conflict):
        cases.report(row, verdict="genuine", reason="other")
    assert client.get("/c/zzzzzzzzzzzzzzzz/report").status_code == 404
    assert client.get("/c/reports/zzzzzzzzzzzzzzzz").status_code == 404


def test_photo_and_contact_go_after_their_time(school, row):
    case = cases.report(row, verdict="genuine", reason="paper", contact="0912 000 000", photo=photo())
    path = settings().files / case.photo_path
    assert path.exists()
    assert cases.let_go() == 0  # not answered yet
    cases.answer(case, outcome="unclear", text="Không tìm thấy người nộp.", by=school.head)
    with clock.frozen(datetime(2025, 4, 2) + timedelta(days=179)):
        assert cases.let_go() == 0
    with clock.frozen(datetime(2025, 4, 2) + timedelta(days=181)):
        assert cases.let_go() == 1
        assert cases.let_go() == 0
    gone = Case.get_by_id(case.id)
    assert (gone.photo_path, gone.contact, gone.answer) == ("", "", "Không tìm thấy người nộp.")
    assert not path.exists()


def test_only_the_issuer_reads_its_reports(login, make, school, row, max_queries):
    for _time in range(3):
        cases.report(row, verdict="genuine", reason="other")
    officer = make.user("training_officer", organisation=row.official.organisation)
    assert login(officer).get("/certificates/reports").status_code == 403
    head = login(school.head)
    head.get("/certificates/reports")
    with max_queries(14):
        head.get("/certificates/reports")
    assert Certificate.select().count() == 1
