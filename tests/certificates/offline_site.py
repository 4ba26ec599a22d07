"""A site for a browser that a test can take away: answers of the application, kept and handed out by a thread of its own."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

#: What belongs to the connection, not to the answer.
_OWN = {"content-length", "connection", "date", "server", "transfer-encoding"}


class OfflineSite:
    """`ask` fetches answers of the application through its test client; a browser gets what was fetched, or 404."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.answers: dict[str, tuple[int, list[tuple[str, str]], bytes]] = {}
        self.asked: list[str] = []
        self.server: ThreadingHTTPServer | None = None
        self.url = ""

    def ask(self, *paths: str) -> None:
        for path in paths:
            got = self.client.get(path)
            headers = [(name, value) for name, value in got.headers if name.lower() not in _OWN]
            self.answers[path] = (got.status_code, headers, got.data)
            got.close()

    def ask_all(self) -> None:
        """The page with everything it keeps, and the data."""
        self.ask("/offline/worker.js", "/offline/bundle.json")
        script = self.answers["/offline/worker.js"][2].decode()
        self.ask(*json.loads(re.search(r"^const FILES = (.*)$", script, re.MULTILINE)[1]))

    def start(self) -> None:
        site = self

        class Answers(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append(self.path)
                status, headers, body = site.answers.get(self.path, (404, [], b""))
                self.send_response(status)
                for name, value in headers:
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None: ...

        port = self.server.server_port if self.server else 0
        self.server = ThreadingHTTPServer(("127.0.0.1", port), Answers)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(
            target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        ).start()

    def go_away(self) -> None:
        """Nobody answers any more at this address."""
        if self.server:
            self.server.shutdown()
            self.server.server_close()


@contextmanager
def running(client: Any) -> Iterator[OfflineSite]:
    site = OfflineSite(client)
    site.ask_all()
    site.start()
    try:
        yield site
    finally:
        site.go_away()
