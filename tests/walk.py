"""Walk a running site as somebody would, link by link, and note one address for every kind of page."""

from __future__ import annotations

from collections import deque
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx
from flask import Flask
from werkzeug.exceptions import HTTPException

#: A page links to a hundred rows of one kind; so many of each kind are followed.
MOST_OF_A_KIND = 3


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.token = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag == "a" and said.get("href") and "download" not in said:
            self.found.append(str(said["href"]))
        if tag == "input" and said.get("name") == "csrf_token":
            self.token = said.get("value") or ""


class Walk:
    """A reader of a site: signs in, then follows every link to a page."""

    def __init__(self, url: str, app: Flask) -> None:
        self.url = url
        self.rules = app.url_map.bind("")
        self.http = httpx.Client(base_url=url, follow_redirects=True, timeout=60)
        #: Endpoint → the first address of it that answered with a page.
        self.pages: dict[str, str] = {}
        #: Addresses that were linked to and answered with an error, and the page that led there.
        self.broken: list[str] = []

    def sign_in(self, email: str, password: str) -> None:
        form = _links(self.http.get("/login").text)
        self.http.post("/login", data={"csrf_token": form.token, "email": email, "password": password})

    def cookies(self, language: str) -> list[Any]:
        """This session for a browser, which then reads pages in `language`."""
        own = [
            {"name": one.name, "value": one.value or "", "url": self.url}
            for one in self.http.cookies.jar
            if one.name != "kb_language"
        ]
        return [*own, {"name": "kb_language", "value": language, "url": self.url}]

    def everywhere(self, start: str = "/", most: int = 600) -> dict[str, str]:
        """Follow links from `start`; returns endpoint → address of every page that was reached."""
        waiting, seen = deque([start]), {start: ""}
        tried: dict[str, int] = {}
        while waiting and most:
            address = waiting.popleft()
            endpoint = self._endpoint(address)
            if endpoint is None or tried.get(endpoint, 0) >= MOST_OF_A_KIND:
                continue
            tried[endpoint] = tried.get(endpoint, 0) + 1
            most -= 1
            for link in self._open(address, endpoint, seen[address]):
                if link not in seen:
                    seen[link] = address
                    waiting.append(link)
        return self.pages

    def _open(self, address: str, endpoint: str, origin: str) -> list[str]:
        answer = self.http.get(address)
        if answer.status_code >= 400:
            self.broken.append(f"{answer.status_code} {address}, linked on {origin or 'nothing'}")
            return []
        if not answer.headers.get("content-type", "").startswith("text/html"):
            return []
        self.pages.setdefault(endpoint, address)
        links = _links(answer.text).found
        return [found for link in links if (found := self._inside(link, str(answer.url)))]

    def _inside(self, link: str, page: str) -> str | None:
        whole = urlsplit(urljoin(page, link))
        if f"{whole.scheme}://{whole.netloc}" != self.url:
            return None
        return whole.path + (f"?{whole.query}" if whole.query else "")

    def _endpoint(self, address: str) -> str | None:
        try:
            endpoint, _values = self.rules.match(urlsplit(address).path, method="GET")
        except HTTPException:
            return None
        # The language switch stands on every page and leads to every page.
        return None if endpoint == "web.language" or endpoint.endswith("static") else str(endpoint)


def _links(html: str) -> _Links:
    parser = _Links()
    parser.feed(html)
    return parser


def page_endpoints(app: Flask) -> set[str]:
    """Every endpoint that can be opened by its address."""
    return {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and not rule.endpoint.endswith("static")
    }
