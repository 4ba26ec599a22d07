"""Read one cell the way its writer meant it: dates of all shapes, codes that lost zeros, times.

Each reader returns `Read`: the value, notes about what was repaired (people see them and can object),
and a sentence when the cell cannot be used. Nothing is guessed in silence.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Generic, TypeVar

from flask_babel import gettext as _

from lms import clock, names
from lms.importing.sheets import Cell
from lms.text import clean_line, fold, fold_words

V = TypeVar("V")

#: Day 0 of spreadsheets' serial dates (their 1900 had a 29 February).
_SERIAL_ZERO = datetime.date(1899, 12, 30)
#: Serial numbers taken as dates: 1 January 1930 to 31 December 2099.
_SERIALS = range(10959, 73051)
_YEARS = range(1900, 2100)

_NUMERIC_DATE = re.compile(r"^(\d{1,2})\s*[/.\-\s]\s*(\d{1,2})\s*[/.\-\s]\s*(\d{4}|\d{2})$")
_ISO_DATE = re.compile(r"^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]\d{2}:\d{2}.*)?$")
_MONTH_YEAR = re.compile(r"^(\d{1,2})\s*[/.\-]\s*(\d{4})$")
_WORDED_DATE = re.compile(r"^(?:ngay )?(\d{1,2}) thang (\d{1,2}) nam (\d{4}|\d{2})$")
_TIME = re.compile(r"^(\d{1,2})\s*(?:[:hg.]|giờ)\s*(\d{2})?(?:\s*(?:phút|p|:\d{2}))?$", re.IGNORECASE)

#: Province codes of citizen ids as given since 2016; a card keeps its code although provinces merged in 2025.
PROVINCE_CODES = frozenset(
    f"{code:03d}"
    for code in (
        1, 2, 4, 6, 8, 10, 11, 12, 14, 15, 17, 19, 20, 22, 24, 25, 26, 27, 30, 31, 33, 34, 35, 36, 37, 38, 40, 42, 44,
        45, 46, 48, 49, 51, 52, 54, 56, 58, 60, 62, 64, 66, 67, 68, 70, 72, 74, 75, 77, 79, 80, 82, 83, 84, 86, 87, 89,
        91, 92, 93, 94, 95, 96,
    )
)  # fmt: skip


@dataclass(frozen=True)
class Read(Generic[V]):
    """What a cell says: the value (None when blank or unusable), notes on repairs, a sentence when unusable."""

    value: V | None = None
    notes: tuple[str, ...] = ()
    problem: str = ""


@dataclass(frozen=True)
class BirthDate:
    """A birth date, or only the year when no more is known."""

    year: int
    date: datetime.date | None = None

    def __str__(self) -> str:
        return self.date.strftime("%d/%m/%Y") if self.date else str(self.year)

    def agrees_with(self, other: BirthDate) -> bool:
        """Whether both can be the same birth: equal dates, or equal years when one is year-only."""
        if self.date and other.date:
            return self.date == other.date
        return self.year == other.year


def text(cell: Cell) -> str:
    """The cell as one clean line: dates as dd/mm/yyyy, whole numbers without decimals, nothing invisible."""
    match cell:
        case None:
            return ""
        case str():
            return clean_line(cell)
        case bool():
            return str(_("yes")) if cell else str(_("no"))
        case datetime.datetime():
            return cell.strftime("%d/%m/%Y %H:%M")
        case datetime.date():
            return cell.strftime("%d/%m/%Y")
        case datetime.time():
            return cell.strftime("%H:%M")
        case float():
            return str(int(cell)) if cell.is_integer() else repr(cell)
        case _:
            return str(cell)


def name(cell: Cell) -> Read[str]:
    """A person's name, cleaned; capitals repaired with a note."""
    written = text(cell)
    if not written:
        return Read(problem=_("The name is missing."))
    cleaned = _capitals(names.clean_name(written))
    if not names.is_plausible(cleaned):
        return Read(problem=_("“%(text)s” is not a person's name.", text=written[:60]))
    notes = (_("The name was written “%(text)s”.", text=written),) if cleaned.lower() == written.lower() != cleaned and written != cleaned else ()  # fmt: skip
    return Read(cleaned, notes if written.isupper() or written.islower() else ())


def _capitals(cleaned: str) -> str:
    """The name with "ánh" as "Ánh" where other words have capitals: old fonts (TCVN3) had no accented ones."""
    if not cleaned[:1].isupper() and cleaned[:1].isascii():
        return cleaned
    words = cleaned.split(" ")
    if not any(word[:1].isupper() for word in words):
        return cleaned
    return " ".join(word[:1].upper() + word[1:] if not word[:1].isascii() else word for word in words)


