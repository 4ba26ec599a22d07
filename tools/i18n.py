"""Catalogues of every module: `python -m tools.i18n update | check | compile`.

Source texts are English sentences in code and templates; each module carries its own Vietnamese catalogue, which is
complete (see `lms.translating`). `update` adds new texts and drops those nobody uses (never guessing from similar
ones), `check` says what is missing, `compile` makes the binary form. A test runs `check`.
"""

from __future__ import annotations

import sys
from collections import defaultdict

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from lms.translating import Key, Module, first, key, problems, translated, update
from tools.steps import ROOT

__all__ = ["Module", "check", "compile_all", "modules", "update", "write_po"]


def modules() -> list[Module]:
    """The kernel, the houses at the top level and every plugin."""
    tops = [ROOT / name for name in ("lms", "courses", "evaluation", "certificates")]
    plugins = sorted([*(ROOT / "plugins").glob("*/"), *(ROOT / "examples").glob("*/*/")])
    return [Module(folder.name, folder) for folder in [*tops, *plugins] if (folder / "plugin.py").exists()]


def check() -> list[str]:
    """Everything wrong with the catalogues, one line each; [] when every visible text is translated."""
    found: list[str] = []
    known: dict[Key, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for module in modules():
        found += problems(module, ROOT)
        for message in module.catalogue():
            if message.id and translated(message):
                known[key(message)][first(message.string)].append(module.name)
    for (text, _context), versions in known.items():
        if len(versions) > 1:
            said = "; ".join(f"{', '.join(names)}: “{words}”" for words, names in versions.items())
            found.append(f"one text, several translations: “{text}” — {said}")
    return found


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
            found = check()
            print("\n".join(found) or "Every text is translated.")
            return 1 if found else 0
        case ["compile"]:
            print(f"{compile_all()} compiled")
            return 0
        case _:
            print(__doc__)
            return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
