"""A PostgreSQL server for the tests: its own folder, a free port on loopback, gone at the end.

`tools/test.py` starts one and passes its address as LMS_TEST_DATABASE. By hand: ``python -m tests.postgres``
starts one, prints the address and stays until Ctrl-C.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

USER = "kimbang"
DATABASE = "kimbang"
#: Tests throw the data away, so nothing has to survive a power cut.
FAST = (
    "fsync=off", "synchronous_commit=off", "full_page_writes=off", "shared_buffers=64MB", "max_connections=60",
    "listen_addresses=127.0.0.1", "log_min_messages=fatal", "autovacuum=off", "jit=off",
)  # fmt: skip


class NoServer(Exception):
    """There is no PostgreSQL on this machine, or it does not start; the sentence says what to do."""


def binaries() -> Path:
    """The folder of `initdb` and `postgres`, newest version first. Raises NoServer."""
    on_path = shutil.which("initdb")
    places = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda place: float(place.parent.name), reverse=True
    )
    for place in [*places, *([Path(on_path).parent] if on_path else [])]:
        if (place / "initdb").exists() and (place / "postgres").exists():
            return place
    raise NoServer("PostgreSQL is not installed: sudo apt-get install postgresql")


@contextmanager
def server() -> Iterator[str]:
    """A running server; gives the address of an empty database. Raises NoServer."""
    place = binaries()
    with tempfile.TemporaryDirectory(prefix="kimbang-pg-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        data = folder / "data"
        data.mkdir(mode=0o700)
        as_user = _other_user(data)
        _run(
            [
                *as_user,
                place / "initdb",
                "-D",
                data,
                "-U",
                USER,
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--locale=C",
                "-N",
            ]
        )
        port = _free_port()
        options = [word for setting in FAST for word in ("-c", setting)]
        process = subprocess.Popen(
            [*as_user, place / "postgres", "-D", data, "-p", str(port), "-k", data, *options],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            cwd="/",
        )
        try:
            _create_database(port, process)
            yield f"postgresql://{USER}@127.0.0.1:{port}/{DATABASE}"
        finally:
            _stop(process)


def _other_user(data: Path) -> list[str]:
    """PostgreSQL refuses to run as root: give the folder to the user `postgres` (or `nobody`) and become it."""
    if os.geteuid() != 0:
        return []
    names = [entry.pw_name for entry in pwd.getpwall()]
    user = "postgres" if "postgres" in names else "nobody"
    shutil.chown(data, user)
    entry = pwd.getpwnam(user)
    return ["setpriv", f"--reuid={entry.pw_uid}", f"--regid={entry.pw_gid}", "--clear-groups", "--"]


def _create_database(port: int, process: subprocess.Popen[bytes]) -> None:
    import psycopg

    until = time.monotonic() + 30
    while True:
        try:
            with psycopg.connect(
                f"postgresql://{USER}@127.0.0.1:{port}/postgres", autocommit=True
            ) as connection:
                connection.execute(f'create database "{DATABASE}"')
                return
        except psycopg.OperationalError as problem:
            if process.poll() is not None or time.monotonic() > until:
                raise NoServer(f"PostgreSQL did not start: {problem}") from problem
            time.sleep(0.1)


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGINT)  # "fast": ends open connections
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _run(command: list[str | Path]) -> None:
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, cwd="/")
    if done.returncode:
        raise NoServer(f"initdb failed: {(done.stderr or done.stdout).strip()[-600:]}")


if __name__ == "__main__":
    try:
        with server() as address:
            print(f"LMS_TEST_DATABASE={address}", flush=True)
            signal.sigwait([signal.SIGINT, signal.SIGTERM])
    except (NoServer, KeyboardInterrupt) as problem:
        sys.exit(str(problem))
