"""The columns of a nomination list, by the labels agencies write above them."""

from __future__ import annotations

from collections.abc import Callable

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lms.importing import values
from lms.importing.columns import ListColumn
from lms.importing.sheets import Cell
from lms.importing.values import Read

PRIMARY = ("name",)
BIRTH = ("birth", "birth_male", "birth_female")
#: Values that may be corrected in the preview.
FIXABLE = ("name", "birth", "cccd", "code", "position", "unit")


def _under(gender: str) -> tuple[str, ...]:
    return tuple(
        f"{over} / {gender}" for over in ("Ngày tháng năm sinh", "Ngày sinh", "Năm sinh", "Sinh ngày")
    )


def _cut(most: int) -> Callable[[Cell], Read[str]]:
    """Text as long as it is stored; what agencies write beyond that says nothing more of the person."""
    return lambda cell: Read(values.text(cell)[:most] or None)


def _planning(cell: Cell) -> Read[str]:
    """Succession planning: which post, or only a mark that there is one."""
    written = values.text(cell)[:400]
    return Read(_("in succession planning") if written.lower() in {"x", "có"} else written or None)


#: What a nomination list may contain.
COLUMNS = (
    ListColumn("name", _l("Full name"), ("Họ và tên", "Họ tên", "Họ, tên", "Họ và tên khai sinh", "Full name"), "name", required=True),
    ListColumn(
        "birth",
        _l("Date of birth"),
        ("Ngày tháng năm sinh", "Ngày sinh", "Năm sinh", "Sinh ngày", "Ngày, tháng, năm sinh", "Date of birth"),
        "birth",
    ),
    ListColumn("birth_male", _l("Date of birth (men)"), _under("Nam"), alternative=True),
    ListColumn("birth_female", _l("Date of birth (women)"), _under("Nữ"), alternative=True),
    ListColumn("gender", _l("Gender"), ("Giới tính", "Nam/Nữ", "Gender"), "gender"),
    ListColumn(
        "cccd",
        _l("Citizen id"),
        ("Số CCCD", "CCCD", "Căn cước công dân", "Số căn cước", "Số định danh cá nhân", "Mã định danh", "CMND/CCCD"),
        "cccd",
    ),
    ListColumn("code", _l("Staff code"), ("Mã CB", "Mã cán bộ", "Mã CBCCVC", "Mã số cán bộ", "Mã công chức", "Staff code"), "code", length=6),
    ListColumn(
        "position",
        _l("Position"),
        ("Chức vụ, chức danh", "Chức vụ", "Chức danh", "Chức vụ, đơn vị công tác", "Chức vụ hiện nay", "Position"),
        _cut(200),
    ),
    ListColumn(
        "unit",
        _l("Unit"),
        ("Đơn vị công tác", "Đơn vị", "Cơ quan, đơn vị", "Cơ quan công tác", "Nơi công tác", "Unit"),
        _cut(200),
    ),
    ListColumn("planning", _l("Succession planning"), ("Quy hoạch", "Diện quy hoạch"), _planning),
    ListColumn("remark", _l("Remark"), ("Ghi chú", "Remark"), _cut(400)),
)  # fmt: skip
