"""Home, and the choice of language."""

from __future__ import annotations

from flask import redirect, render_template, request
from werkzeug.wrappers import Response

from lms.access import current_user, public
from lms.errors import NotFound
from lms.plugins import ask
from lms.web.addresses import safe_next
from lms.web.errors import layout
from lms.web.fragments import printed
from lms.web.language import CODES, remember
from lms.web.routes.blueprint import web


@web.get("/")
@public
def home() -> str:
    """The signed-in user's cards, the most urgent first; for everybody else a welcome."""
    if not current_user.is_authenticated:
        return render_template("web/welcome.html")
    cards = [
        (card, printed(card.template, card=card, **card.context))
        for card in ask("home_cards", user=current_user)
    ]
    shown = [(card, body) for card, body in cards if body is not None]
    return render_template("web/home.html", cards=shown, layout=layout())


@web.get("/language/<code>")
@public
def language(code: str) -> Response:
    """Keep the reader's language and go back."""
    if code not in CODES:
        raise NotFound()
    return remember(redirect(safe_next(request.args.get("next"))), code)
