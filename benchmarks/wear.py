"""What happens to a printed code: scanned askew, blurred, copied, photographed, stamped over, folded, stained.

Made from a finished PDF, with a seed, so that the same paper meets the same fate every time.
"""

from __future__ import annotations

import io
import math
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pypdfium2
import zxingcpp
from PIL import Image, ImageChops, ImageDraw, ImageFilter

#: Dots an inch at which the paper is drawn before anything happens to it.
SHARP = 600
#: Paper around the code that is looked at, in millimetres.
AROUND = 12.0
#: What nearly every paper meets, and what ruins some.
USUAL = (
    "clean",
    "turned 5",
    "turned 15",
    "turned 45",
    "turned 90",
    "JPEG 30",
    "blur 0.12",
    "photocopy",
    "phone",
)
HARD = ("blur 0.20", "stamp", "crease", "stain")
#: Fixed thresholds tried one after the other where a seal darkens part of the code.
LADDER = (55, 70, 85, 100, 115, 130, 150)


@dataclass(frozen=True)
class Code:
    """A code cut out of a paper with the white around it, and what it says."""

    picture: Image.Image
    says: str


def cut(pdf: bytes) -> Code:
    """The code of a paper, sharp. Raises ValueError when there is none to be read."""
    page = pypdfium2.PdfDocument(pdf)[0]
    found = zxingcpp.read_barcodes(page.render(scale=200 / 72, grayscale=True).to_pil())
    if len(found) != 1:
        raise ValueError("the paper has no readable code")
    at, (width, height) = found[0].position, page.get_size()
    unit, rim = 72 / 200, AROUND * 72 / 25.4
    crop = (
        max(0.0, at.top_left.x * unit - rim),
        max(0.0, height - at.bottom_right.y * unit - rim),
        max(0.0, width - at.bottom_right.x * unit - rim),
        max(0.0, at.top_left.y * unit - rim),
    )
    return Code(page.render(scale=SHARP / 72, crop=crop, grayscale=True).to_pil(), found[0].text)


