"""Processes that start at once: a parent that has imported the whole platform forks them.

Starting Python and importing the platform costs more than most tests. `Process` is a `subprocess.Popen` for commands
of our own (``lms …``, ``python -m module …``): a process of its own with its own environment, folder, files and
session, that can be killed, waited for and read from as any other. Only the imports are done already. Where a test is
about the start itself, it uses `subprocess`.

One such parent a test process is started when it is first needed, and ends with it.
"""

from __future__ import annotations

import atexit
import ctypes
import importlib
import json
import os
import pkgutil
import runpy
import socket
import subprocess
import sys
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
#: What the parent imports; modules that only tests of ours, or hardware, need are left to who needs them.
PACKAGES = ("lms", "courses", "certificates", "evaluation", "plugins")
LEFT_OUT = ("testing", "devkit", "__main__")
LMS = ("lms",)


class Process(subprocess.Popen[Any]):
    """A process of the platform, then as Popen: ``["lms", "serve"]``, ``["-m", "tests.x", "deed"]`` or ``["-c", code]``."""

    def _execute_child(self, args: Sequence[str], *rest: Any) -> None:  # type: ignore[override]
        (_, _, _, _, cwd, env, _, _, _, stdin, for_stdin, from_stdout, stdout, from_stderr, stderr) = rest[
            :15
        ]
        session = bool(rest[20])
        files = [stdin, stdout, stderr]
        order = {
            "command": list(args),
            "cwd": str(cwd or os.getcwd()),
            "environ": dict(os.environ if env is None else env),
            "session": session,
        }
        self.pid = _parent().fork(order, [place if fd == -1 else fd for place, fd in enumerate(files)])
        self._child_created = True
        self._close_pipe_fds(stdin, for_stdin, from_stdout, stdout, from_stderr, stderr)  # type: ignore[attr-defined]


def run(
    command: Sequence[str], *, env: Mapping[str, str] | None = None, cwd: Path = ROOT, timeout: float = 300
) -> subprocess.CompletedProcess[str]:
    """Run to the end and keep what it prints, as `subprocess.run(…, capture_output=True, text=True)` does."""
    with Process(
        command,
        env=env,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            out, err = process.communicate(timeout=timeout)
        except BaseException:
            process.kill()
            raise
    return subprocess.CompletedProcess(command, process.returncode, out, err)


# ---------------------------------------------------------------- on the side of the tests


class _Parent:
    """The process that forks, as the test process sees it."""

    def __init__(self) -> None:
        _adopt()
        ours, theirs = socket.socketpair()
        self.talk = ours
        environ = {name: value for name, value in os.environ.items() if not name.startswith("LMS_")}
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.warm", str(theirs.fileno())],
                cwd=ROOT,
                env=environ,
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
            )

    def fork(self, order: Mapping[str, Any], files: list[int]) -> int:
        """Start a process with `files` as its standard input, output and errors; returns its id."""
        data = json.dumps(order).encode()
        socket.send_fds(self.talk, [len(data).to_bytes(8, "big")], files)
        self.talk.sendall(data)
        answer = _exactly(self.talk, 8)
        return int.from_bytes(answer, "big")

    def end(self) -> None:
        self.talk.close()
        self.process.wait(10)


_parents: dict[int, _Parent] = {}


def _parent() -> _Parent:
    own = os.getpid()
    if own not in _parents:
        _parents[own] = _Parent()
        atexit.register(_parents[own].end)
    return _parents[own]


def _adopt() -> None:
    """What the parent's children start becomes a child of the test process, which can so wait for it (Linux)."""
    set_child_subreaper = 36
    if ctypes.CDLL(None, use_errno=True).prctl(set_child_subreaper, 1) != 0:
        raise OSError(ctypes.get_errno(), "prctl")


def _exactly(talk: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        more = talk.recv(size - len(data))
        if not more:
            raise EOFError("the parent of the processes has ended")
        data += more
    return data


# ---------------------------------------------------------------- the parent, and what it becomes


def _load() -> None:
    """Import all of the platform, but start nothing."""
    for package in PACKAGES:
        place = importlib.import_module(package)
        for found in pkgutil.walk_packages(place.__path__, f"{package}."):
            if not set(found.name.split(".")) & set(LEFT_OUT):
                importlib.import_module(found.name)
    importlib.import_module("gunicorn.app.wsgiapp")
    importlib.import_module("gunicorn.workers.sync")


def _serve(talk: socket.socket) -> dict[str, Any]:
    """Fork what is asked for until the test process ends. Returns in the new process only, with its order."""
    while True:
        size, files, _, _ = socket.recv_fds(talk, 8, 3)
        if not size:
            os._exit(0)
        order: dict[str, Any] = json.loads(_exactly(talk, int.from_bytes(size, "big")))
        told, tell = os.pipe()
        between = os.fork()
        if between == 0:
            if new := os.fork():
                os.write(tell, new.to_bytes(8, "big"))
                os._exit(0)
            talk.close()
            os.close(told)
            os.close(tell)
            order["files"] = files
            return order
        os.waitpid(between, 0)  # the new process has no father now, and the test process adopts it
        talk.sendall(os.read(told, 8))
        os.close(told)
        os.close(tell)
        for one in files:
            os.close(one)


def _become(order: dict[str, Any]) -> None:
    if order["session"]:
        os.setsid()
    for place, file in enumerate(order["files"]):
        os.dup2(file, place)
        os.close(file)
    os.chdir(order["cwd"])
    os.environ.clear()
    os.environ.update(order["environ"])
    sys.path[:0] = [path for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if path]
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    _forget()


def _forget() -> None:
    """Whatever a module read from the environment while it was imported is read again."""
    from lms import clock, config

    assert config._current is None, "a module asks for the settings while it is imported"
    clock.start_from_environment()


def _go_on(program: str, command: list[str], environ: Mapping[str, str]) -> None:
    """What `lms serve` does by `exec`: the same process goes on as gunicorn, without losing its imports."""
    from gunicorn.app.wsgiapp import run as gunicorn
    from prometheus_client import values

    from lms import config

    assert command[1:3] == ["-m", "gunicorn"], command
    os.environ.clear()
    os.environ.update(environ)
    config._current = None
    values.ValueClass = values.get_value_class()
    sys.argv = command[2:]
    sys.exit(gunicorn())


def _do(command: list[str]) -> None:
    if command[0] == "lms":
        from lms.cli import main

        os.execve = _go_on
        sys.argv = command
        main()
    elif command[0] == "-c":
        sys.argv = ["-c", *command[2:]]
        exec(compile(command[1], "<string>", "exec"), {"__name__": "__main__"})
    elif command[0] == "-m":
        sys.argv = command[1:]
        runpy.run_module(command[1], run_name="__main__", alter_sys=True)
    else:
        raise ValueError(f"only our own commands start warm, not {command[0]}")


if __name__ == "__main__":
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        _load()
    _given = _serve(socket.socket(fileno=int(sys.argv[1])))
    _become(_given)
    _do(_given["command"])
