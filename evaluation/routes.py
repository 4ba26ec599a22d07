"""Pages: the anonymous form behind ``/s/<code>``, the officer's tab of a class, slips, results, the promise."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.routing import BaseConverter
from werkzeug.wrappers import Response

from courses.models import Klass
from courses.queries import class_or_404, learner_count
from courses.routes.blueprint import frame
from evaluation import codes, pages, queries, services
from evaluation.forms import DeedForm, FilledBallot, OpenForm, OpenOtherForm, PrintForm, read_ballot
from evaluation.models import Campaign
from evaluation.reference import scheme_of
from evaluation.services import CampaignOver, CodeSpent
from lms.access import can, current_user, public, requires, requires_any
from lms.access.limits import count_wrong_guess, refuse_guesser
from lms.errors import NotFound
from lms.people.models import Official
from lms.plugins import setting
from lms.web.lists import Sort, Sorting
from lms.web.setup import csrf

CAMPAIGNS = Sorting(
    Sort("class", _l("Class"), Klass.code),
    Sort("opened", _l("Opened on"), Campaign.opened_on, down=True),
    Sort("closed", _l("Closed on"), Campaign.closed_on, down=True),
    last=(Campaign.id,),
)

bp = Blueprint(
    "evaluation",
    __name__,
    template_folder="templates",
    static_folder="static/evaluation",
    static_url_path="/evaluation/static",
)


class BallotCode(BaseConverter):
    """A one-time code in an address: ten letters with or without the dash. Other short links have eight."""

    regex = "[0-9A-Za-z]{5}-?[0-9A-Za-z]{5}"
    weight = 50


@bp.record_once
def _know_ballot_codes(state: BlueprintSetupState) -> None:
    state.app.url_map.converters.setdefault("ballot_code", BallotCode)


#: The tab of a class these pages stand under.
TAB = "evaluation.of_class"


# The form, for whoever holds a code ------------------------------------------------------------------------


def _door(typed: str) -> queries.Door:
    """The form behind a code; wrong codes are counted against the address that tries them."""
    refuse_guesser("evaluation-code", most=codes.WRONG_CODES, seconds=codes.WITHIN_SECONDS)
    try:
        return queries.door(typed)
    except NotFound:
        count_wrong_guess("evaluation-code", most=codes.WRONG_CODES, seconds=codes.WITHIN_SECONDS)
        raise


@bp.get("/s/<ballot_code:code>")
@public
def answer(code: str) -> Any:
    """The form, the same at every visit until it is sent; afterwards a polite word."""
    door = _door(code)
    if door.state != "open":
        return _closed_door(door.state), 410
    return _form(door, codes.read_code(code) or "", FilledBallot(queries.items(door.questionnaire)))


@bp.post("/evaluation/send")
@csrf.exempt  # the one-time code is the proof; the form keeps no session and needs no cookie
@public
def send() -> Any:
    """Take a ballot. The code travels in the body, so no address of this request names it."""
    door = _door(request.form.get("code", ""))
    if door.state != "open":
        return _closed_door(door.state), 409
    code = codes.read_code(request.form["code"]) or ""
    ballot = read_ballot(
        queries.items(door.questionnaire), scheme_of(door.questionnaire.campaign.scheme), request.form
    )
    if not ballot.sound:
        return _form(door, code, ballot), 422
    services.cast_ballot(code, ballot.marks, comment=ballot.comment, knowingly_invalid=ballot.as_is)
    return redirect(url_for(".thanks"), 303)


@bp.get("/evaluation/thanks")
@public
def thanks() -> str:
    return render_template("evaluation/thanks.html", smallest=setting("evaluation.smallest_group"))


@bp.get("/evaluation/promise")
@public
def promise() -> str:
    """What is stored and what is not, with the tables as the database describes them at this moment."""
    given, answered = queries.stored_shapes()
    return render_template(
        "evaluation/promise.html",
        given=given,
        answered=answered,
        smallest=setting("evaluation.smallest_group"),
    )


@bp.errorhandler(CodeSpent)
def _spent_meanwhile(_error: CodeSpent) -> Any:
    return _closed_door("spent"), 409


@bp.errorhandler(CampaignOver)
def _over_meanwhile(error: CampaignOver) -> Any:
    if request.endpoint != "evaluation.send":
        flash(str(error), "bad")
        return redirect(request.referrer or url_for(".index"), 303)
    return _closed_door("over"), 409


def _form(door: queries.Door, code: str, ballot: FilledBallot) -> str:
    scheme = scheme_of(door.questionnaire.campaign.scheme)
    return render_template(
        "evaluation/form.html",
        klass=door.klass,
        questionnaire=door.questionnaire,
        form=door.questionnaire.form,
        smallest=door.questionnaire.campaign.smallest_group,
        code=code,
        sections=pages.sections(ballot.items),
        marks=scheme.scale,
        allowed=scheme.blanks_allowed(len(ballot.items)),
        ballot=ballot,
        longest=services.LONGEST_COMMENT,
    )


def _closed_door(state: str) -> str:
    return render_template("evaluation/closed_door.html", state=state)


# A learner draws a form when signed in ---------------------------------------------------------------------


@bp.post("/evaluation/draw/<int:questionnaire_id>")
@requires("evaluation.answer")
def draw(questionnaire_id: int) -> Response:
    """Give one unused code and go straight to its form."""
    waiting = {one.id: one for one in queries.drawable(current_user.official_id or 0)}
    if questionnaire_id not in waiting:
        raise services.NothingToDraw(_("You have drawn your form already, or this evaluation is over."))
    official = Official.get_by_id(current_user.official_id)
    code = services.draw(waiting[questionnaire_id], official)
    return redirect(url_for(".answer", code=codes.printed(code)), 303)


# The officer -----------------------------------------------------------------------------------------------


@bp.get("/evaluation/")
@requires_any("evaluation.manage", "evaluation.results")
def index() -> str:
    order = CAMPAIGNS.asked()
    page = queries.campaigns_for(current_user, page=request.args.get("page", 1, type=int), order=order.by)
    return render_template("evaluation/index.html", page=page, order=order, told=pages.told)


@bp.get("/evaluation/classes/<int:class_id>")
@requires_any("evaluation.manage", "evaluation.results")
def of_class(class_id: int) -> str:
    """The class's tab: open, follow and close an evaluation, or read its results."""
    return _class_page(class_id)


