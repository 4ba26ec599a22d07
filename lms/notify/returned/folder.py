"""Returns from a Maildir: what is a report is heeded and removed, everything else stays there as read."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from lms.config import settings
from lms.notify.returned import reports
from lms.notify.returned.taking import take

#: Messages of one round; the next is a minute away.
MOST = 100


def fetch() -> int:
    """Take what is new in the folder of the settings; returns how many messages were looked at."""
    if not settings().mail_returns_folder:
        return 0
    folder = Path(settings().mail_returns_folder)
    count = 0
    for message in islice(_new(folder), MOST):
        with message.open("rb") as file:
            raw = file.read(reports.MOST_BYTES + 1)
        if take(raw).what == "refused":
            message.rename(folder / "cur" / f"{message.name.split(':')[0]}:2,S")
        else:
            message.unlink()
        count += 1
    return count


def _new(folder: Path) -> Iterator[Path]:
    """Messages nobody has looked at, the oldest first: a Maildir's name begins with the time."""
    with os.scandir(folder / "new") as found:
        names = sorted(entry.name for entry in found if entry.is_file(follow_symlinks=False))
    return (folder / "new" / name for name in names)
