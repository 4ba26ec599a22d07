"""Fixtures of the whole suite: the platform's own test kit, and factories for courses."""

import os

import pytest
from hypothesis import settings

# A busy machine is no error; what hypothesis tries is the same every time on the same code.
settings.register_profile("house", deadline=None, derandomize=True)
settings.load_profile("house")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What asks no database of the run is asked in the run on SQLite only; files with long tests first, so that no process is left alone with them at the end."""
    if "LMS_TEST_DATABASE" in os.environ:
        skip = pytest.mark.skip(reason="once: the run on SQLite has it")
        for item in items:
            if item.get_closest_marker("once"):
                item.add_marker(skip)
    long = {
        item.path
        for item in items
        if item.get_closest_marker("slow")
        or {"browser", "live_server", "live_module_server"} & set(item.fixturenames)
    }
    items.sort(key=lambda item: item.path not in long)


pytest_plugins = ["lms.testing", "courses.testing", "tests.site", "tests.browser"]
