"""Whose page is this."""

from __future__ import annotations

from flask import request

from lms.plugins.registry import registry


def page_owner() -> str | None:
    """The plugin whose page this request asked for; None for the kernel's own."""
    # The outermost blueprint stands first in an endpoint; asking the request for the list of all costs more.
    return registry.blueprints.get((request.endpoint or "").partition(".")[0])
