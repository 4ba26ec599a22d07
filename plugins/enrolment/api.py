"""Nominating many officials at once, for an agency's own program: first to see, then to apply."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import date
from typing import Annotated

from flask_babel import lazy_gettext as _l

from courses.queries import class_or_404
from lms.access import current_user
from lms.access.guard import acting_user
from lms.api import Api, answer, said, sent
from lms.importing import judging, services, sheets
from lms.importing.kinds import kind_or_404
from lms.importing.preview import Status
from lms.text import clean_line
from plugins.enrolment import queries
from plugins.enrolment.services.nominating import must_enrol

api = Api("enrolment", _l("Nominations"))
bp = api.blueprint

#: Headers as agencies write them, so that a list from a program is judged as any other list is.
_HEADERS = ("TT", "Họ và tên", "Ngày sinh", "Số CCCD", "Mã cán bộ", "Chức vụ", "Đơn vị", "Ghi chú")
#: Rows above the first person: the header.
_ABOVE = 2


@sent
class Nominee:
    full_name: Annotated[str, said(least=2, most=120)]
    birth_date: date | None = None
    birth_year: Annotated[int | None, said(_l("When only the year is known"), least=1920, most=2100)] = None
    citizen_id: Annotated[str, said(_l("Twelve digits; finds the official for certain"), most=12)] = ""
    code: Annotated[str, said(_l("Staff code"), most=20)] = ""
    position: Annotated[str, said(most=200)] = ""
    unit: Annotated[str, said(most=200)] = ""
    remark: Annotated[str, said(most=400)] = ""


@sent
class Nominees:
    people: Annotated[list[Nominee], said(least=1, most=500)]
    dry_run: Annotated[bool, said(_l("true: only say what would happen"))] = True


@answer
class Judged:
    index: Annotated[int, said(_l("Place in the list that was sent, from 0"))]
    full_name: str
    status: Annotated[str, said(_l("new, changed, same, conflict, error or skipped"))]
    reason: Annotated[str, said(most=1000)]


@answer
class Nominated:
    applied: bool
    nominated: int
    rows: list[Judged]


@api.post(
    "/classes/<int:class_id>/nominations", queries.NOMINATE, _l("Nominate officials: dry run, then apply")
)
def nominate(class_id: int, body: Nominees) -> Nominated:
    klass = class_or_404(class_id, current_user)
    must_enrol(klass)
    kind, user, data = kind_or_404(_KIND), acting_user(), _as_list(body.people)
    assert user is not None  # behind a permission
    names = [one.full_name for one in body.people]
    if body.dry_run:
        reading = judging.read(kind, sheets.read(data, _FILE))
        preview = judging.judge(kind, reading, by=user, target=klass).preview
        rows = [(row.number, row.status, row.reason) for row in preview.rows]
        return Nominated(False, len(preview.applicable), _rows(rows, names))
    draft = services.take_in(kind, data, _FILE, by=user, target=klass.id)
    result = services.apply(draft, by=user)
    outcomes = [(row.number, row.status, row.sentence) for row in result.outcomes]
    return Nominated(True, result.counts["new"], _rows(outcomes, names))


#: The kind of list it is, and the name it is kept under.
_KIND, _FILE = "enrolment.nominate", "api.csv"


def _as_list(people: list[Nominee]) -> bytes:
    text = io.StringIO()
    table = csv.writer(text, quoting=csv.QUOTE_ALL)
    table.writerow(_HEADERS)
    for number, one in enumerate(people, 1):
        cells = (one.full_name, _birth(one), one.citizen_id, one.code, one.position, one.unit, one.remark)
        table.writerow([number, *(clean_line(cell) for cell in cells)])
    return text.getvalue().encode()


def _birth(one: Nominee) -> str:
    return f"{one.birth_date:%d/%m/%Y}" if one.birth_date else str(one.birth_year or "")


def _rows(rows: Iterable[tuple[int, Status, str]], names: list[str]) -> list[Judged]:
    """What became of each person; rows that are none of them (the header) are left out."""
    placed = [(number - _ABOVE, status, reason) for number, status, reason in rows]
    return [
        Judged(place, names[place], str(status), str(reason))
        for place, status, reason in placed
        if 0 <= place < len(names)
    ]
