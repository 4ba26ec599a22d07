"""Photos that strangers send: bounded, drawn anew as JPEG, and with nothing in them but the picture."""

from __future__ import annotations

import io
import secrets
from pathlib import Path
from typing import IO

from flask_babel import gettext as _

from lms.config import settings
from lms.errors import Invalid

MOST_BYTES = 8 * 1024 * 1024
#: Of the picture as it is sent. A JPEG is read at a smaller scale at once; other kinds take memory for every pixel.
MOST_PIXELS = {"JPEG": 64_000_000, "PNG": 16_000_000, "WEBP": 16_000_000}
#: Of the picture as it is kept: enough to read a paper.
LONG_SIDE = 2000


def redrawn(sent: IO[bytes], *, field: str = "photo") -> bytes:
    """The picture as a JPEG of ours: upright, at most 2,000 pixels long, without place, device or preview in it.

    Raises Invalid naming the field.
    """
    # The picture library is loaded when a picture comes: no page of the check pays for it.
    from PIL import Image, ImageOps  # noqa: PLC0415

    raw = sent.read(MOST_BYTES + 1)
    if len(raw) > MOST_BYTES:
        raise Invalid(fields={field: _("The photo is larger than 8 MB. Please take a smaller one.")})
    try:
        with Image.open(io.BytesIO(raw), formats=tuple(MOST_PIXELS)) as picture:
            if picture.width * picture.height > MOST_PIXELS[picture.format or ""]:
                raise Invalid(fields={field: _("The photo has too many pixels. Please take a smaller one.")})
            picture.draft("RGB", (LONG_SIDE, LONG_SIDE))
            upright = ImageOps.exif_transpose(picture).convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as wrong:
        raise Invalid(
            fields={field: _("This file is no photo we can read. Please send JPEG, PNG or WebP.")}
        ) from wrong
    upright.thumbnail((LONG_SIDE, LONG_SIDE))
    # A picture made of pixels alone: what came with it stays behind.
    bare = Image.frombytes("RGB", upright.size, upright.tobytes())
    made = io.BytesIO()
    bare.save(made, "JPEG", quality=80, optimize=True)
    return made.getvalue()


def keep(photo: bytes) -> str:
    """Put a photo under the files; returns its path there."""
    path = Path("certificates") / "cases" / f"{secrets.token_hex(16)}.jpg"
    full = settings().files / path
    full.parent.mkdir(parents=True, exist_ok=True)
    full.write_bytes(photo)
    return str(path)


def drop(path: str) -> None:
    """Remove a kept photo."""
    (settings().files / path).unlink(missing_ok=True)
