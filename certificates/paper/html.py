"""The page of a paper as HTML: a template of a version, a person's values and the code."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from PIL import Image
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from certificates.paper import border, crests, markup, versions
from certificates.paper.design import FIELDS, GAP, TEXTS, Box, Design
from certificates.paper.faces import serif
from certificates.paper.qr import Symbol
from certificates.paper.values import Values, day
from lms import fonts
from lms.config import settings
from lms.plugins import setting

TEMPLATES = Path(__file__).parent.parent / "templates" / "certificates" / "paper"
_POINTS = 72 / 25.4
#: The library sets a little air round a line.
_AIR = 8.0


@dataclass(frozen=True)
class Room:
    """Room for a line that is made smaller until it fits, in points."""

    width: float
    size: float
    least: float

    def fitted(self, text: str) -> float:
        """The size at which a bold line fits."""
        natural = measured(text, 1)
        return max(self.least, min(self.size, self.width / natural if natural else self.size))


#: Rooms of version 1 for the name and the programme's title.
_NAME, _TITLE = Room(640.0, 28.0, 13.0), Room(640.0, 17.0, 11.0)


def page(values: Values, symbol: Symbol, *, specimen: bool = False, design: Design | None = None) -> str:
    """The whole page, NFC; of the design given, or of the version the values name."""
    design = design or versions.design(values.template_version)
    made = _first(values, symbol, specimen) if design is None else _later(values, symbol, specimen, design)
    return unicodedata.normalize("NFC", made)


def name_room(values: Values) -> Room:
    """The room the holder's name has on a paper."""
    design = versions.design(values.template_version)
    return _NAME if design is None else _rooms(design)[0]


def host() -> str:
    """The name people should see in the address bar."""
    return urlsplit(settings().base_url).netloc


def english() -> bool:
    """Whether labels have English beside them."""
    return bool(setting("certificates.english_lines"))


def measured(text: str, size: float) -> float:
    """Width of a bold line in points."""
    return float(pdfmetrics.stringWidth(text, _bold(), 100)) / 100 * size


def fields(values: Values) -> dict[str, str]:
    """Every field a design may print."""
    completion = values.kind == "completion"
    on = values.issued_on
    known = {
        "heading": "CHỨNG NHẬN" if completion else "CHỨNG CHỈ",
        "heading_en": "CERTIFICATE OF COMPLETION" if completion else "CERTIFICATE",
        "birth_word": "ngày" if values.birth_date else "năm",
        "birth_word_en": "on" if values.birth_date else "in",
        "programme": values.programme_title,
        "programme_en": values.programme_title_en,
        "periods": str(values.periods or ""),
        "class": values.class_code,
        "from": day(values.from_date),
        "to": day(values.to_date),
        "superior": values.issuer_superior,
        "issuer": values.issuer_name,
        "issuer_en": values.issuer_name_en,
        "place": values.place,
        "date": f"ngày {on.day:02d} tháng {on.month:02d} năm {on.year}" if on.month < 3 else f"ngày {on.day:02d} tháng {on.month} năm {on.year}",
        "signatory_title": values.signatory_title,
        "signatory": values.signatory_name,
        "host": host(),
        **values.personal(),
    }  # fmt: skip
    return {name: known[name] for name in FIELDS}


def _first(values: Values, symbol: Symbol, specimen: bool) -> str:
    return _templates().get_template("1.html").render(
        certificate=values,
        faces=serif(),
        background=border.background(settings().instance / "cache"),
        code=values.code,
        host=host(),
        name_size=f"{_NAME.fitted(values.name):.2f}",
        title_size=f"{_TITLE.fitted(values.programme_title):.2f}",
        english=english(),
        specimen=specimen,
        **_code(symbol),
    )  # fmt: skip


def _later(values: Values, symbol: Symbol, specimen: bool, design: Design) -> str:
    known, latin = fields(values), english()
    name, programme = _rooms(design)
    sheet = design.sheet
    frame = (
        border.background(settings().instance / "cache", sheet.width, sheet.height) if design.framed else None
    )
    return _templates().get_template("designed.html").render(
        certificate=values,
        faces=serif(),
        design=design,
        sheet=sheet,
        background=frame,
        frames=_frames(design, symbol),
        texts={
            area: Markup(markup.written(markup.read(design.texts[area], FIELDS), known, latin)) for area in TEXTS
        },  # the reader of markup lets no other tags through, values are escaped
        name_size=f"{name.fitted(values.name):.2f}",
        programme_size=f"{programme.fitted(values.programme_title):.2f}",
        specimen=specimen,
        **_code(symbol),
        **_crest(design),
    )  # fmt: skip


def _code(symbol: Symbol) -> dict[str, Any]:
    return {"qr": symbol.data_uri, "qr_mm": f"{symbol.side_mm:.3f}"}


def _frames(design: Design, symbol: Symbol) -> list[tuple[str, Box]]:
    """Areas of the page; the code's follows its size, and the words beside it stand close to it."""
    side = symbol.side_mm
    boxes = {name: box for name, box in design.areas() if name not in {"seal", "qr"}}
    beside = boxes["beside"]
    boxes["beside"] = Box(design.code_left + side + GAP, beside.top, beside.width, beside.height)
    boxes["qr"] = Box(design.code_left, design.code_bottom - side, side + 4, side + 5)
    return list(boxes.items())


def _rooms(design: Design) -> tuple[Room, Room]:
    width = design.boxes["body"].width * _POINTS - _AIR
    return Room(width, design.name_size, 11.0), Room(width, design.programme_size, 10.0)


def _crest(design: Design) -> dict[str, Any]:
    if not design.crest:
        return {"crest": None}
    box, path = design.boxes["crest"], crests.path(design.crest)
    with Image.open(path) as picture:
        width, height = picture.size
    scale = min(box.width / width, (box.height - 1) / height)
    return {"crest": path, "crest_mm": (width * scale, height * scale)}


@cache
def _bold() -> str:
    face = fonts.face(bold=True)
    pdfmetrics.registerFont(TTFont(f"measure-{face.name}", str(face.path)))
    return f"measure-{face.name}"


@cache
def _templates() -> Environment:
    env = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)
    env.filters["day"] = day
    env.filters["two"] = lambda number: f"{number:02d}"
    return env
