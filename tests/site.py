"""Installations for tests: a temporary instance with gunicorn and a worker, ended by process id.

``live_server()`` gives an empty one, ``live_server(demo=True)`` the demonstration as it stands at `DEMO_CLOCK`. What
`lms init` and `lms demo` make is made once a run and copied: every process of a parallel run takes its copies from the
same place.
"""

from __future__ import annotations

import fcntl
import itertools
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests import warm

ROOT = Path(__file__).resolve().parent.parent


class Site:
    """An installation of its own: a temporary instance, gunicorn and a worker, started and killed by process id."""

    def __init__(self, folder: Path, database: str, environ: dict[str, str]) -> None:
        self.folder = folder
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "processes.log"
        self.environ = {name: value for name, value in os.environ.items() if not name.startswith("LMS_")}
        self.environ |= {
            "LMS_INSTANCE": str(folder / "instance"),
            "LMS_PORT": str(self.port),
            "LMS_PUBLIC_URL": self.url,
            "LMS_DATABASE": database,
            "LMS_WEB_PROCESSES": "1",
            "LMS_WORKERS": "1",
            "PYTHONUNBUFFERED": "1",
            **environ,
        }
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def command(self, *arguments: str) -> str:
        """Run ``lms …`` on this installation; returns what it prints. Raises AssertionError when it fails."""
        done = warm.run(["lms", *arguments], env=self.environ)
        assert done.returncode == 0, f"lms {' '.join(arguments)}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def start(self) -> None:
        """Start pages and work, and wait until pages answer."""
        self.start_pages()
        self.start_work()

    def start_pages(self) -> None:
        self._start("pages", "serve")
        until = time.monotonic() + 60
        while not self._answers():
            if self.processes["pages"].poll() is not None or time.monotonic() > until:
                pytest.fail(f"The server did not start:\n{self.log_text()}", pytrace=False)
            time.sleep(0.1)

    def start_work(self) -> None:
        self._start("work", "worker")

    def at(self, clock: str) -> None:
        """Move on in time: stop both, start them with the clock at a local time such as ``2025-03-03T07:40``."""
        self.stop()
        self.environ["LMS_CLOCK"] = clock
        self.start()

    def kill(self, name: str) -> None:
        """End "pages" or "work" and all its children without warning, as a power cut would."""
        process = self.processes.pop(name)
        _signal_group(process, signal.SIGKILL)
        process.wait()

    def stop(self) -> None:
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                _signal_group(process, signal.SIGKILL)
                process.wait()
            _signal_group(process, signal.SIGKILL)  # what it may have left behind
        self.processes.clear()

    def log_text(self, lines: int = 80) -> str:
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        return "\n".join(text.splitlines()[-lines:])

    def _start(self, name: str, command: str) -> None:
        with self.log.open("ab") as log:
            self.processes[name] = warm.Process(
                ["lms", command],
                cwd=ROOT,
                env=self.environ,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(self.url, timeout=10):
                return True
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False


# ---------------------------------------------------------------- seeds


def seed(folder: Path, site: Site, *, demo: bool) -> None:
    """Fill `site` as `lms init` or `lms demo` would, from a copy in `folder` that the first who asks makes."""
    kind = "demo" if demo else "init"
    engine = "postgresql" if site.environ["LMS_DATABASE"] else "sqlite"
    name = f"{kind}-{engine}-{site.environ.get('LMS_CLOCK', 'now').replace(':', '')}"
    kept = folder / f"{name}.json"
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            first = Site(
                folder / name, new_database() if site.environ["LMS_DATABASE"] else "", _clock_of(site)
            )
            first.command(kind)
            kept.write_text(json.dumps(first.environ["LMS_DATABASE"]))
        database = json.loads(kept.read_text())
        if database:
            _copy_database(database, site.environ["LMS_DATABASE"])
    shutil.copytree(folder / name / "instance", site.environ["LMS_INSTANCE"], dirs_exist_ok=True)


def _clock_of(site: Site) -> dict[str, str]:
    return {"LMS_CLOCK": site.environ["LMS_CLOCK"]} if "LMS_CLOCK" in site.environ else {}


def _copy_database(source: str, target: str) -> None:
    import psycopg

    name, model = (address.rpartition("/")[2] for address in (target, source))
    with psycopg.connect(os.environ["LMS_TEST_DATABASE"], autocommit=True) as connection:
        connection.execute(f'drop database "{name}"')
        connection.execute(f'create database "{name}" template "{model}"')


# ---------------------------------------------------------------- fixtures


Start = Callable[..., Site]

#: When demonstrations are looked at, unless a test says otherwise: one is built a run and engine, and it takes 10 s.
DEMO_CLOCK = "2025-02-10T08:00"


@pytest.fixture
def live_server(request: pytest.FixtureRequest) -> Iterator[Start]:
    """``live_server(demo=False, clock=None, **LMS_variables)`` starts an installation; all stop after the test."""
    yield from _sites(request)


@pytest.fixture(scope="module")
def live_module_server(request: pytest.FixtureRequest) -> Iterator[Start]:
    """The same for all tests of a file that only look."""
    yield from _sites(request)


def _sites(request: pytest.FixtureRequest) -> Iterator[Start]:
    sites: list[Site] = []

    def start(*, demo: bool = False, clock: str | None = None, **variables: str) -> Site:
        clock = clock or (DEMO_CLOCK if demo else None)
        folder = Path(tempfile.mkdtemp(prefix="kimbang-site-"))
        environ = {"LMS_CLOCK": clock} if clock else {}
        site = Site(folder, new_database(), environ | variables)
        sites.append(site)
        seed(seeds(request.getfixturevalue("tmp_path_factory")), site, demo=demo)
        if "PYTHONPATH" in variables:  # plugins of its own, with tables and roles
            site.command("init")
        site.start()
        return site

    yield start
    for site in sites:
        site.stop()
        if request.node.stash.get(FAILED, False):
            print(f"---- {site.url}\n{site.log_text()}")
        shutil.rmtree(site.folder, ignore_errors=True)


def seeds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of copies that all processes of this run share."""
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "seeds"
    folder.mkdir(exist_ok=True)
    return folder


FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report


_numbers = itertools.count(1)


def new_database() -> str:
    """Empty (SQLite in the instance), or a new database on the server that LMS_TEST_DATABASE names."""
    base = os.environ.get("LMS_TEST_DATABASE", "")
    if not base.startswith("postgres"):
        return ""
    import psycopg

    server, _, name = base.rpartition("/")
    name = f"{name}_site_{os.getpid()}_{next(_numbers)}"
    with psycopg.connect(base, autocommit=True) as connection:
        connection.execute(f'create database "{name}"')
    return f"{server}/{name}"


def _signal_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        return


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
