"""Start a real gunicorn with one process, load it from this one, and read its processor time."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median

import psutil


@dataclass(frozen=True)
class Load:
    """What one run measured: answers a second, processor milliseconds an answer, median and 99th percentile in ms."""

    per_second: float
    cpu_ms: float
    p50: float
    p99: float
    size: int


@contextmanager
def server(application: str, environment: Mapping[str, str]) -> Iterator[tuple[int, psutil.Process]]:
    """One gunicorn worker on a free loopback port; ended by its own pid."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", application, "--bind", f"127.0.0.1:{port}", "--workers", "1",
         "--log-level", "warning"],
        env={**os.environ, **environment, "PORT": str(port)},
    )  # fmt: skip
    try:
        _wait(port)
        worker = psutil.Process(process.pid).children()[0]
        yield port, worker
    finally:
        process.terminate()
        process.wait(10)


def _wait(port: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
            return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(f"nothing answers on {port}")


def load(port: int, worker: psutil.Process, path: str, *, requests: int) -> Load:
    """`requests` GETs of one path, one after the other, after a tenth of them to warm up."""
    size = 0
    for _ in range(max(20, requests // 10)):
        size = _get(port, path)
    before, started = worker.cpu_times(), time.perf_counter()
    waits = []
    for _ in range(requests):
        one = time.perf_counter()
        _get(port, path)
        waits.append((time.perf_counter() - one) * 1000)
    spent, after = time.perf_counter() - started, worker.cpu_times()
    cpu = (after.user - before.user) + (after.system - before.system)
    waits.sort()
    return Load(requests / spent, cpu * 1000 / requests, median(waits), waits[int(len(waits) * 0.99)], size)


def _get(port: int, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    if answer.status != 200:
        raise RuntimeError(f"{path}: {answer.status}")
    return len(body)
