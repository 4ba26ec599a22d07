"""Pages of a file as pictures, one at a time, within the limits."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator

import pypdfium2
from PIL import Image, ImageOps, UnidentifiedImageError

from certificates.desk.scan import decoding, limits
from certificates.desk.scan.limits import TooMuch

#: Dots per inch of a first look, and of a second in colour when the first finds nothing.
FIRST, SECOND = 150, 220


def count(raw: bytes) -> int:
    """How many pages a file has. Raises TooMuch."""
    if is_pdf(raw):
        with _pdf(raw) as document:
            return len(document)
    with _picture(raw) as picture:
        return getattr(picture, "n_frames", 1)


def read(raw: bytes) -> Iterator[list[str]]:
    """The texts of all codes, page by page. Raises TooMuch."""
    yield from _read_pdf(raw) if is_pdf(raw) else _read_picture(raw)


def is_pdf(raw: bytes) -> bool:
    return b"%PDF-" in raw[:1024]


def _read_pdf(raw: bytes) -> Iterator[list[str]]:
    with _pdf(raw) as document:
        for number in range(len(document)):
            try:
                page = document[number]
                yield _codes_of(page)
                page.close()
            except pypdfium2.PdfiumError:
                yield []


def _codes_of(page: pypdfium2.PdfPage) -> list[str]:
    grey = page.render(scale=_scale(page, FIRST), grayscale=True).to_pil()
    found = decoding.quick(grey)
    return found or decoding.texts(page.render(scale=_scale(page, SECOND)).to_pil())


def _scale(page: pypdfium2.PdfPage, dpi: int) -> float:
    """The scale for a resolution, less for a page of enormous size."""
    width, height = page.get_size()
    wanted = dpi / 72
    pixels = max(1.0, width * height * wanted * wanted)
    return float(wanted * min(1.0, (limits.MOST_PAGE_PIXELS / pixels) ** 0.5))


def _read_picture(raw: bytes) -> Iterator[list[str]]:
    with _picture(raw) as picture:
        for number in range(getattr(picture, "n_frames", 1)):
            try:
                picture.seek(number)
                _check(picture)
                shown = ImageOps.exif_transpose(picture)
                yield decoding.texts(shown if shown.mode in {"L", "RGB"} else shown.convert("RGB"))
            except (OSError, ValueError, SyntaxError):
                raise TooMuch(limits.UNREADABLE) from None


def _pdf(raw: bytes) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(raw)
    except pypdfium2.PdfiumError as wrong:
        locked = "password" in str(wrong).lower()
        raise TooMuch(limits.LOCKED if locked else limits.UNREADABLE) from wrong


def _picture(raw: bytes) -> Image.Image:
    """An opened picture whose size is known and whose pixels are not read yet."""
    warnings.simplefilter("ignore", Image.DecompressionBombWarning)
    try:
        picture = Image.open(io.BytesIO(raw))
    except Image.DecompressionBombError as wrong:
        raise TooMuch(limits.TOO_MANY_PIXELS) from wrong
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as wrong:
        raise TooMuch(limits.UNREADABLE) from wrong
    _check(picture)
    return picture


def _check(picture: Image.Image) -> None:
    if picture.width * picture.height > limits.MOST_PIXELS:
        raise TooMuch(limits.TOO_MANY_PIXELS)
