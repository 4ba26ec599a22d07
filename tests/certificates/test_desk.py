"""An appointing officer checks a pile of papers at the verify desk."""

from __future__ import annotations

import html
import re
from datetime import date
from typing import Any

import pytest

from certificates import services
from certificates.desk.models import Pile, PileLine
from certificates.models import Certificate
from certificates.services.piles import forget_old_piles
from certificates.token import address, fragment
from certificates.token.base32 import decode, typed_code
from lms.audit.models import AuditRow
from lms.config import settings
from tests.certificates.make_vectors import STRANGER, public_key, sign
from tests.certificates.test_verifying import _drop_triggers

DECISION = {"decision_no": "15/QĐ-TCT", "decided_on": date(2025, 4, 2)}


@pytest.fixture
def officer(make: Any, school: Any) -> Any:
    return make.user("appointing_officer", organisation=make.organisation("so-noi-vu-thu"))


@pytest.fixture
def desk(login: Any, officer: Any) -> Desk:
    return Desk(login(officer))


class Desk:
    """The page as a scanner and its officer use it."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.pile: int | None = None

    def scan(self, *texts: str) -> str:
        """What the moving part of the page says after these texts."""
        path = f"/certificates/desk/{self.pile}/lines" if self.pile else "/certificates/desk/lines"
        got = self.client.post(path, data={"text": "\n".join(texts), "fragment": "1"})
        self.status = got.status_code
        page = html.unescape(got.get_data(as_text=True))
        found = re.search(r'data-pile-id="(\d+)"', page)
        self.pile = int(found[1]) if found else self.pile
        return page

    def page(self) -> str:
        return html.unescape(self.client.get(f"/certificates/desk/{self.pile}").get_data(as_text=True))

    @property
    def codes(self) -> list[str]:
        return [row.code or "register" for row in PileLine.select().order_by(PileLine.number)]


def code(row: Certificate) -> str:
    return address(settings().base_url, bytes(row.token))


def tone(page: str) -> str:
    return re.search(r'data-tone="(\w*)"', page)[1]


def test_a_scanned_paper_answers_with_name_and_verdict_from_its_signed_data(school, desk):
    row = school.issued("Nguyễn Văn An")[0]
    page = desk.scan(code(row))
    assert tone(page) == "good"
    for fact in ("Thật, còn hiệu lực", "Nguyễn Văn An", "01/02/1980", row.serial, row.programme_title):
        assert fact in page, fact


def test_a_number_alone_does_not_open_the_name_until_the_paper_is_scanned(school, desk):
    row = school.issued("Nguyễn Văn An")[0]
    page = desk.scan(typed_code(decode(row.id16)))
    assert "N***** V** A*" in page and "Nguyễn Văn An" not in page
    page = desk.scan(code(row))
    assert tone(page) == "again"
    assert "Nguyễn Văn An" in page
    assert len(desk.codes) == 1


def test_the_same_paper_twice_is_one_line(school, desk):
    first, second = school.issued("Nguyễn Văn An", "Trần Thị Bình")
    desk.scan(code(first))
    assert tone(desk.scan(code(first))) == "again"
    desk.scan(code(second), code(first), code(second))
    assert desk.codes == ["register", "register"]


def test_what_is_wrong_stands_on_top(school, desk):
    good, revoked, replaced = school.issued("Nguyễn Văn An", "Trần Thị Bình", "Lê Cường")
    services.revoke(revoked, **school.two, ground=1, **DECISION)
    page = desk.scan(code(revoked), code(good))
    assert page.index("Trần Thị Bình") < page.index("Nguyễn Văn An")
    assert "Đã thu hồi" in page and tone(page) == "bad"
    services.supersede(replaced, **school.two, **DECISION)
    page = desk.scan(code(replaced))
    assert page.index("Lê Cường") < page.index("Nguyễn Văn An")
    assert "Đã thay thế" in page


def test_threat_01_02_03_forged_and_swapped_codes_are_red_beside_the_genuine_paper(school, desk):
    row, other = school.issued("Nguyễn Văn An", "Trần Thị Bình")
    raw = bytes(row.token)
    base = f"{settings().base_url}/c/{row.id16}#"
    forged = {
        "own key": fragment(sign(raw[4:-64], STRANGER, public_key(STRANGER, 1).kid)),
        "own key, copied kid": fragment(sign(raw[4:-64], STRANGER, raw[:4])),
        "another paper's digits": fragment(bytes(other.token)),
        "one digit changed": fragment(raw)[:-1] + str((int(fragment(raw)[-1]) + 1) % 10),
    }
    page = desk.scan(code(row), *(base + digits for digits in forged.values()))
    assert desk.codes == ["register", *["forged"] * len(forged)]
    assert page.count("Không phải chứng chỉ thật") >= len(forged)
    assert "Trần Thị Bình" not in page


def test_threat_12_a_signed_code_that_the_register_does_not_know_is_red(school, desk):
    row = school.issued("Nguyễn Văn An")[0]
    raw = bytes(row.token)
    signer = services.signing.keys.signer_for(row.kid)
    from certificates.token import join, message

    body = raw[4:-64].replace(raw[7:17], b"0123456789")
    made = join(raw[:4], body, signer.sign(message(raw[:4], body)))
    page = desk.scan(address(settings().base_url, made))
    assert desk.codes == ["missing"]
    assert "Không có trong sổ" in page and "Nguyễn Văn An" not in page


def test_threat_11_an_altered_record_is_red_and_shows_no_value(school, desk):
    row = school.issued("Nguyễn Văn An")[0]
    scanned = code(row)
    _drop_triggers()
    Certificate.update(grade="Xuất sắc").where(Certificate.id == row.id).execute()
    page = desk.scan(scanned)
    assert tone(page) == "bad"
    assert "Hồ sơ bị sửa đổi" in page
    assert "Nguyễn Văn An" not in page and row.serial not in page


def test_a_foreign_code_is_named_and_nothing_more_of_it_is_kept(desk):
    page = desk.scan("https://evil.example.com/c/0123456789abcdef#Nguyen-Van-An")
    assert tone(page) == "bad"
    assert "evil.example.com" in page and "Mã của nơi khác" in page
    line = PileLine.get()
    assert "Nguyen" not in repr(line.__data__)


def test_what_vietnamese_typing_made_of_a_scan_says_so(desk):
    page = desk.scan("ưưw đâu phải mã")
    assert "Telex" in page and tone(page) == "warn"
    number = PileLine.get().number
    assert desk.client.post(f"/certificates/desk/{desk.pile}/lines/{number}/leave-out").status_code == 303
    assert desk.codes == []


def test_a_line_with_a_verdict_cannot_be_left_out(school, desk):
    desk.scan(code(school.issued("Nguyễn Văn An")[0]))
    desk.client.post(f"/certificates/desk/{desk.pile}/lines/1/leave-out")
    assert desk.codes == ["register"]


def test_five_hundred_at_once_cost_the_same_queries_as_five(school, desk, max_queries):
    rows = school.issued(*["Nguyễn Văn An"] * 40)
    desk.scan(code(rows[0]))
    with max_queries(60) as few:
        desk.scan(*map(code, rows[1:6]))
    unknown = [f"{settings().base_url}/c/{number:016d}" for number in range(460)]
    with max_queries(len(few) + 1):
        page = desk.scan(*map(code, rows[6:]), *unknown)
    assert len(desk.codes) == 500
    assert "460" in page


def test_a_thousand_papers_are_a_pile(desk):
    page = desk.scan(*(f"{settings().base_url}/c/{number:016d}" for number in range(1001)))
    assert desk.status == 409
    assert "1000" in page and PileLine.select().count() == 0


def test_a_pile_is_its_officers_alone(school, desk, login, make):
    desk.scan(code(school.issued("Nguyễn Văn An")[0]))
    other = login(make.user("appointing_officer"))
    assert other.get(f"/certificates/desk/{desk.pile}").status_code == 404
    assert other.post(f"/certificates/desk/{desk.pile}/lines", data={"text": "x"}).status_code == 404
    assert login(make.user("trainee")).get("/certificates/desk").status_code == 403


def test_looking_opens_no_pile_and_each_deed_is_on_record(school, desk):
    assert desk.client.get("/certificates/desk").status_code == 200
    assert Pile.select().count() == 0
    desk.scan(code(school.issued("Nguyễn Văn An")[0]))
    deeds = [row.deed for row in AuditRow.select().where(AuditRow.deed.startswith("certificates.pile"))]
    assert deeds == ["certificates.pile_opened", "certificates.pile_checked"]
    assert "Nguyễn" not in str([row.details for row in AuditRow.select()][-1])


def test_without_script_the_form_leads_to_the_pile(school, desk):
    got = desk.client.post("/certificates/desk/lines", data={"text": code(school.issued("Nguyễn Văn An")[0])})
    assert got.status_code == 303
    page = desk.client.get(got.headers["Location"]).get_data(as_text=True)
    assert "Nguyễn Văn An" in page


def test_only_the_desk_may_run_webassembly(desk):
    assert "'wasm-unsafe-eval'" in desk.client.get("/certificates/desk").headers["Content-Security-Policy"]
    assert "wasm" not in desk.client.get("/").headers["Content-Security-Policy"]


def test_a_pile_nobody_finished_is_forgotten_after_thirty_days(school, desk, frozen):
    desk.scan(code(school.issued("Nguyễn Văn An")[0]))
    with frozen(date(2025, 4, 20)):
        assert forget_old_piles() == 0
    with frozen(date(2025, 5, 10)):
        assert forget_old_piles() == 1
    assert PileLine.select().count() == 0


def test_the_first_paper_can_be_scanned_on_the_home_page(school, desk):
    home = desk.client.get("/").get_data(as_text=True)
    assert 'action="/certificates/desk/lines"' in home
