"""Papers that other institutions issued: two readings, differences, recognition, and what they prove."""

from __future__ import annotations

import io
import os
import re
from datetime import date

import pypdfium2
import pytest
from PIL import Image
from pypdf import PdfWriter

from certificates.errors import SamePerson
from certificates.hooks import eligibility_evidence
from certificates.intake import pages, scans, services
from certificates.intake.models import Intake
from certificates.models import Certificate
from courses.models import Programme
from lms import clock
from lms.audit.models import AuditRow
from lms.errors import Conflict, Invalid
from tests.certificates.test_cases import photo
from tests.certificates.test_verifying import words


@pytest.fixture
def official(make):
    return make.official("Nguyễn Văn An", make.organisation("so-khac", name="Sở Khác"))


@pytest.fixture
def programme(make, school):
    return school.closed_class("Lê Cường").programme


def lines(programme, **values):
    read = {
        "number": "HVHC 00123",
        "name": "Nguyễn Văn An",
        "birth": "01/02/1980",
        "programme": str(programme.id),
        "issuer": "Học viện Hành chính",
        "awarded_on": "2016-05-20",
        "valid_until": "",
    }
    return read | values


def test_two_persons_key_a_paper_and_it_is_recognised_never_ours(login, make, school, official, programme):
    first = login(school.officer)
    sent = first.post(
        f"/certificates/people/{official.id}/recognition",
        data=lines(programme) | {"confidence": "certified", "scan": (photo(), "giay.jpg")},
    )
    assert sent.status_code == 303, words(sent.text)
    row = Intake.get()
    assert "Ông/bà đã nhập giấy này" in words(first.get(sent.location).text)
    assert first.post(sent.location, data=lines(programme)).status_code == 409
    assert eligibility_evidence([official.id], clock.today()) == []

    second = login(make.user("academic_officer"))
    blind = second.get(sent.location).text
    for keyed in ("HVHC 00123", "Học viện Hành chính", "2016"):
        assert keyed not in blind
    assert second.get(f"{sent.location}/scan").mimetype == "image/jpeg"
    second.post(sent.location, data=lines(programme, number="HVHC 00132"))
    differs = words(second.get(sent.location).text)
    assert "HVHC 00123" in differs
    assert "HVHC 00132" in differs
    assert "Hai lần nhập khác nhau" in differs
    assert "20/05/2016" in differs
    unchosen = second.post(sent.location, data=lines(programme) | {"programme": "0"})
    assert (unchosen.status_code, "Vui lòng chọn chương trình" in unchosen.text) == (422, True)
    assert eligibility_evidence([official.id], clock.today()) == []
    # Spaces and the way of writing letters are no difference.
    second.post(sent.location, data=lines(programme, number=" HVHC  00123 "))
    row = Intake.get_by_id(row.id)
    assert row.state == "recognised"
    assert "Đã công nhận" in words(second.get(f"/certificates/people/{official.id}").text)
    assert not Certificate.select().where(Certificate.official == official).exists()
    deeds = [one.deed.split("intake_")[1] for one in AuditRow.select() if "intake_" in one.deed]
    assert deeds == ["keyed", "differs", "recognised"]


@pytest.fixture
def row(make, school, official, programme):
    values = lines(programme) | {"awarded_on": date(2016, 5, 20)}
    row = services.take_in(
        official, values, confidence="original", scan=scans.keep(photo()), by=school.officer
    )
    return services.key_again(row, values, by=make.user("academic_officer"))


def test_a_recognised_paper_proves_with_its_own_provenance(official, programme, row):
    (found,) = eligibility_evidence([official.id], date(2025, 4, 2))
    assert (found.kind, found.number, found.programme_code) == ("recognised", "HVHC 00123", programme.code)
    assert (found.awarded_on, found.issued_on) == (date(2016, 5, 20), date(2025, 4, 2))
    assert found.issuer.startswith("Học viện Hành chính (")
    assert found.url.endswith(f"/certificates/recognition/{row.id}")
    assert eligibility_evidence([official.id], date(2025, 4, 1)) == []  # not known here before


def test_a_withdrawn_paper_no_longer_counts_and_did_before(school, official, row):
    with clock.frozen(date(2025, 6, 1)):
        services.end(row, reason="Học viện xác nhận không cấp", by=school.officer)
        with pytest.raises(Conflict):
            services.end(row, reason="nữa", by=school.officer)
    states = [
        eligibility_evidence([official.id], on)[0].status for on in (date(2025, 5, 1), date(2025, 6, 1))
    ]
    assert states == ["issued", "revoked"]


