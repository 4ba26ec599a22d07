"""Eligibility's answers to other people's questions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from certificates.hookspecs import CountsFor, PilePost, PileStanding, VerifyPanel
from lms import clock
from lms.access import can
from lms.access.models import User
from lms.answers import DataKind, HomeCard, Impact, Moving, NavItem, PersonTab
from lms.errors import Invalid
from lms.people.models import Official
from lms.plugins import hookimpl
from lms.plugins.registry import registry
from plugins.eligibility import words
from plugins.eligibility.engine.outcomes import Outcome
from plugins.eligibility.models import RecordedFact
from plugins.eligibility.queries import people, verdicts
from plugins.eligibility.queries.rules import rulebook


@hookimpl
def navigation(user: User) -> list[NavItem] | None:
    if not can(user, "eligibility.check"):
        return None
    return [
        NavItem(_("Eligibility"), url_for("eligibility.index"), "scale", weight=60, active="eligibility.")
    ]


@hookimpl
def home_cards(user: User) -> list[HomeCard] | None:
    """The question itself, in the middle of the page, for whoever may ask it."""
    if not can(user, "eligibility.check"):
        return None
    today = clock.today()
    context = {
        "groups": verdicts.posts_by_level(today),
        "today": today,
        "recent": people.recent_checks(user),
        "words": words,
    }
    return [
        HomeCard(
            _("May this official be appointed?"), "eligibility/home_card.html", context, weight=10, wide=True
        )
    ]


@hookimpl
def person_tabs(official: Official, user: User) -> list[PersonTab] | None:
    if not can(user, "eligibility.check"):
        return None
    url = url_for("eligibility.official", official_id=official.id)
    return [PersonTab(_("Eligibility"), url, "eligibility.official", weight=60)]


@hookimpl
def certificate_posts(programme: Any, on: date) -> list[CountsFor]:
    """Posts whose standard on that day asks for the programme, or for one it stands for."""
    return [
        CountsFor(post.number, post.code, post.title, post.title_en)
        for post in verdicts.posts_counting(programme.code, on)
    ]


@hookimpl
def verify_panel(certificate: Any, on: date) -> list[VerifyPanel] | None:
    """For which posts the certificate counted when it was issued, and for which it counts today."""
    return [
        VerifyPanel(
            _("Posts it counts for"), "eligibility/counts_for.html", _counts_for(certificate, on), weight=40
        )
    ]


@hookimpl
def pile_posts(on: date, user: User) -> list[PilePost] | None:
    """Posts for a pile of papers, by level, for who may ask about eligibility."""
    if not can(user, "eligibility.check"):
        return None
    return [
        PilePost(post.code, words.title(post), str(words.LEVELS[level]))
        for level, posts in verdicts.posts_by_level(on)
        for post in posts
    ]


@hookimpl
def pile_standings(official_ids: Sequence[int], post: str, on: date, user: User) -> list[PileStanding] | None:
    """The verdict on each holder of a pile, inside the officer's organisations; outside of them nothing is told."""
    if not can(user, "eligibility.check"):
        return None
    try:
        wanted = verdicts.the_post(post, on)
    except Invalid as problem:
        return [PileStanding(one, "unsure", _("Cannot say"), str(problem)) for one in official_ids]
    rows = verdicts.review(people.of_ids(user, official_ids), wanted, on)
    found = [_standing(row, on) for row in rows]
    outside = set(official_ids) - {one.official_id for one in found}
    return found + [
        PileStanding(one, "unsure", _("Cannot say"), _("Not an official of your organisations."))
        for one in sorted(outside)
    ]


def _standing(row: verdicts.Row, on: date) -> PileStanding:
    outcome = row.verdict.outcome
    return PileStanding(
        row.official.id,
        _STATES[outcome],
        str(words.SHORT_OUTCOMES[outcome]),
        "" if outcome is Outcome.ELIGIBLE else words.headline(row.verdict),
        url_for(
            "eligibility.verdict", official_id=row.official.id, code=row.verdict.post.code, on=on.isoformat()
        ),
    )


#: Who owes training after the appointment may be appointed.
_STATES = {
    Outcome.ELIGIBLE: "eligible",
    Outcome.OBLIGATION: "eligible",
    Outcome.CANNOT_SAY: "unsure",
    Outcome.NOT_YET: "not_yet",
}


@hookimpl
def switch_impact(name: str) -> list[Impact] | None:
    """Standards in force that ask for what the plugin proves, or that nobody would answer from then on."""
    proves = [plugin for plugin, _answer in registry.answerers("eligibility_evidence")]
    if name != "eligibility" and name not in proves:
        return None
    count = verdicts.count_asking_for_programmes(clock.today())
    sentence = ngettext(
        "%(num)s standard in force asks for programmes that it proves.",
        "%(num)s standards in force ask for programmes that it proves.",
        count,
    )
    return [Impact(sentence, count, url_for("eligibility.rules"))]


@hookimpl
def privacy_export(official: Official) -> dict[str, Any] | None:
    """Everything recorded from an official's paper file."""
    rows = [
        {
            "kind": fact.kind,
            "value": fact.value,
            "held_from": fact.held_from.isoformat() if fact.held_from else None,
            "held_to": fact.held_to.isoformat() if fact.held_to else None,
            "number": fact.number,
            "source": fact.source,
            "recorded_at": fact.recorded_at.isoformat(),
            "withdrawn_at": fact.withdrawn_at.isoformat() if fact.withdrawn_at else None,
        }
        for fact in people.facts_of(official)
    ]
    return {"eligibility_facts": rows} if rows else None


@hookimpl
def privacy_erase(official: Official) -> dict[str, int] | None:
    """Recorded facts are no register: they go with the person's request. Certificates are not ours to erase."""
    gone = RecordedFact.delete().where(RecordedFact.official == official).execute()
    return {"eligibility_fact": gone} if gone else None


@hookimpl
def personal_data() -> list[DataKind]:
    return [
        DataKind(
            "eligibility.fact",
            _("Facts read in the paper file"),
            _("To say whether a post may be held"),
            _("State management of officials by law; no consent is needed (Law 91/2025/QH15)"),
            _("Until the person asks for erasure; the paper file stays with the agency"),
        ),
    ]


@hookimpl
def merge_officials(kept: Official, gone: Official) -> list[Moving]:
    """Everything recorded from the paper file goes along."""
    rows = RecordedFact.select(RecordedFact.id).where(RecordedFact.official == gone.id).tuples()
    already = RecordedFact.select().where(RecordedFact.official == kept.id).count()
    return [Moving(RecordedFact, _("Recorded facts"), tuple(row[0] for row in rows), already, weight=60)]


@hookimpl
def demo_data(context: Any) -> None:
    from plugins.eligibility.demo import fill  # noqa: PLC0415  generators are not needed to run a site

    fill(context)


def _counts_for(certificate: Any, on: date) -> dict[str, Any]:
    issued_on, code = certificate.issued_on, certificate.programme.code
    at_issue = [words.title(post) for post in verdicts.posts_counting(code, issued_on)]
    now = [words.title(post) for post in verdicts.posts_counting(code, on)]
    return {
        "issued_on": issued_on,
        "on": on,
        "at_issue": at_issue,
        "now": now,
        "same": at_issue == now,
        "version": rulebook(clock.today()).version,
    }
