"""Issuing in processes of their own: ``python -m tests.certificates.process DEED …`` on the instance LMS_INSTANCE names.

Deeds: ``found CLASSES LEARNERS`` makes a school with closed classes; ``issue SEED`` approves every batch in random
order; ``print`` signs and prints whatever is approved.
"""

from __future__ import annotations

import random
import sys
from datetime import date

from certificates import keyset, services
from certificates.jobs import sign_and_print
from certificates.models import Batch
from lms import clock, jobs
from lms.access import services as accounts
from lms.access.models import User
from lms.app import create_app
from lms.db import connection, db, migrating
from tests.certificates.school import found_school
from tests.factories import MakeAll


def main(deed: str, *arguments: str) -> None:
    app = create_app()
    with app.app_context(), connection(), clock.frozen(date(2025, 4, 2)):
        {"found": found, "issue": issue, "print": print_all}[deed](*map(int, arguments))


def found(classes: int, learners: int) -> None:
    migrating.migrate()
    accounts.ensure_roles()
    with db.atomic():
        school = found_school(MakeAll())
        for _ in range(classes):
            school.prepared(school.closed_class(*("Nguyễn Văn An",) * learners))


def issue(seed: int) -> None:
    head = _head()
    ids = [batch.id for batch in Batch.select(Batch.id)]
    random.Random(seed).shuffle(ids)
    for number in ids:
        done = services.approve_and_issue(Batch.get_by_id(number), by=head)
        sys.stdout.write(f"{number} {done.new}\n")
        sys.stdout.flush()


def print_all() -> None:
    keyset.refresh()
    for batch in Batch.select().where(Batch.state == "approved"):
        run = jobs.JobRun.get_by_id(batch.run_id)
        sys.stdout.write(f"printing {batch.id}\n")
        sys.stdout.flush()
        sign_and_print(run, batch_id=batch.id)


def _head() -> User:
    return next(user for user in User.select() if user.has_role("school_head"))


if __name__ == "__main__":
    main(*sys.argv[1:])
