"""Vietnamese text: one spelling, one folded form for search, and nothing invisible in it.

Pure functions of the standard library; every model, form and import goes through them, so that
the same word is stored once, found without accents and never hides a direction mark.
"""

from __future__ import annotations

import re
import unicodedata

#: Letters that no Unicode decomposition splits, and letters commonly mistyped for them
#: (Icelandic eth and African d look like đ on screen).
_PLAIN = str.maketrans({"đ": "d", "ð": "d", "ɖ": "d", "ß": "ss", "ø": "o", "ł": "l"})
_APOSTROPHES = str.maketrans(dict.fromkeys("\u2018\u2019\u02bc\u02b9\u02bb\u00b4\u0060\u2032\uff07", "'"))
_SPACES = re.compile(r"\s+")
_SIGNS = re.compile(r"[\W_]+")

#: Characters that are not seen: controls, direction marks and overrides, zero-width joiners,
#: byte-order marks, soft hyphens, variation selectors, private and unassigned code points.
_HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Co", "Cs", "Cn"})
_LINE_SPACES = frozenset("\t\n\r\x0b\x0c\x1c\x1d\x1e\x1f\x85")
_HIDDEN_MARKS = frozenset(
    chr(c) for c in (0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFFA0)
) | frozenset(chr(c) for c in range(0xFE00, 0xFE10))


def nfc(text: str) -> str:
    """The text with every accented letter as one code point, the form in which all text is stored."""
    return unicodedata.normalize("NFC", text)


class _Hidden(dict[int, int | None]):
    """A table for `str.translate` that takes invisible characters out; filled as characters are met."""

    def __missing__(self, code: int) -> int | None:
        self[code] = kept = None if is_hidden(chr(code)) else code
        return kept


class _Marks(dict[int, int | None]):
    """A table for `str.translate` that takes combining marks out of decomposed text."""

    def __missing__(self, code: int) -> int | None:
        character = chr(code)
        is_mark = unicodedata.combining(character) or unicodedata.category(character) == "Mn"
        self[code] = kept = None if is_mark else code
        return kept


def is_hidden(character: str) -> bool:
    """Whether a character is invisible and carries no space: direction marks, zero-width, controls."""
    if character in _LINE_SPACES:
        return False
    return character in _HIDDEN_MARKS or unicodedata.category(character) in _HIDDEN_CATEGORIES


def has_control(text: str) -> bool:
    """Whether the text has a control, bidirectional or zero-width character, line breaks included.

    One-line fields (names, numbers, titles) refuse such text: it can make two different values look alike.
    """
    return any(c in _LINE_SPACES or is_hidden(c) for c in text)


_NO_HIDDEN = _Hidden()
_NO_MARKS = _Marks()


def strip_hidden(text: str) -> str:
    """The text without its invisible characters; line breaks and tabs stay."""
    return text if text.isascii() and text.isprintable() else text.translate(_NO_HIDDEN)


def squeeze(text: str) -> str:
    """The text on one line: runs of any space (also no-break and ideographic) become one, ends trimmed."""
    return _SPACES.sub(" ", text).strip()


def plain_apostrophes(text: str) -> str:
    """The text with the typographic apostrophes of word processors as the plain one."""
    return text.translate(_APOSTROPHES)


def clean_line(text: str) -> str:
    """One line as it is stored: NFC, nothing invisible, single spaces."""
    return squeeze(nfc(strip_hidden(text)))


def fold(text: str) -> str:
    """The text as it is searched: lower case, without accents, đ as d, single spaces.

    >>> fold("Đặng  Thị ÁNH")
    'dang thi anh'
    """
    if text.isascii() and text.isprintable():
        return squeeze(text.lower().replace("`", "'"))
    plain = plain_apostrophes(_without_marks(_without_marks(text)).translate(_PLAIN))
    return squeeze(plain.translate(_NO_HIDDEN))


def fold_words(text: str) -> str:
    """The folded text with every sign that is neither letter nor digit as a space, for comparing labels."""
    return squeeze(_SIGNS.sub(" ", fold(text)))


def _without_marks(text: str) -> str:
    return unicodedata.normalize("NFKD", text).casefold().translate(_NO_MARKS)
