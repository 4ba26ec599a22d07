"""Reads: campaigns of a class, the form behind a code, participation in steps, figures after closing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask_babel import gettext as _
from peewee import JOIN, fn

from courses.models import Klass, Membership
from courses.queries import rule_date, visible
from evaluation import statistics
from evaluation.codes import code_hash, read_code
from evaluation.models import (
    WHAT_WAS_ANSWERED,
    WHO_WAS_GIVEN,
    Answer,
    Ballot,
    Campaign,
    Comment,
    Criterion,
    Draw,
    Form,
    Indicator,
    Invitation,
    Item,
    Questionnaire,
    SchemeRow,
)
from evaluation.reference import scheme_of, schemes
from evaluation.schemes import Scheme, in_force
from lms.access.models import User
from lms.db import Page, db, paginate
from lms.errors import NotFound

#: Participation is told in steps of this many, so that one more answer cannot be watched coming in.
STEP = 5


@dataclass(frozen=True)
class SchemeChoice:
    """Which scheme a class's date asks for, and which could be computed instead."""

    on: date
    by_date: Scheme | None
    computable: list[Scheme]

    @property
    def ready(self) -> bool:
        """Whether the scheme of the date can be used as it is."""
        return self.by_date is not None and self.by_date.computable


def scheme_choice(klass: Klass) -> SchemeChoice:
    """The scheme for a class, by the last day of its course: three queries."""
    on = rule_date(klass)
    known = schemes()
    return SchemeChoice(
        on, in_force(known, on), [one for one in known if one.purpose == "course" and one.computable]
    )


def campaign_of(klass: Klass, wave: str = "course") -> Campaign | None:
    """The class's campaign of a wave, with its scheme, or None."""
    by_date = SchemeRow.alias()
    query = (
        Campaign.select(Campaign, SchemeRow, by_date)
        .join(SchemeRow, on=Campaign.scheme)
        .switch(Campaign)
        .join(by_date, JOIN.LEFT_OUTER, on=(Campaign.scheme_by_date == by_date.id), attr="scheme_by_date")
        .where(Campaign.klass == klass, Campaign.wave == wave)
        .order_by(Campaign.id)
    )
    return query.first()


def open_among(class_ids: Sequence[int], wave: str = "course") -> list[int]:
    """Which of these classes have a campaign of the wave that is still open: one query."""
    query = Campaign.select(Campaign.klass).where(
        Campaign.klass.in_(list(class_ids) or [-1]), Campaign.wave == wave, Campaign.closed_on.is_null()
    )
    return sorted({row[0] for row in query.tuples()})


def campaign_or_404(campaign_id: int) -> Campaign:
    campaign = (
        Campaign.select(Campaign, SchemeRow, Klass)
        .join(SchemeRow, on=Campaign.scheme)
        .switch(Campaign)
        .join(Klass, on=Campaign.klass)
        .where(Campaign.id == campaign_id)
        .first()
    )
    if campaign is None:
        raise NotFound(_("There is no such evaluation."))
    return campaign


def questionnaires(campaign: Campaign) -> list[Questionnaire]:
    query = Questionnaire.select(Questionnaire, Form).join(Form).where(Questionnaire.campaign == campaign)
    return list(query.order_by(Questionnaire.id))


@dataclass(frozen=True)
class Participation:
    """How many answered, told in steps of five while the campaign is open; exact when all have, and after closing."""

    asked: int
    at_least: int
    exact: bool

    @property
    def everybody(self) -> bool:
        return self.exact and self.at_least >= self.asked


@dataclass(frozen=True)
class CampaignLine:
    """A campaign in the list, with its participation."""

    campaign: Campaign
    participation: Participation


