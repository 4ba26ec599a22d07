"""A school that issues certificates, and closed classes that wait for theirs."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.certificates.school import School, found_school


@pytest.fixture
def school(make: Any, frozen: Any) -> School:
    """The Political School with issuer profile, register and key; the clock stands at 2 April 2025."""
    with frozen(date(2025, 4, 2)):
        yield found_school(make)
