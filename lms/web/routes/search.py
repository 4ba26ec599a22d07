"""One search over everything: people, classes, certificates, pages and settings."""

from __future__ import annotations

from itertools import groupby

from flask import render_template, request

from lms.access import current_user
from lms.access.guard import signed_in
from lms.answers import Hit
from lms.plugins import ask
from lms.web.errors import layout
from lms.web.routes.blueprint import web

#: Shorter words would find half the province.
LEAST_LETTERS = 2


@web.get("/search")
@signed_in
def search() -> str:
    """A page with a field and what was found; with `part` only what was found, for the field on every page."""
    words = " ".join(request.args.get("q", "").split())[:80]
    hits = ask("search", words=words, user=current_user) if len(words) >= LEAST_LETTERS else []
    template = "web/search_hits.html" if request.args.get("part") else "web/search.html"
    return render_template(
        template, layout=layout(), words=words, groups=_grouped(hits), short=len(words) < LEAST_LETTERS
    )


def _grouped(hits: list[Hit]) -> list[tuple[str, list[Hit]]]:
    """Hits by kind, in the order of their weight; an address that two plugins found is shown once."""
    once = list({hit.url: hit for hit in reversed(hits)}.values())[::-1]
    return [(str(group), list(found)) for group, found in groupby(once, key=lambda hit: str(hit.group))]
