"""A program with a token of somebody."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask.testing import FlaskClient

from lms.access.models import User
from lms.api import tokens
from lms.api.models import ApiToken

_KEYS = itertools.count(1)


@dataclass
class Program:
    """Asks in the name of its token."""

    client: FlaskClient
    token: ApiToken
    secret: str

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(f"/api/v1{path}", query_string=query, headers=self.headers)

    def post(self, path: str, body: Any, key: str | None = None) -> Any:
        key = key or f"key-{next(_KEYS)}"
        return self.client.post(f"/api/v1{path}", json=body, headers={**self.headers, "Idempotency-Key": key})

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.secret}", "Accept-Language": "en"}


@pytest.fixture
def program(client: FlaskClient) -> Callable[..., Program]:
    """``program(user)`` with all that the user may do, or ``program(user, "people.view")``."""

    def made(user: User, *scopes: str, **values: Any) -> Program:
        chosen = scopes or tuple(one.name for one in tokens.offered(user))
        token, secret = tokens.make(user, "Phần mềm nhân sự", chosen, days=values.pop("days", 30), **values)
        client.set_cookie("kb_language", "en")
        return Program(client, token, secret)

    return made
