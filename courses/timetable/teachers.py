"""Who teaches, as timetables write it: titles before names, and speakers that agencies will send."""

from __future__ import annotations

import re
from dataclasses import dataclass

from flask_babel import gettext as _

from lms import names
from lms.importing.values import Read
from lms.text import clean_line, fold_words

_DEGREES = "GS|PGS|TSKH|TS|ThS|CN|KS|BS|LS|GVCC|GVC|GV|NGƯT|NGND|Tiến sĩ|Thạc sĩ"
_TITLE = re.compile(rf"^((?:(?:{_DEGREES})(?:[.,]\s*|\s+))+)", re.IGNORECASE)
_ADDRESS = re.compile(r"^(?:đ/c|đồng chí|ông|bà)[.:]?\s+", re.IGNORECASE)
_INVITED = re.compile(r"^mời\s+", re.IGNORECASE)
_OFFICE = re.compile(
    r"^(?:các\s+)?(báo cáo viên|giảng viên|đại diện|lãnh đạo|chuyên gia)\s*(?:của\s+|từ\s+|đến từ\s+)?(.*)$",
    re.IGNORECASE,
)
_SEVERAL = re.compile(r"\s*(?:[,;/&+]|\svà\s)\s*")
_FROM = re.compile(r"^(.*?)\s*[(\-–]\s*(.+?)\)?$")
_NOBODY = (
    "tu hoc",
    "tu nghien cuu",
    "hoc vien",
    "ca lop",
    "lop",
    "hoc vien tu hoc",
    "hoc vien tu nghien cuu",
    "ban to chuc",
    "nha truong",
)
_USUAL = {"ths": "ThS.", "ts": "TS.", "gs": "GS.", "pgs": "PGS.", "tien si": "TS.", "thac si": "ThS."}


@dataclass(frozen=True)
class Teacher:
    """A lecturer as the timetable names him or her.

    `unnamed` is a speaker an agency (`organisation`) will send; only the office is known.
    """

    name: str
    title: str = ""
    visiting: bool = False
    unnamed: bool = False
    organisation: str = ""

    def __str__(self) -> str:
        return f"{self.title} {self.name}".strip()


def read_teacher(written: str) -> Read[Teacher]:
    """Read the cell of a lecturer; blank and "Tự học" mean nobody."""
    written = clean_line(written)
    if not written or fold_words(written) in _NOBODY:
        return Read()
    invited = bool(_INVITED.match(written))
    rest = _ADDRESS.sub("", _INVITED.sub("", written))
    if office := _OFFICE.match(rest):
        return _sent_by_agency(office)
    title, rest = _split_title(rest)
    first, notes = _first_of_several(rest, written)
    name, organisation = _split_organisation(first)
    cleaned = names.clean_name(_ADDRESS.sub("", name))
    if not names.is_plausible(cleaned):
        return Read(problem=_("“%(text)s” is not a lecturer's name.", text=written[:60]))
    return Read(
        Teacher(cleaned, title, visiting=invited or bool(organisation), organisation=organisation), notes
    )


def _sent_by_agency(office: re.Match[str]) -> Read[Teacher]:
    role, agency = office.group(1).lower(), office.group(2).strip(" .")
    if not agency:
        return Read(Teacher(role.capitalize(), visiting=True, unnamed=True))
    title, rest = _split_title(agency)
    if title:  # "Mời giảng viên TS. Trần Văn Ví": a person after all
        return Read(Teacher(names.clean_name(rest), title, visiting=True))
    return Read(Teacher(f"{role.capitalize()} {agency}", visiting=True, unnamed=True, organisation=agency))


def _split_title(written: str) -> tuple[str, str]:
    found = _TITLE.match(written)
    if not found:
        return "", written
    words = re.split(r"[.,\s]+(?!sĩ)", found[1].strip(" .,"))
    title = "".join(_USUAL.get(fold_words(word), f"{word}.") for word in words if word)
    return title, written[found.end() :].strip()


def _first_of_several(written: str, whole: str) -> tuple[str, tuple[str, ...]]:
    """One session has one lecturer on record; of several written, the first."""
    parts = [part for part in _SEVERAL.split(written) if part]
    if len(parts) < 2 or "(" in parts[0]:  # the comma stands inside the brackets of an agency
        return written, ()
    return parts[0], (
        _("Several lecturers are named (“%(text)s”); the first one is recorded.", text=whole[:80]),
    )


def _split_organisation(written: str) -> tuple[str, str]:
    found = _FROM.match(written)
    if found and ("(" in written or " - " in written or " – " in written):
        return found[1].strip(), found[2].strip()
    return written, ""
