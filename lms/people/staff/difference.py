"""A staff list beside what is on record: row by row what is new, changed, the same, in conflict, or missing."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from flask_babel import gettext as _

from lms import crypto
from lms.access import scope
from lms.importing import headers, rows, sheets, values
from lms.people import queries
from lms.people.history import field_title
from lms.people.models import Official, Organisation
from lms.text import fold

NEW, CHANGED, SAME, LEFT, CONFLICT, ERROR = "new", "changed", "same", "left", "conflict", "error"
#: What an approver may accept.
ACCEPTABLE = (NEW, CHANGED, LEFT, CONFLICT)


@dataclass
class Row:
    """One row of the difference; `number` is the row of the file, or 0 for somebody the list does not name."""

    key: str
    number: int
    status: str
    name: str
    birth: str = ""
    official: int | None = None
    #: [{"title", "old", "new"}], as people read them.
    changes: list[dict[str, str]] = field(default_factory=list)
    #: The values to take over, as the service takes them; dates as ISO text.
    values: dict[str, Any] = field(default_factory=dict)
    note: str = ""
    #: The other record, when the id and the code of the row belong to two.
    other: int | None = None

    def plain(self) -> dict[str, Any]:
        """The row as it is kept."""
        return asdict(self)


def columns() -> tuple[headers.Column, ...]:
    """What a staff list may contain; titles in the reader's language."""
    return (
        headers.Column("number", _("No. in the list"), ("TT", "STT", "Số TT")),
        headers.Column("name", _("Full name"), ("Họ và tên", "Họ tên", "Họ, tên"), required=True),
        headers.Column("birth", _("Birth date"), ("Ngày sinh", "Ngày tháng năm sinh", "Ngày, tháng, năm sinh", "Năm sinh", "Sinh ngày")),
        headers.Column("gender", _("Gender"), ("Giới tính", "Nam/Nữ")),
        headers.Column("cccd", _("Citizen id"), ("Số CCCD", "CCCD", "Căn cước công dân", "Số định danh cá nhân")),
        headers.Column("code", _("Staff code"), ("Mã CB", "Mã cán bộ", "Mã CBCCVC", "Mã số cán bộ", "Mã công chức")),
        headers.Column("position", _("Position"), ("Chức vụ", "Chức danh", "Chức vụ, chức danh", "Chức vụ hiện nay")),
    )  # fmt: skip


def compare(organisation: Organisation, data: bytes, filename: str) -> list[Row]:
    """Every row of the list beside the record, then those whom the list does not name.

    Raises Invalid for a file without a table. Constant number of queries.
    """
    grid = sheets.read(data, filename)
    header = headers.find(grid, columns())
    read = [_read(row) for row in rows.data(rows.body(grid, header, primary=("name",), number="number"))]
    known = _Known(organisation, read)
    judged = [known.judge(one) for one in read]
    return [*judged, *known.missing({one.official for one in judged})]


def _read(row: rows.Row) -> Row:
    name, birth = values.name(row.cells.get("name")), values.birth_date(row.cells.get("birth"))
    gender, cccd = values.gender(row.cells.get("gender")), values.cccd(row.cells.get("cccd"))
    code = values.staff_code(row.cells.get("code"))
    problem = next((one.problem for one in (name, birth, gender, cccd, code) if one.problem), "")
    found: dict[str, Any] = {"full_name": name.value or values.text(row.cells.get("name"))}
    if birth.value:
        found["birth_date"] = birth.value.date.isoformat() if birth.value.date else None
        found["birth_year"] = birth.value.year
    given = {
        "gender": gender.value,
        "cccd": cccd.value,
        "code": code.value,
        "position": values.text(row.cells.get("position")),
    }
    found |= {key: value for key, value in given.items() if value}
    return Row(
        key=str(row.number),
        number=row.number,
        status=ERROR if problem else SAME,
        name=found["full_name"],
        birth=str(birth.value or ""),
        values=found,
        note=problem,
    )


class _Known:
    """What is on record for the names, codes and ids of a list."""

    def __init__(self, organisation: Organisation, read: list[Row]) -> None:
        self.organisation = organisation
        self.inside = scope.subtree(organisation.id)
        hashes = {crypto.keyed_hash(one.values["cccd"]) for one in read if "cccd" in one.values}
        codes = {one.values["code"] for one in read if "code" in one.values}
        self.by_id = {one.cccd_hash: one for one in queries.officials_by(Official.cccd_hash, hashes)}
        self.by_code = {one.code: one for one in queries.officials_by(Official.code, codes)}
        here = Official.select(Official, Organisation).join(Organisation).where(
            Official.organisation.in_(sorted(self.inside)), Official.merged_into.is_null(), Official.active
        )  # fmt: skip
        self.here = list(here.order_by(Official.name_sort, Official.id))
        self.by_name: dict[str, list[Official]] = {}
        for one in self.here:
            self.by_name.setdefault(str(one.name_folded), []).append(one)

    def judge(self, row: Row) -> Row:
        if row.status == ERROR:
            return row
        by_id = self.by_id.get(crypto.keyed_hash(row.values["cccd"])) if "cccd" in row.values else None
        by_code = self.by_code.get(row.values.get("code"))
        if by_id and by_code and by_id.id != by_code.id:
            row.status, row.official, row.other = ERROR, by_id.id, by_code.id
            row.note = _(
                "The citizen id belongs to one record and the staff code to another. Compare the two first."
            )
            return row
        person = by_id or by_code or self._named(row)
        if person is None:
            row.status = NEW
            return row
        return self._beside(row, person)

    def missing(self, named: set[int | None]) -> list[Row]:
        """Those who serve here according to the record and whom the list does not name."""
        return [
            Row(f"left-{one.id}", 0, LEFT, str(one.full_name), str(queries.birth_of(one) or ""), one.id,
                note=_("On record here and not in the list. Left?"))
            for one in self.here
            if one.id not in named
        ]  # fmt: skip

    def _named(self, row: Row) -> Official | None:
        """Somebody here with the same name and an agreeing birth; nobody when two could be meant."""
        found = [
            one
            for one in self.by_name.get(fold(row.name), [])
            if row.values.get("birth_year") in (None, one.birth_year)
            and (not row.values.get("birth_date") or one.birth_date is None
                 or one.birth_date.isoformat() == row.values["birth_date"])
        ]  # fmt: skip
        return found[0] if len(found) == 1 else None

    def _beside(self, row: Row, person: Official) -> Row:
        row.official = person.id
        if person.organisation_id not in self.inside:
            row.status = CONFLICT
            row.note = _(
                "On record at %(name)s. Accepting moves the person here.", name=person.organisation.name
            )
            row.changes.append({"title": field_title("organisation"), "old": str(person.organisation.name), "new": str(self.organisation.name)})  # fmt: skip
            # What another agency keeps about the person is not shown to this one, nor overwritten by it.
            row.values = {"organisation": self.organisation.id, "position": row.values.get("position", "")}
            return row
        for name in ("full_name", "birth_date", "gender", "code", "position"):
            old, new = getattr(person, name), row.values.get(name)
            old_text = old.isoformat() if hasattr(old, "isoformat") else str(old or "")
            if new and new != old_text:
                row.changes.append({"title": field_title(name), "old": old_text or "–", "new": str(new)})
        row.status = CHANGED if row.changes else SAME
        return row
