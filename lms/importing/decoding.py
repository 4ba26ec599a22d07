"""From bytes to text: the encodings agencies' files come in. `DECODERS` is where further ones (TCVN3, VNI) join."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

from flask_babel import gettext as _

from lms.errors import Invalid
from lms.text import nfc


def _utf8(data: bytes) -> str | None:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None


def utf16(data: bytes) -> str | None:
    """The text when the bytes are UTF-16, with or without a mark, else None."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    elif len(data) % 2 == 0 and data[1::2].count(0) > len(data) // 4:
        encoding = "utf-16-le"
    elif len(data) % 2 == 0 and data[0::2].count(0) > len(data) // 4:
        encoding = "utf-16-be"
    else:
        return None
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _windows_1258(data: bytes) -> str | None:
    try:
        text = nfc(data.decode("cp1258"))
    except UnicodeDecodeError:
        return None
    return text if _reads_as_vietnamese(text) else None


def _reads_as_vietnamese(text: str) -> bool:
    """Whether every letter could stand in a Vietnamese list; TCVN3 and VNI read this way give ¸, ­, × …"""
    foreign = sum(1 for c in text if ord(c) > 127 and not _is_vietnamese(c))
    return foreign * 200 <= len(text)


def _is_vietnamese(character: str) -> bool:
    if character in "–—‘’“”…•€\u00a0°²³":
        return True
    split = unicodedata.normalize("NFD", character.lower())
    return split[0] in "abcdefghijklmnopqrstuvwxyzđ" and all(m in "\u0300\u0301\u0302\u0303\u0306\u0309\u031b\u0323" for m in split[1:])  # fmt: skip


#: Tried in this order; the first that can read the file wins.
DECODERS: list[tuple[str, Callable[[bytes], str | None]]] = [
    ("UTF-16", utf16),
    ("UTF-8", _utf8),
    ("Windows-1258", _windows_1258),
]


def decode(data: bytes) -> tuple[str, str]:
    """The text of a text file (NFC) and the name of its encoding. Raises Invalid when none fits."""
    for name, decoder in DECODERS:
        text = decoder(data)
        if text is not None and "\x00" not in text:
            return nfc(text), name
    raise Invalid(_("The letters of this file cannot be read: it is in an old font encoding (TCVN3, VNI) or no text at all. Open it in Excel, convert it to Unicode and save it as .xlsx."))  # fmt: skip
