"""A register as it is after years: 200,000 certificates, numbered, frozen, signed and logged by the register's own code.

Classes of two hundred with learners who completed them; every row passes `lms certificates audit`. About six minutes.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from certificates import keys, log, queries
from certificates.log import checkpoints
from certificates.log.entries import digest
from certificates.models import Batch, Certificate, Issuer, Key
from certificates.preflight import Preflight
from certificates.services import issuing, publish_status_lists, signing
from certificates.status import noted
from courses.models import Klass, Membership, Result
from courses.queries import certificate_rule
from lms import clock
from lms.access.models import User
from lms.cli.context import application
from lms.db import atomic, connection, db, insert_many, is_postgresql
from lms.demo import people, province
from lms.people.models import Official, Organisation
from lms.people.services import official_values

COUNT = 200_000
A_CLASS = 200
CLASSES_AT_ONCE = 10


def installation(folder: Path, count: int = COUNT) -> None:
    """Make the installation in `folder`, or go on with one that was left half-way; at once when it is complete."""
    os.environ.update({"LMS_INSTANCE": str(folder), "LMS_PUBLIC_URL": "http://127.0.0.1:8000"})
    if not (folder / "lms.db").exists():
        subprocess.run([sys.executable, "-c", "from lms.cli import main; main(['demo'])"], check=True)
    with application().app_context(), connection():
        missing = count - Certificate.select().where(Certificate.token.is_null(False)).count()
        if missing <= 0:
            return
        _fill(missing)
        for made in publish_status_lists():
            noted.note(made.number, made.sequence)
        checkpoints.make()
        # What the server's own housekeeping does after so many rows; without it no index answers alone.
        db.execute_sql("VACUUM ANALYZE" if is_postgresql() else "ANALYZE")


def _fill(missing: int) -> None:
    chance, today = random.Random(20260101), clock.today()
    like = Klass.select().where(Klass.state == "closed").order_by(Klass.id.desc()).first()
    issuer = queries.issuer_for(like, today)
    key = queries.key_for(issuer.number, today)
    first, began = Klass.select().count(), time.process_time()
    persons = iter(people.generate(chance, missing + A_CLASS, today=today))
    done = 0
    while done < missing:
        with atomic():
            for _number in range(CLASSES_AT_ONCE):
                _issue(_a_class(like, first + done // A_CLASS, persons), issuer, key)
                done += A_CLASS
        print(f"\r  {done:,} certificates, {time.process_time() - began:.0f} CPU-s", end="", flush=True)
    print()


def _a_class(like: Klass, number: int, persons: Iterator[Any]) -> tuple[Klass, list[Membership]]:
    """A closed class whose learners all completed it."""
    today = clock.today()
    klass = Klass.create(
        code=f"DO-{number:05d}",
        title=like.title,
        programme_version=like.programme_version,
        organiser=like.organiser,
        state="closed",
        starts_on=today - timedelta(days=40),
        ends_on=today - timedelta(days=5),
        closed_at=clock.now() - timedelta(days=1),
        search_folded=f"do-{number:05d}",
    )
    homes = list(
        Organisation.select()
        .where(Organisation.kind.not_in(("province", "district")))
        .order_by(Organisation.id)
    )
    insert_many(
        Official, [_official(next(persons), homes[(number + place) % len(homes)]) for place in range(A_CLASS)]
    )
    officials = list(Official.select().order_by(Official.id.desc()).limit(A_CLASS))
    insert_many(Membership, [{"klass": klass.id, "official": one.id} for one in officials])
    query = Membership.select(Membership, Official).join(Official).where(Membership.klass == klass)
    members = list(query.order_by(Official.name_sort))
    rule = certificate_rule(klass)
    insert_many(
        Result,
        [
            {
                "membership": one.id,
                "completed": True,
                "rule_id": rule.id if rule else "none",
                "conditions": [],
            }
            for one in members
        ],
    )
    return klass, members


def _official(one: Any, home: Organisation) -> dict[str, Any]:
    return official_values(
        one.name,
        home,
        birth_date=one.birth_date,
        birth_year=one.birth_year,
        gender=one.gender,
        position=province.POSITIONS[home.kind][0],
    )


def _issue(a_class: tuple[Klass, list[Membership]], issuer: Issuer, key: Key) -> None:
    """Numbers, frozen rows, signatures and entries of the log, as a batch gets them; no files."""
    klass, members = a_class
    today = clock.today()
    preparer, approver = User.select().order_by(User.id).limit(2)
    batch = Batch.create(
        klass=klass,
        state="issued",
        prepared_by=preparer,
        approved_by=approver,
        approved_at=clock.now(),
        issued_on=today,
        count=len(members),
        completed_at=clock.now(),
    )
    state = Preflight(
        klass,
        today,
        ready=members,
        issuer=issuer,
        key=key,
        register=queries.register_for(issuer.number, klass.programme.certificate_kind),
        rule=certificate_rule(klass),
    )
    signer = keys.signer_for(key.kid)
    deeds = []
    for one in issuing._freeze(batch, state, members, before={}):
        token, extract = signing.signatures(one, signer, key)
        filled = {"kid": key.kid, "token": token, "record_signature": extract, "signed_at": clock.now()}
        Certificate.update(**filled).where(Certificate.id == one.id).execute()
        deeds.append(log.Deed("sign", one, facts={"token": digest(token)}))
    log.append_many(deeds)
