"""What `lms doctor` says of the offline check: are its data made in time, so that a device that updates shows green?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime

from certificates import keyset
from certificates.offline import making
from certificates.status import places
from lms import clock
from lms.answers import Finding

_WORKER = "Is a worker running, and can it use the key of the status lists? Try: lms certificates offline"


def findings() -> Iterator[Finding]:
    """Nothing before the first certificate: until then nobody has anything to check."""
    if keyset.newest() is None or not places.lists_in_use():
        return
    until = fresh_until()
    if until is None:
        yield Finding("bad", "The data of the offline check are not made, or cannot be read.", _WORKER)
    elif until < clock.now():
        yield Finding(
            "bad",
            f"The data of the offline check ended on {until:%d/%m/%Y %H:%M} UTC: devices that update show no paper as genuine.",
            _WORKER,
        )
    else:
        yield Finding("ok", f"Data of the offline check, good until {until:%d/%m/%Y %H:%M} UTC.")


def fresh_until() -> datetime | None:
    """Until when a device shows green with the data that are handed out now, in UTC; None when there are none."""
    try:
        about = json.loads(making.bundle_path().read_text())["about"]
        return making.read_moment(json.loads(about["document"])["next_update"])
    except (FileNotFoundError, KeyError, TypeError, ValueError):
        return None
