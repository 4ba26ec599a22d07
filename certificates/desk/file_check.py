"""One file that a stranger holds: its signature, the codes on its pages, and whether it is the very file made here."""

from __future__ import annotations

import hashlib
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from flask_babel import gettext as _

from certificates.desk import judging, reading, words
from certificates.desk.scan.reading import FileRefused, FileSigned, PageRead, read_files
from certificates.models import Certificate
from lms import clock
from lms.config import settings
from lms.errors import Invalid, LmsError

#: A certificate has some 60 kB and a page; what is much more is the desk's.
MOST_BYTES = 5_000_000
MOST_PAGES = 10
#: Seconds without a word before it is given up.
SILENCE = 15.0
#: One file at a time in each process: strangers may not keep the pages of everybody waiting.
_turn = threading.BoundedSemaphore(1)


class Busy(LmsError):
    """Somebody else's file is being read."""

    status = 503
    code = "busy"


@dataclass(frozen=True)
class Paper:
    """A code on a page of the file, and what the register says of it."""

    id16: str
    word: words.Word
    #: Its register's own file, byte for byte.
    same: bool


@dataclass(frozen=True)
class Checked:
    """What a file came to. `state`: altered, intact, same (unsigned, the very file), none, or refused."""

    state: str
    signer: str = ""
    stamped_at: datetime | None = None
    reason: str = ""
    papers: tuple[Paper, ...] = ()

    @property
    def same(self) -> bool:
        return any(one.same for one in self.papers)


def check(content: bytes) -> Checked:
    """Look at a PDF in a child process with limits on time and pages. Raises Invalid, Busy."""
    if len(content) > MOST_BYTES:
        raise Invalid(fields={"file": _("The file is too large: at most 5 MB.")})
    if b"%PDF-" not in content[:1024]:
        raise Invalid(fields={"file": _("This is not a PDF. A photo or a scan is checked by its QR code.")})
    if not _turn.acquire(blocking=False):
        raise Busy(_("Another file is being checked. Please try again in a few seconds."), retry_after=5)
    try:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "file"
            path.write_bytes(content)
            found = list(read_files([("file", path)], silence=SILENCE, pages=MOST_PAGES))
    finally:
        _turn.release()
    refused = next((one for one in found if isinstance(one, FileRefused)), None)
    if refused is not None:
        return Checked("refused", reason=str(words.REASONS[refused.reason]))
    texts = [text for page in found if isinstance(page, PageRead) for text in page.texts]
    papers = _papers(texts, hashlib.sha256(content).hexdigest())
    signed = next((one for one in found if isinstance(one, FileSigned)), None)
    if signed is None:
        return Checked("same" if any(one.same for one in papers) else "none", papers=papers)
    if signed.altered:
        return Checked("altered", signed.signer, papers=papers)
    return Checked("intact", signed.signer, signed.stamped_at, papers=papers)


def _papers(texts: Sequence[str], digest: str) -> tuple[Paper, ...]:
    own = settings()
    found = [reading.read(text, own.base_url, own.former_addresses) for text in texts]
    read = {one.key: one for one in found}
    ours = [one for one in read.values() if one.kind == reading.PAPER]
    rows = Certificate.select(Certificate.id16).where(
        Certificate.id16.in_([one.id16 for one in ours] or [""]), Certificate.pdf_sha256 == digest
    )
    same = {row[0] for row in rows.tuples()}
    judged = judging.judge(ours, clock.today())
    return tuple(Paper(one.reading.id16, words.of(one.code), one.reading.id16 in same) for one in judged)
