"""How a paper of a later version is laid out: where its areas lie and what stands in them; checked geometrically.

A design is plain data (kept as JSON with the version), so an old version draws the same for ever.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import combinations
from typing import Any

from certificates.paper import markup
from certificates.paper.qr import MAX_VERSION, PITCH_MM, QUIET_ZONE
from lms import fonts

LANDSCAPE, PORTRAIT = "landscape", "portrait"
#: Width and height of A4, in millimetres.
SHEETS = {LANDSCAPE: (297.0, 210.0), PORTRAIT: (210.0, 297.0)}
#: What the frame takes from each edge; without it, what printers cannot reach.
FRAMED, BARE = 16.0, 8.0
#: Side of the largest code, quiet zone included: this much is kept free for every paper.
CODE_ROOM = (17 + 4 * MAX_VERSION + 2 * QUIET_ZONE) * PITCH_MM
#: Between the code and the words beside it.
GAP = 1.0
#: Areas with words in them.
TEXTS = ("head_left", "head_right", "body", "beside", "sign")
#: Fields that every paper has to print.
NEEDED = ("name", "birth", "programme", "serial", "register", "code", "host", "date", "signatory")
#: All fields; `html.fields` gives their values.
FIELDS = (
    "heading", "heading_en", "name", "birth_word", "birth_word_en", "birth", "position", "unit", "programme",
    "programme_en", "periods", "class", "from", "to", "grade", "superior", "issuer", "issuer_en", "place", "date",
    "signatory_title", "signatory", "serial", "register", "code", "host",
)  # fmt: skip
_COLOUR = re.compile(r"#[0-9a-f]{6}")


@dataclass(frozen=True)
class Box:
    """An area in millimetres from the paper's upper left corner."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.left + self.width

    @property
    def bottom(self) -> float:
        return self.top + self.height

    def touches(self, other: Box) -> bool:
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def inside(self, other: Box) -> bool:
        return (
            self.left >= other.left
            and self.top >= other.top
            and self.right <= other.right
            and self.bottom <= other.bottom
        )


@dataclass(frozen=True)
class Problem:
    """What is wrong with a design: a code, the areas or words it is about."""

    code: str
    about: tuple[str, ...] = ()


@dataclass(frozen=True)
class Design:
    """One layout. `code` names the left and lower edge of the QR code, which grows upwards and to the right."""

    orientation: str = LANDSCAPE
    framed: bool = True
    colour: str = "#0b5c5d"
    title_size: float = 38.0
    name_size: float = 28.0
    programme_size: float = 17.0
    #: Mark of the picture at the top, empty for none; `crests` keeps it.
    crest: str = ""
    code_left: float = 22.0
    code_bottom: float = 189.0
    boxes: Mapping[str, Box] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)

    @property
    def sheet(self) -> Box:
        return Box(0, 0, *SHEETS[self.orientation])

    @property
    def room(self) -> Box:
        """What may be printed on."""
        rim = FRAMED if self.framed else BARE
        return Box(rim, rim, self.sheet.width - 2 * rim, self.sheet.height - 2 * rim)

    @property
    def code(self) -> Box:
        """Room for the largest code."""
        return Box(self.code_left, self.code_bottom - CODE_ROOM, CODE_ROOM, CODE_ROOM)

    def areas(self) -> Iterator[tuple[str, Box]]:
        """Every area of the paper that is used, the code and the seal included."""
        for name, box in self.boxes.items():
            if name == "beside":
                box = Box(self.code.right + GAP, box.top, box.width, box.height)
            if name != "crest" or self.crest:
                yield name, box
        yield "qr", self.code

    def problems(self) -> list[Problem]:
        """Everything that keeps this design from being used: words, fields, areas that touch or leave the paper."""
        return [*self._wrong_words(), *self._wrong_places()]

    def _wrong_words(self) -> Iterator[Problem]:
        if not _COLOUR.fullmatch(self.colour):
            yield Problem("colour", (self.colour,))
        found: set[str] = set()
        for name in TEXTS:
            try:
                found |= markup.used(markup.read(self.texts.get(name, ""), FIELDS))
            except markup.NotAllowed as wrong:
                yield Problem("markup", (name, wrong.what))
            lacking = "".join(sorted(set(self.texts.get(name, "")) - _printable()))
            if lacking:
                yield Problem(
                    "letters", (name, ascii(lacking)[1:-1] if not lacking.isprintable() else lacking)
                )
        missing = [name for name in NEEDED if name not in found]
        if missing:
            yield Problem("missing", tuple(missing))

    def _wrong_places(self) -> Iterator[Problem]:
        areas = dict(self.areas())
        for name, box in areas.items():
            if not box.inside(self.room) or box.width < 10 or box.height < 8:
                yield Problem("outside", (name,))
        for one, other in combinations(areas, 2):
            if {one, other} == {"seal", "sign"}:  # the seal goes over a third of the signature
                continue
            if areas[one].touches(areas[other]):
                yield Problem("touches", (one, other))

    def data(self) -> dict[str, Any]:
        """As kept in the database."""
        return {
            "orientation": self.orientation, "framed": self.framed, "colour": self.colour, "crest": self.crest,
            "title_size": self.title_size, "name_size": self.name_size, "programme_size": self.programme_size,
            "code": [self.code_left, self.code_bottom], "texts": dict(self.texts),
            "boxes": {name: [box.left, box.top, box.width, box.height] for name, box in self.boxes.items()},
        }  # fmt: skip


