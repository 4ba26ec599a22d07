"""Pictures for the head of a paper: taken in small, written anew, kept under the mark of what they show."""

from __future__ import annotations

import hashlib
import io
import os
from pathlib import Path

from flask_babel import gettext as _

from lms.config import settings
from lms.errors import Invalid

MOST_BYTES = 1_000_000
#: Pixels a side: fewer print badly, and none is as small as a QR code's picture.
LEAST, MOST = 120, 2000
KINDS = ("PNG", "JPEG")


def take(content: bytes) -> str:
    """Keep a picture and return its mark. Raises Invalid (field crest) for what is no small PNG or JPEG.

    Only pixels are kept: the file is decoded and written anew, without whatever else was in it.
    """
    from PIL import Image, UnidentifiedImageError  # noqa: PLC0415  pages import this file; few take in a picture

    if len(content) > MOST_BYTES:
        raise _refused(_("The picture is larger than 1 MB."))
    try:
        with Image.open(io.BytesIO(content), formats=KINDS) as sent:
            width, height = sent.size
            if not (LEAST <= width <= MOST and LEAST <= height <= MOST):
                raise _refused(
                    _("The picture has %(width)s × %(height)s pixels; each side needs %(least)s to %(most)s.", width=width, height=height, least=LEAST, most=MOST)
                )  # fmt: skip
            upright = sent.convert("RGBA")
    except (UnidentifiedImageError, OSError, SyntaxError, Image.DecompressionBombError) as unreadable:
        raise _refused(_("This is no picture we can read. Please send a PNG or JPEG file.")) from unreadable
    sheet = Image.new("RGB", upright.size, "white")
    sheet.paste(upright, mask=upright.getchannel("A"))
    file = io.BytesIO()
    sheet.save(file, "PNG")
    mark = hashlib.sha256(file.getvalue()).hexdigest()
    _put(path(mark), file.getvalue())
    return mark


def path(mark: str) -> Path:
    """Where a picture lies."""
    return folder() / f"{mark}.png"


def folder() -> Path:
    return settings().files / "crests"


def _refused(sentence: str) -> Invalid:
    return Invalid(fields={"crest": sentence})


def _put(place: Path, content: bytes) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    draft = place.with_suffix(f".{os.getpid()}.new")
    draft.write_bytes(content)
    draft.replace(place)
