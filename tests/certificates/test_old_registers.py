"""An old register comes as a list: judged row by row, read again at the book by a second person, then recognised."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from certificates.errors import SamePerson
from certificates.hooks import eligibility_evidence
from certificates.intake.models import Intake
from certificates.intake.old import queries, services
from certificates.intake.old.models import OldEntry, OldRegister
from certificates.intake.old.programmes import option, written_out
from certificates.jobs import find_holders_of_old_rows
from certificates.models import Certificate
from courses.catalogue import load_catalogue
from courses.models import Programme
from lms import clock
from lms.audit.models import AuditRow
from lms.errors import Conflict, Invalid
from lms.importing import drafts
from lms.importing import services as imports
from lms.importing.kinds import kind_or_404
from tests.certificates.test_verifying import words

OLD = Path(__file__).parent.parent / "fixtures" / "so-cap-chung-chi-cu-tcvn3.csv"
SAID = (
    "Trung cấp lý luận chính trị - hành chính",
    "BD lãnh đạo cấp phòng",
    "Bồi dưỡng QLNN ngạch chuyên viên",
)


@pytest.fixture
def catalogue(school):
    return load_catalogue()


def sent(data: bytes, by, name="so-cu.csv"):
    return imports.take_in(kind_or_404("certificates.old_register"), data, name, by=by)


def book(rows: str, by) -> OldRegister:
    """A register of a few rows, applied."""
    draft = sent(f"Số vào sổ;Họ và tên;Ngày sinh;Tên chương trình;Ngày cấp;Số hiệu\n{rows}".encode(), by)
    imports.apply(draft, by=by)
    return OldRegister.select().order_by(OldRegister.id.desc()).get()


def as_in_the_list(entry: OldEntry, **other):
    """What a second person types who reads what the list says."""
    said = {name: entry.said(name) for name in ("name", "birth", "number")}
    day = date.fromisoformat(entry.said("awarded_on"))
    return said | {"programme": entry.said("programme") or "0", "awarded_on": day} | other


def read_all(register, by) -> int:
    rows = list(queries.to_read(register))
    for entry in rows:
        services.read_again(OldEntry.get_by_id(entry.id), as_in_the_list(entry), by=by)
    return len(rows)


def test_a_register_in_tcvn3_goes_in_as_it_is(make, school, catalogue, login):
    holder = make.official("Hồ Thị Hiếu", birth_date=date(1977, 4, 16))
    draft = sent(OLD.read_bytes(), school.officer, OLD.name)
    preview = drafts.preview(draft)
    rows = preview.only(None)
    assert (len(rows), preview.facts["encoding"]) == (60, "TCVN3")
    assert {row.status.value for row in rows} == {"new"}
    assert rows[10].values["name"] == "Đặng Thị Ánh"
    assert rows[1].values["to_date"] == "28/10/2017"
    client = login(school.officer)
    page = words(client.get(f"/imports/{draft.key}").text)
    assert "“BD lãnh đạo cấp phòng” (21 dòng)" in page
    for text, code in ((SAID[0], "LLCT-TC"), (SAID[1], "LDQL-PHONG")):
        imports.decide(draft, option(text, catalogue[code].id), True, by=school.officer)
    client.post(f"/imports/{draft.key}/apply")
    register = OldRegister.get()
    entries = {entry.number: entry for entry in queries.rows(register)}
    assert (len(entries), str(register)) == (60, OLD.name)
    assert entries[3].official.id == holder.id
    assert {entry.programme.code for entry in entries.values()} == {"LLCT-TC", "LDQL-PHONG", "QLNN-CV"}
    assert not any(entry.doubted for entry in entries.values())
    assert OldEntry.select().where(OldEntry.drawn).count() == 30
    assert Certificate.select().count() == Intake.select().count() == 0
    assert eligibility_evidence([holder.id], clock.today()) == []

    second = make.user("academic_officer")
    assert read_all(register, second) == 30
    done = services.confirm(register, by=second)
    assert (done.recognised, done.kept) == (1, 59)
    paper = Intake.get()
    assert (paper.official.id, paper.first["number"], paper.programme.code) == (
        holder.id,
        "C39375",
        "LDQL-PHONG",
    )
    assert paper.confidence == ("register" if entries[3].drawn else "sample")
    (proof,) = eligibility_evidence([holder.id], clock.today())
    assert (proof.kind, proof.awarded_on) == ("recognised", date(2017, 10, 28))
    assert "sổ cũ" in proof.issuer.lower()
    seen = words(client.get(f"/certificates/recognition/{paper.id}").text)
    assert "Dòng 3 của danh sách" in seen and "Đã công nhận" in seen
    assert not Certificate.select().exists()
    # What these texts mean is remembered for the next register.
    again = OLD.read_bytes().replace(b"B52282", b"B99999").splitlines(keepends=True)[:2]
    (row,) = drafts.preview(sent(b"".join(again), school.officer)).only(None)
    assert row.facts["programme"] == catalogue["LLCT-TC"].id


def test_who_reads_again_does_not_see_the_list(make, school, catalogue, login):
    register = book("01/A;Nguyễn Văn An;01/02/1980;QLNN-CV;20/05/2016;B 11111\n", school.officer)
    (entry,) = queries.rows(register)
    at = f"/certificates/recognition/registers/{register.id}"
    first = login(school.officer)
    assert "Nguyễn Văn An" in first.get(at).text
    typed = as_in_the_list(entry) | {"awarded_on": "2016-05-20"}
    assert first.post(f"{at}/rows/{entry.id}", data=typed).status_code == 409
    second = login(make.user("academic_officer"))
    for address in (at, f"{at}/rows/{entry.id}"):
        blind = second.get(address).text
        for said in ("Nguyễn Văn An", "B 11111", "20/05/2016", "1980"):
            assert said not in blind
        assert "01/A" in blind
    assert second.post(f"{at}/confirm").status_code == 409
    second.post(f"{at}/rows/{entry.id}", data=typed | {"number": "B 11112"})
    differs = words(second.get(f"{at}/rows/{entry.id}").text)
    assert "B 11111" in differs and "B 11112" in differs and "Hai lần nhập khác nhau" in differs
    # Capitals, one-digit days and the place of a tone mark are no difference.
    last = second.post(f"{at}/rows/{entry.id}", data=typed | {"name": "NGUYỄN VĂN AN", "birth": "1/2/1980"})
    assert last.location.endswith(at)
    assert "Xác nhận" in second.get(at).text
    second.post(f"{at}/confirm")
    assert OldEntry.get().state == "kept"
    make.official("Nguyễn Văn An", birth_date=date(1980, 2, 1))
    second.post(f"{at}/holders")
    assert (OldEntry.get().state, Intake.get().confidence) == ("recognised", "register")
    deeds = [one.deed.split(".old_")[1] for one in AuditRow.select() if ".old_" in one.deed]
    assert deeds == ["entered", "read", "read", "recognised", "holders_found"]


@pytest.fixture
def long(make, school, catalogue):
    """Forty rows, of which thirty are drawn."""
    rows = "".join(
        f"{n:02}/A;Nguyễn Văn An;{1 + n % 28:02}/02/19{50 + n};LLCT-TC;20/05/2016;B{n:05}\n"
        for n in range(40)
    )
    return book(rows, school.officer)


def test_one_mistake_in_the_sample_and_every_row_is_read(make, school, long):
    second = make.user("academic_officer")
    entry = queries.to_read(long).where(OldEntry.drawn).first()
    services.read_again(entry, as_in_the_list(entry, number="B77777"), by=second)
    assert queries.to_read(long).count() == 30
    # The list was right and the second person wrong: the sample holds.
    services.read_again(OldEntry.get_by_id(entry.id), as_in_the_list(entry), by=second)
    assert queries.to_read(long).count() == 29
    other = queries.to_read(long).where(OldEntry.drawn).first()
    services.read_again(other, as_in_the_list(other, number="B88888"), by=second)
    services.read_again(
        OldEntry.get_by_id(other.id), as_in_the_list(other, number="B88888"), by=school.officer
    )
    assert queries.to_read(long).count() == 38
    with pytest.raises(services.NotChecked):
        services.confirm(long, by=second)
    read_all(long, second)
    assert services.confirm(long, by=second).kept == 40


def test_the_first_person_confirms_nothing_and_a_decided_register_stays_so(make, school, long):
    read_all(long, make.user("academic_officer"))
    with pytest.raises(SamePerson):
        services.confirm(long, by=school.officer)
    services.refuse(long, reason="Sổ không có dấu giáp lai", by=school.officer)
    assert set(queries.counts(long)) == {"refused"}
    for deed in (services.confirm, lambda one, by: services.refuse(one, reason="nữa", by=by)):
        with pytest.raises(Conflict):
            deed(long, by=make.user("academic_officer"))


def test_every_row_is_judged_and_duplicates_are_named(make, school, catalogue):
    ours = school.issued("Lê Thị Ba", signed=False)[0]
    person = make.official("Nguyễn Văn An", birth_date=date(1980, 2, 1))
    for _n in range(2):
        make.official("Trần Hai", birth_date=date(1970, 1, 1))
    make.official("Phạm Năm", birth_date=date(1971, 1, 1))
    head = "Họ và tên;Ngày sinh;Tên chương trình;Từ ngày;Đến ngày;Số hiệu\n"
    lines = (
        ("Nguyễn Văn An;01/02/1980;LLCT-TC;;20/05/2016;B1", "new", "Nguyễn Văn An"),
        ("Nguyễn Văn An;01/02/1980;LLCT-TC;;20/05/2016;b1", "conflict", "dòng 2"),
        ("Nguyễn Văn An;01/02/1980;LLCT-TC;;20/05/2018;B2", "new", "Nguyễn Văn An"),
        (f"Lê Thị Ba;01/02/1980;LLCT-TC;;20/05/2016;{ours.serial}", "same", ""),
        (f"Lê Thị Tư;01/02/1980;LLCT-TC;;20/05/2016;{ours.serial}", "conflict", "Lê Thị Ba"),
        ("Trần Hai;01/01/1970;LLCT-TC;;20/05/2016;B3", "conflict", ""),
        ("Phạm Năm;02/01/1971;LLCT-TC;;20/05/2016;B4", "new", ""),
        ("Vũ Sáu;02/01/1971;Nghề làm vườn;;20/05/2016;B5", "new", ""),
        ("Vũ Bảy;02/01/1971;LLCT-TC;21/05/2016;20/05/2016;B6", "error", "trước ngày"),
        ("Vũ Tám;02/01/1971;LLCT-TC;;;B7", "error", ""),
        ("Vũ Chín;02/01/1971;LLCT-TC;;20/05/2036;B8", "error", ""),
        ("Vũ Mười;02/01/1971;LLCT-TC;;20/05/2016;", "error", ""),
    )
    data = (head + "\n".join(line for line, _status, _said in lines) + "\n").encode()
    draft = sent(data, school.officer)
    rows = drafts.preview(draft).only(None)
    assert [row.status.value for row in rows] == [status for _line, status, _said in lines]
    for row, (_line, _status, said) in zip(rows, lines, strict=True):
        assert said in row.reason
    doubts = {row.values["serial"]: row.facts["doubts"] for row in rows if row.applicable}
    assert doubts == {"B1": [], "B2": ["another"], "B4": ["birth"], "B5": ["programme"]}
    imports.apply(draft, by=school.officer)
    again = drafts.preview(sent(data, school.officer)).only(None)
    assert [row.status.value for row in again[:3]] == ["same", "conflict", "same"]
    second = make.user("academic_officer")
    register = OldRegister.get()
    clear = Programme.get(Programme.code == "LLCT-SC").id
    for entry in list(queries.to_read(register)):
        typed = as_in_the_list(entry)
        if "programme" in entry.doubts:
            with pytest.raises(Invalid):
                services.read_again(entry, typed, by=second)
            services.read_again(entry, typed | {"programme": clear}, by=second)
            typed["programme"] = clear
        services.read_again(
            OldEntry.get_by_id(entry.id), typed, by=school.officer if "programme" in entry.doubts else second
        )
    assert not queries.sample_failed(register)
    services.confirm(register, by=second)
    # The same person, programme and number is at the desk already.
    assert Intake.select().where(Intake.official == person).count() == 2
    OldEntry.update(serial="khác").execute()
    (row, *_more) = drafts.preview(sent(data, school.officer)).only(None)
    assert (row.status.value, "cùng người" in row.reason) == ("same", True)


def test_a_list_is_taken_back_until_somebody_began_to_read(make, school, long):
    draft = drafts.by_key(OldRegister.get().draft_key, by=school.officer)
    assert imports.undo(draft, by=school.officer) == 40
    assert not OldRegister.select().exists()
    again = book("01/A;Nguyễn Văn An;01/02/1980;LLCT-TC;20/05/2016;B1\n", school.officer)
    read_all(again, make.user("academic_officer"))
    draft = drafts.by_key(OldRegister.get().draft_key, by=school.officer)
    with pytest.raises(imports.CannotUndo):
        imports.undo(draft, by=school.officer)


def test_a_holder_who_comes_later_is_found_by_the_daily_work(make, school, long):
    second = make.user("academic_officer")
    read_all(long, second)
    services.confirm(long, by=second)
    late = make.official("Nguyễn Văn An", birth_date=date(1952, 2, 3))
    make.official("Nguyễn Văn An", birth_date=date(1999, 2, 3))
    find_holders_of_old_rows()
    find_holders_of_old_rows()
    assert [one.official_id for one in Intake.select()] == [late.id]


def test_an_agency_of_one_department_does_not_see_the_list_of_another(make, school, login, long):
    mine = make.organisation("so-rieng", kind="department")
    OldRegister.update(organisation=make.organisation("so-khac", kind="department")).execute()
    outside = make.user("training_officer", organisation=mine)
    assert login(outside).get(f"/certificates/recognition/registers/{long.id}").status_code == 403
    assert (
        login(make.user("academic_officer")).get(f"/certificates/recognition/registers/{long.id}").status_code
        == 200
    )


def test_reading_many_rows_costs_the_same(make, school, login, long, max_queries):
    client = login(make.user("academic_officer"))
    with max_queries(24):
        page = client.get(f"/certificates/recognition/registers/{long.id}?show=all").text
    assert len(re.findall(r"/rows/\d+", page)) >= 20


@pytest.mark.once
@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("BD QLNN ngạch CV", "boi duong quan ly nha nuoc ngach chuyen vien"),
        ("Bồi dưỡng QLNN ngạch chuyên viên và tương đương", "boi duong quan ly nha nuoc ngach chuyen vien"),
        ("TC LLCT - HC", "tc ly luan chinh tri hc"),
    ],
)
def test_short_forms_are_written_out(text, means):
    assert written_out(text) == means
