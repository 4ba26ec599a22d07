"""Browser tests: Chromium through Playwright, a real server and worker, screenshots, axe.

A test asks for ``live_server`` (a factory), and for ``phone`` or ``desk`` (each call is a new, separate session):

    def test_the_trainee_sees_the_class(live_server, phone):
        site = live_server(demo=True, clock="2025-03-03T07:40")
        page = phone()
        page.goto(site.url)
        shot(page, "home")
        assert axe(page) == []
"""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
SHOTS = ROOT / "var/screenshots"
AXE = ROOT / "node_modules/axe-core/axe.min.js"

#: Chromium stays at home: no sandbox (tests may run as root), no updates, no calls to its maker.
ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
)  # fmt: skip
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}
DESK: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}
COMMON: dict[str, Any] = {"locale": "vi-VN", "timezone_id": "Asia/Ho_Chi_Minh", "accept_downloads": True}
WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")

Open = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever drives a browser carries the mark, so that ``-m "not browser"`` leaves it out."""
    for item in items:
        if {"browser", "live_server"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.browser)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    report = yield
    if report.when == "call":
        item.stash[_FAILED] = report.failed
    return report


_FAILED = pytest.StashKey[bool]()


# ---------------------------------------------------------------- the browser


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the whole run; sessions are separated by their contexts."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium(), args=list(ARGUMENTS))
        yield running
        running.close()


def chromium() -> str:
    """The path of this machine's Chromium; fails the test with what to install when there is none."""
    names = (os.environ.get("LMS_TEST_CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome")
    found = next((path for name in names if name and (path := shutil.which(name))), None)
    if found is None:
        pytest.fail("Chromium is not installed: sudo apt-get install chromium", pytrace=False)
    return found


@pytest.fixture
def phone(browser: Browser) -> Iterator[Open]:
    """``phone()`` opens a page 390 px wide with touch, in a session of its own."""
    yield from _sessions(browser, PHONE)


@pytest.fixture
def desk(browser: Browser) -> Iterator[Open]:
    """``desk()`` opens a page 1280 px wide, in a session of its own."""
    yield from _sessions(browser, DESK)


def _sessions(browser: Browser, device: dict[str, Any]) -> Iterator[Open]:
    contexts = []

    def open_page(**options: Any) -> Page:
        context = browser.new_context(**(COMMON | device | options))
        context.set_default_timeout(15_000)
        contexts.append(context)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()


def shot(page: Page, name: str) -> Path:
    """Save the whole page as ``var/screenshots/<name>-<width>.png``."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    width = (page.viewport_size or {"width": 0})["width"]
    path = SHOTS / f"{name}-{width}.png"
    page.screenshot(path=path, full_page=True, animations="disabled")
    return path


def axe(page: Page, *, leave_out: tuple[str, ...] = ()) -> list[str]:
    """What axe finds against WCAG 2.2 AA on the page as it stands, one readable line a place; [] when nothing.

    `leave_out`: rules not to run, each with its reason beside the call.
    """
    if not page.evaluate("() => Boolean(window.axe)"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(
        "([tags, off]) => axe.run(document, {"
        " runOnly: {type: 'tag', values: tags},"
        " rules: Object.fromEntries(off.map(name => [name, {enabled: false}])),"
        " resultTypes: ['violations'] })",
        [list(WCAG), list(leave_out)],
    )
    return [
        f"{violation['id']} ({violation['impact']}): {violation['help']} — {' '.join(map(str, node['target']))}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


# ---------------------------------------------------------------- the server


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
            "PYTHONUNBUFFERED": "1",
            **environ,
        }
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def command(self, *arguments: str) -> str:
        """Run ``lms …`` on this installation; returns what it prints. Raises AssertionError when it fails."""
        done = subprocess.run(
            [*_LMS, *arguments], cwd=ROOT, env=self.environ, capture_output=True, text=True, timeout=300
        )
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
            self.processes[name] = subprocess.Popen(
                [*_LMS, command],
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


#: The command as this interpreter runs it, whether or not the console script is installed.
_LMS = (sys.executable, "-c", "from lms.cli import main; main()")

Start = Callable[..., Site]


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
        folder = Path(tempfile.mkdtemp(prefix="kimbang-site-"))
        environ = {"LMS_CLOCK": clock} if clock else {}
        site = Site(folder, new_database(), environ | variables)
        sites.append(site)
        site.command("demo" if demo else "init")
        site.start()
        return site

    yield start
    for site in sites:
        site.stop()
        if request.node.stash.get(_FAILED, False):
            print(f"---- {site.url}\n{site.log_text()}")
        shutil.rmtree(site.folder, ignore_errors=True)


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
