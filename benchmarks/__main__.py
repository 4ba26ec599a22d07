"""``make bench``: figures of this machine, each beside its yardstick of the same run. About two minutes, loopback only."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from benchmarks import tasks
from benchmarks.serving import server, side_by_side
from certificates.models import Certificate
from lms import clock
from lms.cli.context import application
from lms.db import connection

ROUNDS, TURNS, PATHS = 5, 20, 40
PAPERS = 30


def main() -> None:
    """Make a demonstration of its own, measure, print, leave nothing behind."""
    with tempfile.TemporaryDirectory(prefix="kimbang-bench-") as folder:
        environment = {"LMS_INSTANCE": folder, "LMS_PUBLIC_URL": "http://127.0.0.1:8000"}
        os.environ.update(environment)
        subprocess.run([sys.executable, "-c", "from lms.cli import main; main(['demo'])"], check=True)
        verify_page(environment, Path(folder) / "lms.db")
        inside()
    for part in ("benchmarks.importing", "benchmarks.papers"):
        subprocess.run([sys.executable, "-m", part], check=True)


def verify_page(environment: dict[str, str], database: Path) -> None:
    """Our public page of certificates beside bare Flask with one indexed SELECT, taking turns."""

    with application().app_context(), connection():
        rows = Certificate.select(Certificate.id16).where(Certificate.token.is_null(False))
        paths = [f"/c/{row.id16.lower()}" for row in rows.order_by(Certificate.id).limit(PATHS)]
    yardstick = environment | {"BENCH_SQLITE": str(database)}
    with server("wsgi:app", environment) as page, server("benchmarks.bare:app", yardstick) as bare:
        side_by_side((page, bare), paths[:1], turns=20)  # both are awake; what follows is new to them
        first = side_by_side((page, bare), paths[1:], turns=1)
        rounds = [side_by_side((page, bare), paths, turns=TURNS) for _ in range(ROUNDS)]
    ours, plain = zip(*rounds, strict=True)
    ratios = sorted(one.cpu_ms / two.cpu_ms for one, two in rounds)
    print(
        f"\nVerify page ({ours[0].size} bytes) of {len(paths)} certificates in turn,"
        f" medians of {ROUNDS} × {TURNS * len(paths)} requests, one process, one client"
    )
    for title, runs in (("page", ours), ("bare", plain)):
        print(
            f"  {title}: {median(one.per_second for one in runs):7.0f} /s"
            f"   {median(one.cpu_ms for one in runs):6.3f} CPU-ms"
            f"   p50 {median(one.p50 for one in runs):5.2f} ms   p99 {median(one.p99 for one in runs):5.2f} ms"
        )
    print(
        f"  ratio of CPU time: {median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f}; aim: at most 1.5)\n"
        f"  certificates this process sees for the first time, both signatures checked: {first[0].cpu_ms:.2f} CPU-ms"
    )


def inside() -> None:
    """Papers, a roll and everybody's eligibility, in this process."""

    with application().test_request_context(), connection():
        print(f"\nPapers: {tasks.papers(PAPERS):.1f} /s on one core, each rendered and tested")
        spent, statements = tasks.roll(200)
        print(f"Roll of 200: {spent:.0f} ms, {statements} statements")
        count, spent, statements = tasks.eligibility(clock.today())
        print(f"Eligibility of {count:,}: {spent:.0f} ms, {statements} statements")


if __name__ == "__main__":
    main()