def campaigns_for(user: User, *, page: int = 1, per_page: int = 30, order: Sequence[Any] = ()) -> Page:
    """Campaigns of the classes a user may see, the open ones first or as `order` says: four queries whatever their number."""
    query = (
        Campaign.select(Campaign, SchemeRow, Klass)
        .join(SchemeRow, on=Campaign.scheme)
        .switch(Campaign)
        .join(Klass, on=Campaign.klass)
        .order_by(Campaign.closed_on.is_null().desc(), Campaign.opened_on.desc(), Campaign.id.desc())
    )
    if order:
        query = query.order_by(*order)
    where = visible(user)
    found = paginate(query if where is None else query.where(where), page, per_page)
    counts = _counts([campaign.id for campaign in found.rows])
    return replace(
        found, rows=[CampaignLine(one, _told(one, *counts.get(one.id, (0, 0)))) for one in found.rows]
    )


# The form behind a code ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Door:
    """What stands behind a code: "open", "spent" or "over"."""

    state: str
    questionnaire: Questionnaire

    @property
    def klass(self) -> Klass:
        return self.questionnaire.campaign.klass


def door(typed: str) -> Door:
    """The form a code opens. Raises NotFound, in the same words, for every code that opens none."""
    code = read_code(typed)
    found = None
    if code is not None:
        found = (
            Invitation.select(Invitation, Questionnaire, Campaign, Klass, Form)
            .join(Questionnaire)
            .join(Campaign)
            .join(Klass)
            .switch(Questionnaire)
            .join(Form)
            .where(Invitation.code_hash == code_hash(code))
            .first()
        )
    if found is None:
        raise NotFound(
            _("No form was found for this code. Please check the letters on your slip, or ask for a new one.")
        )
    if found.spent:
        return Door("spent", found.questionnaire)
    return Door("open" if found.questionnaire.campaign.is_open else "over", found.questionnaire)


def items(questionnaire: Questionnaire) -> list[Item]:
    """The lines of a questionnaire in order, with indicator and criterion: one query."""
    query = (
        Item.select(Item, Indicator, Criterion)
        .join(Indicator)
        .join(Criterion)
        .where(Item.questionnaire == questionnaire)
        .order_by(Item.position)
    )
    return list(query)


# Participation ---------------------------------------------------------------------------------------------


def participation(campaign: Campaign) -> Participation:
    """How many were asked and answered, as it may be told now: two queries."""
    return _told(campaign, *_counts([campaign.id]).get(campaign.id, (0, 0)))


def returned_count(campaign: Campaign) -> int:
    """Ballots cast so far; never shown as it is while the campaign is open."""
    return _counts([campaign.id]).get(campaign.id, (0, 0))[1]


def _told(campaign: Campaign, asked: int, returned: int) -> Participation:
    if returned >= asked or not campaign.is_open:
        return Participation(asked, returned, exact=True)
    return Participation(asked, returned - returned % STEP, exact=False)


