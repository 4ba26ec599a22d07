"""Before an upgrade: versions, database steps, what stands against it, and a rehearsal."""

from __future__ import annotations

from flask import render_template
from flask_babel import gettext as _

from lms.access import requires
from lms.operations import preflight
from lms.web.routes.blueprint import web


@web.get("/plugins/preflight")
@requires("platform.plugins")
def plugin_preflight() -> str:
    """Plugins whose installed version is another than the database's."""
    return _page(None)


@web.post("/plugins/preflight")
@requires("platform.plugins")
def plugin_rehearse() -> str:
    """Run the pending steps where nothing can be harmed, and show how it went."""
    return _page(preflight.rehearse())


def _page(rehearsal: preflight.Rehearsal | None) -> str:
    return render_template(
        "web/plugins/preflight.html",
        reports=preflight.reports(),
        rehearsal=rehearsal,
        parts=_parts(),
        active_nav="plugins",
    )


def _parts() -> dict[str, str]:
    """What a plugin contributes, in words."""
    return {
        "permissions": _("Permission"),
        "settings": _("Setting"),
        "tables": _("Table"),
        "topics": _("Kind of notice"),
        "routes": _("Page"),
        "answers": _("Answer to"),
        "hears": _("Hears"),
        "jobs": _("Background work"),
    }
