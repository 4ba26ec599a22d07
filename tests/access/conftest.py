"""The small province of `world.py`, and a knock on its doors."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient

from lms import clock
from lms.db import db
from tests.access.doors import sent
from tests.access.world import World, build


@pytest.fixture(autouse=True)
def _in_april_2025() -> Iterator[None]:
    with clock.frozen(date(2025, 4, 1)):
        yield


@pytest.fixture
def world(make: Any) -> World:
    return build(make)


@pytest.fixture
def knock(client: FlaskClient, login: Any, world: World) -> Any:
    """``knock(method, address, user)``: the answer, with everything it wrote taken back."""

    def ask(method: str, address: str, user: Any = None) -> Any:
        if user is not None:
            login(user)
        with db.atomic() as trial:
            try:
                return client.open(address, method=method, **sent(client.application, method, address, world))
            finally:
                trial.rollback()

    return ask
