"""What deploy/ and the operator's guide name is there."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from datetime import UTC, datetime, timedelta
from importlib.metadata import packages_distributions
from pathlib import Path

import click
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from lms.cli import commands_of, main
from lms.config import Settings
from lms.operations import logs
from lms.plugins.registry import registry

pytestmark = pytest.mark.once

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())
TEXTS = [
    ROOT / "docs/operators.md",
    DEPLOY / "Containerfile",
    DEPLOY / "README.md",
    DEPLOY / "kimbang.env",
    *UNITS,
]


@pytest.mark.parametrize(
    "text", [text for text in TEXTS if "lms " in text.read_text()], ids=lambda path: path.name
)
def test_every_command_named_exists(text, application) -> None:
    named = set(re.findall(r"(?:^|[`/ (\[\"])lms ([a-z][a-z-]+)", text.read_text(), re.MULTILINE))

    assert named
    assert named - set(click.Group.list_commands(main, None)) - set(commands_of(registry)) == set()


@pytest.mark.parametrize("text", TEXTS, ids=lambda path: path.name)
def test_every_setting_named_exists(text) -> None:
    named = set(re.findall(r"\bLMS_([A-Z_]+)\b", text.read_text()))

    assert named - {name.upper() for name in Settings.__dataclass_fields__} == set()


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="this machine has no systemd")
@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_units_are_understood(unit) -> None:
    answer = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True).stderr

    # The command stands in /opt only where the platform is installed.
    assert [line for line in answer.splitlines() if "is not executable" not in line] == []


# ---------------------------------------------------------------- the image


def _instructions() -> list[tuple[str, str]]:
    """Every instruction of the Containerfile with its arguments on one line."""
    text = re.sub(r"^#.*\n", "", (DEPLOY / "Containerfile").read_text(), flags=re.MULTILINE)
    lines = text.replace("\\\n", " ").splitlines()
    return [(word, rest.strip()) for word, _space, rest in (line.partition(" ") for line in lines if line)]


def _all(instruction: str) -> list[str]:
    return [rest for word, rest in _instructions() if word == instruction]


def test_the_image_is_made_from_what_is_there() -> None:
    copied = [source for rest in _all("COPY") if "--from" not in rest for source in rest.split()[:-1]]
    packages = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]["find"]
    [compiled] = re.findall(r"-m compileall -q ([^&]*?) *&&", " ".join(_all("RUN")))

    assert [name for name in copied if not (ROOT / name).exists()] == []
    assert [name for name in compiled.split() if not (ROOT / name).exists()] == []
    assert {name.rstrip("*") for name in packages["include"]} <= set(compiled.split())
    assert (ROOT / "tools/setup.py").exists() and "python -m tools.setup " in _all("RUN")[0]


def test_the_image_starts_no_root_process_and_asks_whether_pages_answer() -> None:
    [health] = re.findall(r"CMD (\[.*\])", _all("HEALTHCHECK")[0])
    python, option, code = json.loads(health)

    assert _all("USER") == ["990"] and "useradd --system --uid 990 " in _all("RUN")[-1]
    assert (python, option) == ("python", "-c") and compile(code, "health", "exec") and "/readyz" in code
    assert json.loads(_all("CMD")[-1]) == ["sh", "-c", "lms init && exec lms serve"]


def _left_out(path: str) -> bool:
    """Whether .containerignore keeps this path, or a folder above it, out of the image."""
    lines = (ROOT / ".containerignore").read_text().splitlines()
    patterns = [
        re.escape(line).replace(r"\*\*/", "(?:.*/)?").replace(r"\*", "[^/]*")
        for line in lines
        if line and not line.startswith("#")
    ]
    return any(re.fullmatch(f"{pattern}(?:/.*)?", path) for pattern in patterns)


@pytest.mark.parametrize(
    "path",
    [
        ".git/config",
        "kimbang.env",
        ".env",
        "deploy/.env",
        "instance/secrets.json",
        "kimbang-20260901.kimbang.zip",
        ".venv/bin/python",
        "node_modules/htmx.org/package.json",
        "lms/__pycache__/app.cpython-311.pyc",
        "plugins/enrolment/translations/vi/LC_MESSAGES/messages.mo",
        "lms/web/static/vendor/htmx.min.js",
    ],
)
def test_secrets_and_what_set_up_makes_stay_out_of_the_image(path) -> None:
    assert _left_out(path)


def test_all_of_the_product_goes_into_the_image() -> None:
    tops = ("lms", "courses", "certificates", "evaluation", "plugins", "migrations", "tools")
    files = [
        path for top in tops for path in (ROOT / top).rglob("*") if path.suffix in {".py", ".html", ".po"}
    ]
    names = [str(path.relative_to(ROOT)) for path in files] + ["wsgi.py", "requirements.lock", ".npmrc"]

    assert len(names) > 500
    assert [name for name in names if _left_out(name)] == []


_WITHOUT = """
import importlib, pkgutil, sys

