"""From bytes to text: the encodings agencies' files come in, those of before Unicode included."""

from __future__ import annotations

from collections.abc import Callable

from flask_babel import gettext as _

from lms.errors import Invalid
from lms.importing import legacy
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
        return nfc(data.decode("cp1258"))
    except UnicodeDecodeError:
        return None


def _legacy(encoding: str) -> Callable[[bytes], str | None]:
    return lambda data: legacy.convert(legacy.latin(data), encoding)


#: Encodings with a mark or a grammar of their own: the first that can read the file wins.
_CERTAIN: list[tuple[str, Callable[[bytes], str | None]]] = [("UTF-16", utf16), ("UTF-8", _utf8)]
#: One byte a letter: any file can be read in any of them, so the one that reads as Vietnamese wins.
_GUESSED: list[tuple[str, Callable[[bytes], str | None]]] = [
    ("Windows-1258", _windows_1258),
    (legacy.TCVN3, _legacy(legacy.TCVN3)),
    (legacy.VNI, _legacy(legacy.VNI)),
]
#: What a user may choose when the guess was wrong.
ENCODINGS = ("Unicode", "Windows-1258", legacy.TCVN3, legacy.VNI)
#: The least share of possible syllables for a guess.
_LIKE_ENOUGH = 0.75


def decode(data: bytes, encoding: str = "") -> tuple[str, str]:
    """The text of a text file (NFC) and the name of its encoding; a chosen `encoding` is taken at its word.

    Raises Invalid when none fits.
    """
    for name, decoder in _CERTAIN:
        text = decoder(data)
        if text is not None and "\x00" not in text:
            return _as_chosen(nfc(text), name, encoding)
    guesses = [(name, text) for name, decoder in _GUESSED if (text := decoder(data)) and "\x00" not in text]
    for name, text in guesses:
        if name == encoding:
            return nfc(text), name
    best = max(guesses, key=lambda guess: legacy.likeness(guess[1]), default=None)
    if best is None or legacy.likeness(best[1]) < _LIKE_ENOUGH:
        raise Invalid(_("The letters of this file cannot be read as Vietnamese in any known encoding (Unicode, Windows-1258, TCVN3, VNI). Open it in Excel, convert it to Unicode and save it as .xlsx."))  # fmt: skip
    return nfc(best[1]), best[0]


def _as_chosen(text: str, name: str, encoding: str) -> tuple[str, str]:
    """Unicode text may still carry the characters of an old font, when a program saved them as they were."""
    found = encoding if encoding in legacy.NAMES else legacy.detect([text]) if not encoding else ""
    return (nfc(legacy.convert(text, found)), found) if found else (text, name)
