"""The demonstration's shelves: blanks, a decision on several certificates, lost papers, papers of others, an old register.

Filled once the papers of the closed classes are signed and printed.
"""

from __future__ import annotations

import io
from collections import Counter
from datetime import date, datetime, time, timedelta
from typing import IO, Any

from certificates import queries, services
from certificates.intake import scans
from certificates.intake import services as intake
from certificates.intake.old import queries as old_queries
from certificates.intake.old import services as old
from certificates.intake.old.models import OldEntry, OldRegister
from certificates.models import Certificate
from certificates.regaining import services as regaining
from certificates.register.models import BlankBatch
from certificates.token import address
from courses.models import Klass, Programme
from lms import approvals, clock
from lms.access.models import User
from lms.config import settings
from lms.crypto import unseal
from lms.demo import Context
from lms.exporting import text
from lms.importing import services as imports
from lms.importing.kinds import kind_or_404
from lms.people.models import Official
from lms.people.queries import birth_of

_SOURCE = "Cơ sở in phôi chứng chỉ (mẫu)"


def fill(context: Context, first: Klass, second: Klass) -> None:
    """Everything that needs printed papers. `first` closed before `second`."""
    head, officer = context.users["school_head"], context.users["academic_officer"]
    _blanks(first, officer)
    _order(first, head, officer)
    papers = queries.of_batch(queries.batches(second)[0])
    _lost(papers, head, officer)
    _access(papers[3])
    _papers_of_others(context, officer)
    _old_registers(context, officer)
    context.note("Blanks, a decision, lost papers, a lost account, papers of others, old registers")


def _blanks(klass: Klass, by: User) -> None:
    """A delivery that was used, spoiled and partly destroyed, and one that waits."""
    batch = queries.batches(klass)[0]
    one = queries.of_batch(batch)[0]
    register, day = one.register, one.issued_on
    with clock.frozen(datetime.combine(day, time(15))):
        used = services.receive_blanks(
            register, "A 000101", 60, received_on=day - timedelta(days=20), by=by, source=_SOURCE, document="05/BB-GN"
        )  # fmt: skip
        taken = services.put_on_blanks(batch, by=by)
        services.spoil(taken[3], reason="misprint", by=by, note="Lệch dòng họ tên")
        services.spoil_unused(used, 159, 160, reason="faulty", by=by, note="Mờ hoa văn")
    with clock.frozen(datetime.combine(day + timedelta(days=30), time(9))):
        services.destroy_blanks(
            BlankBatch.get_by_id(used.id),
            minutes_no=f"02/BB-TCT-{day.year}",
            on_date=day + timedelta(days=30),
            members="Trần Hiệu Trưởng, Nguyễn Thị Giáo Vụ, Vũ Thanh Tra",
            by=by,
        )
        services.spoil(taken[7], reason="damaged", by=by, note="Gấp nếp khi đóng dấu")
    services.receive_blanks(
        register, "A 000201", 50, received_on=clock.today(), by=by, source=_SOURCE, document="11/BB-GN"
    )


def _order(klass: Klass, head: User, officer: User) -> None:
    """One decision that revoked two certificates of a class, carried out by two persons."""
    rows = queries.of_batch(queries.batches(klass)[0])[-2:]
    day = rows[0].issued_on + timedelta(days=75)
    with clock.frozen(datetime.combine(min(day, clock.today()), time(10))):
        order = services.order_revocation(
            klass, ground=1, decision_no=f"34/QĐ-TCT-{day.year}", decided_on=clock.today(), by=officer, note="Gian lận khi làm bài thu hoạch."
        )  # fmt: skip
        services.name_in_order(order, rows, by=officer)
        asked = approvals.latest("certificates.revoke_many", order)
        if asked is not None:
            approvals.approve(asked, by=head)


def _lost(rows: list[Certificate], head: User, officer: User) -> None:
    """One lost paper with the paper given for it, and a request that waits for the head."""
    services.give_substitute(rows[1], reason="lost", by=officer, second=head, note="Đơn trình báo mất ngày 12/5.")  # fmt: skip
    services.ask_for_substitute(rows[2], reason="damaged", by=officer, note="Giấy bị ướt.")


def _access(row: Certificate) -> None:
    """A holder who lost the account asked with paper and card; the request waits for the desk."""
    official = Official.get_by_id(row.official_id)
    if official.cccd_sealed:
        scanned = address(settings().base_url, bytes(row.token or b""))
        regaining.ask(row.id16, scanned, unseal(official.cccd_sealed), "0900 000 000")


