"""The same answer as JSON."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from flask_babel import lazy_gettext as _l

from lms import clock
from lms.access import current_user
from lms.api import Api, Row, said, sent
from lms.errors import Invalid
from plugins.eligibility.presenting import as_json
from plugins.eligibility.queries import verdicts

api = Api("eligibility", _l("Eligibility for appointment"))
bp = api.blueprint


@sent
class Asked:
    official: Annotated[str, said(_l("Staff code or name"), most=120)] = ""
    post: Annotated[str, said(_l("Code of the post"), most=60)] = ""
    on: Annotated[str, said(_l("The day, today when left out"), most=20)] = ""
    known: Annotated[Literal["now", "then"], said(_l("What was known now, or on that day"))] = "now"


@api.get("/eligibility/check", "eligibility.check", _l("Whether an official meets the standards of a post"))
def check(query: Asked) -> Row:
    fields: dict[str, Any] = {}
    on, official, post = clock.today(), None, None
    try:
        on = verdicts.parse_day(query.on)
    except Invalid as problem:
        fields.update(problem.fields)
    try:
        official = verdicts.the_official(current_user, query.official)
    except Invalid as problem:
        fields["official"] = problem.fields["q"]
    try:
        post = verdicts.the_post(query.post, on)
    except Invalid as problem:
        fields.update(problem.fields)
    if official is None or post is None or fields:
        raise Invalid(fields=fields)
    return as_json(verdicts.verdict(official, post, on, known=query.known), official)
