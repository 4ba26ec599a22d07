"""What `lms doctor` says of the public log: is it signed, does it go on where it stood, does anybody outside watch it?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta

from certificates.log import checkpoints, cosignatures, reading
from certificates.log.models import LogEntry, Witness
from lms import clock
from lms.answers import Finding

#: The worker signs every minute; an entry that waits longer than this waits for a person.
LATE = timedelta(minutes=15)
_SILENT_HOURS = 48
_ADD = "Let two institutions outside watch it (docs/transparency-log.md): lms log witnesses add TITLE ADDRESS"


def findings() -> Iterator[Finding]:
    """Signed states, the copy beside the database, witnesses."""
    size, published = reading.size(), checkpoints.published()
    if not size:
        return
    copy = checkpoints.read_copy()
    if copy is not None and copy[0] > size:
        yield Finding(
            "bad",
            f"The public log has {size} entries, but {copy[0]} were signed before: an old database is in use.",
            "Nothing is signed meanwhile. Keep both as evidence and run: lms certificates audit",
        )
    elif _waits_too_long(published):
        yield Finding(
            "bad",
            f"{size - published} entries of the public log wait for their signature.",
            "Is the worker running, and can it use the key of the log? Try: lms log sign",
        )
    else:
        yield Finding("ok", f"Public log: {size} entries, {published} signed.")
    yield from _witnesses()


def _witnesses() -> Iterator[Finding]:
    known = list(Witness.select())
    if len(known) < 2:
        yield Finding("warn", f"{len(known)} witnesses are sent the signed states of the public log.", _ADD)
    yield from _countersigned(known)
    for one in known:
        if one.attempts > 3:
            yield Finding(
                "warn", f"The witness {one.title} takes no states: {one.error}", "lms log witnesses list"
            )


def _countersigned(known: list[Witness]) -> Iterator[Finding]:
    """A witness whose key is known should countersign within two days."""
    newest = {one.title: one for one in cosignatures.newest()}
    for one in known:
        if not one.vkey:
            continue
        last = newest.get(str(one.title))
        if last is None or last.hours >= _SILENT_HOURS:
            since = f"since {last.signed_at:%d/%m/%Y}" if last else "yet"
            yield Finding(
                "warn",
                f"The witness {one.title} has not countersigned a state {since}.",
                "Ask it, or take in its file: lms log cosignatures add FILE",
            )


def _waits_too_long(published: int) -> bool:
    text = LogEntry.select(LogEntry.entry).where(LogEntry.seq == published).scalar()
    if text is None:
        return False
    written = datetime.fromisoformat(json.loads(text)["time"].removesuffix("Z"))
    return clock.now() - written > LATE
