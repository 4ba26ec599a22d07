"""The public check: verdicts, masks, what an insider may try, and what it costs."""

from __future__ import annotations

import html
import json
import re
from datetime import date, datetime
from types import SimpleNamespace

import flask_babel
import pytest
from flask import g

from certificates import keyset, page, queries, services, verification
from certificates.hookspecs import CertificateField
from certificates.keyset import pinned
from certificates.models import FILLED_ONCE, Certificate, Key, StatusChange
from certificates.paper.values import values_of
from certificates.token import address, read_address, typed_code
from certificates.token.base32 import decode
from lms import clock
from lms.db import db, is_postgresql
from lms.plugins import hookimpl
from lms.plugins.registry import registry
from tests.certificates.school import other_value

DECISION = {"decision_no": "15/QĐ-TCT", "decided_on": date(2025, 4, 2)}


def band(page: str) -> str:
    """The title of the verdict a reader without JavaScript sees."""
    return re.search(r'verdict-title">([^<]*)<', page).group(1)


def words(page: str) -> str:
    visible = re.sub(r"<script.*?</script>|<template.*?</template>", " ", page, flags=re.S)
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", visible).split()))


@pytest.fixture
def row(school):
    return school.issued("Nguyễn Thị Phương Thảo")[0]


def test_without_the_fragment_the_page_says_the_status_and_masks_the_name(client, row):
    answer = client.get(f"/c/{row.id16}")
    page = answer.text
    assert answer.status_code == 200
    assert band(page) == "CÓ TRONG SỔ, CÒN HIỆU LỰC"
    assert "N***** T** P***** T***" in words(page)
    for private in ("Phương", "Thảo", "01/02/1980", "1980-02-01"):
        assert private not in page
    assert (answer.headers["Cache-Control"], answer.headers["Referrer-Policy"]) == ("no-store", "no-referrer")
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert "Set-Cookie" not in answer.headers


def test_a_page_that_was_shown_before_gets_the_new_time(client, row):
    with clock.frozen(datetime(2025, 4, 2, 9, 0)):
        assert "02/04/2025 09:00" in words(client.get(f"/c/{row.id16}").text)
    with clock.frozen(datetime(2025, 4, 3, 14, 5)):
        later = words(client.get(f"/c/{row.id16}").text)
    assert "03/04/2025 14:05" in later
    assert "09:00" not in later


def test_what_happens_to_a_certificate_shows_on_the_next_look(client, school, row):
    look = lambda: band(client.get(f"/c/{row.id16}").text)  # noqa: E731
    assert look() == "CÓ TRONG SỔ, CÒN HIỆU LỰC"
    services.suspend(row, by=school.head, **DECISION)
    assert look() == "ĐANG TẠM ĐÌNH CHỈ"
    _drop_triggers()
    Certificate.update(programme_title="Lớp khác").where(Certificate.id == row.id).execute()
    assert look() == "HỒ SƠ BỊ SỬA ĐỔI"


def test_a_key_withdrawn_after_the_page_was_shown_counts_at_once(client, row):
    client.get(f"/c/{row.id16}")
    services.withdraw_key(Key.get(Key.kid == row.kid), by=None, reason="thử")
    assert band(client.get(f"/c/{row.id16}").text) == "CHỮ KÝ THẬT, CHƯA XÁC NHẬN ĐƯỢC TRẠNG THÁI"


def test_nothing_of_one_certificate_stays_in_the_page_of_another(client, school):
    first, second = school.issued("Nguyễn Văn An", "Trần Thị Bình")
    client.get(f"/c/{first.id16}")
    page = client.get(f"/c/{second.id16}").text
    assert "zq7" not in page
    assert f"next=/c/{second.id16}" in page
    for own in (first.id16, first.serial, first.register_text, "N***** V** A*"):
        assert own not in page


def test_the_page_speaks_the_readers_language(app, client, row):
    vietnamese = client.get(f"/c/{row.id16}").text
    with app.test_request_context(headers={"Cookie": "kb_language=en"}):
        flask_babel.refresh()
        english = page.verdict_page(verification.look_up(row.id16, date(2025, 4, 2))).decode()
    assert (band(vietnamese), band(english)) == ("CÓ TRONG SỔ, CÒN HIỆU LỰC", "ON RECORD AND IN FORCE")


@pytest.fixture
def graded(school):
    """A certificate with a classification, which a plugin gave."""

    @hookimpl
    def certificate_fields(memberships):
        return [CertificateField(one.id, "grade", "Giỏi") for one in memberships]

    registry.add_answers("courses_grades", SimpleNamespace(certificate_fields=certificate_fields))
    registry.found["courses_grades"] = registry.found["courses"]
    yield school.issued("Nguyễn Thị Phương Thảo")[0]
    registry.remove_answers("courses_grades")
    del registry.found["courses_grades"]


