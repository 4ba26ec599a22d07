"""Whose page is this."""

from __future__ import annotations

from flask import request

from lms.plugins.registry import registry


def page_owner() -> str | None:
    """The plugin whose page this request asked for; None for the kernel's own."""
    endpoint = request.endpoint or ""
    blueprint = request.blueprints[-1] if request.blueprints else endpoint.split(".")[0]
    return registry.blueprints.get(blueprint)
