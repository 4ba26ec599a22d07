"""Start a real gunicorn with one process, load it from this one, and read its processor time."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median

import psutil


@dataclass(frozen=True)
class Load:
    """What one round measured: answers a second, processor milliseconds an answer, median and 99th percentile in ms."""

    per_second: float
    cpu_ms: float
    p50: float
    p99: float
    size: int


@dataclass
class Server:
    """A running server and what it did for the requests of one round."""

    port: int
    worker: psutil.Process
    waits: list[float] = field(default_factory=list)
    cpu: float = 0.0
    size: int = 0

    def ask(self, paths: Iterable[str]) -> None:
        """GET each path, one after the other, and add up waits and processor time."""
        before = self._spent()
        for path in paths:
            started = time.perf_counter()
            self.size = _get(self.port, path)
            self.waits.append((time.perf_counter() - started) * 1000)
        self.cpu += self._spent() - before

    def take(self) -> Load:
        """The figures since they were last taken."""
        waits, spent = sorted(self.waits), self.cpu
        self.waits, self.cpu = [], 0.0
        count = len(waits)
        return Load(
            count * 1000 / sum(waits),
            spent * 1000 / count,
            median(waits),
            waits[int(count * 0.99)],
            self.size,
        )

    def _spent(self) -> float:
        times = self.worker.cpu_times()
        return times.user + times.system


@contextmanager
def server(application: str, environment: Mapping[str, str]) -> Iterator[Server]:
    """One gunicorn worker on a free loopback port; ended by its own pid."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", application, "--bind", f"127.0.0.1:{port}", "--workers", "1",
         "--log-level", "warning"],
        env={**os.environ, **environment, "PORT": str(port)},
    )  # fmt: skip
    try:
        wait_for(port)
        yield Server(port, psutil.Process(process.pid).children()[0])
    finally:
        process.terminate()
        process.wait(10)


def free_port() -> int:
    """A port of the loopback that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int) -> None:
    """Until somebody listens there. Raises TimeoutError."""
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
            return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(f"nothing answers on {port}")


def side_by_side(servers: Sequence[Server], paths: Sequence[str], *, turns: int) -> list[Load]:
    """Ask every server for all the paths, `turns` times over, taking turns: what else the machine does hits all alike."""
    for _ in range(turns):
        for one in servers:
            one.ask(paths)
    return [one.take() for one in servers]


def _get(port: int, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    if answer.status != 200:
        raise RuntimeError(f"{path}: {answer.status}")
    return len(body)
