"""``/s/<code>``: the door for people without an account."""

from __future__ import annotations

from flask import redirect
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from lms.access import links, public
from lms.access.limits import slow_down
from lms.access.links import LinkSpent
from lms.access.routes.blueprint import bp
from lms.plugins import ask


@bp.get("/s/<code>")
@public
def short(code: str) -> Response:
    """Open a short link or a plugin's own code; every failure sounds the same."""
    slow_down("short-code", most=60, seconds=60)
    code = links.normalise(code)[:40]
    own = ask("open_short_code", code=code)
    if own:
        return redirect(own[0])
    link = links.find(code)
    addresses = ask("open_short_link", link=link)
    if not addresses:
        raise LinkSpent(_("This link has been used or its time is over. Please ask for a new one."))
    links.hold(links.spend(link))
    return redirect(addresses[0])
