"""All QR codes of one picture. When none is found, a ladder of thresholds: a seal or signature over the code hides it
from a reader that judges light and dark by the neighbourhood, and red ink vanishes in the red channel.
"""

from __future__ import annotations

from collections.abc import Iterator

import zxingcpp
from PIL import Image

#: Measured: a fixed threshold somewhere here reads every code under a seal that can be read at all.
LADDER = (100, 130, 75, 150, 55, 175)
_QR = zxingcpp.barcode_formats_from_str("QRCode")
#: A code is found again in a smaller copy when noise hides it in a large one.
_SMALL = 2200


def texts(picture: Image.Image) -> list[str]:
    """The texts of all QR codes, each once, in the order found."""
    for attempt in _attempts(picture):
        found = _read(attempt)
        if found:
            return found
    return []


def quick(picture: Image.Image) -> list[str]:
    """The same in one look."""
    return _read(picture)


def _attempts(picture: Image.Image) -> Iterator[Image.Image]:
    grey = picture.convert("L")
    yield grey
    if max(grey.size) > _SMALL:
        picture = picture.copy()
        picture.thumbnail((_SMALL, _SMALL))
        grey = picture.convert("L")
        yield grey
    red = picture.getchannel("R") if picture.mode in {"RGB", "RGBA"} else None
    if red is not None:
        yield red
    for level in LADDER:
        table = [0] * level + [255] * (256 - level)
        yield grey.point(table)
        if red is not None:
            yield red.point(table)


def _read(picture: Image.Image) -> list[str]:
    found = zxingcpp.read_barcodes(picture, formats=_QR)
    return list(dict.fromkeys(one.text for one in found if one.text))
