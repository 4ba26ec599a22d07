"""Deeds: open a campaign, print slips, let a learner draw a code, take a ballot, close.

A ballot leaves no trace but itself: no audit row, no event, no job, no time. Campaigns as such are audited.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from flask_babel import gettext as _

from courses.models import Klass
from courses.queries import learner_count
from evaluation import queries, reference
from evaluation.codes import code_hash, new_code, read_code
from evaluation.events import CampaignClosed, CampaignOpened
from evaluation.models import (
    Answer,
    Ballot,
    Campaign,
    Comment,
    Draw,
    Invitation,
    Item,
    Questionnaire,
    Undealt,
    random_key,
)
from evaluation.schemes import Scheme, in_force
from lms import audit, clock, crypto
from lms.access.models import User
from lms.db import atomic, insert_many, lock
from lms.errors import Conflict, Invalid
from lms.events import publish
from lms.people.models import Official
from lms.plugins import setting

#: The form trainees answer at the end of a course.
TRAINEE_FORM = "P-HV"
DELIVERIES = ("slips", "home")
#: States of a class in which its evaluation may be opened.
READY_STATES = frozenset({"running", "reviewing"})
LONGEST_COMMENT = 2000


class AlreadyOpened(Conflict):
    code = "evaluation_already_opened"


class ClassNotReady(Conflict):
    code = "evaluation_class_not_ready"


class CampaignOver(Conflict):
    code = "evaluation_over"


class CodeSpent(Conflict):
    """The code has brought in its one ballot."""

    code = "evaluation_code_spent"


class SlipsPrintedMeanwhile(Conflict):
    code = "evaluation_slips_printed"


class NothingToDraw(Conflict):
    code = "evaluation_nothing_to_draw"


class TooManyBlanks(Invalid):
    """More indicators are blank than the scheme allows; the form would not count."""

    code = "evaluation_too_many_blanks"


@atomic
def open_campaign(
    klass: Klass, *, by: User, scheme_code: str | None = None, reason: str = "", delivery: str = "slips"
) -> Campaign:
    """Open the evaluation of a class by its trainees.

    The scheme is the one of the class's date; another needs a reason, which stays with the results.
    Raises ValueUnknown when the scheme lacks its scale, Invalid without a reason, AlreadyOpened, ClassNotReady.
    """
    klass = lock(klass)
    _must_be_ready(klass)
    by_date, scheme = _chosen_scheme(klass, scheme_code)
    other = by_date is None or scheme.code != by_date.code
    reason = reason.strip()
    if other and len(reason) < 10:
        raise Invalid(fields={"reason": _("Write the reason and the legal basis for using another scheme.")})
    if delivery not in DELIVERIES:
        raise Invalid(fields={"delivery": _("Choose how the codes reach the trainees.")})
    campaign = Campaign.create(
        klass=klass,
        organisation=klass.organiser_id,
        scheme=reference.keep_scheme(scheme),
        scheme_by_date=reference.keep_scheme(by_date) if other and by_date else None,
        scheme_reason=reason if other else "",
        formula=scheme.require("formula"),
        smallest_group=setting("evaluation.smallest_group"),
        opened_on=clock.today(),
        opened_by=by,
    )
    questionnaire = _put_form(campaign, TRAINEE_FORM, asked=learner_count(klass), delivery=delivery)
    audit.record(
        by,
        "evaluation.open",
        campaign,
        scheme=scheme.code,
        reason=campaign.scheme_reason,
        asked=questionnaire.asked,
    )
    publish(CampaignOpened(campaign_id=campaign.id, class_id=klass.id))
    return campaign


def _must_be_ready(klass: Klass) -> None:
    if klass.state not in READY_STATES:
        raise ClassNotReady(_("An evaluation can be opened while the class is running or under review."))
    if queries.campaign_of(klass) is not None:
        raise AlreadyOpened(_("The evaluation of this class has been opened already."))
    smallest = setting("evaluation.smallest_group")
    if learner_count(klass) < smallest:
        raise ClassNotReady(
            _(
                "With fewer than %(smallest)s trainees no result could ever be shown, so nobody should be asked.",
                smallest=smallest,
            )
        )


def _chosen_scheme(klass: Klass, code: str | None) -> tuple[Scheme | None, Scheme]:
    known = reference.schemes()
    by_date = in_force(known, queries.scheme_choice(klass).on)
    scheme = by_date if code is None else next((one for one in known if one.code == code), None)
    if scheme is None or scheme.purpose != "course":
        raise Invalid(fields={"scheme": _("Choose one of the schemes listed.")})
    for name in ("scale", "max_blank_share", "bands", "band_labels", "formula"):
        scheme.require(name)
    return by_date, scheme


def _put_form(campaign: Campaign, form_code: str, *, asked: int, delivery: str) -> Questionnaire:
    form = reference.keep_form(form_code)
    questionnaire = Questionnaire.create(
        campaign=campaign, form=form, group=form.group, asked=asked, delivery=delivery
    )
    lines = enumerate(reference.indicators(form), start=1)
    insert_many(
        Item,
        [
            {"questionnaire": questionnaire.id, "indicator": indicator.id, "position": position, "about": ""}
            for position, indicator in lines
        ],
    )
    if delivery == "home":
        codes = _mint(questionnaire, asked)
        insert_many(
            Undealt,
            [
                {"code_hash": code_hash(code), "questionnaire": questionnaire.id, "sealed": crypto.seal(code)}
                for code in codes
            ],
        )
    return questionnaire


def _mint(questionnaire: Questionnaire, count: int) -> list[str]:
    """New codes; only their hashes stay."""
    codes = [new_code() for _ in range(count)]
    rows = [
        {"code_hash": code_hash(code), "questionnaire": questionnaire.id, "spent": False} for code in codes
    ]
    insert_many(Invitation, sorted(rows, key=lambda row: str(row["code_hash"])))
    return codes


@atomic
def print_slips(questionnaire: Questionnaire, *, by: User, printings: int) -> list[str]:
    """Fresh one-time codes for everybody who has not answered, to be printed once and handed out in the room.

    Unused codes of an earlier printing stop working, so there are never more codes than learners.
    `printings` is how often slips had been printed when the page was read: a page sent twice cannot cancel
    slips that are already in people's hands (SlipsPrintedMeanwhile).
    """
    questionnaire = lock(questionnaire)
    campaign = _still_open(questionnaire)
    if questionnaire.delivery != "slips":
        raise Conflict(_("In this evaluation each trainee draws a form on the own page; there are no slips."))
    if questionnaire.printings != printings:
        raise SlipsPrintedMeanwhile(
            _(
                "Slips were printed since you opened this page. Printing again would cancel those not used yet."
            )
        )
    used = Ballot.select().where(Ballot.questionnaire == questionnaire).count()
    asked = max(learner_count(campaign.klass), used)
    Invitation.delete().where(Invitation.questionnaire == questionnaire, Invitation.spent == False).execute()  # noqa: E712
    codes = _mint(questionnaire, asked - used)
    Questionnaire.update(asked=asked, printings=printings + 1).where(
        Questionnaire.id == questionnaire.id
    ).execute()
    audit.record(by, "evaluation.print_slips", campaign, printing=printings + 1, asked=asked)
    return codes


@atomic
def draw(questionnaire: Questionnaire, official: Official) -> str:
    """Give a signed-in learner one of the unused codes, once. That it was drawn is kept, which one is not.

    Raises NothingToDraw when the learner has drawn already, is not in the class, or the campaign is over.
    """
    questionnaire = lock(questionnaire)
    waiting = list(Undealt.select().where(Undealt.questionnaire == questionnaire))
    if not waiting or not queries.may_draw(questionnaire.id, official.id):
        raise NothingToDraw(_("You have drawn your form already, or this evaluation is over."))
    chosen = secrets.choice(waiting)
    Draw.insert(questionnaire=questionnaire, official=official).execute()
    Undealt.delete().where(Undealt.code_hash == chosen.code_hash).execute()
    return crypto.unseal(chosen.sealed)


@atomic
def cast_ballot(
    code: str, marks: Mapping[int, int], *, comment: str = "", knowingly_invalid: bool = False
) -> None:
    """Take a form: spend the code and write the ballot, in one transaction, with nothing that joins the two.

    `marks` maps an item's id to its mark. Raises NotFound, CodeSpent, CampaignOver, Invalid (a mark off the scale or
    for another form), TooManyBlanks unless the respondent said to send it all the same.
    """
    door = queries.door(code)
    questionnaire = lock(door.questionnaire)
    _still_open(questionnaire)
    scheme = reference.scheme_of(door.questionnaire.campaign.scheme)
    _must_fit(marks, questionnaire, scheme, knowingly_invalid)
    _spend(code)
    ballot = {"id": random_key(), "questionnaire": questionnaire.id, "number": _free_number(questionnaire)}
    Ballot.insert(**ballot).execute()
    rows = [{"ballot": ballot["id"], "item": item, "value": value} for item, value in sorted(marks.items())]
    insert_many(Answer, rows)
    if comment.strip():
        Comment.insert(questionnaire=questionnaire.id, text=comment.strip()[:LONGEST_COMMENT]).execute()


def _must_fit(
    marks: Mapping[int, int], questionnaire: Questionnaire, scheme: Scheme, knowingly: bool
) -> None:
    lines = {row[0] for row in Item.select(Item.id).where(Item.questionnaire == questionnaire).tuples()}
    if marks.keys() - lines or any(value not in scheme.scale for value in marks.values()):
        raise Invalid(_("This page does not belong to the form of this code. Please open your link again."))
    blank = len(lines) - len(marks)
    allowed = scheme.blanks_allowed(len(lines))
    if blank > allowed and not knowingly:
        raise TooManyBlanks(
            _("%(blank)s lines are blank; at most %(allowed)s may be.", blank=blank, allowed=allowed)
        )


def _spend(code: str) -> None:
    digest = code_hash(read_code(code) or "")
    spent = Invitation.update(spent=True).where(Invitation.code_hash == digest, Invitation.spent == False)  # noqa: E712
    if not spent.execute():
        raise CodeSpent(_("This form has been sent already. Thank you."))


def _free_number(questionnaire: Questionnaire) -> int:
    """A ballot number drawn at random among the unused ones, so that numbers tell no order."""
    used = {
        row[0] for row in Ballot.select(Ballot.number).where(Ballot.questionnaire == questionnaire).tuples()
    }
    return secrets.choice([number for number in range(1, questionnaire.asked + 1) if number not in used])


@atomic
def close_campaign(campaign: Campaign, *, by: User) -> Campaign:
    """End the answering. Figures can be read from now on; who drew a form is forgotten.

    Ballots are written anew in the order of their random keys: on PostgreSQL a row's place and transaction number
    would otherwise still tell who answered after whom. Raises CampaignOver when it was closed already.
    """
    asked = [lock(one) for one in queries.questionnaires(campaign)]
    campaign = lock(campaign)
    if not campaign.is_open:
        raise CampaignOver(_("This evaluation is closed."))
    returned = queries.returned_count(campaign)
    for questionnaire in asked:
        Draw.delete().where(Draw.questionnaire == questionnaire).execute()
        Undealt.delete().where(Undealt.questionnaire == questionnaire).execute()
        _write_anew(questionnaire)
    Campaign.update(closed_on=clock.today(), closed_by=by).where(Campaign.id == campaign.id).execute()
    audit.record(by, "evaluation.close", campaign, returned=returned, asked=sum(one.asked for one in asked))
    publish(CampaignClosed(campaign_id=campaign.id, class_id=campaign.klass_id))
    return Campaign.get_by_id(campaign.id)


def _write_anew(questionnaire: Questionnaire) -> None:
    ballots = list(Ballot.select().where(Ballot.questionnaire == questionnaire).order_by(Ballot.id).dicts())
    keys = [row["id"] for row in ballots]
    answers = list(
        Answer.select()
        .join(Ballot)
        .where(Ballot.questionnaire == questionnaire)
        .order_by(Answer.ballot, Answer.item)
        .dicts()
    )
    for model in (Comment, Invitation):
        _rewrite(model, questionnaire)
    for start in range(0, len(keys), 500):
        Answer.delete().where(Answer.ballot.in_(keys[start : start + 500])).execute()
    Ballot.delete().where(Ballot.questionnaire == questionnaire).execute()
    insert_many(Ballot, ballots)
    insert_many(Answer, answers)


def _rewrite(model: type[Comment] | type[Invitation], questionnaire: Questionnaire) -> None:
    rows = list(
        model.select().where(model.questionnaire == questionnaire).order_by(model._meta.primary_key).dicts()
    )
    model.delete().where(model.questionnaire == questionnaire).execute()
    insert_many(model, rows)


def _still_open(questionnaire: Questionnaire) -> Campaign:
    campaign = Campaign.get_by_id(questionnaire.campaign_id)
    if not campaign.is_open:
        raise CampaignOver(_("This evaluation is over; forms are no longer taken."))
    return campaign