def _counts(campaign_ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    """Asked and returned by campaign: two queries."""
    mine = Questionnaire.campaign.in_(list(campaign_ids) or [-1])
    asked = dict(
        Questionnaire.select(Questionnaire.campaign, fn.SUM(Questionnaire.asked))
        .where(mine)
        .group_by(Questionnaire.campaign)
        .tuples()
    )
    returned = dict(
        Ballot.select(Questionnaire.campaign, fn.COUNT(Ballot.id))
        .join(Questionnaire)
        .where(mine)
        .group_by(Questionnaire.campaign)
        .tuples()
    )
    return {one: (int(total), int(returned.get(one, 0))) for one, total in asked.items()}


def may_draw(questionnaire_id: int, official_id: int) -> bool:
    """Whether a learner of the class has not drawn a form yet."""
    questionnaire = drawable(official_id)
    return any(one.id == questionnaire_id for one in questionnaire)


def drawable(official_id: int) -> list[Questionnaire]:
    """Open forms that this learner may draw when signed in: one query."""
    drawn = Draw.select(Draw.questionnaire).where(Draw.official == official_id)
    query = (
        Questionnaire.select(Questionnaire, Campaign, Klass, Form)
        .join(Campaign)
        .join(Klass)
        .join(Membership, on=(Membership.klass == Klass.id))
        .switch(Questionnaire)
        .join(Form)
        .where(
            Membership.official == official_id,
            Membership.left_at.is_null(),
            Campaign.closed_on.is_null(),
            Questionnaire.delivery == "home",
            Questionnaire.group == "hoc_vien",
            Questionnaire.id.not_in(drawn),
        )
        .order_by(Campaign.opened_on, Questionnaire.id)
    )
    return list(query)


# Figures ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Results:
    """A closed campaign: its figures, and the items they are about by key."""

    campaign: Campaign
    scheme: Scheme
    figures: statistics.Figures
    items: dict[int, Item]
    forms: dict[str, Form]
    comments: list[str]

    @property
    def suppressed(self) -> bool:
        return all(group.suppressed for group in self.figures.groups)


def results(campaign: Campaign) -> Results | None:
    """Figures of a campaign, None while it is open: nothing is computed before the last ballot is in."""
    if campaign.is_open:
        return None
    asked = questionnaires(campaign)
    lines = {one.id: items(one) for one in asked}
    scheme = scheme_of(campaign.scheme)
    ballots = _ballots(campaign)
    figures = statistics.compute(
        [_answered(one, lines[one.id], ballots[one.id]) for one in asked],
        scheme,
        smallest=campaign.smallest_group,
    )
    shown = {group.group for group in figures.groups if not group.suppressed}
    comments = _comments([one for one in asked if one.group in shown])
    by_key = {item.id: item for many in lines.values() for item in many}
    return Results(campaign, scheme, figures, by_key, {one.group: one.form for one in asked}, comments)


def _answered(
    questionnaire: Questionnaire, lines: Sequence[Item], ballots: Sequence[statistics.Ballot]
) -> statistics.Answered:
    counted = [
        statistics.Item(
            line.id, line.indicator.code, line.indicator.criterion.code, line.indicator.criterion.object_code
        )
        for line in lines
    ]
    return statistics.Answered(questionnaire.group, questionnaire.asked, counted, ballots)


def _ballots(campaign: Campaign) -> dict[int, list[dict[int, int]]]:
    """Every ballot by questionnaire as item → mark; a ballot without any mark is there too."""
    mine = Questionnaire.select(Questionnaire.id).where(Questionnaire.campaign == campaign)
    found: dict[str, tuple[int, dict[int, int]]] = {
        key: (questionnaire, {})
        for key, questionnaire in Ballot.select(Ballot.id, Ballot.questionnaire)
        .where(Ballot.questionnaire.in_(mine))
        .order_by(Ballot.questionnaire, Ballot.number)
        .tuples()
    }
    rows = (
        Answer.select(Answer.ballot, Answer.item, Answer.value)
        .join(Ballot)
        .where(Ballot.questionnaire.in_(mine))
    )
    for ballot, item, value in rows.tuples():
        found[ballot][1][item] = value
    grouped: dict[int, list[dict[int, int]]] = defaultdict(list)
    for questionnaire, marks in found.values():
        grouped[questionnaire].append(marks)
    return grouped


def _comments(asked: Sequence[Questionnaire]) -> list[str]:
    query = Comment.select(Comment.text).where(Comment.questionnaire.in_([one.id for one in asked] or [-1]))
    return [row[0] for row in query.order_by(Comment.id).tuples()]


# The promise ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class TableShape:
    """A table as the database itself describes it."""

    name: str
    columns: list[tuple[str, str]]


def stored_shapes() -> tuple[list[TableShape], list[TableShape]]:
    """The live shape of the tables of "who was given a form" and of "what was answered", read from the database."""
    return [_shape(model) for model in WHO_WAS_GIVEN], [_shape(model) for model in WHAT_WAS_ANSWERED]


def _shape(model: Any) -> TableShape:
    name = model._meta.table_name
    return TableShape(name, [(column.name, column.data_type.lower()) for column in db.get_columns(name)])
