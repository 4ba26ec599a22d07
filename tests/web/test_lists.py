"""Every list is sorted the same way: by the heads of its columns, kept with filters and pages, people in Vietnamese order."""

from __future__ import annotations

import re
from html import unescape

import pytest

from lms.testing import counting


def links(page: str) -> list[str]:
    return [unescape(one) for one in re.findall(r'<a class="sort" href="([^"]+)"', page)]


class TestOfficials:
    @pytest.fixture(autouse=True)
    def somebody(self, client, login, make):
        home = make.organisation("so-tu-phap", name="Sở Tư pháp", kind="department")
        for name, year in (("Lê Văn Đức", 1980), ("Trần Thị An", None), ("Nguyễn Văn Ấn", 1975)):
            make.official(name, home, birth_year=year)
        login(make.user("training_officer", organisation=home))
        return home

    def names(self, client, address: str) -> list[str]:
        return re.findall(r'<th scope="row"><a[^>]*>([^<]+)</a>', client.get(address).text)

    def test_the_given_name_counts_and_a_stands_before_a_with_a_hat(self, client):
        assert self.names(client, "/people") == ["Trần Thị An", "Nguyễn Văn Ấn", "Lê Văn Đức"]
        assert self.names(client, "/people?sort=-name") == ["Lê Văn Đức", "Nguyễn Văn Ấn", "Trần Thị An"]

    def test_what_is_not_known_counts_as_the_least(self, client):
        assert self.names(client, "/people?sort=born")[0] == "Trần Thị An"
        assert self.names(client, "/people?sort=-born") == ["Lê Văn Đức", "Nguyễn Văn Ấn", "Trần Thị An"]

    def test_the_order_is_kept_by_a_search_and_the_search_by_the_order(self, client):
        page = client.get("/people?q=van&sort=-name&page=1").text
        assert '<input type="hidden" name="sort" value="-name">' in page
        assert "/people?q=van&sort=-born" in links(page)

    def test_an_unknown_order_is_the_usual_one(self, client):
        assert self.names(client, "/people?sort=password") == self.names(client, "/people")

    def test_phones_choose_from_a_list_without_script(self, client):
        page = client.get("/people?sort=-born").text
        assert '<option value="-born" selected>' in page

    def test_any_order_costs_the_same_questions(self, client):
        seen = set()
        for order in ("name", "-born", "organisation", "-organisation"):
            client.get(f"/people?sort={order}")
            with counting() as asked:
                client.get(f"/people?sort={order}")
            seen.add(len(asked))
        assert len(seen) == 1
