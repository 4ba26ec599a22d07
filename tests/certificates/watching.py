"""Who watches the public log: a witness of bare Python against the real log, an archive that takes states, later days."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import threading
from dataclasses import dataclass
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from werkzeug.serving import WSGIRequestHandler

from certificates.log import soundness, witness
from lms import clock


class Quiet(WSGIRequestHandler):
    def log(self, *_: object) -> None: ...


@dataclass
class Watch:
    """The site behind a socket, and a witness with its files."""

    server: object
    url: str
    folder: Path

    def __call__(self, *more: str, url: str = "") -> tuple[int, str]:
        """Run the witness's file by itself; this process answers its requests meanwhile."""
        program = Path(witness.__file__)
        words = [sys.executable, "-I", "-S", str(program), url or self.url, "--state", str(self.state), *more]
        process = subprocess.Popen(
            words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=self.folder
        )
        while process.poll() is None:
            self.server.handle_request()  # type: ignore[attr-defined]
        assert process.stdout is not None
        with process.stdout:
            return process.returncode, process.stdout.read()

    @property
    def state(self) -> Path:
        return self.folder / "witness.json"

    def evidence(self) -> dict[str, str]:
        (mine,) = Path(f"{self.state}.evidence").iterdir()
        return {one.name: one.read_text() for one in mine.iterdir()}


def alarm(watch: Watch, kind: str) -> dict[str, str]:
    """The witness refuses, keeps its state, and its evidence convinces a third party."""
    before = watch.state.read_bytes()
    code, told = watch()
    assert (code, f"ALARM ({kind})" in told) == (witness.ALARM, True), told
    assert watch.state.read_bytes() == before
    kept = watch.evidence()
    vkey = json.loads(before)["key"]
    assert witness.open_note(kept["before"], vkey)
    return kept


class Archive:
    """An archive's witness: it takes a state only with a proof from the last one it took (tlog-witness)."""

    def __init__(self) -> None:
        self.key, self.size, self.root = "", 0, b""
        self.got: list[dict[str, str]] = []
        self.bodies: list[bytes] = []
        archive = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                archive.got.append(dict(self.headers))
                archive.bodies.append(body)
                self.send_response(archive.judge(body.decode()))
                self.end_headers()

            def log_message(self, *_: Any) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/add-checkpoint"

    def judge(self, body: str) -> int:
        head, _blank, note = body.partition("\n\n")
        old, *lines = head.split("\n")
        size, root = witness.open_note(note, self.key)
        if old != f"old {self.size}":
            return 409
        proof = [base64.b64decode(line) for line in lines]
        if not witness.consistent(self.size, self.root, size, root, proof):
            return 422
        self.size, self.root = size, root
        return 200


def later(**after: int) -> Any:
    return clock.frozen(clock.local(clock.now()).replace(tzinfo=None) + timedelta(**after))


def levels() -> list[str]:
    return [one.level for one in soundness.findings()]
