"""``/sign-in/openid``: to the provider and back."""

from __future__ import annotations

from flask import redirect, request, url_for
from flask_security.utils import login_user
from werkzeug.wrappers import Response

from lms.access import half, openid
from lms.access.guard import public
from lms.access.limits import slow_down
from lms.access.routes.blueprint import bp


@bp.get("/sign-in/openid")
@public
def openid_start() -> Response:
    """To the provider; a link, because a form may not lead to another site under our content policy."""
    slow_down("openid", most=120, seconds=60)
    return openid.start(request.args.get("next"), openid.back_address(url_for("access.openid_back")))


@bp.get("/sign-in/openid/back")
@public
def openid_back() -> Response:
    """The provider's answer (the protocol sends it by GET): sign in, or on to the second factor."""
    slow_down("openid", most=120, seconds=60)
    user, wanted = openid.come_back()
    onward = half.enter(user, next_url=wanted)
    if onward is not None:
        return onward
    user.__dict__["_via"] = "openid"
    login_user(user, remember=False, authn_via=["openid"])
    return redirect(wanted)
