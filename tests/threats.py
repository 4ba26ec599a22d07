"""Which test answers for which threat: ``python -m tests.threats`` writes the last column of docs/threats.md anew.

A test is named after its rows, ``test_threat_07_…`` or ``test_threat_13_16_…``, wherever it stands.
"""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parents[1]
TABLE = ROOT / "docs" / "threats.md"
ROWS = 35
_TEST = re.compile(r"^(?:    )?def (test_threat((?:_\d\d)+)_\w+)\(", re.M)
_ROW = re.compile(r"^\| (\d+) \| ([^|\n]+) \| ([^|\n]+) \| ?([^|\n]*?) ?\|$", re.M)


def tests_by_row() -> dict[int, list[str]]:
    """The names of the tests of each row, in alphabetical order."""
    found: dict[int, set[str]] = defaultdict(set)
    for path in (ROOT / "tests").rglob("test_*.py"):
        for name, rows in _TEST.findall(path.read_text()):
            for row in rows.split("_")[1:]:
                found[int(row)].add(name)
    return {row: sorted(names) for row, names in sorted(found.items())}


def table() -> dict[int, tuple[str, str, list[str]]]:
    """The rows of the document: attack, what the product does, names of tests."""
    return {
        int(row): (attack, answer, re.findall(r"`(\w+)`", tests))
        for row, attack, answer, tests in _ROW.findall(TABLE.read_text())
    }


def written() -> str:
    """The document with the tests as they are."""
    there = tests_by_row()

    def line(row: re.Match[str]) -> str:
        names = "<br>".join(f"`{name}`" for name in there.get(int(row[1]), []))
        return f"| {row[1]} | {row[2]} | {row[3]} | {names} |"

    return _ROW.sub(line, TABLE.read_text())


if __name__ == "__main__":
    TABLE.write_text(written())
