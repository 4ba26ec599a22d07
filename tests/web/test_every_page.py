"""Every page of the demonstration, as each role comes to it: no link leads to a refusal, nothing axe finds.

Looks are the same on both databases, so the browser is asked once.
"""

from __future__ import annotations

import pytest

from lms.demo import ACCOUNTS, PASSWORD
from tests.browser import axe
from tests.walk import Walk

pytestmark = pytest.mark.slow

ROLES = {account[0]: account[1] for account in ACCOUNTS}


@pytest.fixture(scope="module")
def site(live_module_server):
    return live_module_server(demo=True)


@pytest.fixture(scope="module")
def walks(site, application) -> dict[str, Walk]:
    """What every role reaches from its home page."""
    done = {}
    for role, email in ROLES.items():
        done[role] = Walk(site.url, application)
        done[role].sign_in(email, PASSWORD)
        done[role].everywhere()
    return done


@pytest.mark.parametrize("role", ROLES)
def test_no_link_leads_to_a_refusal(walks, role) -> None:
    assert walks[role].broken == []
    assert "web.home" in walks[role].pages


def test_every_page_of_the_register_has_something_to_look_at(walks) -> None:
    """Blanks, papers of others, old registers and who lost an account are there to be opened."""
    pages = walks["academic_officer"].pages
    wanted = {"blank_batch", "intake", "old_register", "old_row", "give_form", "regains"}
    assert {f"certificates.{name}" for name in wanted} - set(pages) == set()


@pytest.mark.once
@pytest.mark.parametrize(("language", "scheme", "device"), [("vi", "light", "phone"), ("en", "dark", "desk")])
def test_axe_finds_nothing(walks, site, request, language, scheme, device) -> None:
    """Each kind of page once, for the first role that reaches it: in Vietnamese on a phone, in English in the dark."""
    seen: set[str] = set()
    found = []
    for role, walk in walks.items():
        fresh = {endpoint: address for endpoint, address in walk.pages.items() if endpoint not in seen}
        seen |= set(fresh)
        page = request.getfixturevalue(device)(color_scheme=scheme)
        page.context.add_cookies(walk.cookies(language))
        for endpoint, address in sorted(fresh.items()):
            page.goto(site.url + address)
            found += [f"{role} {endpoint} ({address}): {one}" for one in axe(page)]
            wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            found += [f"{role} {endpoint} ({address}): {wide} px too wide"] if wide > 0 else []
        page.close()
    assert found == []


@pytest.mark.once
def test_a_table_wider_than_a_phone_scrolls_by_itself_and_the_page_stays(site, application, phone) -> None:
    walk, page = Walk(site.url, application), phone()
    walk.sign_in(ROLES["academic_officer"], PASSWORD)
    page.context.add_cookies(walk.cookies("vi"))
    page.goto(f"{site.url}/attendance/classes/3")
    assert page.locator(".matrix").evaluate("one => one.scrollWidth > one.clientWidth")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
