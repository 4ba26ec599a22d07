"""Use lodging inside an installation as other modules do, and print what came of it: ``drive_lodging.py on|off``."""

from __future__ import annotations

import json
import sys
from datetime import date

from lodging import queries, services
from lodging.models import Room

from courses import services as courses
from courses.models import Klass
from courses.testing import MakeAll
from lms import clock, jobs
from lms.access.models import User
from lms.app import create_app
from lms.db import connection
from lms.plugins import ask

#: Long ago, so that the timetable finds its class over.
DAY = date(2025, 3, 3)


def answers(klass: Klass) -> dict[str, int]:
    """How many of the platform's questions lodging answers now."""
    user, official = User.get(), klass.memberships.first().official
    own = {
        "tabs": [tab.endpoint for tab in ask("class_tabs", klass=klass, user=user)],
        "checks": [check.code for check in ask("closing_checks", klass=klass)],
        "person": [tab.endpoint for tab in ask("person_tabs", official=official, user=user)],
    }
    return {name: sum(one.startswith("lodging.") for one in found) for name, found in own.items()}


def while_on() -> dict[str, int]:
    with clock.frozen(DAY):
        make = MakeAll()
        klass = make.klass(starts_on=DAY, sessions=2)
        leaving, staying = make.learner(klass), make.learner(klass)
        room = services.add_room("P101", 4, by=None)
        for learner in (leaving, staying):
            services.give_bed(learner, room, by=None)
        told = answers(klass) | {"free": free()}
        courses.remove_learner(klass, leaving.official, reason="Chuyển công tác", by=User.get())
        jobs.drain()
        told["after_leaving"] = free()
    jobs.sweep()
    return told | {"after_job": free()}


def while_off() -> dict[str, int]:
    return answers(Klass.get()) | {"rooms": Room.select().count()}


def free() -> int:
    return sum(line.free for line in queries.rooms())


if __name__ == "__main__":
    with create_app().test_request_context(), connection():
        sys.stdout.write("\n" + json.dumps({"on": while_on, "off": while_off}[sys.argv[1]]()) + "\n")
