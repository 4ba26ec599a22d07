"""The scripts of the offline page: which there are, and all of them in one piece for the file.

Only the forms that our modules use are understood: ``import { a, b as c } from './x.js'``, ``import './x.js'``, and
``export`` before function, class or const. Anything else is an error, never a broken file.
"""

from __future__ import annotations

import re
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "static" / "certificates"
APP = FOLDER / "offline" / "app.js"
FILE = FOLDER / "offline" / "file.js"

_IMPORT = re.compile(r"""^import (?:\{([^}]*)\} from )?['"](\.{1,2}/[\w./-]+\.js)['"];?$""", re.MULTILINE)
_EXPORT = re.compile(r"^export ((?:async )?function\*? |class |const )(\w+)", re.MULTILINE)
_LEFT_OVER = re.compile(r"^\s*(?:import[ {*'\"]|export[ {*])", re.MULTILINE)


def family(entry: Path) -> list[Path]:
    """The module and everything it imports, in the order in which they run."""
    found: list[Path] = []
    _visit(entry.resolve(), found, ())
    return found


def _visit(module: Path, found: list[Path], above: tuple[Path, ...]) -> None:
    if module in above:
        raise ValueError(f"{module.name} imports itself in a circle")
    if module in found:
        return
    for _names, path in _IMPORT.findall(module.read_text()):
        _visit((module.parent / path).resolve(), found, (*above, module))
    found.append(module)


def one_piece(entry: Path) -> str:
    """The module with its family as one script without imports."""
    modules = family(entry)
    names = {module: f"m{place}" for place, module in enumerate(modules)}
    return "".join(_wrapped(module, names) for module in modules)


def _wrapped(module: Path, names: dict[Path, str]) -> str:
    text = module.read_text()

    def imported(found: re.Match[str]) -> str:
        wanted, path = found.groups()
        if wanted is None:
            return ""
        pairs = ", ".join(part.strip().replace(" as ", ": ") for part in wanted.split(",") if part.strip())
        return f"const {{ {pairs} }} = {names[(module.parent / path).resolve()]}"

    exported = [found[2] for found in _EXPORT.finditer(text)]
    body = _EXPORT.sub(r"\1\2", _IMPORT.sub(imported, text))
    if _LEFT_OVER.search(body):
        raise ValueError(f"{module.name} imports or exports in a form that is not understood")
    # Loading is asynchronous in no module of ours, so a plain function keeps their names apart.
    return f"const {names[module]} = (() => {{\n{body}\nreturn {{ {', '.join(exported)} }}\n}})()\n"


def as_module_of_one(text: str, name: str) -> str:
    """A module of others with one ``export { … }`` at its end as a script that puts its exports under a global name."""
    bare, count = re.subn(r"export \{([^}]*)\};?\s*$", rf"globalThis.{name} = {{\1}}", text)
    if count != 1 or _LEFT_OVER.search(bare):
        raise ValueError(f"{name} is not one module with its exports at the end")
    return f"(() => {{\n{bare}\n}})()\n"