def plain_date(cell: Cell) -> Read[datetime.date]:
    """A full date: dd/mm/yyyy, d.m.yy, d-m-yyyy, ISO, "ngày 3 tháng 2 năm 2025", a date cell or a serial number."""
    if not text(cell):
        return Read()
    read = _date(cell, pivot=(clock.today().year + 20) % 100)
    if isinstance(read, Read):
        return read
    date, notes = read
    return Read(date, notes)


def birth_date(cell: Cell) -> Read[BirthDate]:
    """A birth date in any of the shapes of `plain_date`, or only a year ("1982")."""
    words = text(cell)
    if not words:
        return Read()
    bare = fold_words(words)
    year = re.fullmatch(r"(?:nam |sinh nam |khoang )?(\d{4})", bare)
    if year and not isinstance(cell, datetime.date):
        return _checked(BirthDate(int(year[1])), words, (_("Only the year of birth is known."),))
    month = _MONTH_YEAR.match(words)
    if month and 1 <= int(month[1]) <= 12:
        note = _("“%(text)s” has no day, so only the year is kept.", text=words)
        return _checked(BirthDate(int(month[2])), words, (note,))
    read = _date(cell, pivot=(clock.today().year - 15) % 100)
    if isinstance(read, Read):
        return Read(problem=read.problem)
    date, notes = read
    return _checked(BirthDate(date.year, date), words, notes)


def _checked(birth: BirthDate, words: str, notes: tuple[str, ...]) -> Read[BirthDate]:
    age = clock.today().year - birth.year
    if not 15 <= age <= 100:
        return Read(
            problem=_(
                "The birth date “%(text)s” gives an age of %(age)d. Check the year.", text=words, age=age
            )
        )
    return Read(birth, notes)


def _date(cell: Cell, *, pivot: int) -> tuple[datetime.date, tuple[str, ...]] | Read[datetime.date]:
    if isinstance(cell, datetime.datetime):
        return cell.date(), ()
    if isinstance(cell, datetime.date):
        return cell, ()
    words = text(cell)
    if re.fullmatch(r"\d{5}", words) and int(words) in _SERIALS:
        date = _SERIAL_ZERO + datetime.timedelta(days=int(words))
        shown = date.strftime("%d/%m/%Y")
        return date, (
            _("The number %(number)s is the date %(date)s in a spreadsheet.", number=words, date=shown),
        )
    if found := _ISO_DATE.match(words):
        return _day(int(found[3]), int(found[2]), int(found[1]), words)
    found = _NUMERIC_DATE.match(words) or _WORDED_DATE.match(fold_words(words))
    if not found:
        return Read(
            problem=_(
                "“%(text)s” is not a date. Write day/month/year, for example 03/02/1976.", text=words[:40]
            )
        )
    day, month, year = int(found[1]), int(found[2]), int(found[3])
    if len(found[3]) == 4:
        return _day(day, month, year, words)
    full = year + (1900 if year > pivot else 2000)
    answer = _day(day, month, full, words)
    note = _("The year “%(short)s” was read as %(full)d.", short=found[3], full=full)
    return answer if isinstance(answer, Read) else (answer[0], (*answer[1], note))


def _day(
    day: int, month: int, year: int, words: str
) -> tuple[datetime.date, tuple[str, ...]] | Read[datetime.date]:
    if year not in _YEARS:
        return Read(problem=_("The year %(year)d cannot be right.", year=year))
    if not 1 <= month <= 12:
        return Read(
            problem=_(
                "“%(text)s”: there is no month %(month)d. Write day/month/year.", text=words, month=month
            )
        )
    try:
        return datetime.date(year, month, day), ()
    except ValueError:
        return Read(problem=_("“%(text)s”: month %(month)d/%(year)d has no day %(day)d.", text=words, day=day, month=month, year=year))  # fmt: skip


def cccd(cell: Cell) -> Read[str]:
    """A citizen id (CCCD, 12 digits); a leading zero lost in a spreadsheet is restored with a note.

    `cccd_doubts` says whether its digits fit the rest of the row.
    """
    words = text(cell)
    if not words:
        return Read()
    digits = re.sub(r"[\s.\-']", "", words)
    if not digits.isascii() or not digits.isdigit():
        return Read(problem=_("The citizen id has characters other than digits."))
    if len(digits) == 9 and not isinstance(cell, int):
        return Read(
            notes=(_("A 9-digit number is an old identity card; it is not used to recognise people."),)
        )
    notes: tuple[str, ...] = ()
    if len(digits) in (10, 11) and digits.zfill(12)[:3] in PROVINCE_CODES:
        notes = (_("The citizen id lost its leading zero in the spreadsheet; it was restored."),)
        digits = digits.zfill(12)
    if len(digits) != 12:
        return Read(problem=_("The citizen id has %(count)d digits; it must have 12.", count=len(digits)))
    return Read(digits, notes)


