"""Figures for Prometheus: what each process counted, and what the tables say at the moment of asking.

Several web processes add up through files in the folder that `lms serve` names before they start.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator

from flask import Response, g, request
from peewee import fn
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import REGISTRY, Collector

from lms import clock
from lms.events import Delivery
from lms.jobs import JobRun, QueueTask, Timer
from lms.lean import Platform
from lms.plugins.registry import registry as plugins
from lms.plugins.switch import state_of

CONTENT_TYPE = CONTENT_TYPE_LATEST
_FOLDER = "PROMETHEUS_MULTIPROC_DIR"

requests_answered = Counter("kimbang_requests", "Requests answered.", ["endpoint", "status"])
seconds_taken = Histogram(
    "kimbang_request_seconds",
    "Seconds a request took, by group of pages.",
    ["group"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10),
)


def install(app: Platform) -> None:
    """Count every request of the application."""
    app.after_every(_count)


def exposition() -> bytes:
    """All figures in Prometheus' text form."""
    if os.environ.get(_FOLDER):
        counted = CollectorRegistry()
        MultiProcessCollector(counted)
    else:
        counted = REGISTRY
    present = CollectorRegistry()
    present.register(_Tables())
    return generate_latest(counted) + generate_latest(present)


def _count(response: Response) -> Response:
    endpoint = request.endpoint or "none"
    requests_answered.labels(endpoint, response.status_code).inc()
    if "started" in g:
        seconds_taken.labels(endpoint.split(".")[0]).observe(time.perf_counter() - g.started)
    return response


class _Tables(Collector):
    """What stands in the tables now."""

    def collect(self) -> Iterator[Metric]:
        yield _by_state("kimbang_jobs", "Long work by state.", JobRun)
        yield _by_state("kimbang_deliveries", "Deliveries of events by state.", Delivery)
        yield _single("kimbang_queue_tasks", "Tasks waiting for a worker.", QueueTask.select().count())
        oldest = Delivery.select(fn.MIN(Delivery.due_at)).where(Delivery.state == "due").scalar()
        yield _single(
            "kimbang_oldest_due_seconds", "How long the oldest due delivery has waited.", _age(oldest)
        )
        overdue = Timer.select(fn.MIN(Timer.next_at)).scalar()
        yield _single(
            "kimbang_timetable_late_seconds", "How late the timetable is: a sign of no worker.", _age(overdue)
        )
        state = GaugeMetricFamily(
            "kimbang_plugin_on", "Whether a plugin works now.", labels=["plugin", "state"]
        )
        for found in plugins.in_order():
            said, _reason = state_of(found.name)
            state.add_metric([found.name, said], 1 if said == "on" else 0)
        yield state


def _by_state(name: str, title: str, model: type[JobRun] | type[Delivery]) -> Metric:
    family = GaugeMetricFamily(name, title, labels=["state"])
    for state, count in model.select(model.state, fn.COUNT(model.id)).group_by(model.state).tuples():
        family.add_metric([state], count)
    return family


def _single(name: str, title: str, value: float) -> Metric:
    return GaugeMetricFamily(name, title, value=value)


def _age(moment: object) -> float:
    """Seconds since a stored moment, 0 when it lies ahead or there is none."""
    if moment is None:
        return 0.0
    since = JobRun.created_at.python_value(moment)
    return max(0.0, (clock.now() - since).total_seconds())