@cache
def _printable() -> frozenset[str]:
    """Letters that every face of the paper has; no marks that change the direction of a line, nothing invisible."""
    common = frozenset.intersection(
        *[fonts.letters(face.path) for face in fonts.FACES if face.family == fonts.SERIF]
    )
    return frozenset(letter for letter in map(chr, common) if letter.isprintable()) | {"\n", "\t"}


def read(data: Mapping[str, Any]) -> Design:
    """A design from the database."""
    plain = {key: value for key, value in data.items() if key not in {"code", "boxes", "texts"}}
    return Design(
        **plain,
        code_left=data["code"][0],
        code_bottom=data["code"][1],
        boxes={name: Box(*edges) for name, edges in data["boxes"].items()},
        texts=dict(data["texts"]),
    )


_HEAD_LEFT = """<p class="up">{superior|upper}</p>
<p class="up"><b>{issuer|upper}</b></p>
<hr width="30%">"""
_HEAD_RIGHT = """<p class="up"><b>CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM</b></p>
<p><b>Độc lập - Tự do - Hạnh phúc</b></p>
<hr width="52%">"""
_BODY = """<p class="title">{heading}</p>
<p class="en">{heading_en}</p>
<p class="gap">Chứng nhận <en>/ This is to certify that</en></p>
<p class="name">{name}</p>
<p>sinh {birth_word} <b>{birth}</b> <en>/ born {birth_word_en}</en></p>
<p class="gap">đã hoàn thành chương trình <en>/ has completed the programme</en></p>
<p class="programme">{programme}</p>
<p class="en">{programme_en}</p>
<p class="gap">từ ngày <b>{from}</b> đến ngày <b>{to}</b> <en>/ from – to</en></p>
<p>Lớp <en>/ Class</en>: <b>{class}</b></p>
<p>Thời lượng <en>/ Duration</en>: <b>{periods}</b> tiết</p>
<p>Xếp loại <en>/ Classification</en>: <b>{grade}</b></p>"""
_WIDE_BODY = (
    _BODY.split('<p class="gap">từ ngày')[0]
    + """<p class="gap">từ ngày <b>{from}</b> đến ngày <b>{to}</b> <en>/ from – to</en></p>
<table><tr><td width="34%" class="label">Lớp <en>/ Class</en>: <b>{class}</b></td><td width="33%" class="label">Thời lượng <en>/ Duration</en>: <b>{periods} tiết</b></td><td width="33%" class="label">Xếp loại <en>/ Classification</en>: <b>{grade}</b></td></tr></table>"""
)
_BESIDE = """<p class="small">Quét để kiểm tra tại <en>/ Scan to verify at</en></p>
<p class="code">{host}</p>
<p class="small">hoặc nhập mã <en>/ or type the code</en> tại <b>{host}/c</b></p>
<p class="code">{code}</p>
<p class="small">Số hiệu <en>/ Serial No.</en>: <b>{serial}</b></p>
<p class="small">Số vào sổ <en>/ Register No.</en>: <b>{register}</b></p>"""
_SIGN = """<p><i>{place}, {date}</i></p>
<p><b>{signatory_title|upper}</b></p>
<p class="signed"><b>{signatory}</b></p>"""
_TEXTS = {"head_left": _HEAD_LEFT, "head_right": _HEAD_RIGHT, "beside": _BESIDE, "sign": _SIGN}


def usual(orientation: str) -> Design:
    """The house's layout for a sheet, to begin with."""
    if orientation == PORTRAIT:
        return Design(
            orientation=PORTRAIT, title_size=42, name_size=28, programme_size=16, code_left=21, code_bottom=275,
            boxes={
                "head_left": Box(19, 21, 66, 24), "head_right": Box(86, 21, 105, 24), "crest": Box(92, 45, 26, 24),
                "body": Box(21, 74, 168, 101), "beside": Box(0, 244, 82, 33), "sign": Box(88, 176, 104, 56),
                "seal": Box(84, 190, 38, 38),
            },
            texts=_TEXTS | {"body": _BODY},
        )  # fmt: skip
    return Design(
        boxes={
            "head_left": Box(20, 20, 104, 26), "head_right": Box(150, 20, 127, 26), "crest": Box(125, 18, 24, 24),
            "body": Box(28, 48, 241, 92), "beside": Box(0, 158, 82, 33), "sign": Box(170, 142, 100, 50),
            "seal": Box(146, 150, 38, 38),
        },
        texts=_TEXTS | {"body": _WIDE_BODY},
    )  # fmt: skip
