"""Browser tests: Chromium through Playwright, screenshots, axe; the server is of tests/site.py.

A test asks for ``live_server`` (a factory), and for ``phone`` or ``desk`` (each call is a new, separate session).
Pictures are kept when ``SHOTS=1`` is set:

    def test_the_trainee_sees_the_class(live_server, phone):
        site = live_server(demo=True, clock="2025-03-03T07:40")
        page = phone()
        page.goto(site.url)
        shot(page, "home")
        assert axe(page) == []
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browsers import BROWSERS

ROOT = Path(__file__).resolve().parent.parent
SHOTS = ROOT / "var/screenshots"
AXE = ROOT / "node_modules/axe-core/axe.min.js"

#: Chromium stays at home: no sandbox (tests may run as root), no updates, no calls to its maker.
ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
)  # fmt: skip
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}
DESK: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}
COMMON: dict[str, Any] = {"locale": "vi-VN", "timezone_id": "Asia/Ho_Chi_Minh", "accept_downloads": True}
WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")

Open = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever drives a browser carries the mark, so that ``-m "not browser"`` leaves it out."""
    for item in items:
        if {"browser", "live_server"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.browser)


# ---------------------------------------------------------------- the browser


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the whole run; sessions are separated by their contexts."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium(), args=list(ARGUMENTS))
        yield running
        running.close()


def chromium() -> str:
    """The path of this machine's Chromium; fails the test with what to install when there is none."""
    names = (os.environ.get("LMS_TEST_CHROMIUM", ""), *BROWSERS)
    found = next((path for name in names if name and (path := shutil.which(name))), None)
    if found is None:
        pytest.fail("Chromium is not installed: sudo apt-get install chromium", pytrace=False)
    return found


@pytest.fixture
def phone(browser: Browser) -> Iterator[Open]:
    """``phone()`` opens a page 390 px wide with touch, in a session of its own."""
    yield from _sessions(browser, PHONE)


@pytest.fixture
def desk(browser: Browser) -> Iterator[Open]:
    """``desk()`` opens a page 1280 px wide, in a session of its own."""
    yield from _sessions(browser, DESK)


def _sessions(browser: Browser, device: dict[str, Any]) -> Iterator[Open]:
    contexts = []

    def open_page(**options: Any) -> Page:
        context = browser.new_context(**(COMMON | device | options))
        context.set_default_timeout(15_000)
        contexts.append(context)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()


def shot(page: Page, name: str, *, always: bool = False) -> None:
    """Save the whole page as ``var/screenshots/<name>-<width>.png``, for people: no test reads it.

    Pictures take time, so they are made when `SHOTS=1` is set, or for a story that is told in pictures `always`.
    """
    if not (always or os.environ.get("SHOTS")):
        return
    SHOTS.mkdir(parents=True, exist_ok=True)
    width = (page.viewport_size or {"width": 0})["width"]
    page.screenshot(path=SHOTS / f"{name}-{width}.png", full_page=True, animations="disabled")


def axe(page: Page, *, leave_out: tuple[str, ...] = ()) -> list[str]:
    """What axe finds against WCAG 2.2 AA on the page as it stands, one readable line a place; [] when nothing.

    `leave_out`: rules not to run, each with its reason beside the call.
    """
    page.wait_for_load_state()
    if not page.evaluate("() => Boolean(window.axe)"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(
        "([tags, off]) => axe.run(document, {"
        " runOnly: {type: 'tag', values: tags},"
        " rules: Object.fromEntries(off.map(name => [name, {enabled: false}])),"
        " resultTypes: ['violations'] })",
        [list(WCAG), list(leave_out)],
    )
    return [
        f"{violation['id']} ({violation['impact']}): {violation['help']} — {' '.join(map(str, node['target']))}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]