def test_threat_04_every_printed_fact_is_on_the_page(client, graded):
    """Level and days are what people alter on paper."""
    text = words(client.get(f"/c/{graded.id16}").text)
    facts = (
        "Bồi dưỡng lãnh đạo, quản lý cấp phòng", "03/03/2025", "28/03/2025", "160 tiết", graded.class_code, graded.serial,
        graded.register_text, "Trường Chính trị tỉnh", "Thanh Hoá", "02/04/2025", "Trần Hiệu Trưởng", "Xếp loại Giỏi",
    )  # fmt: skip
    for fact in facts:
        assert fact in text, fact
    assert "Đối chiếu với bản giấy" in text
    printed = values_of(graded)
    for line in ("programme_title_en", "issuer_superior", "issuer_name_en", "signatory_title"):
        assert getattr(printed, line) in text, line
    assert printed.issuer_superior and printed.signatory_title and "Tiêu đề CHỨNG CHỈ" in text


def test_the_page_carries_what_a_device_needs_to_verify_by_itself(client, row):
    page = client.get(f"/c/{row.id16}").text
    given = json.loads(re.search(r'id="signed">(.*?)</script>', page, re.S).group(1))
    assert given["record"] == verification.look_up(row.id16, date(2025, 4, 2)).text
    assert [key["kid"] for key in json.loads(given["keyset"]["document"])["keys"]] == [row.kid]
    assert f'data-root="{pinned.root().pin}"' in page
    assert "name" not in json.loads(given["record"])


@pytest.mark.parametrize(
    ("deed", "title", "sentence"),
    [
        ("revoke", "ĐÃ THU HỒI", "Thu hồi từ ngày 02/04/2025 theo Quyết định số 15/QĐ-TCT"),
        ("supersede", "ĐÃ ĐƯỢC THAY THẾ", "Chứng chỉ khác đã thay thế từ ngày 02/04/2025"),
        ("suspend", "ĐANG TẠM ĐÌNH CHỈ", "tạm đình chỉ từ ngày 02/04/2025"),
    ],
)
def test_red_pages_say_what_to_do(client, school, row, deed, title, sentence):
    more = {"ground": 2} if deed == "revoke" else {}
    who = {"by": school.head} if deed == "suspend" else school.two
    made = getattr(services, deed)(row, **who, **DECISION, **more)
    page = client.get(f"/c/{row.id16}").text
    assert band(page) == title
    assert "Không chấp nhận bản giấy này" in words(page) or "không chấp nhận bản giấy này" in words(page)
    assert sentence in words(page)
    if deed == "supersede":
        assert made.id16 not in page
        assert made.serial not in page


def test_an_unsigned_certificate_is_never_green(client, school):
    row = school.issued("An", signed=False)[0]
    page = client.get(f"/c/{row.id16}").text
    assert band(page) == "CHƯA KÝ XONG"
    assert row.serial not in page


def test_a_withdrawn_key_makes_the_status_unconfirmed(client, school, row):
    services.withdraw_key(Key.get(Key.kid == row.kid), by=None, reason="thử")
    assert band(client.get(f"/c/{row.id16}").text) == "CHỮ KÝ THẬT, CHƯA XÁC NHẬN ĐƯỢC TRẠNG THÁI"


def test_threat_19_unknown_and_malformed_ids_get_the_same_answer(client, school):
    unknown, malformed = client.get("/c/" + "z" * 16), client.get("/c/khong-phai-ma")
    assert (unknown.status_code, malformed.status_code) == (404, 404)
    assert band(unknown.text) == "KHÔNG CÓ TRONG SỔ"
    assert unknown.text.replace("z" * 16, "") == malformed.text.replace("khong-phai-ma", "")


def test_capitals_and_typed_codes_in_the_address_lead_to_the_certificate(client, row):
    for text in (
        row.id16.upper(),
        typed_code(decode(row.id16)),
        typed_code(decode(row.id16)).replace("0", "o"),
    ):
        assert client.get(f"/c/{text}").headers["Location"].endswith(f"/c/{row.id16}")


CHECKED = sorted(
    set(Certificate._meta.fields)
    - {
        *("id", "batch", "klass", "membership", "official", "programme", "register", "edition", "supersedes"),
        *(
            "created_at",
            "name_folded",
            "name_sort",
            "position",
            "unit",
            "signed_at",
            "pdf_path",
            "pdf_sha256",
        ),
        *("printed_at", "id16"),
    }
)


