"""Every setting, its default and its environment variable (``LMS_…``)."""

from __future__ import annotations

import json
import logging
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class FormerAddress:
    """An address (scheme, host, port) this installation had before: codes of papers issued on these days carry it."""

    base: str
    first: date
    last: date


@dataclass(frozen=True)
class Settings:
    """What an installation is told from outside; everything else lives in the database."""

    #: Folder of the database, secrets, keys and produced files (LMS_INSTANCE).
    instance: Path = ROOT / "instance"
    #: sqlite:///path or postgresql://user@host/name (LMS_DATABASE); default: SQLite in `instance`.
    database: str = ""
    #: Address people reach the site under (LMS_PUBLIC_URL); printed in every QR code.
    public_url: str = ""
    #: Addresses that codes were printed with before, with the days of issue they count for (LMS_FORMER_URLS), like
    #: https://cu.example.vn 2020-01-01..2024-06-30, comma between several.
    former_urls: str = ""
    host: str = "127.0.0.1"
    port: int = 8000
    #: Number of web processes (LMS_WEB_PROCESSES) and of work processes (LMS_WORKERS).
    web_processes: int = 2
    workers: int = 2
    site_name: str = "Sở Nội vụ tỉnh Thanh Hoá"
    #: Start with the core modules only (LMS_SAFE_MODE=1).
    safe_mode: bool = False
    #: Seconds after which the work of a silent worker is taken up by another (LMS_LEASE_SECONDS).
    lease_seconds: int = 60
    #: Seconds without a sign of life after which long work is ended as failed (LMS_JOB_SECONDS); 0 = never.
    job_seconds: int = 900
    #: Seconds a plugin has to answer a question of a page (LMS_HOOK_SECONDS; in background work six times as many).
    hook_seconds: int = 10
    #: Comma list of plugins to leave out of loading altogether (LMS_SKIP_PLUGINS).
    skip_plugins: str = ""
    #: The site is served over HTTPS (LMS_HTTPS=1): secure cookies, HSTS.
    https: bool = False
    #: How many proxies of ours stand in front (LMS_PROXIES): their word on address, host and scheme is believed.
    proxies: int = 0
    #: The log on stderr (LMS_LOG): "console" for people, "json" for machines; from LMS_LOG_LEVEL on.
    log: str = "console"
    log_level: str = "info"
    #: A line in the log for every request (LMS_ACCESS_LOG=1), without addresses.
    access_log: bool = False
    #: Who shows this token reads /metrics (LMS_METRICS_TOKEN); empty: there is no such page.
    metrics_token: str = field(default="", repr=False)
    #: Webhooks may point into our own network and to plain http (LMS_WEBHOOK_PRIVATE=1); off: only https to the open internet.
    webhook_private: bool = False
    #: Outgoing mail; empty = kept in the outbox only.
    #: smtp://user:password@host:587?tls=starttls or smtps://host (LMS_SMTP_URL).
    smtp_url: str = field(default="", repr=False)
    #: Address mail comes from (LMS_MAIL_FROM); default: khong-tra-loi@ the host people reach the site under.
    mail_from: str = ""
    #: Letters a minute at most (LMS_MAIL_PER_MINUTE), so that no server takes us for a sender of junk.
    mail_per_minute: int = 60
    #: Address that letters which cannot be delivered come back to (LMS_MAIL_RETURNS), like tra-ve@kimbang.example.vn;
    #: each letter has a mark of its own in it, before the @ after a +, or where a * stands. Empty: returns are not read.
    mail_returns: str = ""
    #: Maildir that returns are delivered into (LMS_MAIL_RETURNS_FOLDER); empty: they come through `lms mail returned`.
    mail_returns_folder: str = ""
    #: Passphrase of the signing keys (LMS_SIGNING_PASSPHRASE), for the worker and the command line alone; default: a
    #: file beside the keys.
    signing_passphrase: str = field(default="", repr=False)
    #: The root that must have signed the list of keys, like Ed25519:<base64> (LMS_ROOT_KEY); default: root.json of the
    #: instance, written by the ceremony.
    root_key: str = ""
    #: Signing keys in a hardware module: its PKCS#11 library (LMS_PKCS11_MODULE), label of the token
    #: (LMS_PKCS11_TOKEN) and its PIN (LMS_PKCS11_PIN, for the worker and the command line alone).
    pkcs11_module: str = ""
    pkcs11_token: str = ""
    pkcs11_pin: str = field(default="", repr=False)
    #: Passphrase of keys/paper.p12, the certificate papers are signed with as files (LMS_PAPER_PASSPHRASE, for the
    #: worker and the command line alone); without that file papers are not signed as files.
    paper_passphrase: str = field(default="", repr=False)
    #: Authority that gives papers signed as files a time-stamp (LMS_TSA_URL, RFC 3161 over http or https; a user and
    #: password may stand in it); empty: they are signed without.
    tsa_url: str = field(default="", repr=False)
    #: What closes the secrets inside archives (LMS_ARCHIVE_PASSPHRASE, for the command line alone); default:
    #: keys/archive-passphrase, made with the first archive.
    archive_passphrase: str = field(default="", repr=False)
    #: Sign-in with an OpenID Connect provider: its address (LMS_OIDC_ISSUER, https), our name there
    #: (LMS_OIDC_CLIENT_ID), the secret (LMS_OIDC_CLIENT_SECRET) and what the button says (LMS_OIDC_TITLE).
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: str = field(default="", repr=False)
    oidc_title: str = ""
    debug: bool = False
    testing: bool = False

    @property
    def database_url(self) -> str:
        return self.database or f"sqlite:///{self.instance / 'lms.db'}"

    @property
    def base_url(self) -> str:
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    @cached_property
    def former_addresses(self) -> tuple[FormerAddress, ...]:
        """What `former_urls` names. Raises ValueError."""
        return tuple(_read_former(one.strip()) for one in self.former_urls.split(",") if one.strip())

    @property
    def sender(self) -> str:
        """The address mail comes from."""
        return self.mail_from or f"khong-tra-loi@{urlsplit(self.base_url).hostname or 'localhost'}"

    @property
    def returns_pattern(self) -> str:
        """The address for returns with a * where the letter's mark goes; empty when none is set."""
        if not self.mail_returns or "*" in self.mail_returns:
            return self.mail_returns
        return "+*@".join(self.mail_returns.rsplit("@", 1))

    @property
    def files(self) -> Path:
        """Folder of produced files (PDF, zip, result sheets)."""
        return self.instance / "files"

    @cached_property
    def _secrets(self) -> dict[str, str]:
        return read_secrets(self.instance)

    def secret(self, name: str) -> str:
        """A secret of this instance by name; made at `lms init`, never in the database."""
        try:
            return self._secrets[name]
        except KeyError:
            made = add_secret(self.instance, name)
            self._secrets[name] = made
            return made


