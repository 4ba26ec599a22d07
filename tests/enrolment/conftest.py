"""An agency with an officer, a class that takes nominations, and the agencies' sample list."""

from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask_babel import force_locale

from lms import clock
from lms.access import services as access
from lms.demo.nominees import NOMINEES
from lms.importing import sheets
from lms.people import services as people

FIXTURES = Path(__file__).parents[1] / "fixtures"
SAMPLE = "danh-sach-cu-di-hoc.xlsx"


@pytest.fixture(autouse=True)
def _in_march_2025():
    with clock.frozen(date(2025, 3, 1)):
        yield


@pytest.fixture
def english(app):
    """Sentences as the source has them, outside of pages."""
    with force_locale("en"):
        yield


@pytest.fixture
def sample_bytes():
    return (FIXTURES / SAMPLE).read_bytes()


@pytest.fixture
def sample(sample_bytes):
    return sheets.read(sample_bytes, SAMPLE)


@pytest.fixture
def province(make):
    """Organisations and officials that the sample list refers to, an officer of two communes, and the school."""
    top = make.organisation("tinh", name="UBND tỉnh", kind="province")
    named = {
        code: make.organisation(code, name=name, kind=kind, parent=top)
        for code, name, kind in (
            ("xa-hoang-hoa", "UBND xã Hoằng Hoá", "commune"),
            ("xa-hoang-loc", "UBND xã Hoằng Lộc", "commune"),
            ("so-tu-phap", "Sở Tư pháp", "agency"),
            ("vp-ubnd", "Văn phòng UBND tỉnh", "agency"),
        )
    }
    officials = {}
    for code, name, birth, gender, cccd, position, home in NOMINEES:
        exact = date.fromisoformat(birth) if len(birth) == 10 else None
        officials[code] = people.add_official(
            name, named[home], by=None, code=code, birth_date=exact, birth_year=int(birth[:4]), gender=gender,
            cccd=cccd, position=position,
        )  # fmt: skip
    officer = make.user("training_officer", organisation=named["xa-hoang-hoa"])
    access.give_role(officer, "training_officer", organisation=named["xa-hoang-loc"], by=None)
    stranger = make.user("training_officer", organisation=named["so-tu-phap"])
    return SimpleNamespace(
        organisations=named,
        officials=officials,
        officer=officer,
        stranger=stranger,
        school=make.user("academic_officer"),
        klass=make.klass(
            "K05-2025", state="enrolling", title="Bồi dưỡng lãnh đạo, quản lý cấp phòng", capacity=60
        ),
    )


@pytest.fixture
def listed():
    """A list made of lines; the header is that of the agencies."""

    def make_list(*lines, header=("TT", "Họ và tên", "Ngày sinh", "Số CCCD", "Đơn vị công tác", "Mã CB")):
        rows = [header, *lines]
        return sheets.Grid(rows=tuple(tuple(row) + (None,) * (len(header) - len(row)) for row in rows))

    return make_list
