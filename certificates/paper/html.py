"""The page of a paper as HTML: a template of a version, a person's values and the code."""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from certificates.paper import border
from certificates.paper.faces import serif
from certificates.paper.qr import Symbol
from certificates.paper.values import Values, day
from lms import fonts
from lms.config import settings
from lms.plugins import setting

TEMPLATES = Path(__file__).parent.parent / "templates" / "certificates" / "paper"

#: Room for the name and the programme's title on the paper, in points.
NAME_WIDTH, NAME_SIZE, NAME_LEAST = 640.0, 28.0, 13.0
TITLE_WIDTH, TITLE_SIZE, TITLE_LEAST = 640.0, 17.0, 11.0


def page(values: Values, symbol: Symbol, *, specimen: bool = False) -> str:
    """The whole page, NFC."""
    template = _templates().get_template(f"{values.template_version}.html")
    return unicodedata.normalize(
        "NFC",
        template.render(
            certificate=values,
            faces=serif(),
            background=border.background(settings().instance / "cache"),
            qr=symbol.data_uri,
            qr_mm=f"{symbol.side_mm:.3f}",
            host=host(),
            code=values.code,
            name_size=f"{fitted(values.name, NAME_WIDTH, NAME_SIZE, NAME_LEAST):.2f}",
            title_size=f"{fitted(values.programme_title, TITLE_WIDTH, TITLE_SIZE, TITLE_LEAST):.2f}",
            english=english(),
            specimen=specimen,
        ),
    )


def host() -> str:
    """The name people should see in the address bar."""
    return urlsplit(settings().base_url).netloc


def english() -> bool:
    """Whether labels have English beside them."""
    return bool(setting("certificates.english_lines"))


def fitted(text: str, width: float, size: float, least: float) -> float:
    """The size in points, at most `size`, at which a bold line fits into `width` points."""
    natural = measured(text, 1)
    return max(least, min(size, width / natural if natural else size))


def measured(text: str, size: float) -> float:
    """Width of a bold line in points."""
    return float(pdfmetrics.stringWidth(text, _bold(), 100)) / 100 * size


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
