"""Another key for the log: announced under the old one, in the log itself, and for a time both sign.

A witness that trusts the old key follows to the new one by the announcement alone, however long it slept; a key that
nobody announced stays a stranger's (docs/transparency-log.md).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _

from certificates import keys
from certificates.log import appending, checkpoints, entries, notes
from certificates.log.models import KeyChange, LogKey
from lms import audit, clock
from lms.db import atomic
from lms.errors import Conflict, NotFound

FORM = "kimbang-log-key 1"
MOST_DAYS = 365


@atomic
def rotate(days: int) -> KeyChange:
    """Make the next key of the log; for so many days both sign, then the new one alone.

    Raises NotFound when the log has no key yet, Conflict while another change is under way, KeyUnavailable when the old
    key is not here: without it nothing can be announced, and witnesses rightly refuse.
    """
    old = checkpoints.key()
    if old is None:
        raise NotFound(_("The log has no key yet; it is made with the first signed state."))
    if len(checkpoints.signing_keys()) > 1:
        raise Conflict(_("A change of the log's key is under way. Wait until the new key signs alone."))
    new = checkpoints.make_key(str(old.origin))
    alone_from = (clock.now() + timedelta(days=days)).replace(microsecond=0)
    said = text(old, new, alone_from)
    note = said + "\n" + "".join(_line(one, said) for one in (old, new))
    entry = appending.append("logkey", digest=entries.digest(said.encode()), key=str(new.kid))
    made: KeyChange = KeyChange.create(key=new, note=note, alone_from=alone_from, seq=entry.seq)
    # A state with both signatures at once, so that whoever learns of the new key finds one that it signed.
    checkpoints.make()
    audit.record(None, "certificates.log_key_changed", None, kid=new.kid, day=alone_from.date().isoformat())
    return made


def text(old: LogKey, new: LogKey, alone_from: datetime) -> str:
    """The announcement, line by line."""
    return "\n".join(
        [f"{old.origin}/key", FORM, checkpoints.vkey(new), f"alone-from {entries.moment(alone_from)}", ""]
    )


def under_way() -> KeyChange | None:
    """The change as long as two keys sign; None otherwise."""
    found: KeyChange | None = KeyChange.get_or_none(KeyChange.alone_from > clock.now())
    return found


def announced() -> list[dict[str, Any]]:
    """Every announced change, the oldest first: the signed text and the place of its entry in the log."""
    rows = KeyChange.select(KeyChange.note, KeyChange.seq).order_by(KeyChange.id).tuples()
    return [{"note": note, "index": seq} for note, seq in rows]


def _line(key: LogKey, said: str) -> str:
    signature = keys.signer_for(str(key.kid)).sign(said.encode())
    return notes.line(str(key.origin), bytes(key.public_key), signature)
