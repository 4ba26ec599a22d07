"""The browser kit itself: a real server answers, separate sessions, a public page without axe findings."""

import pytest

from tests.browser import axe, shot

pytestmark = pytest.mark.once


def test_the_front_page_is_sound_on_phone_and_desk(live_server, phone, desk):
    site = live_server()
    for page in (phone(), desk()):
        refused = []
        page.on(
            "console",
            lambda message, seen=refused: seen.append(message.text) if message.type == "error" else None,
        )

        page.goto(site.url)

        shot(page, "front")
        assert axe(page) == []
        assert page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")
        assert refused == []


def test_a_killed_server_starts_again_on_the_same_data(live_server):
    site = live_server()
    site.kill("pages")
    assert not site._answers()

    site.start_pages()

    assert site._answers()
