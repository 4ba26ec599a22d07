"""Names of people: how they are cleaned, ordered and shortened.

Vietnamese lists are ordered by the given name, which is the **last** word, then by the family name,
then by the middle names; letters follow the Vietnamese alphabet (a ă â b c d đ e ê …) and, where
letters are equal, tones follow the dictionary (level, huyền, hỏi, ngã, sắc, nặng).
Names of the ethnic minorities have other shapes ("H'Hen Niê", "Y Bliă Êban", "Siu H'Bơ Rơ Châm
Krông"), one word ("Khánh") or 46 letters; nothing here assumes three words.
"""

from __future__ import annotations

import re
import unicodedata

from lms.text import clean_line, nfc, plain_apostrophes, squeeze

#: The longest name accepted, in characters.
LONGEST = 100

#: The alphabet in its order: Vietnamese, with the letters of Ê Đê, Jrai, Ba Na and loan words after their base.
_ALPHABET = "aăâbcčdđeêĕfghiĭjklmnñoôơŏpqrstuưŭvwxyz"
_PLACE = {letter: f"{place:02d}" for place, letter in enumerate(_ALPHABET, 1)}
_OTHER = f"{len(_ALPHABET) + 1:02d}"

_TONES = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}
_LOOKALIKES = str.maketrans({"Ð": "Đ", "Ɖ": "Đ", "ð": "đ", "ɖ": "đ"})
_WORD_START = re.compile(r"(^|[\s'\-.])(\w)")


def clean_name(raw: str) -> str:
    """A name as it is stored: NFC, single spaces, the right đ, and ordinary capitals.

    A name typed wholly in capitals (or wholly in small letters) gets ordinary capitals, each word and
    each part after an apostrophe or hyphen: "PHẠM MINH TIẾN" → "Phạm Minh Tiến", "H'HEN NIÊ" → "H'Hen Niê".
    Mixed writing is the owner's and stays.
    """
    name = squeeze(plain_apostrophes(clean_line(raw)).translate(_LOOKALIKES))
    name = re.sub(r"\s*'\s*", "'", name) if re.search(r"(^|\s)[HKYhky]\s?'", name) else name
    if name.isupper() or name.islower():
        name = _WORD_START.sub(lambda found: found.group(1) + found.group(2).upper(), name.lower())
    return nfc(name)


def is_plausible(name: str) -> bool:
    """Whether a cleaned name could be one: letters with spaces, apostrophes, hyphens or full stops; not too long."""
    if not 1 < len(name) <= LONGEST or not name[0].isalpha():
        return False
    return all(c.isalpha() or unicodedata.category(c) == "Mn" or c in " '-." for c in name)


def given(name: str) -> str:
    """The given name: the last word."""
    return name.split()[-1] if name.split() else ""


def before_given(name: str) -> str:
    """Family and middle names: all but the last word."""
    return " ".join(name.split()[:-1])


def initials(name: str) -> str:
    """One or two capitals for a round badge: family and given name, "Nguyễn Văn An" → "NA"."""
    words = [word for word in (re.sub(r"[^\w]", "", w) for w in clean_line(name).split()) if word]
    if not words:
        return ""
    ends = words[:1] if len(words) == 1 else [words[0], words[-1]]
    return nfc("".join(word[0] for word in ends).upper())


def sort_key(name: str) -> str:
    """The key by which names sort the Vietnamese way: given name, then family name, then middle names.

    Digits only, so that any database collation and plain string comparison agree. "Hoà" and "Hòa"
    (two spellings of one name) have the same key. At most 400 characters.
    """
    words = clean_line(name).translate(_LOOKALIKES).casefold().split()
    ordered = words[-1:] + words[:-1]
    return "".join(_word_key(word) for word in ordered)[:400]


def _word_key(word: str) -> str:
    letters: list[str] = []
    tone = "0"
    for character in nfc(word):
        base, mark = _take_tone(character)
        tone = mark if tone == "0" else tone
        if base.isalnum():
            letters.append(_PLACE.get(base) or _PLACE.get(unicodedata.normalize("NFD", base)[0], _OTHER))
    return "".join(letters) + "00" + tone


def _take_tone(character: str) -> tuple[str, str]:
    """A letter without its tone mark, and the tone's place (0 = level)."""
    if character in _PLACE:
        return character, "0"
    split = unicodedata.normalize("NFD", character)
    tone = next((_TONES[mark] for mark in split if mark in _TONES), "0")
    return unicodedata.normalize("NFC", "".join(c for c in split if c not in _TONES)), tone