def cccd_doubts(digits: str, *, gender: str | None = None, birth_year: int | None = None) -> tuple[str, ...]:
    """What the digits of a citizen id contradict: at most one sentence.

    Digits 1–3 are the province, digit 4 the century with the gender, digits 5–6 the year of birth
    (Circular 59/2021/TT-BCA, art. 4). A note, not an error: lists contain typing slips.
    """
    if digits[:3] not in PROVINCE_CODES:
        return (_("No province has the code %(code)s with which the citizen id begins.", code=digits[:3]),)
    century, is_female = divmod(int(digits[3]), 2)
    says_year = 1900 + 100 * century + int(digits[4:6])
    other_gender = gender is not None and (gender == "F") != bool(is_female)
    other_year = birth_year is not None and birth_year != says_year
    if other_gender and other_year:
        return (_("The citizen id does not fit the gender and the year of birth in the list. Check it."),)
    if other_gender:
        return (_("The citizen id does not fit the gender in the list. Check it."),)
    if other_year:
        return (_("The citizen id does not fit the year of birth in the list. Check it."),)
    return ()


def staff_code(cell: Cell, *, length: int = 6) -> Read[str]:
    """A staff code (mã cán bộ) of known length; leading zeros lost in the spreadsheet are restored."""
    code = text(cell).replace(" ", "").upper()
    if not code:
        return Read()
    if not re.fullmatch(r"[0-9A-Z\-./]{1,20}", code):
        return Read(problem=_("The staff code may have letters and digits only."))
    if code.isdigit() and len(code) < length:
        note = _("The staff code lost leading zeros in the spreadsheet; they were restored.")
        return Read(code.zfill(length), (note,))
    return Read(code)


def gender(cell: Cell, *, words: Mapping[str, str] | None = None) -> Read[str]:
    """M or F from "Nam", "Nữ", "x" under a column title and the like."""
    known = words or {"nam": "M", "nu": "F", "male": "M", "female": "F", "m": "M", "f": "F"}
    written = fold(text(cell))
    if not written:
        return Read()
    if written in known:
        return Read(known[written])
    return Read(problem=_("“%(text)s” is not a gender. Write Nam or Nữ.", text=text(cell)[:20]))


def time_of_day(cell: Cell) -> Read[datetime.time]:
    """A time: 7:30, 7h30, 07g30, a time cell, or a spreadsheet's fraction of a day."""
    if isinstance(cell, datetime.datetime):
        return Read(cell.time())
    if isinstance(cell, datetime.time):
        return Read(cell.replace(second=0, microsecond=0))
    if isinstance(cell, float) and 0 <= cell < 1:
        minutes = round(cell * 1440) % 1440
        return Read(datetime.time(*divmod(minutes, 60)))
    words = text(cell)
    if not words:
        return Read()
    found = _TIME.match(words)
    if found and int(found[1]) < 24 and int(found[2] or 0) < 60:
        return Read(datetime.time(int(found[1]), int(found[2] or 0)))
    return Read(problem=_("“%(text)s” is not a time. Write for example 7:30.", text=words[:20]))


def whole_number(cell: Cell, *, least: int = 0, most: int = 10_000) -> Read[int]:
    """A whole number within bounds."""
    words = text(cell)
    if not words:
        return Read()
    read = number(cell, least=Decimal(least), most=Decimal(most))
    if read.value is None or read.value != int(read.value):
        return Read(problem=read.problem or _("“%(text)s” is not a whole number.", text=words[:20]))
    return Read(int(read.value))


def number(cell: Cell, *, least: Decimal | None = None, most: Decimal | None = None) -> Read[Decimal]:
    """A number with a decimal comma or point: "8,5", "8.5"; "1.234,5" and "1,234.5" by the last sign."""
    words = text(cell)
    if not words:
        return Read()
    plain = words.replace(" ", "")
    if "," in plain and "." in plain:
        thousands = "." if plain.rindex(",") > plain.rindex(".") else ","
        plain = plain.replace(thousands, "")
    try:
        if not re.fullmatch(r"[+-]?\d+([.,]\d+)?([eE][+-]?\d{1,2})?", plain):
            raise InvalidOperation
        value = Decimal(plain.replace(",", "."))
    except InvalidOperation:
        return Read(problem=_("“%(text)s” is not a number.", text=words[:20]))
    if (least is not None and value < least) or (most is not None and value > most):
        return Read(problem=_("%(text)s is outside %(least)s–%(most)s.", text=words, least=least, most=most))
    return Read(value)
