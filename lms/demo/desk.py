"""What lies on the Department's desk in the demonstration: records in pairs, a merge, the reorganisation of 1 July 2025,
a staff list that waits, requests on personal data, and who saw citizen ids. Loaded last, over everybody's records."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from lms.access import services as access
from lms.access.models import User
from lms.demo import province
from lms.exporting import text
from lms.importing import services as importing
from lms.importing.kinds import kind_or_404
from lms.people import services as people
from lms.people.merging import services as merging
from lms.people.models import Official
from lms.people.privacy import services as privacy
from lms.people.privacy import views
from lms.people.successors import services as successors

if TYPE_CHECKING:
    from lms.demo.loading import Context

#: Old communes and the one each went into on 1 July 2025: code, name, district, new commune.
OLD_COMMUNES = (
    ("tt-but-son", "UBND thị trấn Bút Sơn", "huyen-hoang-hoa", "xa-hoang-hoa"),
    ("xa-hoang-duc", "UBND xã Hoằng Đức", "huyen-hoang-hoa", "xa-hoang-hoa"),
    ("xa-hoang-dai", "UBND xã Hoằng Đại", "huyen-hoang-hoa", "xa-hoang-loc"),
    ("xa-hoang-hai", "UBND xã Hoằng Hải", "huyen-hoang-hoa", "xa-hoang-tien"),
    ("tt-tho-xuan", "UBND thị trấn Thọ Xuân", "huyen-tho-xuan", "xa-tho-xuan"),
    ("tt-muong-lat", "UBND thị trấn Mường Lát", "huyen-muong-lat", "xa-muong-lat"),
)
_NAMES = ("Trịnh Bá Ngọc", "Lưu Thị Nhàn", "Hà Văn Thiện", "Lê Đình Sáu", "Mai Thị Lụa", "Cao Văn Mười")
_POSITIONS = ("Chủ tịch UBND xã", "Công chức Tư pháp – Hộ tịch", "Công chức Văn hoá – Xã hội")
#: Who agrees to what the Department's officer asked for: erasures, for example, take two persons.
SECOND = ("sonoivu2@kimbang.example", "Đỗ Thị Duyệt")
#: The commune whose staff list waits.
_COMMUNE = "xa-hoang-loc"


def load(context: Context, password: str) -> None:
    """Put everything on the desk. Touches no record that another part of the demonstration uses."""
    by = context.users["department_officer"]
    context.users["second_officer"] = access.add_user(
        SECOND[0], SECOND[1], by=None, password=password, roles=("department_officer",)
    )
    reorganise(context, by)
    pairs = duplicates(context, by)
    merging.merge(*pairs[0], reason="Cùng số CCCD trong hai hồ sơ giấy", by=by)
    merging.not_same(*pairs[1], by=by)
    staff_list(context)
    requests(context, by)


def reorganise(context: Context, by: User) -> None:
    """Six communes of before go into the new ones, with the people who served there."""
    known = context.organisations
    made = successors.note(
        "Sắp xếp đơn vị hành chính cấp xã", province.TWO_LEVELS, by=by, source="Nghị quyết 1686/NQ-UBTVQH15"
    )
    staff: list[dict[str, Any]] = []
    for number, (code, name, district, new) in enumerate(OLD_COMMUNES):
        old = people.add_organisation(code, name, "commune", by=None, parent=known[district])
        successors.add_pair(made, old, known[new], by=by)
        for place, position in enumerate(_POSITIONS):
            born = date(1970 + 3 * number + place, 1 + number, 5 + place)
            full_name, code_of = _NAMES[(number + place) % len(_NAMES)], f"31{number:02d}{place:02d}"
            staff.append({"full_name": full_name, "organisation": old, "code": code_of, "birth_date": born, "position": position})  # fmt: skip
    people.add_officials(staff, by=None)
    successors.agree(made, by=by)


def duplicates(context: Context, by: User) -> list[tuple[Official, Official]]:
    """Ten people are on record a second time, as lists of agencies brought them: no citizen id, half the birth date,
    another spelling, a code without its zeros."""
    spare = [one for one in context.officials if one.birth_date and one.cccd_hash][-60::6]
    second = people.add_officials(
        [
            {
                "full_name": _other_spelling(str(one.full_name)) if number % 2 else str(one.full_name),
                "organisation": one.organisation if number % 3 else context.organisations["snv"],
                "birth_date": one.birth_date if number % 4 == 0 else None,
                "birth_year": one.birth_year,
                "position": one.position if number % 3 else "Chuyên viên",
            }
            for number, one in enumerate(spare)
        ],
        by=by,
    )
    return list(zip(spare, second, strict=True))


def _other_spelling(name: str) -> str:
    """The tone mark on the other vowel, as older keyboards put it."""
    for old, new in (("oà", "òa"), ("uý", "úy"), ("uỳ", "ùy"), ("oá", "óa"), ("oè", "òe"), ("uỷ", "ủy")):
        name = name.replace(old, new)
    return name


def staff_list(context: Context) -> None:
    """The commune sends its staff list: promoted, new, elsewhere on record, a citizen id, and two whom it leaves out."""
    place, by = context.organisations[_COMMUNE], context.users["training_officer"]
    here = list(
        Official.select().where(Official.organisation == place, Official.active).order_by(Official.id)
    )
    guest = Official.get(Official.organisation == context.organisations["so-y-te"], Official.active)
    rows: list[list[Any]] = []
    for number, one in enumerate(here[2:], 1):
        position = "Trưởng phòng" if number in {3, 8} else one.position
        rows.append([number, one.full_name, _birth(one), "", one.code or "", position])
    rows.append([len(rows) + 1, guest.full_name, _birth(guest), "", guest.code, "Phó Chủ tịch UBND xã"])
    rows.append([len(rows) + 1, "Nguyễn Thị Hải Yến", "14/09/1996", "038196004321", "", "Công chức Tài chính – Kế toán"])  # fmt: skip
    rows.append([len(rows) + 1, "Lê Công Định", "02/12/1993", "038093008765", "", "Công chức Địa chính"])
    for row in rows:
        person = next((one for one in here if one.code and one.code == row[4] and not one.cccd_hash), None)
        if person is not None:
            row[3] = (
                f"038{0 if person.gender == 'M' else 1}{(person.birth_year or 1980) % 100:02d}{person.id:06d}"
            )
    data = text.table(["STT", "Họ và tên", "Ngày sinh", "Số CCCD", "Mã CB", "Chức vụ"], rows)
    kind = kind_or_404("people.staff")
    draft = importing.take_in(kind, data, "Danh sách nhân sự xã Hoằng Lộc.csv", by=by, target=place.id)
    importing.apply(draft, by=by)


def requests(context: Context, by: User) -> None:
    """One asks for a copy, one for erasure after leaving, one is answered; two views of citizen ids are on record."""
    first, second, third, seen = context.officials[-4:]
    ago = [context.today - timedelta(days=days) for days in (3, 6, 24)]
    privacy.record(
        first, "access", words="Đề nghị cung cấp bản sao dữ liệu của tôi.", received_on=ago[0], by=by
    )
    people.leave(second, by=by, on=ago[2], source="Quyết định nghỉ hưu")
    erasure = privacy.record(second, "erasure", words="Tôi đã nghỉ hưu, đề nghị xoá dữ liệu không còn cần.", received_on=ago[1], by=by)  # fmt: skip
    privacy.propose_erasure(erasure, by=by)
    done = privacy.record(third, "correction", words="Ngày sinh trong hồ sơ sai.", received_on=ago[2], by=by)
    privacy.answer(done, "Đã đối chiếu giấy khai sinh và sửa ngày sinh trong hồ sơ.", by=by)
    people.reveal_cccd(seen, by=by, reason="Đối chiếu danh sách cử đi học")
    views.note_export(
        by, kind="people.officials", title="Cán bộ, công chức, viên chức", arguments={"q": str(seen.full_name)}, rows=1,
        officials=[seen.id],
    )  # fmt: skip


def _birth(one: Official) -> str:
    return one.birth_date.strftime("%d/%m/%Y") if one.birth_date else str(one.birth_year or "")
