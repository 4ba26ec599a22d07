"""What programmes count for by the rules of the day the offline data are made: the second of the two answers about posts.

The first is signed into each code. Both are shown with their days, without network as on the public page.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from certificates import keyset
from courses.models import Programme
from lms.plugins import ask


def counts_today(known: keyset.KeyBook, on: date) -> dict[str, Any]:
    """Programme of the dictionary → numbers of the posts it counts for on a day; what those numbers mean.

    A programme of which nobody says anything is left out: nothing known is not “for no post”.
    """
    numbers = [number for kind, number in known.terms if kind == "programme"]
    found = Programme.select().where(Programme.number.in_(numbers)).order_by(Programme.number)
    answers = {row.number: ask("certificate_posts", programme=row, on=on) for row in found}
    return {
        "on": on.isoformat(),
        "programmes": {
            str(number): sorted(one.number for one in said) for number, said in answers.items() if said
        },
        "posts": {
            str(one.number): {"title": str(one.title), "title_en": str(one.title_en)}
            for said in answers.values()
            for one in said
        },
    }
