"""``python -m benchmarks.lists [folder]``: lists over 100,000 officials, CPU time and statements of each page.

With a folder the generated database is kept there and used again. ``LMS_DATABASE`` may name PostgreSQL instead.
"""

from __future__ import annotations

import os
import random
import secrets
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import g

from lms import clock
from lms.access import services as access
from lms.access import sign_ins
from lms.access.models import User
from lms.cli.context import application
from lms.db import atomic, connection, db, insert_many, is_postgresql
from lms.demo import people, province
from lms.people.merging import alike
from lms.people.models import Employment, Official, Organisation
from lms.people.services import official_values
from lms.testing import counting

COUNT = 100_000
#: CPU milliseconds a page may take.
MOST = 150.0
ROUNDS = 5
PAGES = (
    ("department", "/people"),
    ("department", "/people?page=1000"),
    ("department", "/people?page=2000"),
    ("department", "/people?q=nguyen"),
    ("department", "/people?q=nguyen+van+an"),
    ("department", "/people?q=khongcoai"),
    ("department", "/people?q=2000"),
    ("department", "/people?organisation=1"),
    ("department", "/people?sort=-name"),
    ("department", "/people?sort=-born"),
    ("department", "/people?sort=born&page=1000"),
    ("department", "/people?sort=organisation"),
    ("department", "/people?sort=organisation&page=1000"),
    ("department", "/people?q=nguyen&sort=-born"),
    ("agency", "/people?sort=-born"),
    ("agency", "/people"),
    ("agency", "/people?q=nguyen"),
    ("agency", "/people?page=5"),
    ("department", "/people/duplicates"),
    ("department", "/people/duplicates?page=50"),
    ("department", "/people/duplicates?q=nguyen"),
    ("department", "/organisations"),
)


def main() -> None:
    """Generate what is missing, measure every page, print, and end with 1 when one takes too long."""
    if len(sys.argv) > 1:
        sys.exit(measure(Path(sys.argv[1])))
    with tempfile.TemporaryDirectory(prefix="kimbang-lists-") as folder:
        sys.exit(measure(Path(folder)))


def measure(folder: Path) -> int:
    os.environ.update({"LMS_INSTANCE": str(folder), "LMS_PUBLIC_URL": "http://127.0.0.1:8000"})
    if not (folder / "ready").exists():
        subprocess.run([sys.executable, "-c", "from lms.cli import main; main(['demo'])"], check=True)
    app = application()
    with app.app_context(), connection():
        if not (folder / "ready").exists():
            fill()
            (folder / "ready").touch()
        users = {
            "department": user("department_officer", None),
            "agency": user("training_officer", "so-nnmt"),
        }
        print(f"\n{Official.select().count():,} officials; median CPU of {ROUNDS}")
        slow = 0
        for who, address in PAGES:
            spent, waited, statements = page(app, users[who], address)
            slow += spent > MOST
            print(
                f"  {spent:7.1f} ms  {waited:7.1f} ms by the clock  {statements:3} statements  {who:10} {address}{'   TOO SLOW' if spent > MOST else ''}"
            )
    return 1 if slow else 0


def fill() -> None:
    """Officials up to `COUNT`, spread over every organisation."""
    rng = random.Random(20250701)
    homes = list(Organisation.select().where(Organisation.kind.not_in(("province", "district"))))
    wanted = COUNT - Official.select().count()
    rows = [
        official_values(
            one.name,
            homes[number % len(homes)],
            code=f"{500_000 + number:06d}",
            birth_date=one.birth_date,
            birth_year=one.birth_year,
            gender=one.gender,
            # One in ten is on record without a citizen id, as in lists that agencies send.
            cccd=one.cccd if number % 10 else None,
            position=rng.choice(province.POSITIONS[homes[number % len(homes)].kind]),
        )
        for number, one in enumerate(people.generate(rng, wanted, today=clock.today()))
    ]
    taken = {row[0] for row in Official.select(Official.cccd_hash).tuples()}
    rows = [row for row in rows if row["cccd_hash"] is None or row["cccd_hash"] not in taken]
    with atomic():
        insert_many(Official, rows)
        new = (
            Official.select(Official.id, Official.organisation, Official.position)
            .order_by(Official.id.desc())
            .limit(wanted)
        )
        insert_many(
            Employment, [{"official": a, "organisation": b, "position": c} for a, b, c in new.tuples()]
        )
        alike.rebuild()
    # What the server's own housekeeping does after so many rows; without it no index answers alone.
    db.execute_sql("VACUUM ANALYZE" if is_postgresql() else "ANALYZE")


def page(app: Any, user: User, address: str) -> tuple[float, float, int]:
    """Median CPU milliseconds of a page for a user, median milliseconds by the clock (the database server's work is in
    these alone), and its statements."""
    client = app.test_client()
    token, ends = secrets.token_urlsafe(16), clock.now() + timedelta(days=1)
    sign_ins.begin(user, token, ends_at=ends, address="127.0.0.1", agent="benchmark")
    with client.session_transaction() as session:
        session["_user_id"], session["_fresh"] = token, True
    times, waits, statements = [], [], 0
    for _ in range(ROUNDS + 1):
        # One application context spans the run: what a page before kept about its user must go.
        for kept in ("_login_user", "_nav_items"):
            g.pop(kept, None)
        started, began = time.process_time(), time.perf_counter()
        with counting() as seen:
            answer = client.get(address)
        times.append((time.process_time() - started) * 1000)
        waits.append((time.perf_counter() - began) * 1000)
        statements = len(seen)
        assert answer.status_code == 200, (address, answer.status)
    middle = ROUNDS // 2
    return sorted(times[1:])[middle], sorted(waits[1:])[middle], statements


def user(role: str, organisation: str | None) -> User:
    """The account of this benchmark with a role, made when it is missing."""
    email = f"bench-{role}@example.vn"
    found: User | None = User.get_or_none(User.email == email)
    place = Organisation.get(Organisation.code == organisation) if organisation else None
    return found or access.add_user(email, "Đo thử", by=None, roles=(role,), organisation=place)


if __name__ == "__main__":
    main()
