"""``python -m benchmarks.large [folder]``: the check of certificates, the audit and the lists over 200,000 certificates.

The pages are served by `lms serve` as an installation runs them and asked 50 times a second at moments drawn beforehand:
a slow answer does not put off the next question, and waiting in line counts. Ends by itself, loopback only. With a
folder the register is kept there and used again; making it takes some minutes. ``LMS_DATABASE`` may name PostgreSQL.
"""

from __future__ import annotations

import http.client
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmarks import full, lists
from benchmarks.serving import free_port, wait_for
from certificates.models import Certificate
from lms.access.models import User
from lms.cli.context import application
from lms.db import connection

PER_SECOND, SECONDS = 50, 60
#: Questions under way at once; more would wait here, and their wait counts.
AT_ONCE = 64
#: Seconds after which a question counts as unanswered.
PATIENCE = 10
#: Milliseconds that 99 of 100 answers may take at most.
MOST = 200.0
BUCKETS = (2, 5, 10, 20, 50, 100, 200, 500, 1000, 10_000)
PAGES = (
    "/certificates/",
    "/certificates/?page=2000",
    "/certificates/?q=nguyen",
    "/certificates/?q=nguyen+van+an",
    "/certificates/?q=khongcoai",
    "/certificates/?q=DO-00500",
    "/certificates/?status=revoked",
    "/certificates/?sort=name",
    "/certificates/?sort=serial",
    "/certificates/?sort=-issued",
    "/certificates/?year={year}",
    "/certificates/books",
    "/certificates/?status=issued",
    "/certificates/{middle}",
)
OPEN = (
    "/c/status/0",
    "/c/status/0/revocation",
    "/log/checkpoint",
    "/log/proof/inclusion?index=123",
    "/log/proof/consistency?first=1000&second={size}",
    "/log/entries/500",
    "/c/{id16}/log",
    "/c/keys.json",
)


@dataclass(frozen=True)
class Answer:
    """What became of one question: milliseconds from the moment it was due, and 0 or the status that is no 200."""

    waited: float
    wrong: int


def main() -> None:
    """Make the register when it is missing, measure, print; ends with 1 when the check is too slow."""
    if len(sys.argv) > 1:
        sys.exit(measure(Path(sys.argv[1])))
    with tempfile.TemporaryDirectory(prefix="kimbang-large-") as folder:
        sys.exit(measure(Path(folder)))


def measure(folder: Path, count: int = full.COUNT) -> int:
    """All parts one after the other; returns the exit code."""
    full.installation(folder, count)
    with application().app_context(), connection():
        ids = [one for (one,) in Certificate.select(Certificate.id16).order_by(Certificate.id).tuples()]
    print(f"\n{len(ids):,} certificates; load of this machine {os.getloadavg()[0]:.1f}")
    with serving(folder) as (port, processes):
        p99 = checks(port, processes, ids)
        endpoints(port, processes, ids)
    register()
    audit()
    return 1 if p99 > MOST else 0


def checks(port: int, processes: Sequence[psutil.Process], ids: Sequence[str]) -> float:
    """The check of certificates at a fixed rate; returns the 99th percentile in milliseconds."""
    chance = random.Random(50)
    paths = [f"/c/{chance.choice(ids)}" for _ in range(PER_SECOND * SECONDS)]
    for path in paths[:20]:
        ask(port, path, time.perf_counter())
    before, began = spent(processes), time.perf_counter() + 0.2
    due = began
    with ThreadPoolExecutor(AT_ONCE) as visitors:
        asked = []
        for path in paths:
            time.sleep(max(0.0, due - time.perf_counter()))
            asked.append(visitors.submit(ask, port, path, due))
            due += chance.expovariate(PER_SECOND)
        answers = [one.result() for one in asked]
    took, cpu = time.perf_counter() - began, spent(processes) - before
    waits = sorted(one.waited for one in answers)
    wrong = Counter(one.wrong for one in answers if one.wrong)
    p50, p95, p99 = (waits[int(len(waits) * share)] for share in (0.5, 0.95, 0.99))
    print(
        f"Check of {len(waits)} certificates at {len(waits) / took:.0f} /s, {len(processes)} processes:"
        f" p50 {p50:.1f} ms, p95 {p95:.1f} ms, p99 {p99:.1f} ms (aim: at most {MOST:.0f}), longest {waits[-1]:.0f} ms,"
        f" {cpu * 1000 / len(waits):.2f} CPU-ms each, errors: {dict(wrong) or 'none'}"
    )
    low = 0
    for high in BUCKETS:
        number = sum(low <= one < high for one in waits)
        print(f"  {low:>6} – {high:<6} ms {number:6} {'#' * -(-number * 60 // len(waits))}")
        low = high
    return p99 if not wrong else float("inf")


