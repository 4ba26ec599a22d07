"""Uninstall a plugin: what goes and what stays, then the name typed."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from lms.access import requires
from lms.access.guard import acting_user
from lms.errors import Invalid
from lms.operations import purging
from lms.plugins.asking import ask
from lms.plugins.switch import refresh
from lms.web.routes.blueprint import web


@web.get("/plugins/<name>/purge")
@requires("platform.plugins")
def plugin_purge(name: str) -> str:
    """What a purge would drop and keep."""
    refresh()
    return _page(name)


@web.post("/plugins/<name>/purge")
@requires("platform.plugins")
def plugin_purge_now(name: str) -> Any:
    """Archive, then purge."""
    try:
        done = purging.purge(name, request.form.get("typed", ""), by=acting_user())
    except Invalid as wrong:
        return _page(name, str(wrong.fields.get("typed", wrong))), 422
    flash(
        _(
            "“%(name)s” was removed: %(tables)s tables with %(rows)s rows. Its archive is %(archive)s.",
            name=name,
            tables=done.tables,
            rows=done.rows,
            archive=done.archive.name,
        ),
        "success",
    )
    return redirect(url_for("web.plugins"), 303)


def _page(name: str, wrong: str = "") -> str:
    return render_template(
        "web/plugins/purge.html",
        plan=purging.plan(name),
        folder=purging.FOLDER,
        sentences=ask("switch_impact", name=name),
        wrong=wrong,
        active_nav="plugins",
    )