#: 64 characters may stand before the @; the mark needs up to 37 of them.
_RETURNS = re.compile(r"(?=[^@]{1,26}@)[\w.+=-]*\*[\w.+=-]*@[\w.-]+", re.ASCII)

_TYPES: dict[str, Any] = {
    "Path": Path,
    "int": int,
    "str": str,
    "bool": lambda text: text.lower() in {"1", "true", "yes", "on"},
}


def from_environment(environ: Mapping[str, str] = os.environ) -> Settings:
    """Settings as the environment says; `PORT` is heard as well as `LMS_PORT`.

    Raises ValueError naming the variable whose value cannot be read.
    """
    given: dict[str, Any] = {}
    for name, spec in Settings.__dataclass_fields__.items():
        variable = f"LMS_{name.upper()}"
        text = environ.get(variable) or (environ.get("PORT") if name == "port" else None)
        if not text:
            continue
        try:
            given[name] = _TYPES[str(spec.type)](text)
        except (KeyError, ValueError) as wrong:
            raise ValueError(f"{variable}={text!r} cannot be read as {spec.type}") from wrong
    made = Settings(**given)
    if made.log not in {"console", "json"}:
        raise ValueError(f"LMS_LOG={made.log!r} must be console or json")
    if made.log_level.upper() not in logging.getLevelNamesMapping():
        raise ValueError(f"LMS_LOG_LEVEL={made.log_level!r} must be debug, info, warning or error")
    if made.former_addresses and made.base_url in {one.base for one in made.former_addresses}:
        raise ValueError(f"LMS_FORMER_URLS={made.former_urls!r} names the address of today")
    if made.tsa_url and not made.tsa_url.startswith(("http://", "https://")):
        raise ValueError("LMS_TSA_URL must be an address like https://tsa.example.vn")
    if made.mail_returns and not _RETURNS.fullmatch(made.returns_pattern):
        raise ValueError(
            f"LMS_MAIL_RETURNS={made.mail_returns!r} must be an address with at most 24 characters before the @"
        )
    return replace(made, instance=made.instance.resolve())