@pytest.mark.parametrize("name", CHECKED)
def test_threat_11_a_changed_column_turns_the_page_red_and_shows_nothing(client, row, name):
    """An insider switches the triggers off and edits a column: no value of the row is shown any more."""
    field = Certificate._meta.fields[name]
    value = b"x" * 120 if name in {"token", "record_signature"} else other_value(row, field)
    _drop_triggers()
    if name == "birth_year":
        Certificate.update(birth_date=None).where(Certificate.id == row.id).execute()
    Certificate.update({field: value}).where(Certificate.id == row.id).execute()
    page = client.get(f"/c/{row.id16}").text
    assert band(page) == "HỒ SƠ BỊ SỬA ĐỔI"
    assert "TCT000" not in page
    assert "N***" not in page


def test_threat_12_a_copied_row_is_never_green(client, row):
    values = {name: value for name, value in row.__data__.items() if name != "id"}
    new = "0123456789abcdef"
    extra = {"id16": new, "serial": "TCT000999", "status_index": 5, "register_number": 99}
    extra |= {"edition": 2, "supersedes": row.id}
    copy = Certificate.insert(**(values | extra)).execute()
    StatusChange.create(certificate=copy, number=1, status="issued", on_date=row.issued_on)
    assert band(client.get(f"/c/{new}").text) == "HỒ SƠ BỊ SỬA ĐỔI"
    unsigned = {name: None for name in FILLED_ONCE}
    other = "0123456789abcdeg"
    extra |= {"id16": other, "serial": "TCT000998", "status_index": 6, "register_number": 98}
    extra |= {"edition": 3, "supersedes": copy}
    copy = Certificate.insert(**(values | unsigned | extra)).execute()
    StatusChange.create(certificate=copy, number=1, status="issued", on_date=row.issued_on)
    assert band(client.get(f"/c/{other}").text) == "CHƯA KÝ XONG"


def test_without_any_status_the_record_counts_as_altered(client, row):
    _drop_triggers()
    StatusChange.delete().execute()
    assert band(client.get(f"/c/{row.id16}").text) == "HỒ SƠ BỊ SỬA ĐỔI"


def test_the_check_costs_one_query(client, row, max_queries):
    keyset.refresh()
    client.get(f"/c/{row.id16}")
    with max_queries(1):
        client.get(f"/c/{row.id16}")


def test_the_page_with_style_and_script_is_light(client, row):
    page = client.get(f"/c/{row.id16}").text
    total = len(page.encode())
    addresses = set(re.findall(r'(?:href|src)="(/[^"#]+\.(?:css|js)[^"]*)"', page))
    addresses |= {
        f"/certificates/static/certificates/{name}.js" for name in ("verifier", "codec", "ed25519", "sha512")
    }
    for one in addresses:
        answer = client.get(one)
        assert answer.status_code == 200, one
        total += len(answer.data)
    assert total <= 100_000, total


def test_the_form_for_a_typed_code_names_the_address_to_compare(client):
    assert f"phải là {page.host()}." in client.get("/c/").text


def test_a_typed_code_needs_the_birth_year_and_shows_the_masked_record(client, row):
    code = typed_code(decode(row.id16))
    found = client.post("/c/", data={"code": code.lower(), "birth_year": "1980"})
    assert (found.status_code, band(found.text)) == (200, "CÓ TRONG SỔ, CÒN HIỆU LỰC")
    assert "Phương" not in found.text
    wrong = client.post("/c/", data={"code": code, "birth_year": "1981"})
    nobody = client.post("/c/", data={"code": typed_code(bytes(10)), "birth_year": "1980"})
    assert (wrong.status_code, nobody.status_code) == (404, 404)
    sentence = "Không có chứng chỉ nào có mã và năm sinh này"
    assert sentence in wrong.text
    assert sentence in nobody.text


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda code: code[:-2], "Mã gồm 17 chữ và số"),
        (lambda code: "U" + code[1:], "Mã không dùng ký tự “U”"),
        (lambda code: code[:-1] + ("0" if code[-1] != "0" else "1"), "Có ký tự nhập sai"),
    ],
)
def test_a_mistyped_code_is_explained_and_kept(client, row, change, sentence):
    typed = change(typed_code(decode(row.id16)))
    answer = client.post("/c/", data={"code": typed, "birth_year": "1980"})
    assert answer.status_code == 422
    assert sentence in html.unescape(answer.text)
    assert f'value="{typed}"' in answer.text


def test_typing_codes_quickly_is_slowed_down(app, client, row):
    app.config["RATELIMIT_ENABLED"] = True
    try:
        codes = [client.post("/c/", data={"code": "x", "birth_year": "1980"}).status_code for _ in range(12)]
    finally:
        app.config["RATELIMIT_ENABLED"] = False
    assert codes[0] == 422
    assert codes[-1] == 429


