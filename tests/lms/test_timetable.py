"""The kernel's own timetable, and to whom an entry belongs."""

from datetime import timedelta

import pytest

from lms import clock, jobs
from lms.importing.models import ImportDraft
from lms.plugins.contract import owner


def test_old_imports_go_whatever_plugins_are_there(app, make):
    user = make.user()
    long_ago = clock.now() - timedelta(days=31)
    for key, changed_at in (("old", long_ago), ("new", clock.now())):
        ImportDraft.create(key=key, kind="any", owner=user, filename="a", content="", changed_at=changed_at)
    entry = next(one for one in jobs.known()[1] if one.name == "lms.tidy_imports")

    entry.function()

    assert entry.plugin == "lms"
    assert [row.key for row in ImportDraft.select()] == ["new"]


@pytest.mark.parametrize(
    ("module", "plugin"),
    [
        ("lms.timetable", "lms"),
        ("lms.notify.handlers", "lms"),
        ("certificates.jobs", "certificates"),
        ("plugins.attendance.handlers", "attendance"),
        ("plugins.attendance.handlers.mail", "attendance"),
        ("vendor.notes.jobs.nightly", "notes"),
    ],
)
def test_a_room_that_became_a_folder_still_belongs_to_its_plugin(module, plugin):
    assert owner(module) == plugin