def _papers_of_others(context: Context, officer: User) -> None:
    """One recognised, one that waits for its second person."""
    people = _people(context, 2)
    programme = Programme.get(Programme.code == "QLNN-CV")
    for number, person in enumerate(people):
        values = {
            "number": f"HVHC {10_240 + number}",
            "name": person.full_name,
            "birth": str(birth_of(person)),
            "programme": programme.id,
            "issuer": "Học viện Hành chính và Quản trị công",
            "awarded_on": date(2019, 6, 21),
            "valid_until": None,
        }
        row = intake.take_in(person, values, confidence="original", scan=scans.keep(_scan(values)), by=officer)  # fmt: skip
        if number == 0:
            intake.key_again(row, values, by=context.users["department_officer"])


def _old_registers(context: Context, officer: User) -> None:
    """A small register that was read again and confirmed, and one that waits for its second person."""
    people = _people(context, 14)[2:]
    second = context.users["department_officer"]
    done = _sent("so-cap-2016.csv", people[:8], date(2016, 12, 9), officer)
    for entry in list(old_queries.to_read(done)):
        old.read_again(OldEntry.get_by_id(entry.id), _as_written(entry), by=second)
    old.confirm(done, by=second)
    _sent("so-cap-2017.csv", people[8:], date(2017, 11, 24), officer)


def _sent(name: str, people: list[Official], day: date, by: User) -> OldRegister:
    heads = ["Số vào sổ", "Họ và tên", "Ngày sinh", "Tên chương trình", "Ngày cấp", "Số hiệu"]
    rows = [
        [f"{number:03d}/TCT", one.full_name, str(birth_of(one)), "Trung cấp lý luận chính trị", f"{day:%d/%m/%Y}", f"B{day.year}{number:03d}"]
        for number, one in enumerate(people, 1)
    ]  # fmt: skip
    # The last one is in no record yet.
    rows.append([f"{len(rows) + 1:03d}/TCT", "Lò Thị Vắng", "03/03/1965", "Trung cấp lý luận chính trị", f"{day:%d/%m/%Y}", f"B{day.year}900"])  # fmt: skip
    draft = imports.take_in(kind_or_404("certificates.old_register"), text.table(heads, rows), name, by=by)
    imports.apply(draft, by=by)
    found: OldRegister = OldRegister.get(OldRegister.draft_key == draft.key)
    return found


def _as_written(entry: OldEntry) -> dict[str, Any]:
    """What a second person types who finds the row as the list has it."""
    said: dict[str, Any] = {name: entry.said(name) for name in ("name", "birth", "number", "programme")}
    return said | {"awarded_on": date.fromisoformat(entry.said("awarded_on"))}


def _people(context: Context, count: int) -> list[Official]:
    """Officials of the province whom no class uses: from the middle, with a whole birth date and a name of their own."""
    middle = context.officials[len(context.officials) // 2 :]
    names = Counter(one.name_folded for one in context.officials)
    return [one for one in middle if one.birth_date and names[one.name_folded] == 1][:count]


def _scan(values: dict[str, Any]) -> IO[bytes]:
    """A drawn stand-in for the scan of a paper."""
    # The picture library is loaded for the demonstration alone.
    from PIL import Image, ImageDraw, ImageFont  # noqa: PLC0415

    from lms import fonts  # noqa: PLC0415

    picture = Image.new("RGB", (1200, 850), (250, 247, 236))
    pen = ImageDraw.Draw(picture)
    pen.rectangle((30, 30, 1170, 820), outline=(150, 40, 40), width=6)
    lines = ["CHỨNG CHỈ (MẪU)", str(values["name"]), f"Ngày sinh: {values['birth']}", str(values["issuer"])]
    lines += ["Bồi dưỡng quản lý nhà nước ngạch chuyên viên", f"Ngày {values['awarded_on']:%d/%m/%Y}", f"Số hiệu: {values['number']}"]  # fmt: skip
    for place, line in enumerate(lines):
        font = ImageFont.truetype(str(fonts.face(bold=place < 2).path), 54 if place < 2 else 36)
        pen.text((600, 110 + 95 * place), line, fill=(40, 40, 40), font=font, anchor="mm")
    made = io.BytesIO()
    picture.save(made, "JPEG", quality=80)
    made.seek(0)
    return made
