"""What evaluation answers to others' questions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from courses.hookspecs import ClassBlocker, ClassTab, ClassTile, ClosingCheck
from courses.models import Klass
from evaluation import demo, pages, queries
from evaluation.codes import printed, read_code
from evaluation.models import Campaign, Draw, Questionnaire
from lms.access import can
from lms.access.models import User
from lms.answers import DataKind, HomeCard, Moving, NavItem
from lms.demo import Context
from lms.people.models import Official
from lms.plugins import hookimpl

#: The object whose index speaks for a class where there is room for one figure.
HEADLINE = "khoa_boi_duong"


def _reads(user: User) -> bool:
    return can(user, "evaluation.manage") or can(user, "evaluation.results")


@hookimpl
def navigation(user: User) -> list[NavItem]:
    if not _reads(user):
        return []
    return [NavItem(_("Evaluation"), url_for("evaluation.index"), "message-square", 60, active="evaluation.")]


@hookimpl
def open_short_code(code: str) -> str | None:
    """A code typed without its dash, or with spaces in it; whether it is a good one is said by the form's own page."""
    own = read_code(code)
    return url_for("evaluation.answer", code=printed(own)) if own else None


@hookimpl
def class_tabs(klass: Klass, user: User) -> list[ClassTab]:
    if not _reads(user):
        return []
    return [
        ClassTab(
            _("Evaluation"), url_for("evaluation.of_class", class_id=klass.id), "evaluation.of_class", 60
        )
    ]


@hookimpl
def class_tiles(klass: Klass, user: User) -> list[ClassTile]:
    if not _reads(user):
        return []
    url = url_for("evaluation.of_class", class_id=klass.id)
    campaign = queries.campaign_of(klass)
    if campaign is None:
        return [ClassTile(_("Evaluation forms"), "–", _("Not opened yet"), url, weight=60)]
    told = queries.participation(campaign)
    if campaign.is_open:
        return [ClassTile(_("Evaluation forms"), pages.told(told), _("Open for answers"), url, "info", 60)]
    return [_closed_tile(campaign, pages.told(told), url)]


def _closed_tile(campaign: Campaign, told: str, url: str) -> ClassTile:
    results = queries.results(campaign)
    general = pages.results_page(results).general if results else []
    found = next((one for one in general if one.code == HEADLINE), None)
    if found is None:
        return ClassTile(_("Evaluation forms"), told, _("Too few forms to show a result"), url, "neutral", 60)
    return ClassTile(
        _("Evaluation forms"),
        f"{found.index} · {found.level}",
        _("%(told)s forms", told=told),
        url,
        found.tone,
        60,
    )


@hookimpl
def closing_checks(klass: Klass) -> list[ClosingCheck]:
    """A campaign that was opened must be closed; a missing one is said, and stops nothing."""
    url = url_for("evaluation.of_class", class_id=klass.id)
    campaign = queries.campaign_of(klass)
    title = _("The evaluation is closed")
    if campaign is None:
        detail = _("No evaluation was opened for this class.")
        return [
            ClosingCheck("evaluation.closed", title, False, detail, url, _("Open the evaluation"), False, 60)
        ]
    told = pages.told(queries.participation(campaign))
    if campaign.is_open:
        detail = _("Still open, %(told)s forms.", told=told)
        return [
            ClosingCheck("evaluation.closed", title, False, detail, url, _("Close the evaluation"), True, 60)
        ]
    return [ClosingCheck("evaluation.closed", title, True, _("%(told)s forms", told=told), url, weight=60)]


@hookimpl
def class_blockers(classes: Sequence[Klass], user: User) -> list[ClassBlocker]:
    """Campaigns still open on classes under review; a missing campaign stops nothing."""
    reviewed = [klass.id for klass in classes if klass.state == "reviewing"]
    reads = _reads(user)
    return [
        ClassBlocker(
            klass_id,
            _("The evaluation is still open"),
            url_for("evaluation.of_class", class_id=klass_id) if reads else "",
            weight=60,
        )
        for klass_id in queries.open_among(reviewed)
    ]


@hookimpl
def home_cards(user: User) -> list[HomeCard]:
    cards = []
    if can(user, "evaluation.answer") and user.official_id:
        waiting = queries.drawable(user.official_id)
        if waiting:
            cards.append(
                HomeCard(
                    _("Your opinion is asked"), "evaluation/card_draw.html", {"waiting": waiting}, 20, "info"
                )
            )
    if can(user, "evaluation.manage"):
        lines = [line for line in queries.campaigns_for(user, per_page=5).rows if line.campaign.is_open]
        if lines:
            cards.append(
                HomeCard(
                    _("Evaluations under way"),
                    "evaluation/card_open.html",
                    {"lines": lines, "told": pages.told},
                    55,
                )
            )
    return cards


@hookimpl
def privacy_export(official: Official) -> dict[str, Any] | None:
    """That forms of running evaluations were taken; answers cannot be found by person, so none can be given out."""
    rows = (
        Draw.select(Campaign.klass)
        .join(Questionnaire)
        .join(Campaign)
        .where(Draw.official == official)
        .tuples()
    )
    taken = [{"class_id": row[0]} for row in rows]
    return {"evaluation_forms_taken": taken} if taken else None


@hookimpl
def privacy_erase(official: Official) -> dict[str, int] | None:
    """Forget that the person took a form; ballots name nobody and stay."""
    count = Draw.delete().where(Draw.official == official).execute()
    return {"evaluation_draw": count} if count else None


@hookimpl
def personal_data() -> list[DataKind]:
    return [
        DataKind(
            "evaluation.draw",
            _("That a form was taken, never the answers"),
            _("To give everybody one form"),
            _("State management of officials by law; no consent is needed (Law 91/2025/QH15)"),
            _("Until the evaluation closes"),
        ),
    ]


@hookimpl
def merge_officials(kept: Official, gone: Official) -> list[Moving]:
    """That a form was taken goes along; whoever took it under both records keeps the old trace where it is."""
    taken = [
        [row[0] for row in Draw.select(Draw.questionnaire).where(Draw.official == one.id).tuples()]
        for one in (kept, gone)
    ]
    ids = tuple(one for one in taken[1] if one not in taken[0])
    return [
        Moving(
            Draw,
            _("Evaluation forms taken"),
            ids,
            len(taken[0]),
            staying=len(taken[1]) - len(ids),
            key="questionnaire",
            weight=70,
        )
    ]


@hookimpl
def demo_data(context: Context) -> None:
    demo.fill(context)
