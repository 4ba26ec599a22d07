"""What lodging does when something happened in courses."""

from courses.events import LearnerLeft
from courses.models import Membership
from lms.events import on
from lodging import services
from lodging.models import Stay


@on(LearnerLeft)
def free_the_bed(event: LearnerLeft) -> None:
    """Whoever left the class needs no bed; told twice, nothing more happens."""
    services.end(
        Stay.select()
        .join(Membership)
        .where(
            Membership.klass == event.class_id,
            Membership.official == event.official_id,
            Stay.ended_at.is_null(),
        ),
        by=None,
    )
