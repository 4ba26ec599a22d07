"""The kernel's own timetable (`lms/jobs/` is the mechanism that runs everybody's)."""

from __future__ import annotations

from lms import clock
from lms.access import second
from lms.api import once
from lms.bulk import services as bulk
from lms.importing import drafts
from lms.jobs import every, rows
from lms.notify import posting
from lms.notify.returned import folder as returned_mail
from lms.people.merging import alike
from lms.people.privacy import services as privacy
from lms.people.staff import services as staff
from lms.people.successors import services as successors


@every(minutes=1)
def send_mail() -> None:
    """Queue the letters whose time has come."""
    posting.queue_due()


@every(minutes=1)
def fetch_returned_mail() -> None:
    """Read what came back, where a folder for it is set."""
    returned_mail.fetch()


@every(hours=1)
def forget_answers() -> None:
    """Remove answers to programs that are kept for repeated requests, after their day."""
    once.forget_old()


@every(hours=24)
def tidy_imports() -> None:
    """Remove imports that nobody finished, and the files of finished ones, after their time."""
    drafts.tidy()


@every(hours=24)
def tidy_staff_lists() -> None:
    """Let go of the rows of staff lists decided a month ago."""
    staff.tidy()


@every(hours=24)
def tidy_items_of_work() -> None:
    """Let go of what was told of every item of work that ended long ago."""
    rows.tidy()


@every(hours=24)
def tidy_bulk_runs() -> None:
    """Remove choices of rows that nobody applied, and results, after their time."""
    bulk.tidy()


@every(hours=1)
def reorganise() -> None:
    """Apply reorganisations that were agreed and whose day has come."""
    successors.apply_due()


@every(hours=1)
def hold_to_the_second_factor() -> None:
    """Sign-ins of people who came to owe a second factor end with their days of grace."""
    second.hold_all()


@every(hours=24)
def list_what_is_due_to_go() -> None:
    """Put personal data kept longer than its time before a person; nothing is erased by itself."""
    privacy.list_due(clock.today())


@every(hours=24)
def look_for_duplicates() -> None:
    """Work out all pairs of records that may be one person; changes in between are looked at as they are made."""
    alike.rebuild()