@bp.post("/evaluation/classes/<int:class_id>/open")
@requires("evaluation.manage")
def open_campaign(class_id: int) -> Any:
    klass = class_or_404(class_id, current_user)
    form = OpenOtherForm() if "reason" in request.form else OpenForm()
    if not form.validate_on_submit():
        return _class_page(class_id, form), 422
    services.open_campaign(
        klass,
        by=current_user,
        scheme_code=form.scheme.data,
        reason=form.reason.data if isinstance(form, OpenOtherForm) else "",
        delivery=form.delivery.data,
    )
    flash(_("The evaluation is open for %(count)s trainees.", count=learner_count(klass)), "good")
    return redirect(url_for(".of_class", class_id=class_id), 303)


@bp.post("/evaluation/classes/<int:class_id>/slips")
@requires("evaluation.manage")
def slips(class_id: int) -> Any:
    """Print slips: the answer to this post is the only place where the codes ever stand."""
    form = PrintForm()
    campaign = _campaign_or_404(class_id)
    if not form.validate_on_submit():
        return _class_page(class_id), 422
    questionnaire = queries.questionnaires(campaign)[0]
    made = services.print_slips(questionnaire, by=current_user, printings=form.printings.data)
    response = Response(
        render_template(
            "evaluation/slips.html", campaign=campaign, slips=[pages.slip(code) for code in made]
        ),
        mimetype="text/html",
    )
    # Not even the browser keeps a page of codes.
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.post("/evaluation/classes/<int:class_id>/close")
@requires("evaluation.manage")
def close_campaign(class_id: int) -> Any:
    form = DeedForm()
    campaign = _campaign_or_404(class_id)
    if not form.validate_on_submit():
        return _class_page(class_id), 422
    services.close_campaign(campaign, by=current_user)
    counts = queries.participation(queries.campaign_or_404(campaign.id))
    flash(
        _(
            "The evaluation is closed: %(count)s forms of %(asked)s.",
            count=counts.at_least,
            asked=counts.asked,
        ),
        "good",
    )
    return redirect(url_for(".of_class", class_id=class_id), 303)


def _campaign_or_404(class_id: int) -> Campaign:
    campaign = queries.campaign_of(class_or_404(class_id, current_user))
    if campaign is None:
        raise NotFound(_("No evaluation of this class has been opened."))
    return campaign


def _class_page(class_id: int, form: OpenForm | None = None) -> str:
    klass = class_or_404(class_id, current_user)
    campaign = queries.campaign_of(klass)
    if campaign is None:
        return _before(klass, form)
    if campaign.is_open:
        return render_template(
            "evaluation/open.html",
            **frame(klass, TAB),
            told=pages.told,
            campaign=campaign,
            scheme=scheme_of(campaign.scheme),
            questionnaire=queries.questionnaires(campaign)[0],
            participation=queries.participation(campaign),
            manages=can(current_user, "evaluation.manage"),
        )
    results = queries.results(campaign)
    return render_template(
        "evaluation/results.html",
        **frame(klass, TAB),
        campaign=campaign,
        results=results,
        page=pages.results_page(results) if results else None,
        sees_comments=can(current_user, "evaluation.manage"),
    )


def _before(klass: Klass, form: OpenForm | None) -> str:
    choice = queries.scheme_choice(klass)
    return render_template(
        "evaluation/before.html",
        **frame(klass, TAB),
        value_rows=pages.value_rows,
        choice=choice,
        asked=learner_count(klass),
        smallest=setting("evaluation.smallest_group"),
        ready=klass.state in services.READY_STATES,
        manages=can(current_user, "evaluation.manage"),
        plain_form=form if form is not None and not isinstance(form, OpenOtherForm) else OpenForm(),
        offers=pages.offers(choice, form if isinstance(form, OpenOtherForm) else None),
    )
