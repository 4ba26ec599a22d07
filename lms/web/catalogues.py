"""Translations: every module brings its own catalogue; ours also answers for the form library, which has no Vietnamese."""

from __future__ import annotations

import logging
import os
from gettext import GNUTranslations
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask_babel import gettext, ngettext

from lms.db import connection
from lms.plugins import troubles
from lms.plugins.registry import Found, registry

log = logging.getLogger(__name__)


def folders() -> list[Path]:
    """The translation folders of every module found, but for those that cannot be read."""
    found = [(entry, entry.folder / "translations") for entry in registry.in_order() if not entry.problem]
    return [
        folder for entry, folder in found if folder.is_dir() and (entry.built_in or _readable(entry, folder))
    ]


def _readable(entry: Found, folder: Path) -> bool:
    """Whether a stranger's catalogues can be used; one broken file would break every page."""
    try:
        for source in folder.glob("*/LC_MESSAGES/*.po"):
            _compile(source)
        for compiled in folder.glob("*/LC_MESSAGES/*.mo"):
            with compiled.open("rb") as binary:
                GNUTranslations(binary)
    except Exception as problem:
        log.exception("the translations of %s are left out", entry.name)
        with connection():
            troubles.note(entry.name, "translations", f"{type(problem).__name__}: {problem}")
        return False
    return True


def compile_stale() -> int:
    """Compile catalogues that were edited since; returns how many. A folder that cannot be written is left alone."""
    compiled = 0
    for folder in folders():
        for source in folder.glob("*/LC_MESSAGES/*.po"):
            try:
                compiled += _compile(source)
            except (OSError, ValueError) as problem:
                log.warning("translations of %s were not compiled: %s", source, problem)
    return compiled


def _compile(source: Path) -> bool:
    target = source.with_suffix(".mo")
    if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
        return False
    with source.open("rb") as text:
        catalogue = read_po(text, locale=source.parent.parent.name)
    draft = target.with_suffix(f".{os.getpid()}.new")
    with draft.open("wb") as binary:
        write_mo(binary, catalogue)
    draft.replace(target)
    return True


class FormMessages:
    """The form library's own sentences, from our catalogue."""

    def gettext(self, sentence: str) -> str:
        return gettext(sentence)

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        return ngettext(singular, plural, number)
