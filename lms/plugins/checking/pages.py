"""Checks of what a plugin shows: guards, permissions, templates."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flask import current_app

from lms.plugins.checking import sources
from lms.plugins.checking.problem import Problem
from lms.plugins.registry import Found, registry

ASKED = re.compile(r"""(?:@requires|@requires_any|\bcan)\((?:[\w.]+, )?["']([a-z_]+\.[a-z_]+)["']""")
WRITING = re.compile(r"@?\batomic\b|\.execute\(\)|\.create\(|\.save\(")
OPEN = {"public", "signed_in"}


def endpoints(found: Found) -> list[str]:
    """The endpoints of a plugin's blueprints, files aside."""
    return [
        endpoint
        for endpoint in current_app.view_functions
        if registry.blueprints.get(endpoint.rpartition(".")[0]) == found.name
        and endpoint.split(".")[-1] != "static"
    ]


def are_guarded(found: Found) -> Iterator[Problem]:
    for endpoint in endpoints(found):
        guard = getattr(current_app.view_functions[endpoint], "lms_access", None)
        if guard is None:
            yield Problem(
                f"The route {endpoint} does not say who may open it.",
                "Put @requires(…), @signed_in or @public below the route.",
            )
        for permission in sorted(set(guard or ()) - OPEN - set(registry.permissions)):
            yield Problem(
                f"The route {endpoint} asks for the permission {permission}, which nobody declares.",
                "Declare it in `permissions` of plugin.py.",
            )


def do_not_write(found: Found) -> Iterator[Problem]:
    for path, text in sources.texts(found).items():
        if path.stem != "routes" and "routes" not in path.relative_to(found.folder).parts:
            continue
        for written in sorted(set(WRITING.findall(text))):
            yield Problem(
                f"{sources.short(found, path)} writes: {written}",
                "Move it into a function of services.py; a page loads, asks one service and answers.",
            )


def permissions_fit(found: Found) -> Iterator[Problem]:
    declared = {permission.name for permission in found.plugin.permissions}
    said = "\n".join(
        path.read_text()
        for one in registry.in_order()
        if not one.problem
        for path in sources.files(one, ".py", ".html")
        if path.name != "plugin.py"
    )
    for name in sorted(one for one in declared if f'"{one}"' not in said and f"'{one}'" not in said):
        yield Problem(f"Nobody uses the permission {name}.", "Guard something with it, or remove it.")
    asked = {name for text in sources.texts(found).values() for name in ASKED.findall(text)}
    for name in sorted(asked - set(registry.permissions)):
        yield Problem(f"The permission {name} is asked for and declared nowhere.", "Declare it in plugin.py.")


def templates_in_place(found: Found) -> Iterator[Problem]:
    folder = found.folder / "templates"
    if found.name == "lms" or not folder.is_dir():
        return
    for stray in sorted(one.name for one in folder.iterdir() if one.name != found.name):
        yield Problem(
            f"templates/{stray} stands beside the plugin's own folder.",
            f"Move it to templates/{found.name}/: pages of others are never overridden.",
        )
