"""The columns of a nomination list, by the labels agencies write above them."""

from __future__ import annotations

from flask_babel import gettext as _

from lms.importing.headers import Column

PRIMARY = ("name",)
NUMBER = "number"
BIRTH = ("birth", "birth_male", "birth_female")
#: Values that may be corrected in the preview.
FIXABLE = ("name", "birth", "cccd", "code", "unit")


def columns() -> tuple[Column, ...]:
    """What a nomination list may contain; titles in the reader's language."""
    return (
        Column("number", _("No. in the list"), ("TT", "STT", "Số TT", "Số thứ tự", "No")),
        Column("name", _("Full name"), ("Họ và tên", "Họ tên", "Họ, tên", "Họ và tên khai sinh", "Full name"), required=True),
        Column(
            "birth",
            _("Date of birth"),
            ("Ngày tháng năm sinh", "Ngày sinh", "Năm sinh", "Sinh ngày", "Ngày, tháng, năm sinh", "Date of birth"),
        ),
        Column("birth_male", _("Date of birth (men)"), _under("Nam")),
        Column("birth_female", _("Date of birth (women)"), _under("Nữ")),
        Column("gender", _("Gender"), ("Giới tính", "Nam/Nữ", "Gender")),
        Column(
            "cccd",
            _("Citizen id"),
            ("Số CCCD", "CCCD", "Căn cước công dân", "Số căn cước", "Số định danh cá nhân", "Mã định danh", "CMND/CCCD"),
        ),
        Column(
            "position",
            _("Position"),
            ("Chức vụ, chức danh", "Chức vụ", "Chức danh", "Chức vụ, đơn vị công tác", "Chức vụ hiện nay", "Position"),
        ),
        Column(
            "unit",
            _("Unit"),
            ("Đơn vị công tác", "Đơn vị", "Cơ quan, đơn vị", "Cơ quan công tác", "Nơi công tác", "Unit"),
        ),
        Column("code", _("Staff code"), ("Mã CB", "Mã cán bộ", "Mã CBCCVC", "Mã số cán bộ", "Mã công chức", "Staff code")),
        Column("planning", _("Succession planning"), ("Quy hoạch", "Diện quy hoạch")),
        Column("remark", _("Remark"), ("Ghi chú", "Remark")),
    )  # fmt: skip


def _under(gender: str) -> tuple[str, ...]:
    return tuple(
        f"{over} / {gender}" for over in ("Ngày tháng năm sinh", "Ngày sinh", "Năm sinh", "Sinh ngày")
    )
