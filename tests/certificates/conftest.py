"""A school that issues certificates, and closed classes that wait for theirs."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from werkzeug.serving import make_server

from certificates.hookspecs import CountsFor
from lms import config
from lms.plugins import Plugin, hookimpl
from lms.plugins.registry import Found, registry
from tests.certificates.school import School, found_school
from tests.certificates.watching import Archive, Quiet, Watch


@pytest.fixture
def school(make: Any, frozen: Any) -> School:
    """The Political School with issuer profile, register and key; the clock stands at 2 April 2025."""
    with frozen(date(2025, 4, 2)):
        yield found_school(make)


@pytest.fixture
def watch(app, tmp_path) -> Iterator[Watch]:
    server = make_server("127.0.0.1", 0, app, threaded=False, request_handler=Quiet)
    server.timeout = 0.05
    yield Watch(server, f"http://127.0.0.1:{server.server_port}/log", tmp_path)
    server.server_close()


@pytest.fixture
def archive(app) -> Iterator[Archive]:
    """It stands on this machine, which an installation must allow."""
    before = config.settings()
    config.use(dataclasses.replace(before, webhook_private=True))
    made = Archive()
    yield made
    made.server.shutdown()
    made.server.server_close()
    config.use(before)


@pytest.fixture
def rules(app):
    """A plugin whose rule about posts is another one from 2026 on."""

    def certificate_posts(programme, on):
        old, new = CountsFor(60001, "CU", "Chức danh theo luật cũ"), CountsFor(60002, "MOI", "Chức danh mới")
        return [new if on.year >= 2026 else old]

    manifest = type("Stranger", (Plugin,), {"name": "stranger", "title": "Stranger"})
    registry.found["stranger"] = Found("stranger", "lms", manifest, built_in=True, loaded=True)
    registry.add_answers("stranger", SimpleNamespace(certificate_posts=hookimpl(certificate_posts)))
    yield
    registry.remove_answers("stranger")
    del registry.found["stranger"]