def ask(port: int, path: str, due: float) -> Answer:
    """One question on a connection of its own, as phones come; its wait begins when it was due."""
    try:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        line.request("GET", path)
        answer = line.getresponse()
        answer.read()
        line.close()
        wrong = 0 if answer.status == 200 else answer.status
    except OSError:
        wrong = -1
    return Answer((time.perf_counter() - due) * 1000, wrong)


def endpoints(port: int, processes: Sequence[psutil.Process], ids: Sequence[str]) -> None:
    """What programs read of status lists and log; none of it may grow with the register."""
    size = 2 * len(ids)
    for path in OPEN:
        address = path.format(id16=ids[len(ids) // 2], size=size)
        first = ask(port, address, time.perf_counter())
        before = spent(processes)
        answers = [ask(port, address, time.perf_counter()) for _ in range(20)]
        waits = sorted(one.waited for one in answers)
        wrong = {one.wrong for one in answers if one.wrong} or ""
        print(
            f"  {waits[10]:7.1f} ms {(spent(processes) - before) * 50:7.1f} CPU-ms"
            f"  (first {first.waited:.0f} ms)  {path} {wrong}"
        )


def register() -> None:
    """Pages of the desk, in this process: processor time and statements of each."""
    app = application()
    with app.app_context(), connection():
        newest = Certificate.select().order_by(Certificate.id.desc()).first()
        clerk: User = lists.user("school_head", None)
        for path in PAGES:
            address = path.format(year=newest.register_year, middle=newest.id // 2)
            cpu, waited, statements = lists.page(app, clerk, address)
            print(f"  {cpu:7.1f} CPU-ms {waited:7.1f} ms {statements:3} statements  {path}")


def audit() -> None:
    """`lms certificates audit`, with its processor time and the most memory it took."""
    code = "from lms.cli import main; main(['certificates', 'audit'])"
    process = subprocess.Popen([sys.executable, "-c", code])
    _pid, _status, used = os.wait4(process.pid, 0)
    print(
        f"  audit: {used.ru_utime + used.ru_stime:.0f} CPU-s, at most {used.ru_maxrss / 1024:.0f} MB of memory"
    )


def spent(processes: Sequence[psutil.Process]) -> float:
    """Processor seconds of the web processes so far."""
    return sum(one.cpu_times().user + one.cpu_times().system for one in processes)


@contextmanager
def serving(folder: Path) -> Iterator[tuple[int, list[psutil.Process]]]:
    """`lms serve` on a free loopback port; yields the port and its web processes."""
    port = free_port()
    code = f"from lms.cli import main; main(['serve', '--port', '{port}'])"
    process = subprocess.Popen([sys.executable, "-c", code], env=os.environ | {"LMS_INSTANCE": str(folder)})
    try:
        wait_for(port)
        until = time.monotonic() + 30
        while time.monotonic() < until:
            if not ask(port, "/healthz", time.perf_counter()).wrong:
                break
            time.sleep(0.2)
        yield port, psutil.Process(process.pid).children()
    finally:
        process.terminate()
        process.wait(20)


if __name__ == "__main__":
    main()
