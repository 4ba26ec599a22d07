"""Commands: `lms certificates`, `lms keys`, `lms log`."""

from certificates.cli import keys
from certificates.cli.certificates import cli
from certificates.log.commands import log

#: Groups beside the one with the plugin's name.
more = {"keys": keys.cli, "log": log}

__all__ = ["cli", "more"]
