"""A Department officer who keeps the records in order, and one person on record twice."""

from datetime import date

import pytest

from tests.certificates.school import found_school


@pytest.fixture
def department(make):
    return make.user("department_officer")


@pytest.fixture
def justice(make):
    return make.organisation("so-tu-phap", name="Sở Tư pháp", kind="department")


@pytest.fixture
def home(make):
    return make.organisation("so-noi-vu", name="Sở Nội vụ", kind="department")


@pytest.fixture
def kept(make, justice):
    return make.official("Lê Thị Hoà", justice, birth_year=1985, code="012345", gender="F")


@pytest.fixture
def gone(make, justice):
    return make.official("Lê Thị Hòa", justice, birth_date=date(1985, 4, 2), cccd="038185123456")


@pytest.fixture
def school(make, frozen):
    """A school that issues certificates; the clock stands at 2 April 2025."""
    with frozen(date(2025, 4, 2)):
        yield found_school(make)
