"""Vietnamese before Unicode: the letters of TCVN3 (ABC) and VNI fonts, recognised and converted.

Such text was typed with fonts that draw "µ" as "à"; it comes as bytes of a text file or as those same
characters inside a workbook. Which of the three a text is in is decided by how many of its words are
possible Vietnamese syllables, not by single letters.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

UNICODE, TCVN3, VNI = "", "TCVN3", "VNI"
NAMES = (TCVN3, VNI)

_TCVN3_LETTERS = (
    (0xA1, "ĂÂÊÔƠƯĐăâêôơưđ"),
    (0xB5, "àảãáạ"),
    (0xBB, "ằẳẵắ"),
    (0xC6, "ặầẩẫấậè"),
    (0xCE, "ẻẽéẹềểễếệìỉ"),
    (0xDC, "ĩíịò"),
    (0xE1, "ỏõóọồổỗốộờở"),
    (0xEC, "ỡớợù"),
    (0xF1, "ủũúụừửữứựỳỷỹýỵ"),
)  # fmt: skip
#: TCVN3 byte (as the character of that number) → letter.
_TCVN3 = {
    chr(first + place): letter for first, letters in _TCVN3_LETTERS for place, letter in enumerate(letters)
}

_VNI_TONES = {"ù": "\u0301", "ø": "\u0300", "û": "\u0309", "õ": "\u0303", "ï": "\u0323"}
_VNI_ROOFS = {"â": "", "á": "\u0301", "à": "\u0300", "å": "\u0309", "ã": "\u0303", "ä": "\u0323"}
_VNI_BREVE = {"ê": "", "é": "\u0301", "è": "\u0300", "ú": "\u0309", "ü": "\u0303", "ë": "\u0323"}
_VNI_ALONE = {"ñ": "đ", "ô": "ơ", "ö": "ư", "í": "í", "ì": "ì", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ"}


def _vni() -> dict[str, str]:
    found: dict[str, str] = {}
    for base in "aeouy":
        found |= {base + sign: base + tone for sign, tone in _VNI_TONES.items()}
    for base, letter in (("ô", "ơ"), ("ö", "ư")):
        found |= {base + sign: letter + tone for sign, tone in _VNI_TONES.items()}
    for base, letter in (("a", "â"), ("e", "ê"), ("o", "ô")):
        found |= {base + sign: letter + tone for sign, tone in _VNI_ROOFS.items()}
    found |= {"a" + sign: "ă" + tone for sign, tone in _VNI_BREVE.items()}
    found |= _VNI_ALONE
    found = {key: unicodedata.normalize("NFC", value) for key, value in found.items()}
    for key, value in list(found.items()):
        found[key.upper()] = value.upper()
        if len(key) == 2:  # a capital with a small sign, as at the beginning of a name
            found[key[0].upper() + key[1]] = value.upper()
    return found


_VNI = _vni()
_VNI_PAIR = re.compile("|".join(sorted(map(re.escape, _VNI), key=len, reverse=True)))
_TCVN3_TABLE = str.maketrans(_TCVN3)
#: Windows puts typographic signs on numbers that Latin-1 leaves to controls; the fonts have no letters there.
_LATIN = {chr(code): bytes([code]).decode("cp1252", "ignore") or chr(code) for code in range(0x80, 0xA0)}
_LATIN_TABLE = str.maketrans(_LATIN)

_TONES = "\u0300\u0301\u0303\u0309\u0323"
_SYLLABLE = re.compile(
    r"(?:b|c|ch|d|đ|g|gh|gi|h|k|kh|l|m|n|ng|ngh|nh|p|ph|q|r|s|t|th|tr|v|x)?"
    r"[aăâeêioôơuưy]{1,3}(?:c|ch|m|n|ng|nh|p|t|k)?"
)
_WORD = re.compile(r"[^\W\d_]+|[^\x00-\x7f]+(?:[^\W\d_]|[^\x00-\x7f])*")


def latin(data: bytes) -> str:
    """The bytes as Western characters, the form in which `convert` takes them."""
    return data.decode("latin-1").translate(_LATIN_TABLE)


def convert(text: str, encoding: str) -> str:
    """Western characters of a TCVN3 or VNI font as Unicode; other text comes back as it is.

    TCVN3 has no accented capitals: "¸nh" is "ánh" until the reader of the cell makes a name of it.
    """
    if text.isascii():
        return text
    if encoding == TCVN3:
        return text.translate(_TCVN3_TABLE)
    if encoding == VNI:
        return _VNI_PAIR.sub(lambda pair: _VNI[pair[0]], text)
    return text


def likeness(text: str) -> float:
    """The share (0..1) of the words with letters beyond ASCII that can be Vietnamese syllables; 1 when there are none."""
    words = {word for word in _WORD.findall(text) if not word.isascii()}
    if not words:
        return 1.0
    return sum(1 for word in words if _is_syllable(word)) / len(words)


def detect(texts: Iterable[str]) -> str:
    """TCVN3 or VNI when the texts read clearly better that way, else Unicode (an empty name)."""
    sample = " ".join(text for text in texts if not text.isascii())[:40_000]
    best, score = UNICODE, likeness(sample)
    for encoding in NAMES:
        found = likeness(convert(sample, encoding))
        if found > score + 0.2:
            best, score = encoding, found
    return best


def _is_syllable(word: str) -> bool:
    split = unicodedata.normalize("NFD", word.lower())
    tones = sum(1 for c in split if c in _TONES)
    bare = unicodedata.normalize("NFC", "".join(c for c in split if c not in _TONES))
    return tones <= 1 and _SYLLABLE.fullmatch(bare) is not None
