"""Catalogues of every module: `python -m tools.i18n update | check | compile`.

Source texts are English sentences in code and templates; each module carries its own Vietnamese catalogue, which is
complete. `update` adds new texts and drops those nobody uses (never guessing from similar ones), `check` says what
is missing, `compile` makes the binary form. A test runs `check`.
"""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from tools.steps import ROOT

LOCALE = "vi"
#: How code calls gettext, besides babel's own defaults.
KEYWORDS = DEFAULT_KEYWORDS | {"_l": None, "lazy_gettext": None, "_n": (1, 2), "lazy_ngettext": (1, 2)}
#: Folders below a module whose texts are not shown by it.
SKIPPED = {"scaffold", "translations", "static", "__pycache__"}

PLACEHOLDER = re.compile(r"%\((\w+)\)")

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
            self.folder, *_mapping(), keywords=KEYWORDS, directory_filter=_entered
        ):
            template.add(text, None, [(path, line)], auto_comments=comments, context=context)
        return template

    def catalogue(self) -> Catalog:
        if not self.catalogue_file.exists():
            return Catalog(locale=LOCALE, project=f"Kim Bang: {self.name}", charset="utf-8", fuzzy=False)
        with self.catalogue_file.open("rb") as source:
            return read_po(source, locale=LOCALE)


def modules() -> list[Module]:
    """The kernel, the houses at the top level and every plugin."""
    tops = [ROOT / name for name in ("lms", "courses", "evaluation", "certificates")]
    plugins = sorted((ROOT / "plugins").glob("*/"))
    return [Module(folder.name, folder) for folder in [*tops, *plugins] if (folder / "plugin.py").exists()]


def _mapping() -> tuple[list[tuple[str, str]], dict[str, dict[str, str]]]:
    with (ROOT / "babel.cfg").open() as source:
        return parse_mapping_cfg(source)


def _entered(folder: str) -> bool:
    return Path(folder).name not in SKIPPED


# ---------------------------------------------------------------- update


def update(module: Module) -> int:
    """Bring a module's catalogue up to its texts; returns how many wait for a translation."""
    template, catalogue = module.template(), module.catalogue()
    if not len(template) and not module.catalogue_file.exists():
        return 0
    catalogue.update(template, no_fuzzy_matching=True, update_creation_date=False)
    module.catalogue_file.parent.mkdir(parents=True, exist_ok=True)
    with module.catalogue_file.open("wb") as target:
        write_po(target, catalogue, width=110, no_location=True, sort_output=True, ignore_obsolete=True)
    return sum(1 for message in catalogue if message.id and not _translated(message))


# ---------------------------------------------------------------- check


def check() -> list[str]:
    """Everything wrong with the catalogues, one line each; [] when every visible text is translated."""
    problems: list[str] = []
    known: dict[Key, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for module in modules():
        problems += _problems(module)
        for message in module.catalogue():
            if message.id and _translated(message):
                known[_key(message)][_first(message.string)].append(module.name)
    for (text, _context), versions in known.items():
        if len(versions) > 1:
            said = "; ".join(f"{', '.join(names)}: “{words}”" for words, names in versions.items())
            problems.append(f"one text, several translations: “{text}” — {said}")
    return problems


def _problems(module: Module) -> Iterator[str]:
    shown = {_key(message): message for message in module.template() if message.id}
    kept = {_key(message): message for message in module.catalogue() if message.id}
    for key, message in shown.items():
        where = f"{module.folder.relative_to(ROOT)}/{message.locations[0][0]}:{message.locations[0][1]}"
        if key not in kept:
            yield f"missing in {module.name}: “{key[0]}” ({where})"
        elif not _translated(kept[key]):
            yield f"untranslated in {module.name}: “{key[0]}” ({where})"
    for key, message in kept.items():
        if key not in shown:
            yield f"obsolete in {module.name}: “{key[0]}”"
        elif message.fuzzy:
            yield f"fuzzy in {module.name}: “{key[0]}”"
        elif wrong := _wrong_names(message):
            yield f"names do not match in {module.name}: “{key[0]}” {', '.join(sorted(wrong))}"


def _wrong_names(message: Message) -> set[str]:
    """Names in one of text and translation only; a plural form may leave the number out."""
    if not _translated(message):
        return set()
    ids = message.id if isinstance(message.id, (list, tuple)) else (message.id,)
    strings = message.string if isinstance(message.string, (list, tuple)) else (message.string,)
    asked = {name for text in ids for name in PLACEHOLDER.findall(text)}
    return asked ^ {name for text in strings for name in PLACEHOLDER.findall(text)}


def _translated(message: Message) -> bool:
    strings = message.string if isinstance(message.string, (list, tuple)) else (message.string,)
    return bool(strings) and all(strings)


def _key(message: Message) -> Key:
    return _first(message.id), message.context


def _first(text: object) -> str:
    return str(text[0]) if isinstance(text, (list, tuple)) else str(text)


# ---------------------------------------------------------------- compile


def compile_all() -> int:
    """Make the binary form of every catalogue that was edited since; returns how many."""
    compiled = 0
    for module in modules():
        for source in module.folder.glob("translations/*/LC_MESSAGES/*.po"):
            target = source.with_suffix(".mo")
            if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
                continue
            with source.open("rb") as text, target.open("wb") as binary:
                write_mo(binary, read_po(text, locale=source.parent.parent.name))
            compiled += 1
    return compiled


def main(arguments: list[str]) -> int:
    match arguments:
        case ["update", *names]:
            for module in modules():
                if not names or module.name in names:
                    print(f"{module.name}: {update(module)} to translate")
            return 0
        case ["check"] | ["--check"]:
            problems = check()
            print("\n".join(problems) or "Every text is translated.")
            return 1 if problems else 0
        case ["compile"]:
            print(f"{compile_all()} compiled")
            return 0
        case _:
            print(__doc__)
            return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
