"""What certificates does when others' facts happen."""

from __future__ import annotations

from certificates import services
from courses.events import ClassClosed
from courses.models import Klass
from lms.events import on


@on(ClassClosed)
def prepare_issue_list(event: ClassClosed) -> None:
    """A class was closed: put its certificates before the head of the school."""
    services.prepare_batch(Klass.get_by_id(event.class_id), by=None)