class Absent:
    def find_spec(self, name, *_):
        if name.split(".")[0] in absent:
            raise ModuleNotFoundError(f"{name} is only in requirements-dev.lock", name=name)

absent = set(sys.argv[1].split(","))
sys.meta_path.insert(0, Absent())
import wsgi
from authlib.integrations.flask_client import OAuth  # taken in where a provider is used
for top in ("lms", "courses", "certificates", "evaluation", "plugins"):
    for module in pkgutil.walk_packages(importlib.import_module(top).__path__, f"{top}."):
        if ".testing" not in module.name and ".scaffold" not in module.name:
            importlib.import_module(module.name)
"""


def _locked(name: str) -> set[str]:
    return set(re.findall(r"^([a-z0-9._-]+)==", (ROOT / name).read_text(), re.MULTILINE))


def test_the_platform_starts_on_the_packages_of_its_own_lock_alone(tmp_path) -> None:
    more = _locked("requirements-dev.lock") - _locked("requirements.lock")
    absent = [
        module
        for module, owners in packages_distributions().items()
        if {re.sub(r"[-_.]+", "-", owner).lower() for owner in owners} <= more
    ]
    environ = os.environ | {"LMS_INSTANCE": str(tmp_path), "LMS_DATABASE": ""}

    done = subprocess.run(
        [sys.executable, "-c", _WITHOUT, ",".join(absent)],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
    )

    assert "pytest" in absent
    assert done.returncode == 0, done.stderr


def test_both_locks_name_the_same_versions() -> None:
    named = [
        dict(re.findall(r"^([a-z0-9._-]+)==([^ ;\\]+)", (ROOT / name).read_text(), re.MULTILINE))
        for name in ("requirements.lock", "requirements-dev.lock")
    ]
    assert named[0].items() <= named[1].items()


# ---------------------------------------------------------------- nginx

NGINX = (DEPLOY / "nginx/kimbang.conf").read_text()


def test_threat_21_no_log_keeps_the_codes_that_stand_in_addresses(application) -> None:
    secret = "Zq7Kc2Wx9Lm4"
    # Names of languages and of posts are no secrets.
    rules = [
        rule.rule
        for rule in application.url_map.iter_rules()
        if {"code", "token"} & rule.arguments and not rule.rule.startswith(("/language/", "/eligibility/"))
    ]
    addresses = {re.sub(r"<(\w+:)?(code|token)>", secret, rule) for rule in rules}
    [hidden] = re.findall(r"^ +~(\S+)", NGINX, re.MULTILINE)
    pattern = re.compile(hidden.replace("(?<", "(?P<"))

    assert {f"/s/{secret}", f"/c/{secret}", f"/set-password/{secret}"} <= addresses
    assert [address for address in addresses if not pattern.match(address)] == []
    assert [
        address for address in addresses if secret in logs.clean(None, "", {"event": address})["event"]
    ] == []


def test_every_server_of_nginx_logs_in_that_form() -> None:
    servers = NGINX.split("\nserver {")[1:]

    assert len(servers) == 2
    assert [server for server in servers if not re.search(r"access_log \S+ kimbang;", server)] == []
    assert [server for server in servers if not re.search(r"error_log +\S+ crit;", server)] == []


def test_nginx_compresses_what_is_the_same_for_everybody_and_nothing_else(application) -> None:
    """Anything else may hold a secret beside a visitor's words, and its compressed length would tell it."""
    [compressed] = [part for part in NGINX.split("\n    location ")[1:] if "gzip " in part]
    pattern = re.compile(compressed.split()[1])
    squeezed = {rule.endpoint for rule in application.url_map.iter_rules() if pattern.match(rule.rule)}
    static = {rule.endpoint for rule in application.url_map.iter_rules() if rule.endpoint.endswith(".static")}
    offline = {
        f"certificates_offline.{name}"
        for name in ("check", "worker", "manifest", "bundle", "file", "file_facts")
    }

    assert "gzip" not in NGINX.replace(compressed, "")
    assert static
    assert squeezed == static | offline


@pytest.mark.skipif(not shutil.which("nginx"), reason="this machine has no nginx")
def test_nginx_understands_its_file(tmp_path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "kimbang.example.vn")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + timedelta(days=1))
        .sign(key, hashes.SHA256())
        .public_bytes(serialization.Encoding.PEM)
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (tmp_path / "fullchain.pem").write_bytes(certificate)
    (tmp_path / "privkey.pem").write_bytes(secret)
    site = NGINX.replace("/etc/kimbang/tls", str(tmp_path)).replace("/var/log/nginx", str(tmp_path))
    main = f"pid {tmp_path}/pid; error_log stderr; events {{}}\nhttp {{\n{site}\n}}\n"
    (tmp_path / "nginx.conf").write_text(main)

    answer = subprocess.run(["nginx", "-t", "-c", tmp_path / "nginx.conf"], capture_output=True, text=True)

    assert answer.returncode == 0, answer.stderr
    assert "[warn]" not in answer.stderr
