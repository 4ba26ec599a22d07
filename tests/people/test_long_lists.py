"""The list by organisation goes straight to any page: what it shows is what sorting everybody would show."""

import pytest

from lms.people import queries
from lms.people.models import Official, Organisation
from lms.testing import counting


@pytest.fixture
def reader(make):
    """Thirty officials in seven organisations; two of these bear one name, one is empty."""
    for number in range(7):
        name = "Phòng Nội vụ" if number in (2, 5) else f"Đơn vị {'DACBEGF'[number]}"
        place = make.organisation(name=name)
        for one in range((0, 9, 3, 7, 4, 6, 1)[number]):
            make.official(f"{'Lê' if one % 2 else 'Trần'} Văn {'ABCDEGHIK'[one]}", place)
    return make.user("department_officer")


@pytest.mark.parametrize("down", [False, True])
@pytest.mark.parametrize("search", ["", "le"])
def test_pages_by_organisation_are_the_whole_list_cut(reader, down, search):
    keys = (Organisation.name_folded, Official.name_sort, Official.id)
    order = [key.desc() if down else key.asc() for key in keys]
    whole = list(queries.officials(reader, search=search).order_by(*order))
    pages = -(-len(whole) // 4)
    shown = [
        queries.officials_page(reader, number, search=search, order=order, per_page=4)
        for number in range(1, pages + 1)
    ]
    assert [row for page in shown for row in page.rows] == whole
    assert {(page.total, page.pages) for page in shown} == {(len(whole), pages)}


def test_nobody_found_is_an_empty_page(reader):
    order = [Organisation.name_folded.asc(), Official.name_sort.asc(), Official.id.asc()]
    page = queries.officials_page(reader, 3, search="khongcoai", order=order)
    assert (page.rows, page.total, page.page) == ([], 0, 1)


def test_the_last_page_asks_as_often_as_the_first(reader):
    order = [Organisation.name_folded.asc(), Official.name_sort.asc(), Official.id.asc()]
    queries.officials_page(reader, 1, order=order)  # roles and organisations of the reader are read once
    costs = set()
    for number in (1, 4, 8):
        with counting() as seen:
            queries.officials_page(reader, number, order=order, per_page=4)
        costs.add(len(seen))
    assert len(costs) == 1