def test_one_person_is_not_two_and_a_picture_is_needed(login, school, official, programme):
    values = lines(programme) | {"awarded_on": date(2016, 5, 20)}
    row = services.take_in(official, values, confidence="copy", scan=scans.keep(photo()), by=school.officer)
    with pytest.raises(SamePerson):
        services.key_again(row, values, by=school.officer)
    with pytest.raises(Invalid):
        services.take_in(
            official,
            values | {"awarded_on": date(2030, 1, 1)},
            confidence="copy",
            scan=scans.keep(photo()),
            by=school.officer,
        )
    sent = login(school.officer).post(
        f"/certificates/people/{official.id}/recognition", data=lines(programme) | {"confidence": "copy"}
    )
    assert sent.status_code == 422
    assert Intake.select().count() == Programme.select().where(Programme.id == programme.id).count() == 1


def test_evidence_of_many_costs_the_same(official, row, max_queries):
    with max_queries(3):
        eligibility_evidence([official.id, *range(10_000, 10_050)], date(2025, 4, 2))


def a_pdf(count=1, size=(595, 842)) -> io.BytesIO:
    """A scan as a copier makes it."""
    document = pypdfium2.PdfDocument.new()
    for _n in range(count):
        document.new_page(*size)
    made = io.BytesIO()
    document.save(made)
    made.seek(0)
    return made


def test_a_pdf_is_shown_beside_the_lines_and_kept_page_by_page(login, make, school, official, programme):
    first = login(school.officer)
    at = f"/certificates/people/{official.id}/recognition"
    shown = first.post(at, data={"look": "1", "scan": (a_pdf(2), "quet.pdf")})
    assert shown.status_code == 200
    pages_of = re.findall(r'<img src="([^"]+)"', shown.text)
    held = re.search(r'name="held"[^>]*value="([^"]+)"', shown.text)[1]
    assert len(pages_of) == 2
    assert first.get(pages_of[1].replace("&amp;", "&")).data.startswith(b"\xff\xd8")
    other = login(make.user("academic_officer"))
    assert other.get(pages_of[0].replace("&amp;", "&")).status_code == 404
    first = login(school.officer)
    # A line that is wrong does not cost the scan.
    wrong = first.post(at, data=lines(programme, number="") | {"confidence": "copy", "held": held})
    assert (wrong.status_code, "quet" in wrong.text, wrong.text.count("<img src")) == (422, False, 2)
    sent = first.post(at, data=lines(programme) | {"confidence": "copy", "held": held})
    assert sent.status_code == 303
    row = Intake.get()
    assert (row.scan_pages, row.scan_path.startswith("certificates/intake/")) == (2, True)
    assert first.get(f"{sent.location}/scan?page=2").mimetype == "image/jpeg"
    assert first.get(f"{sent.location}/scan?page=3").status_code == 404


def test_threat_29_a_pdf_is_bounded_in_bytes_pages_and_pixels(app, tmp_path):
    with pytest.raises(Invalid, match="8 trang"):
        scans.keep(a_pdf(pages.MOST_PAGES + 1))
    with pytest.raises(Invalid, match="không đọc được"):
        scans.keep(io.BytesIO(b"%PDF-1.7\n" + b"x" * 5000))
    with pytest.raises(Invalid, match="20 MB"):
        scans.keep(io.BytesIO(b"%PDF-1.7\n" + bytes(scans.MOST_BYTES)))
    # A page of enormous size is drawn small.
    scan = scans.keep(a_pdf(size=(14_000, 14_000)))
    with Image.open(scans.place(scan.path, 1)) as picture:
        assert max(picture.size) <= pages.LONG_SIDE
    locked = PdfWriter()
    locked.add_blank_page(200, 200)
    locked.encrypt("bi-mat")
    raw = io.BytesIO()
    locked.write(raw)
    raw.seek(0)
    with pytest.raises(Invalid, match="mật khẩu"):
        scans.keep(raw)


def test_scans_that_nobody_keyed_go_after_a_day(app, school, official, programme):
    kept, left = scans.keep(a_pdf(2)), scans.keep(photo())
    values = lines(programme) | {"awarded_on": date(2016, 5, 20)}
    services.take_in(official, values, confidence="copy", scan=kept, by=school.officer)
    for number in (1, 2):
        os.utime(scans.place(kept.path, number), (0, 0))
    fresh = scans.keep(photo())
    os.utime(scans.place(left.path, 1), (0, 0))
    assert scans.forget_left_over() == 1
    assert [scans.place(one.path, 1).exists() for one in (kept, left, fresh)] == [True, False, True]
    assert scans.place(kept.path, 2).exists()
