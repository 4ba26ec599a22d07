"""The catalogue of one module: every text it shows, and what is wrong with its Vietnamese.

Source texts are English sentences in code and templates. A module carries its own catalogue, which is complete.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po, write_po

LOCALE = "vi"
#: Which files hold texts, and how they are read.
MAPPING = [("**.py", "python"), ("**/templates/**.html", "jinja2"), ("**/templates/**.txt", "jinja2")]
#: How code calls gettext, besides babel's own defaults.
KEYWORDS = DEFAULT_KEYWORDS | {"_l": None, "lazy_gettext": None, "_n": (1, 2), "lazy_ngettext": (1, 2)}
#: Folders below a module whose texts are not shown by it.
SKIPPED = {"scaffold", "translations", "static", "tests", "__pycache__"}

PLACEHOLDER = re.compile(r"%\((\w+)\)")
#: A full stop and, at once, a capital letter.
_NO_SPACE = re.compile(r"[^\W\d_A-Z][.!?][A-ZĐÀ-ỸƯƠ](?=[^\W\d_])")

Key = tuple[str, str | None]


@dataclass(frozen=True)
class Module:
    """A folder with texts of its own."""

    name: str
    folder: Path

    @property
    def catalogue_file(self) -> Path:
        return self.folder / "translations" / LOCALE / "LC_MESSAGES" / "messages.po"

    def template(self) -> Catalog:
        """Every text the module's code and templates show now."""
        template = Catalog(project=f"Kim Bang: {self.name}", charset="utf-8")
        for path, line, text, comments, context in extract_from_dir(
            self.folder, MAPPING, keywords=KEYWORDS, directory_filter=_entered
        ):
            template.add(text, None, [(path, line)], auto_comments=comments, context=context)
        return template

    def catalogue(self) -> Catalog:
        """The Vietnamese catalogue as it stands; an empty one when there is none yet."""
        if not self.catalogue_file.exists():
            return Catalog(locale=LOCALE, project=f"Kim Bang: {self.name}", charset="utf-8", fuzzy=False)
        with self.catalogue_file.open("rb") as source:
            return read_po(source, locale=LOCALE)


def _entered(folder: str | Path) -> bool:
    return Path(folder).name not in SKIPPED


def update(module: Module) -> int:
    """Bring a module's catalogue up to its texts; returns how many wait for a translation."""
    template, catalogue = module.template(), module.catalogue()
    if not len(template) and not module.catalogue_file.exists():
        return 0
    catalogue.update(template, no_fuzzy_matching=True, update_creation_date=False)
    module.catalogue_file.parent.mkdir(parents=True, exist_ok=True)
    with module.catalogue_file.open("wb") as target:
        write_po(target, catalogue, width=110, no_location=True, sort_output=True, ignore_obsolete=True)
    return sum(1 for message in catalogue if message.id and not translated(message))


def problems(module: Module, root: Path) -> Iterator[str]:
    """Everything wrong with a module's catalogue, one line each; places are told from `root`."""
    shown = {key(message): message for message in module.template() if message.id}
    kept = {key(message): message for message in module.catalogue() if message.id}
    for known, message in shown.items():
        where = f"{module.folder.relative_to(root)}/{message.locations[0][0]}:{message.locations[0][1]}"
        if known not in kept:
            yield f"missing in {module.name}: “{known[0]}” ({where})"
        elif not translated(kept[known]):
            yield f"untranslated in {module.name}: “{known[0]}” ({where})"
    for known, message in kept.items():
        if known not in shown:
            yield f"obsolete in {module.name}: “{known[0]}”"
        elif message.fuzzy:
            yield f"fuzzy in {module.name}: “{known[0]}”"
        elif wrong := _wrong_names(message):
            yield f"names do not match in {module.name}: “{known[0]}” {', '.join(sorted(wrong))}"
        elif _glued(message):
            yield f"two translations in one in {module.name}: “{known[0]}”"


def _wrong_names(message: Message) -> set[str]:
    """Names in one of text and translation only; a plural form may leave the number out."""
    if not translated(message):
        return set()
    return _names(message.id) ^ _names(message.string)


def _glued(message: Message) -> bool:
    """Whether a sentence begins without a space in the translation only: two catalogues were merged line by line."""
    text, said = (
        " ".join(words) if isinstance(words, (list, tuple)) else str(words)
        for words in (message.id, message.string)
    )
    return bool(_NO_SPACE.search(said)) and not _NO_SPACE.search(text)


def _names(said: object) -> set[str]:
    forms = said if isinstance(said, (list, tuple)) else (said,)
    return {name for text in forms for name in PLACEHOLDER.findall(str(text))}


def translated(message: Message) -> bool:
    """Whether a message has every form of its translation."""
    strings = message.string if isinstance(message.string, (list, tuple)) else (message.string,)
    return bool(strings) and all(strings)


def key(message: Message) -> Key:
    """What tells one message from another."""
    return first(message.id), message.context


def first(text: object) -> str:
    """A text, or the singular of a pair."""
    return str(text[0]) if isinstance(text, (list, tuple)) else str(text)