_FORMER = re.compile(r"(https?://[a-z0-9.-]+(?::[0-9]{1,5})?)\s+([0-9-]{10})\.\.([0-9-]{10})", re.ASCII)


def _read_former(text: str) -> FormerAddress:
    found = _FORMER.fullmatch(text)
    try:
        if found is None:
            raise ValueError(text)
        made = FormerAddress(found[1], date.fromisoformat(found[2]), date.fromisoformat(found[3]))
        if made.first > made.last:
            raise ValueError(text)
    except ValueError as wrong:
        raise ValueError(
            f"LMS_FORMER_URLS: {text!r} must be like https://cu.example.vn 2020-01-01..2024-06-30"
        ) from wrong
    return made


#: What opens private keys and archives; processes that serve pages are started without it.
SIGNING_VARIABLES = (
    "LMS_SIGNING_PASSPHRASE",
    "LMS_PKCS11_PIN",
    "LMS_PAPER_PASSPHRASE",
    "LMS_ARCHIVE_PASSPHRASE",
)

_current: Settings | None = None
_serves_pages = False


def without_signing(environ: Mapping[str, str]) -> dict[str, str]:
    """An environment for a process that serves pages: nothing in it opens a private key."""
    return {name: value for name, value in environ.items() if name not in SIGNING_VARIABLES}


def serve_pages() -> None:
    """This process answers visitors: it forgets what opens private keys, and `serves_pages` says so from now on."""
    global _serves_pages
    _serves_pages = True
    for name in SIGNING_VARIABLES:
        os.environ.pop(name, None)


def serves_pages() -> bool:
    """Whether this process answers visitors; it may then use no private key."""
    return _serves_pages


def settings() -> Settings:
    """The settings in force in this process."""
    global _current
    if _current is None:
        _current = from_environment()
    return _current


def use(chosen: Settings) -> Settings:
    """Make these the settings in force (application factory and tests)."""
    global _current
    _current = chosen
    return chosen


def read_secrets(instance: Path) -> dict[str, str]:
    path = instance / "secrets.json"
    return json.loads(path.read_text()) if path.exists() else {}


def drop_secret(instance: Path, name: str) -> None:
    """Take a secret out of the instance's file, when it is there."""
    known = read_secrets(instance)
    if known.pop(name, None) is not None:
        _write_secrets(instance, known)


def add_secret(instance: Path, name: str) -> str:
    """Add a random 256-bit secret to the instance; an existing one is returned unchanged."""
    instance.mkdir(parents=True, exist_ok=True)
    known = read_secrets(instance)
    if name in known:
        return known[name]
    known[name] = secrets.token_hex(32)
    _write_secrets(instance, known)
    return known[name]


def _write_secrets(instance: Path, known: Mapping[str, str]) -> None:
    path = instance / "secrets.json"
    draft = path.with_suffix(f".{os.getpid()}.new")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(known, indent=1))
    draft.replace(path)
