"""The plugin contract: what an author of a plugin uses."""

import pluggy

from lms.errors import Refused
from lms.plugins.contract import Permission, Plugin, Setting, Topic

hookspec = pluggy.HookspecMarker("kimbang")
hookimpl = pluggy.HookimplMarker("kimbang")

from lms.plugins.asking import ask, check  # noqa: E402  needs the markers above
from lms.plugins.settings import setting  # noqa: E402
from lms.plugins.switch import is_on  # noqa: E402

__all__ = [
    "Permission",
    "Plugin",
    "Refused",
    "Setting",
    "Topic",
    "ask",
    "check",
    "hookimpl",
    "hookspec",
    "is_on",
    "setting",
]
