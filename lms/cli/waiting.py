"""What a worker waits for: the pages apply pending steps, and it may be started before them."""

from __future__ import annotations

from time import monotonic, sleep

from lms.errors import Unavailable

#: Seconds a worker waits for the pages to bring the database to the shape of this version.
WAITS = 60.0


def wait_for_shape(seconds: float = WAITS) -> None:
    """Stay until nobody's steps are pending but those that failed, or `seconds` are over.

    A worker that went on at once would leave the plugins concerned out for as long as it lives, and make secrets
    beside `lms init`. Raises Unavailable when even the core's steps are still pending.
    """
    from lms.cli.database import bind  # noqa: PLC0415  heavy; `lms --help` stays quick
    from lms.db import connection, migrating  # noqa: PLC0415

    bind()
    until = monotonic() + seconds
    while True:
        with connection():
            waiting = migrating.still_to_run()
        if not waiting:
            return
        if monotonic() >= until:
            break
        sleep(1)
    if "lms" in waiting:
        raise Unavailable(
            "The database has not the shape this version needs. Start the pages first, or run: lms init"
        )
