"""What a plugin says about itself, readable before the rest of it is imported."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from lms import API


class Permission:
    """A deed the plugin guards: name "<plugin>.<deed>", a title for people, the roles that carry it by default.

    `sensitive`: giving it to a role takes two persons (see docs/two-persons.md).
    """

    def __init__(self, name: str, title: Any, roles: Iterable[str] = (), *, sensitive: bool = False) -> None:
        self.name = name
        self.title = title
        self.roles = frozenset(roles)
        self.sensitive = sensitive
        #: The plugin that declares it; set when its manifest is read.
        self.plugin = ""


class Setting:
    """A value an administrator may change: type int, float, bool or str; scope "site" or "class".

    One of scope "class" can also be chosen for whatever stands between the site and a class: an organisation, a
    programme. `choices` are (value, title) pairs. A `secret` is kept sealed, is never shown, and belongs to the site.
    """

    def __init__(
        self,
        name: str,
        type: type,
        default: Any,
        title: Any,
        *,
        scope: str = "site",
        help: Any = "",
        minimum: float | None = None,
        maximum: float | None = None,
        secret: bool = False,
        choices: Sequence[tuple[Any, Any]] = (),
    ) -> None:
        self.name = name
        self.type = type
        self.default = default
        self.title = title
        self.scope = scope
        self.help = help
        self.minimum = minimum
        self.maximum = maximum
        self.secret = secret
        self.choices = tuple(choices)


class Topic:
    """Something people are told about, name "<plugin>.<what>": `mode` says how it comes by mail until they choose.

    "now", "daily" or "none"; `always` for what the law or the account's safety demands: nobody can switch it off.
    """

    def __init__(self, name: str, title: Any, mode: str = "now", *, always: bool = False) -> None:
        self.name = name
        self.title = title
        self.mode = mode
        self.always = always


class Plugin:
    """Facts about a plugin. A subclass in the module's ``plugin.py`` sets them; that file imports nothing of its module."""

    name: ClassVar[str]
    title: ClassVar[Any]
    version: ClassVar[str] = "0.1.0"
    #: Range of the plugin API it works with, like ">=1,<2".
    api: ClassVar[str] = ">=1,<2"
    #: Names of plugins it cannot be without.
    requires: ClassVar[tuple[str, ...]] = ()
    #: Part of the core: cannot be switched off.
    required: ClassVar[bool] = False
    #: Tables it owns, all starting with "<name>_".
    tables: ClassVar[tuple[str, ...]] = ()
    permissions: ClassVar[tuple[Permission, ...]] = ()
    settings: ClassVar[tuple[Setting, ...]] = ()
    #: What it tells people about (see `lms.notify`).
    topics: ClassVar[tuple[Topic, ...]] = ()
    languages: ClassVar[tuple[str, ...]] = ("vi", "en")
    #: Tables (or parts of them) of legal value, never purged by an uninstall.
    legal_records: ClassVar[tuple[str, ...]] = ()


class ManifestError(ValueError):
    """The manifest says something that cannot hold; the sentence is shown on the plugins page."""


def check_manifest(plugin: type[Plugin]) -> None:
    """Raise ManifestError when the manifest contradicts the contract."""
    name = getattr(plugin, "name", "")
    if not name.isidentifier() or not name.islower():
        raise ManifestError(f"The name {name!r} must be a lower-case identifier.")
    for fact in ("requires", "tables", "permissions", "settings", "languages", "legal_records"):
        if not isinstance(getattr(plugin, fact), tuple | list):
            raise ManifestError(f"“{fact}” must be a tuple, like ('one',); it is {getattr(plugin, fact)!r}.")
    if not in_range(API, plugin.api):
        raise ManifestError(f"Made for plugin API {plugin.api}; this platform has {API}.")
    for table in plugin.tables:
        if not table.startswith(f"{name}_"):
            raise ManifestError(f"Table {table} must start with {name}_.")
    for permission in plugin.permissions:
        if not permission.name.startswith(f"{name}.") and name != "lms":
            raise ManifestError(f"Permission {permission.name} must start with {name}.")
    for topic in plugin.topics:
        if not topic.name.startswith(f"{name}.") or topic.mode not in {"now", "daily", "none"}:
            raise ManifestError(f"Topic {topic.name} must start with {name}. and be now, daily or none.")
    for setting in plugin.settings:
        if setting.scope not in {"site", "class"}:
            raise ManifestError(f"Setting {setting.name}: scope must be site or class.")
        if setting.secret and (setting.scope != "site" or setting.type is not str):
            raise ManifestError(f"Setting {setting.name}: a secret is a text of the site.")
        if setting.choices and setting.default not in dict(setting.choices):
            raise ManifestError(f"Setting {setting.name}: the default is none of its choices.")


def owner(module: str) -> str:
    """The plugin whose room a module is, or is in: "plugins.attendance.handlers.mail" → "attendance"."""
    parts = module.split(".")
    if parts[0] == "lms":
        return "lms"
    room = next((place for place, part in enumerate(parts) if part in {"handlers", "jobs"}), len(parts))
    return parts[room - 1] if room else module


def in_range(version: int, wanted: str) -> bool:
    """Whether an API number lies in a range like ">=1,<3"; raises ManifestError for a range that cannot be read."""
    tests = {
        ">=": lambda bound: version >= bound,
        "<=": lambda bound: version <= bound,
        "==": lambda bound: version == bound,
        ">": lambda bound: version > bound,
        "<": lambda bound: version < bound,
    }
    for part in wanted.split(","):
        part = part.strip()
        operator = next((sign for sign in tests if part.startswith(sign)), None)
        if operator is None or not part[len(operator) :].strip().isdigit():
            raise ManifestError(f"The API range {wanted!r} cannot be read; write it like '>=1,<2'.")
        if not tests[operator](int(part[len(operator) :])):
            return False
    return True
