"""`lms serve`, `lms worker`, `lms demo`, `lms run`: the processes of an installation, and one command that keeps both.

`lms run` is for a developer's or a school's own machine. A service manager starts `lms serve` and `lms worker`
itself and needs nothing of this file's supervision.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from http.client import HTTPConnection, HTTPException
from types import FrameType

import click

from lms import config
from lms.config import ROOT, Settings
from lms.errors import Unavailable

#: Seconds a process has to finish what it is doing when told to stop.
GRACE = 20
#: A process that dies this often within a minute is not started again.
MOST_RESTARTS = 5


@click.command("serve")
@click.option("--port", type=int, help="Port to listen on (default: PORT, LMS_PORT, 8000).")
def serve(port: int | None) -> None:
    """Serve the pages with gunicorn."""
    chosen = config.settings()
    chosen = chosen if port is None else config.use(_with_port(chosen, port))
    _check_port(chosen)
    os.chdir(ROOT)
    os.environ["LMS_PORT"] = str(chosen.port)
    _count_together(os.environ, chosen)
    os.execve(sys.executable, _server_command(chosen), config.without_signing(os.environ))


@click.command("worker")
def worker() -> None:
    """Do background work: deliveries, long jobs, the timetable."""
    from lms.cli.context import application  # noqa: PLC0415  heavy; `lms --help` stays quick
    from lms.cli.waiting import wait_for_shape  # noqa: PLC0415
    from lms.jobs import run_worker  # noqa: PLC0415

    wait_for_shape()
    with application().app_context():
        run_worker()


@click.command("demo")
def demo() -> None:
    """Load the demonstration province into an empty installation and print the sign-ins."""
    _prepare()
    _load_demo()
    _say_sign_ins()


@click.command("run")
@click.option(
    "--demo", "with_demo", is_flag=True, help="Load the demonstration first, when it is not there yet."
)
def run_all(with_demo: bool) -> None:
    """Make ready, then start pages and background work together; Ctrl-C stops both."""
    chosen = config.settings()
    _check_port(chosen)
    _prepare()
    if with_demo:
        _load_demo()
    Supervisor(chosen, with_demo=with_demo).keep()


# ---------------------------------------------------------------- making ready


def _prepare() -> None:
    """Instance folder, secrets, database: made or brought up to date."""
    from lms.cli.database import prepare  # noqa: PLC0415  heavy; `lms --help` stays quick

    chosen = config.settings()
    try:
        chosen.instance.mkdir(parents=True, exist_ok=True)
        probe = chosen.instance / f".write-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError as problem:
        raise Unavailable(
            f"The folder {chosen.instance} cannot be written ({problem.strerror}). "
            "Give this user the right to write there, or choose another folder with LMS_INSTANCE."
        ) from problem
    with _progress("Database") as note:
        done = prepare()
        note(f"{len(done)} steps" if done else "up to date")


def _load_demo() -> None:
    from lms import demo  # noqa: PLC0415
    from lms.cli.context import application  # noqa: PLC0415
    from lms.db import connection  # noqa: PLC0415

    with connection():
        if demo.is_loaded():
            return  # without building the application: the next start is quick
    with application().app_context(), connection(), _progress("Demonstration data") as note:
        demo.load(note)


@contextmanager
def _progress(title: str) -> Iterator[Callable[[str], None]]:
    """One line a step with a running clock; what is being done now beside it."""
    from rich.console import Console  # noqa: PLC0415  slow import
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    console, began, latest = Console(), time.monotonic(), ""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
        TextColumn("[dim]{task.fields[now]}"),
    )
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(title, total=None, now="")

        def note(text: str) -> None:
            nonlocal latest
            latest = text
            progress.update(task, now=text)

        yield note
    console.print(f"  [green]✓[/] {title}  ({time.monotonic() - began:.1f} s)", highlight=False)


def _say_sign_ins() -> None:
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    from lms import demo  # noqa: PLC0415

    table = Table(title="Sign-ins of the demonstration", title_justify="left", box=None, padding=(0, 2))
    for heading in ("Role", "E-mail", "Password"):
        table.add_column(heading)
    for role, email in demo.SIGN_INS:
        table.add_row(role.replace("_", " ").capitalize(), email, demo.PASSWORD)
    Console().print(table)
    click.echo(
        "  The demonstration signs in with the password alone. A real site asks officers and heads for a second factor"
        "\n  (setting lms.second_factor_roles).\n"
    )


# ---------------------------------------------------------------- two processes


class Supervisor:
    """Starts pages and background work, starts them again when they die, stops both when told."""

    def __init__(self, chosen: Settings, *, with_demo: bool) -> None:
        self.settings = chosen
        self.with_demo = with_demo
        self.stopping = False
        self.children: dict[str, subprocess.Popen[bytes]] = {}
        self.deaths: list[float] = []

    def keep(self) -> None:
        """Stay until Ctrl-C or SIGTERM; exits 1 when a process cannot be kept alive."""
        signal.signal(signal.SIGINT, self._told_to_stop)
        signal.signal(signal.SIGTERM, self._told_to_stop)
        failed = False
        try:
            self._start("pages")
            self._welcome()
            self._start("work")  # second, so that people need not wait for it
            failed = not self._watch()
        finally:
            self._stop()
        sys.exit(1 if failed else 0)

    def _start(self, name: str) -> None:
        command = _server_command(self.settings) if name == "pages" else _worker_command()
        environ = os.environ | {
            "LMS_PORT": str(self.settings.port),
            "LMS_INSTANCE": str(self.settings.instance),
        }
        if name == "pages":
            environ = config.without_signing(environ)
            _count_together(environ, self.settings)
        # A session of its own: Ctrl-C reaches this process alone, which then stops the others in order.
        self.children[name] = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environ,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_end_with_parent,
        )

    def _welcome(self) -> None:
        address = f"http://{self.settings.host}:{self.settings.port}"
        if not self._wait_until_open():
            return
        if self.with_demo:
            _say_sign_ins()
        click.echo(f"\n  Kim Bảng is running: {address}   (Ctrl-C stops it)\n")

    def _wait_until_open(self, seconds: float = 60) -> bool:
        """Whether pages answer, and not only listen."""
        host = "127.0.0.1" if self.settings.host in {"0.0.0.0", ""} else self.settings.host
        until = time.monotonic() + seconds
        while time.monotonic() < until and not self.stopping:
            if self.children["pages"].poll() is not None:
                return False
            try:
                with closing(HTTPConnection(host, self.settings.port, timeout=10)) as visit:
                    visit.request("HEAD", "/")
                    visit.getresponse()
                    return True
            except (OSError, HTTPException):
                time.sleep(0.1)
        return False

    def _watch(self) -> bool:
        """Look after the children until told to stop; False when one dies too often."""
        while not self.stopping:
            for name, child in list(self.children.items()):
                if child.poll() is not None and not self.stopping and not self._again(name, child.returncode):
                    return False
            time.sleep(0.2)
        return True

    def _again(self, name: str, code: int) -> bool:
        _end_group(self.children[name])  # what it started would go on beside its successor
        now = time.monotonic()
        self.deaths = [when for when in self.deaths if now - when < 60] + [now]
        ended = f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
        if len(self.deaths) > MOST_RESTARTS:
            click.echo(
                f"✖ The process for {name} keeps ending ({ended}); see the lines above. Stopped.", err=True
            )
            return False
        click.echo(f"! The process for {name} ended ({ended}); starting it again.", err=True)
        time.sleep(min(2.0, 0.3 * len(self.deaths)))
        if not self.stopping:
            self._start(name)
        return True

    def _told_to_stop(self, _signal: int, _frame: FrameType | None) -> None:
        self.stopping = True

    def _stop(self) -> None:
        alive = {name: child for name, child in self.children.items() if child.poll() is None}
        if alive:
            click.echo("\n  Stopping …")
        for child in alive.values():
            child.terminate()
        until = time.monotonic() + GRACE
        for name, child in alive.items():
            try:
                child.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                click.echo(f"! The process for {name} did not stop in time and was ended.", err=True)
                _end_group(child)
                child.wait()


def _end_group(child: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)


def _count_together(environ: MutableMapping[str, str], chosen: Settings) -> None:
    """Let the web processes add up their figures, when somebody may read them."""
    if not chosen.metrics_token:
        return
    folder = chosen.instance / "run" / "metrics"
    shutil.rmtree(folder, ignore_errors=True)  # counts of processes that are gone
    folder.mkdir(parents=True)
    environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)


def _server_command(chosen: Settings) -> list[str]:
    command = [sys.executable, "-m", "gunicorn", "wsgi:app", "--bind", f"{chosen.host}:{chosen.port}"]
    command += ["--workers", str(chosen.web_processes), "--worker-class", "sync", "--timeout", "60"]
    command += ["--graceful-timeout", "15", "--max-requests", "20000", "--max-requests-jitter", "2000"]
    return [*command, "--no-control-socket", "--log-level", "warning", "--name", "kimbang"]


def _worker_command() -> list[str]:
    return [sys.executable, "-c", "from lms.cli import main; main()", "worker"]


def _end_with_parent() -> None:
    """A child must not outlive a killed supervisor and hold the port (Linux only; elsewhere nothing happens)."""
    if sys.platform == "linux":
        set_parent_death_signal = 1
        ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGTERM)


def _check_port(chosen: Settings) -> None:
    """Raises Unavailable when somebody listens there already, or when we may not."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((chosen.host, chosen.port))
        except OSError as problem:
            raise Unavailable(
                f"Port {chosen.port} on {chosen.host} cannot be used ({problem.strerror}). "
                f"Stop what uses it, or choose another: PORT={chosen.port + 1} make run"
            ) from problem
        except OverflowError as problem:
            raise Unavailable(f"{chosen.port} is not a port; use a number from 1 to 65535.") from problem


def _with_port(chosen: Settings, port: int) -> Settings:
    return replace(chosen, port=port)


commands = [serve, worker, demo, run_all]
