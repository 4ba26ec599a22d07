"""The same answer as JSON."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request

from lms import clock
from lms.access import current_user, requires
from lms.errors import Invalid
from plugins.eligibility.presenting import as_json
from plugins.eligibility.queries import verdicts

bp = Blueprint("eligibility_api", __name__, url_prefix="/api/v1/eligibility")


@bp.get("/check")
@requires("eligibility.check")
def check() -> dict[str, Any]:
    """`official` (staff code or name), `post` (code), `on` (day, default today), `known` (now or then)."""
    args = request.args
    fields: dict[str, Any] = {}
    on, official, post = clock.today(), None, None
    try:
        on = verdicts.parse_day(args.get("on", ""))
    except Invalid as problem:
        fields.update(problem.fields)
    try:
        official = verdicts.the_official(current_user, args.get("official", "")[:120])
    except Invalid as problem:
        fields["official"] = problem.fields["q"]
    try:
        post = verdicts.the_post(args.get("post", ""), on)
    except Invalid as problem:
        fields.update(problem.fields)
    if official is None or post is None or fields:
        raise Invalid(fields=fields)
    known = verdicts.THEN if args.get("known") == verdicts.THEN else verdicts.NOW
    return as_json(verdicts.verdict(official, post, on, known=known), official)
