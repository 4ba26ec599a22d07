"""The timetable of lodging."""

from lms.jobs import every
from lodging import queries, services


@every(hours=6)
def free_overdue_beds() -> None:
    """Beds of classes that are long over are free again."""
    services.end(queries.overdue(), by=None)
