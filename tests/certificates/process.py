"""Issuing in processes of their own: ``python -m tests.certificates.process DEED …`` on the instance LMS_INSTANCE names.

Deeds: ``found CLASSES LEARNERS`` makes a school with closed classes; ``issue SEED`` approves every batch in random
order, ``issue_many SEED`` five times at once, each in an order of its own; ``print`` signs and prints whatever is approved; ``pages`` answers visitors as a web process and tells whether it
came near a private key.
"""

from __future__ import annotations

import os
import random
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date

from flask import Flask

from certificates import keyset, services
from certificates.jobs import sign_and_print
from certificates.models import Batch, Certificate, Register
from lms import clock, jobs
from lms.access import services as accounts
from lms.access.models import User
from lms.app import create_app
from lms.config import settings
from lms.db import connection, db, migrating
from tests.certificates.school import found_school
from tests.factories import MakeAll


def main(deed: str, *arguments: str) -> None:
    if deed == "pages":
        pages()
        return
    app = create_app()
    with app.app_context(), connection(), clock.frozen(date(2025, 4, 2)):
        deeds = {"found": found, "issue": issue, "print": print_all, "blanks": blanks}
        deeds["issue_many"] = lambda seed: issue_many(app, seed)
        deeds[deed](*map(int, arguments))


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


def issue_many(app: Flask, seed: int) -> None:
    """Five of the twenty who approve at once; an error of one is the error of all."""

    def one(number: int) -> None:
        with app.app_context(), connection():
            issue(number)

    with ThreadPoolExecutor(5) as issuers:
        list(issuers.map(one, range(5 * seed, 5 * seed + 5)))


def print_all() -> None:
    keyset.refresh()
    for batch in Batch.select().where(Batch.state == "approved"):
        run = jobs.JobRun.get_by_id(batch.run_id)
        sys.stdout.write(f"printing {batch.id}\n")
        sys.stdout.flush()
        sign_and_print(run, batch_id=batch.id)


def pages() -> None:
    """What gunicorn loads, watched: issue, check papers, publish keys."""
    opened: list[str] = []
    sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event == "open" else None)
    import wsgi
    from certificates import keys
    from certificates.models import Certificate, Key

    with wsgi.app.app_context(), connection(), clock.frozen(date(2025, 4, 2)):
        services.approve_and_issue(Batch.get(), by=_head())
        visitor = wsgi.app.test_client()
        one = Certificate.get()
        paths = ("/c/", "/c/keys.json", f"/c/{one.id16}", f"/c/{one.id16}/counts", "/login")
        answers = [visitor.get(path).status_code for path in paths]
        sys.stdout.write("answered\n" if set(answers) <= {200, 404} else f"{answers}\n")
        known = "LMS_SIGNING_PASSPHRASE" in os.environ or settings().signing_passphrase
        sys.stdout.write("secret\n" if known else "no-secret\n")
        try:
            keys.signer_for(Key.get().kid)
        except keys.KeyUnavailable:
            sys.stdout.write("refused\n")
    folder = str(settings().instance / "keys")
    sys.stdout.write("opened\n" if any(path.startswith(folder) for path in opened) else "unopened\n")


def blanks(seed: int) -> None:
    """Receive blanks once, then put every batch on them, each process in its own order."""
    if seed == 0:
        services.receive_blanks(Register.get(), "A001", 40, received_on=clock.today(), by=None)
        Certificate.update(pdf_sha256="0" * 64).execute()
        return
    ids = [batch.id for batch in Batch.select(Batch.id)]
    random.Random(seed).shuffle(ids)
    for number in ids:
        taken = services.put_on_blanks(Batch.get_by_id(number), by=None)
        for one in taken[:1]:
            services.spoil(one, reason="misprint", by=None)
        sys.stdout.write(f"{number} {len(taken)}\n")


def _head() -> User:
    return next(user for user in User.select() if user.has_role("school_head"))


if __name__ == "__main__":
    main(*sys.argv[1:])
