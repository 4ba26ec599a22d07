"""Every operation is knocked at with what its description allows and what it does not: no crash, no unknown answer."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from lms import clock
from lms.access.services import give_role
from lms.db import db
from tests.access.world import build

#: Seconds of one core for all operations together, and tries of each operation and mode.
SECONDS = 60
TRIES = 10


@pytest.fixture(autouse=True)
def _in_april_2025() -> Iterator[None]:
    with clock.frozen(date(2025, 4, 1)):
        yield


@pytest.fixture
def token(make: Any, program: Any) -> str:
    """Of somebody with every role: each operation is open, and meets a built world."""
    world = build(make)
    roles = ("platform_admin", "academic_officer", "department_officer", "school_head", "lecturer")
    officer = make.user(*roles)
    give_role(officer, "training_officer", organisation=world.agency, by=None)
    return str(program(officer).secret)


def test_no_operation_crashes_or_answers_otherwise_than_described(app, token):
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    started, tried = time.process_time(), 0
    for found in schema.get_all_operations():
        operation = found.ok()
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            tried += _knock(operation, mode, token)
    assert tried > 20 * TRIES
    assert time.process_time() - started < SECONDS


def _knock(operation: Any, mode: GenerationMode, token: str) -> int:
    count = 0

    @settings(
        max_examples=TRIES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(mode))
    def knock(case: Any) -> None:
        nonlocal count
        count += 1
        with db.atomic() as trial:
            response = case.call(headers={"Authorization": f"Bearer {token}"})
            trial.rollback()
        case.validate_response(
            response,
            headers={"Authorization": f"Bearer {token}"},
            # The rules of the field go further than a description: a well-formed day may be the wrong one.
            excluded_checks=[positive_data_acceptance],
        )

    try:
        knock()
    except schemathesis.errors.SchemathesisError:
        # An operation without anything to send cannot be sent wrongly.
        if mode is GenerationMode.POSITIVE:
            raise
    return count
