"""A school on the instance that LMS_INSTANCE names: ``python -m tests.attendance.process found``.

Prints what a test needs as JSON: the session, its learners, and a short link to its roll.
"""

from __future__ import annotations

import json
import sys

from lms.app import create_app
from lms.db import connection, db
from plugins.attendance import doors
from tests.attendance.conftest import a_school
from tests.factories import MakeAll


def found() -> None:
    with create_app().app_context(), connection(), db.atomic():
        school = a_school(MakeAll(), learners=8, sessions=1)
        link = doors.make_link(school.first, by=school.officer)
        print(json.dumps({
            "session": school.first.id,
            "learners": [one.id for one in school.learners],
            "link": link,
        }))  # fmt: skip


if __name__ == "__main__":
    {"found": found}[sys.argv[1]]()
