"""An installation of its own for one test: a folder, a database, and packages installed beside ours without network."""

from __future__ import annotations

import http.cookiejar
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests import warm
from tests.site import Site, seed

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "mat-khau-rat-dai-2025"
#: What a copy of the tree does without.
LEFT_OUT = shutil.ignore_patterns(
    ".*", "node_modules", "var", "instance", "__pycache__", "build", "*.egg-info"
)


@dataclass
class Installation:
    """The platform of `tree` with an instance and a folder of added packages below `folder`."""

    folder: Path
    tree: Path = ROOT
    environ: dict[str, str] = field(default_factory=dict)
    python: str = sys.executable

    @property
    def packages(self) -> Path:
        return self.folder / "packages"

    def environment(self) -> dict[str, str]:
        own = {name: value for name, value in os.environ.items() if not name.startswith(("LMS_", "PYTEST"))}
        path = f"{self.tree}{os.pathsep}{self.packages}"
        return (
            own
            | {"LMS_INSTANCE": str(self.folder / "instance"), "PYTHONPATH": path, "PIP_NO_INDEX": "1"}
            | self.environ
        )

    def run(self, *words: str, cwd: Path | None = None, code: int = 0) -> str:
        """Run a command of the environment; its output. Fails unless it ends with `code`."""
        done = subprocess.run(
            [self.python, *words],
            cwd=cwd or self.tree,
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert done.returncode == code, f"{words} ended with {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout + done.stderr

    def lms(self, *words: str, code: int = 0) -> str:
        """Run the `lms` command; our own tree and Python start warm."""
        if (self.tree, self.python) != (ROOT, sys.executable):
            return self.run("-c", "from lms.cli import main; main()", *words, code=code)
        done = warm.run(["lms", *words], env=self.environment())
        assert done.returncode == code, f"{words} ended with {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout + done.stderr

    def begin(self, copies: Path) -> None:
        """What `lms init` makes, from the copy that this run of tests has, then the steps of added packages."""
        seed(copies, Site(self.folder, "", {}), demo=False)
        self.lms("init")

    def install(self, package: Path) -> None:
        """Install a package beside ours, from a copy, so that nothing is built in its own folder."""
        copy = self.folder / "sources" / package.name
        shutil.copytree(package, copy, ignore=LEFT_OUT)
        pip = ("-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation")
        self.run(*pip, "--target", str(self.packages), str(copy))

    def add_user(self, email: str, role: str) -> None:
        self.lms("user", "add", email, "--name", "Người dùng thử", "--role", role, "--password", PASSWORD)

    def own_tests(self, folder: Path) -> str:
        """Run the tests of a package as its author does, away from ours."""
        return self.run("-m", "pytest", "-q", "-c", os.devnull, "--rootdir", str(folder), "-p", "no:cacheprovider", str(folder / "tests"), cwd=folder)  # fmt: skip

    @contextmanager
    def serving(self) -> Iterator[Visitor]:
        """Serve with `lms serve`; gives a visitor who may sign in."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        log = (self.folder / "serve.log").open("w")
        server = subprocess.Popen(
            [self.python, "-c", "from lms.cli import main; main()", "serve", "--port", str(port)],
            cwd=self.tree,
            env=self.environment() | {"LMS_WEB_PROCESSES": "1"},
            stdout=log,
            stderr=log,
        )
        try:
            visitor = Visitor(f"http://127.0.0.1:{port}")
            visitor.wait(server)
            yield visitor
        finally:
            server.terminate()
            server.wait(30)
            log.close()


class Visitor:
    """Somebody with a browser that keeps cookies."""

    def __init__(self, address: str) -> None:
        self.address = address
        jar = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))

    def wait(self, server: subprocess.Popen[bytes], seconds: float = 60) -> None:
        """Until pages answer."""
        until = time.monotonic() + seconds
        while time.monotonic() < until and server.poll() is None:
            try:
                self.get("/login")
                return
            except OSError:
                time.sleep(0.2)
        raise AssertionError("The platform did not start; see serve.log")

    def get(self, path: str) -> tuple[int, str]:
        """Status and text of a page."""
        return self._open(urllib.request.Request(self.address + path))

    def post(self, path: str, page: str | None = None, **fields: str) -> tuple[int, str]:
        """Send a form as it stands on `page` (default: the page of the same address)."""
        _status, text = self.get(page or path)
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', text)
        assert token, f"no form on {page or path}:\n{text[:500]}"
        body = urllib.parse.urlencode({"csrf_token": token.group(1), **fields}).encode()
        return self._open(urllib.request.Request(self.address + path, body, {"Referer": self.address}))

    def sign_in(self, email: str) -> None:
        status, text = self.post("/login", email=email, password=PASSWORD)
        assert status == 200 and "sign-in-wrong" not in text

    def _open(self, request: urllib.request.Request) -> tuple[int, str]:
        try:
            with self._opener.open(request, timeout=60) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read().decode()


def copy_of_the_tree(folder: Path) -> Path:
    """The whole platform once more, so that a plugin can be made inside it."""
    shutil.copytree(ROOT, folder, ignore=LEFT_OUT, symlinks=True)
    return folder
