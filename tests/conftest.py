"""Fixtures of the whole suite: the platform's own test kit, and factories for courses."""

import pytest

pytest_plugins = ["lms.testing", "tests.browser"]


@pytest.fixture
def make(app):
    from tests.factories import MakeAll  # noqa: PLC0415  imports models, which the kit must set up first

    return MakeAll()
