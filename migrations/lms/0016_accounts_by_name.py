"""Accounts are listed in Vietnamese name order and found without accents; those on record already get both here."""

import unicodedata

from peewee import CharField, Model

ALPHABET = "aăâbcčdđeêĕfghiĭjklmnñoôơŏpqrstuưŭvwxyz"
PLACE = {letter: f"{place:02d}" for place, letter in enumerate(ALPHABET, 1)}
OTHER = f"{len(ALPHABET) + 1:02d}"
TONES = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}


def up(migrator, db):
    migrator.migrate(
        migrator.add_column("lms_user", "name_folded", CharField(120, default="")),
        migrator.add_column("lms_user", "name_sort", CharField(400, default="")),
    )

    class User(Model):
        display_name = CharField(120)
        name_folded = CharField(120)
        name_sort = CharField(400)

        class Meta:
            database = db
            table_name = "lms_user"

    for number, name in list(User.select(User.id, User.display_name).tuples()):
        found = {"name_folded": folded(name)[:120], "name_sort": sort_key(name)[:400]}
        User.update(**found).where(User.id == number).execute()
    migrator.migrate(
        migrator.add_index("lms_user", ("name_sort", "id")),
        migrator.add_index("lms_user", ("last_login_at", "name_sort")),
    )


def folded(name):
    """Small letters without accents, đ as d."""
    plain = unicodedata.normalize("NFKD", name).casefold().replace("đ", "d")
    return " ".join("".join(one for one in plain if not unicodedata.combining(one)).split())


def sort_key(name):
    """The given name, then the others; letters by their place in the alphabet, then the tone."""
    words = name.casefold().split()
    return "".join(word_key(word) for word in words[-1:] + words[:-1])


def word_key(word):
    letters, tone = [], "0"
    for character in unicodedata.normalize("NFC", word):
        base = character
        if character not in PLACE:
            split = unicodedata.normalize("NFD", character)
            mark = next((TONES[one] for one in split if one in TONES), "0")
            tone = mark if tone == "0" else tone
            base = unicodedata.normalize("NFC", "".join(one for one in split if one not in TONES))
        if base.isalnum():
            letters.append(PLACE.get(base) or PLACE.get(unicodedata.normalize("NFD", base)[0], OTHER))
    return "".join(letters) + "00" + tone
