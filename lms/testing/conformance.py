"""The contract as tests, in one line: ``test_it_keeps_the_contract = conformance.of("notes")``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from lms.plugins.checking import CHECKS, Check
from lms.plugins.registry import registry


def of(*names: str) -> Callable[..., None]:
    """A test for each check and each of these plugins; needs the fixtures of `lms.testing`."""

    @pytest.mark.parametrize("check", CHECKS, ids=[check.code for check in CHECKS])
    @pytest.mark.parametrize("name", names)
    def keeps(app: Flask, name: str, check: Check) -> None:
        if name not in registry.found:
            pytest.fail(f"There is no plugin {name}; found: {', '.join(registry.found)}.")
        problems: list[Any] = list(check.look(registry.found[name]))
        if problems:
            pytest.fail(f"{check.holds}: no.\n" + "\n".join(f"- {one}" for one in problems), pytrace=False)

    return keeps
