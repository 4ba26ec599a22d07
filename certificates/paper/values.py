"""What a paper says: the values of one certificate, apart by what a class shares and what belongs to one person."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from certificates.token import base32
from certificates.token.base32 import typed_code

#: What differs from one paper of a class to the next; everything else is the same on all of them.
PERSONAL = ("name", "birth", "serial", "register", "code", "grade", "position", "unit")


@dataclass(frozen=True)
class Values:
    """The printed values of one certificate, frozen in the register or made up for a sample."""

    template_version: int
    id16: str
    kind: str
    name: str
    birth: date | int
    serial: str
    register_text: str
    grade: str
    position: str
    unit: str
    programme_title: str
    programme_title_en: str
    periods: int | None
    class_code: str
    from_date: date
    to_date: date
    issuer_superior: str
    issuer_name: str
    issuer_name_en: str
    place: str
    signatory_title: str
    signatory_name: str
    issued_on: date

    @property
    def birth_date(self) -> date | None:
        """The birth date, when more than the year is known."""
        return self.birth if isinstance(self.birth, date) else None

    @property
    def code(self) -> str:
        """The code for people without a camera."""
        return typed_code(base32.decode(self.id16))

    def personal(self) -> dict[str, str]:
        """The person's own values as they are printed."""
        return {
            "name": self.name,
            "birth": day(self.birth),
            "serial": self.serial,
            "register": self.register_text,
            "code": self.code,
            "grade": self.grade,
            "position": self.position,
            "unit": self.unit,
        }

    def shape(self) -> tuple[Any, ...]:
        """What the layout depends on besides the length of lines: papers of one shape differ in texts alone."""
        shared = replace(
            self, id16="", name="", birth=0, serial="", register_text="", grade="", position="", unit=""
        )
        there = tuple(bool(value) for value in (self.birth_date, self.grade, self.position, self.unit))
        return (*asdict(shared).values(), *there)


def values_of(row: Any) -> Values:
    """The values of a register row."""
    birth = row.birth_date or int(row.birth_year)
    return Values(birth=birth, **{name: getattr(row, name) for name in Values.__dataclass_fields__ if name != "birth"})  # fmt: skip


def day(value: date | int) -> str:
    """A date as printed, 01/02/1980; a year alone as it is."""
    return f"{value:%d/%m/%Y}" if isinstance(value, date) else str(value)