def worn(code: Code, condition: str, dpi: int, seed: int) -> Image.Image:
    """A scan or photograph of the code after something happened to it."""
    chance = random.Random(f"{condition}/{dpi}/{seed}")
    sharp = _turned(code.picture, chance.uniform(-1, 1))
    quality = 85
    if condition.startswith("turned"):
        sharp = _turned(sharp, float(condition.split()[1]))
    elif condition == "JPEG 30":
        quality = 30
    elif condition.startswith("blur"):
        sharp = _blurred(sharp, float(condition.split()[1]))
    elif condition in _DEEDS:
        sharp = _DEEDS[condition](sharp, chance)
        quality = 60 if condition == "phone" else 85
    coarse = _sampled(sharp, dpi, chance)
    noise = {"photocopy": 14.0, "phone": 5.0}.get(condition, 3.0)
    coarse = _noisy(coarse.point(lambda tone: 35 + tone * 190 // 255), noise, chance)
    if condition == "photocopy":
        coarse = _peppered(coarse.point(_hard), chance)
    return _packed(coarse, quality)


def reads(picture: Image.Image, *, ladder: bool = False) -> str:
    """What zxing reads in a picture; with `ladder` also at fixed thresholds. Empty when nothing."""
    for attempt in _attempts(picture, ladder):
        for found in zxingcpp.read_barcodes(attempt, formats=zxingcpp.BarcodeFormat.QRCode):
            return str(found.text)
    return ""


def _attempts(picture: Image.Image, ladder: bool) -> Iterator[Image.Image]:
    yield picture
    if ladder:
        for threshold in LADDER:
            yield picture.point(lambda tone, at=threshold: 255 if tone > at else 0)


def _turned(picture: Image.Image, degrees: float) -> Image.Image:
    return picture.rotate(degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=255)


def _blurred(picture: Image.Image, millimetres: float) -> Image.Image:
    return picture.filter(ImageFilter.GaussianBlur(millimetres / 25.4 * SHARP))


def _sampled(picture: Image.Image, dpi: int, chance: random.Random) -> Image.Image:
    """Seen by a sensor of so many dots an inch, at a place between its dots that chance chooses."""
    step = SHARP / dpi
    left, top = chance.uniform(0, step), chance.uniform(0, step)
    width, height = int((picture.width - step) / step), int((picture.height - step) / step)
    box = (left, top, left + width * step, top + height * step)
    return picture.resize((width, height), Image.Resampling.BOX, box)


def _noisy(picture: Image.Image, sigma: float, chance: random.Random) -> Image.Image:
    size, count = picture.size, picture.width * picture.height
    grain = Image.blend(
        Image.frombytes("L", size, chance.randbytes(count)),
        Image.frombytes("L", size, chance.randbytes(count)),
        0.5,
    )  # two even throws added: 52 is their spread
    grain = grain.point(lambda tone: 128 + int((tone - 128) * sigma / 52))
    return ImageChops.add(picture, grain, 1, -128)


def _packed(picture: Image.Image, quality: int) -> Image.Image:
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=quality)
    return Image.open(io.BytesIO(file.getvalue())).convert("L")


def _hard(tone: int) -> int:
    """The tone curve of a copier: greys go to black or white."""
    return max(0, min(255, round(128 + (tone - 120) * 2.4)))


def _peppered(picture: Image.Image, chance: random.Random) -> Image.Image:
    pen = ImageDraw.Draw(picture)
    for _ in range(int(picture.width * picture.height * 0.004)):
        pen.point(
            (chance.randrange(picture.width), chance.randrange(picture.height)), chance.choice((0, 0, 255))
        )
    return picture


def _copied(picture: Image.Image, chance: random.Random) -> Image.Image:
    """Toner spreads a little, the lamp is uneven."""
    spread = picture.filter(ImageFilter.MinFilter(2 * round(0.03 / 25.4 * SHARP) + 1))
    return _lit(_blurred(spread, 0.06), 0.82, chance)


def _photographed(picture: Image.Image, chance: random.Random) -> Image.Image:
    """Held at an angle under one lamp."""
    turned = _turned(picture, chance.uniform(-15, 15))
    width, height = turned.size
    lean = [chance.uniform(0, 0.18) / 2 for _ in range(4)]
    corners = (
        -width * lean[0], -height * lean[1], -width * lean[2] * 0.5, height * (1 + lean[1]),
        width * (1 + lean[3]), height * (1 + lean[0] * 0.5), width * (1 + lean[2]), -height * lean[3],
    )  # fmt: skip
    seen = turned.transform(
        turned.size, Image.Transform.QUAD, corners, Image.Resampling.BICUBIC, fillcolor=255
    )
    return _lit(_blurred(seen, 0.08), 0.62, chance)


def _lit(picture: Image.Image, least: float, chance: random.Random) -> Image.Image:
    """Light that falls off to one side."""
    light = Image.linear_gradient("L").rotate(chance.choice((0, 90, 180, 270))).resize(picture.size)
    return ImageChops.multiply(
        picture, light.point(lambda tone: int(255 * (least + (1 - least) * tone / 255)))
    )


def _stamped(picture: Image.Image, chance: random.Random) -> Image.Image:
    """The ring of a round seal of 34 mm, red on paper and dark in grey, over the code."""
    ink = Image.new("L", picture.size, 255)
    pen, unit = ImageDraw.Draw(ink), SHARP / 25.4
    x = picture.width / 2 + chance.uniform(-6, 6) * unit
    y = picture.height / 2 + chance.uniform(-6, 6) * unit
    for radius, line in ((17.0, 1.0), (15.2, 0.4), (9.0, 0.4)):
        pen.ellipse(
            (x - radius * unit, y - radius * unit, x + radius * unit, y + radius * unit),
            outline=110,
            width=int(line * unit),
        )
    for letter in range(22):
        angle = letter * math.pi / 11
        at = (x + 12.2 * unit * math.cos(angle), y + 12.2 * unit * math.sin(angle))
        pen.rectangle(
            (at[0] - unit, at[1] - unit, at[0] + unit, at[1] + unit), outline=110, width=int(0.5 * unit)
        )
    return ImageChops.multiply(picture, ink.filter(ImageFilter.GaussianBlur(0.05 * unit)))


def _folded(picture: Image.Image, chance: random.Random) -> Image.Image:
    worn_out, unit = picture.copy(), SHARP / 25.4
    y = picture.height / 2 + chance.uniform(-8, 8) * unit
    slope = chance.uniform(-0.2, 0.2) * picture.width
    ImageDraw.Draw(worn_out).line((0, y - slope, picture.width, y + slope), fill=235, width=int(0.6 * unit))
    return worn_out


def _stained(picture: Image.Image, chance: random.Random) -> Image.Image:
    spoiled = picture.copy()
    inner = picture.width - 2 * AROUND / 25.4 * SHARP
    radius = math.sqrt(0.08 * inner * inner / math.pi)
    x, y = (picture.width / 2 + chance.uniform(-0.25, 0.25) * inner for _ in range(2))
    ImageDraw.Draw(spoiled).ellipse((x - radius, y - radius, x + radius, y + radius), fill=60)
    return spoiled


_DEEDS: dict[str, Callable[[Image.Image, random.Random], Image.Image]] = {
    "photocopy": _copied,
    "phone": _photographed,
    "stamp": _stamped,
    "crease": _folded,
    "stain": _stained,
}
