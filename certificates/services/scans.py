"""Files for a pile: taken in, read page by page in the background, put on the pile."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from certificates.desk import reading, uploads, words
from certificates.desk.models import Pile
from certificates.desk.reading import Reading
from certificates.desk.scan.reading import FileRefused, PageRead
from certificates.services.piles import Read, open_pile, refuse_finished
from lms import audit, jobs
from lms.access.models import User
from lms.config import settings
from lms.db import atomic, lock
from lms.errors import Invalid


@atomic
def take_files(pile: Pile | None, files: Sequence[Any], *, by: User) -> Pile:
    """Keep files and have them read in the background; without a pile they begin one. Raises Invalid, PileFinished."""
    if pile is not None:
        pile = lock(pile)
        refuse_finished(pile)
    chosen = [one for one in files if one is not None and one.filename]
    if not chosen:
        raise Invalid(_("Choose PDFs, pictures or archives (ZIP) to read."))
    if len(chosen) > uploads.MOST_FILES:
        raise Invalid(_("At most %(most)s files at a time, please.", most=uploads.MOST_FILES))
    pile = pile or open_pile(by=by)
    folder = uploads.keep(chosen)
    title = ngettext(
        "Reading %(num)s file for pile no. %(pile)s",
        "Reading %(num)s files for pile no. %(pile)s",
        len(chosen),
        pile=pile.id,
    )
    run = jobs.start("certificates.read_scans", title=title, by=by, pile_id=pile.id, folder=folder)
    Pile.update(run=run).where(Pile.id == pile.id).execute()
    audit.record(by, "certificates.pile_files", pile, count=len(chosen))
    return pile


def of_word(word: PageRead | FileRefused, altered: Collection[str] = ()) -> list[Read]:
    """What the child said of a page or a file; `altered` are the files that are not what was signed."""
    if isinstance(word, FileRefused):
        return [of_refused(word)]
    found = of_page(word)
    return [_modified(one) for one in found] if word.label in altered else found


def of_page(page: PageRead) -> list[Read]:
    """What a page says: every paper on it, what imitates one, or that there is no readable code."""
    origin = page.label if page.of == 1 else _("%(file)s, page %(page)s", file=page.label, page=page.page)
    ours = settings()
    readings = [reading.read(text, ours.base_url, ours.former_addresses) for text in page.texts]
    # Codes that are no addresses (a citizen card beside the paper) are nobody's business when there is another.
    told = [one for one in readings if one.kind != reading.NO_ADDRESS] or readings[:1]
    return [Read(one, origin) for one in told] or [_without(origin, words.NO_CODE)]


def _modified(one: Read) -> Read:
    """A page of a file that was changed after it was signed: another paper than the genuine one of that code."""
    if one.reading.kind in {reading.FOREIGN, reading.LOOK_ALIKE}:
        return one
    key = "@" + reading.digest(f"{words.MODIFIED} {one.origin} {one.reading.key}")
    return Read(replace(one.reading, key=key, place=""), one.origin, words.MODIFIED)


def of_refused(refused: FileRefused) -> Read:
    """A file that was not read, with the reason."""
    return _without(refused.label, words.REFUSED, refused.reason)


def _without(origin: str, code: str, place: str = "") -> Read:
    key = "@" + reading.digest(f"{code} {origin}")
    return Read(Reading(code, key, place=place), origin, code)