def test_keys_are_published_for_anybodys_verifier(client, row):
    keyset.refresh()
    document = client.get("/c/keys.json").json
    assert {key["kid"] for key in document["keys"]} == {row.kid}
    title = next(one for one in document["programmes"] if one["number"] == row.programme_number)
    assert title["title"] == row.programme_title
    assert "Nguyễn" not in json.dumps(document, ensure_ascii=False)


def test_threat_20_no_name_in_anything_public(client, school):
    row = school.issued("Hoàng Chim Vàng Anh")[0]
    for path in (f"/c/{row.id16}", f"/c/{row.id16}/counts", "/c/keys.json", "/c/", "/c/zzzzzzzzzzzzzzzz"):
        page = client.get(path)
        assert "Vàng" not in page.text, path
        assert "Hoàng Chim" not in page.text, path


def test_the_printed_address_opens_the_page(client, row):
    _base, identifier, digits = read_address(address("https://kiemtra.example.vn", bytes(row.token)))
    assert identifier == decode(row.id16)
    assert digits.isdigit()


def test_the_register_is_searched_without_accents_in_constant_queries(login, school, max_queries):
    school.issued("Đặng Thị Ánh", "Trần Văn Ba", signed=False)
    desk = login(school.officer)
    page = desk.get("/certificates/?q=dang+anh").text
    assert "Đặng Thị Ánh" in page
    assert "Trần Văn Ba" not in page
    with max_queries(60) as few:
        desk.get("/certificates/")
    school.issued(*("Nguyễn Văn An",) * 20, signed=False)
    with max_queries(len(few)):
        desk.get("/certificates/")


def test_an_agency_sees_only_its_own_people(login, make, school):
    row = school.issued("Nguyễn Văn An", signed=False)[0]
    other = make.organisation()
    stranger = make.user("training_officer", organisation=other)
    own = make.user("training_officer", organisation=row.official.organisation)
    assert login(stranger).get(f"/certificates/{row.id}").status_code == 404
    assert login(own).get(f"/certificates/{row.id}").status_code == 200
    assert login(own).post(f"/certificates/{row.id}/revoke").status_code == 403


def test_the_head_asks_for_a_revocation_on_the_certificates_page(login, school, row):
    desk = login(school.head)
    wrong = desk.post(
        f"/certificates/{row.id}/revoke",
        data={"revoke-decision_no": "7/QĐ", "revoke-decided_on": "2025-04-02"},
    )
    assert wrong.status_code == 422
    assert "Vui lòng chọn một trong năm căn cứ" in wrong.text
    assert 'value="7/QĐ"' in wrong.text
    good = {"revoke-decision_no": "7/QĐ", "revoke-decided_on": "2025-04-02", "revoke-ground": "5"}
    assert desk.post(f"/certificates/{row.id}/revoke", data=good).status_code == 303
    assert queries.history(row)[-1].status == "issued"  # nothing is changed before a second person agrees
    assert "Xem đề nghị của ông/bà" in words(desk.get(f"/certificates/{row.id}").text)


def test_the_class_tab_leads_from_preflight_to_approval(login, school):
    klass = school.closed_class("Nguyễn Văn An", failed=("Lê Trượt",))
    batch = school.prepared(klass)
    page = login(school.officer).get(f"/certificates/classes/{klass.id}").text
    assert "Chuyên cần: 75%" in page
    assert "chờ hiệu trưởng phê duyệt" in page
    assert login(school.officer).post(f"/certificates/batches/{batch.id}/approve").status_code == 403
    desk = login(school.head)
    assert "Phê duyệt và cấp" in desk.get(f"/certificates/classes/{klass.id}").text
    done = desk.post(f"/certificates/batches/{batch.id}/approve", follow_redirects=True)
    assert "1 mới, 0 đã cấp" in done.text
    again = desk.post(f"/certificates/batches/{batch.id}/approve", follow_redirects=True)
    assert "0 mới, 1 đã cấp" in again.text


def test_the_home_of_the_head_shows_what_waits(login, school):
    school.prepared(school.closed_class(code="K77-2025"))
    page = login(school.head).get("/").text
    assert "Lớp chờ phê duyệt" in page
    assert "K77-2025" in page


def _drop_triggers() -> None:
    if is_postgresql():
        for table in ("certificates_certificate", "certificates_status"):
            db.execute_sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        return
    names = [
        row[0] for row in db.execute_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
    ]
    for name in names:
        if name.startswith("certificates_"):
            db.execute_sql(f"DROP TRIGGER {name}")


def test_a_check_reads_nobodys_session(login, school, row, max_queries):
    keyset.refresh()
    signed_in = login(school.head)
    signed_in.get(f"/c/{row.id16}")
    with max_queries(1):
        answer = signed_in.get(f"/c/{row.id16}")
    assert "_login_user" not in g
    assert answer.status_code == 200
