"""Pages: ask about one official, read the verdict, review an agency, look at the rules, record facts."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from lms import clock
from lms.access import can, current_user, requires
from lms.answers import PersonTab
from lms.db import Page
from lms.errors import Invalid, NotFound
from lms.people.labels import OFFICIAL_KINDS
from lms.people.models import Official
from lms.people.queries import official_or_404
from lms.plugins import ask
from lms.web.filters import date as written
from lms.web.lists import Sort, Sorting
from plugins.eligibility import words
from plugins.eligibility.engine.outcomes import Outcome
from plugins.eligibility.engine.rules import Post
from plugins.eligibility.forms import CheckForm, FactForm, WithdrawForm
from plugins.eligibility.models import RecordedFact
from plugins.eligibility.queries import people, verdicts
from plugins.eligibility.queries import rules as rule_queries
from plugins.eligibility.services import checks, facts

REVIEW = Sorting(
    Sort("name", _l("Official"), key=lambda row: row.official.name_sort),
    Sort("position", _l("Position"), key=lambda row: row.official.position or None),
    Sort("verdict", _l("Verdict"), key=lambda row: list(Outcome).index(row.verdict.outcome)),
    usual="name",
)

bp = Blueprint(
    "eligibility", __name__, url_prefix="/eligibility", template_folder="templates", static_folder="static"
)

PER_PAGE = 50


@bp.get("/")
@requires("eligibility.check")
def index() -> str:
    """The question: who, which post, which day. The address may bring what is known already."""
    form = CheckForm(request.args, meta={"csrf": False})
    form.on.data = form.on.data or written(clock.today())
    return _question(form)


@bp.post("/")
@requires("eligibility.check")
def check() -> Response | tuple[str, int]:
    """Settle who and what is meant, note the check, and lead to the verdict."""
    form = CheckForm()
    try:
        official, post, on = _asked(form)
    except Invalid as problem:
        for name, sentence in problem.fields.items():
            form[name].errors = [str(sentence)]
        return _question(form, candidates=getattr(problem, "candidates", [])), 422
    checks.record_check(official, verdicts.verdict(official, post, on), by=current_user)
    return redirect(_address(official, post, on), 303)


@bp.get("/people")
@requires("eligibility.check")
def suggestions() -> str:
    """Officials fitting what is being typed: a fragment of the question page."""
    wanted = request.args.get("q", "")[:120]
    found = people.find(current_user, wanted) if len(wanted.strip()) >= 2 else []
    return render_template(
        "eligibility/candidates.html", candidates=found, wanted=wanted.strip(), chosen=None
    )


@bp.get("/posts")
@requires("eligibility.check")
def posts() -> str:
    """The posts that exist on a day: the options of the question page's list."""
    form = CheckForm(request.args, meta={"csrf": False})
    _offer_posts(form)
    return render_template("eligibility/post_options.html", form=form)


@bp.get("/officials/<int:official_id>/posts/<code>")
@requires("eligibility.check")
def verdict(official_id: int, code: str) -> str:
    """The verdict, first; then the tree, the evidence, the rules and what is not certain about them."""
    official = official_or_404(official_id, current_user, permission="eligibility.check")
    on = verdicts.parse_day(request.args.get("on", ""))
    post = verdicts.the_post(code, on)
    known = verdicts.THEN if request.args.get("known") == verdicts.THEN else verdicts.NOW
    found = verdicts.verdict(official, post, on, known=known)
    other = None
    if on < clock.today():
        other = verdicts.verdict(
            official, post, on, known=verdicts.NOW if known == verdicts.THEN else verdicts.THEN
        )
    return render_template(
        "eligibility/verdict.html",
        official=official,
        verdict=found,
        other=other,
        known=known,
        asked_at=clock.now(),
        words=words,
        kinds=OFFICIAL_KINDS,
        book=rule_queries.rulebook(found.known_on),
        standard=found.standard,
        may_record=can(current_user, "eligibility.record"),
    )


@bp.get("/agency")
@requires("eligibility.check")
def agency() -> str:
    """Everybody of an agency for one post, with the verdict of each."""
    args = request.args
    problems: dict[str, str] = {}
    on = clock.today()
    post: Post | None = None
    try:
        on = verdicts.parse_day(args.get("on", ""))
        post = verdicts.the_post(args["post"], on) if args.get("post") else None
    except Invalid as problem:
        problems = {name: str(sentence) for name, sentence in problem.fields.items()}
    agencies = people.agencies(current_user)
    chosen = next((each for each in agencies if str(each.id) == args.get("organisation")), None)
    rows = verdicts.review(people.officials_below(chosen, current_user), post, on) if post and chosen else []
    order = REVIEW.asked()
    shown = order.rows(row for row in rows if row.fits(args.get("show", "")))
    return render_template(
        "eligibility/agency.html",
        agencies=agencies,
        chosen=chosen,
        post=post,
        on=on,
        typed_on=args.get("on", "") or written(on),
        problems=problems,
        groups=verdicts.posts_by_level(on),
        counts=verdicts.counts(rows),
        total=len(rows),
        show=args.get("show", ""),
        order=order,
        page=_page(shown, args.get("page", 1, type=int)),
        words=words,
        Outcome=Outcome,
    )


@bp.get("/rules")
@requires("eligibility.check")
def rules() -> str:
    """Every rule in use with source and confidence; what must be filled in comes first."""
    book = rule_queries.rulebook(clock.today())
    return render_template(
        "eligibility/rules.html",
        book=book,
        groups=words.rule_groups(book),
        words=words,
        latest=rule_queries.latest(),
    )


@bp.get("/officials/<int:official_id>")
@requires("eligibility.check")
def official(official_id: int) -> str:
    """What is on record about one official, and the question for one post."""
    person = official_or_404(official_id, current_user, permission="eligibility.check")
    return _person(person, FactForm(formdata=None))


@bp.post("/officials/<int:official_id>/facts")
@requires("eligibility.record")
def record(official_id: int) -> Response | tuple[str, int]:
    """Record what the paper file shows."""
    person = official_or_404(official_id, current_user, permission="eligibility.record")
    form = FactForm()
    kind, _colon, value = (form.what.data or "").partition(":")
    if form.validate_on_submit():
        try:
            facts.record_fact(
                person,
                kind,
                value,
                by=current_user,
                source=form.source.data or "",
                held_from=form.held_from.data,
                number=form.number.data or "",
            )
        except Invalid as problem:
            for name, sentence in problem.fields.items():
                form["what" if name in {"kind", "value"} else name].errors = [str(sentence)]
        else:
            flash(_("Recorded for %(name)s.", name=person.full_name), "success")
            return redirect(url_for("eligibility.official", official_id=person.id), 303)
    return _person(person, form), 422


@bp.post("/facts/<int:fact_id>/withdraw")
@requires("eligibility.record")
def withdraw(fact_id: int) -> Response:
    """Take back an entry made in error."""
    fact = RecordedFact.get_or_none(RecordedFact.id == fact_id)
    if fact is None:
        raise NotFound(_("There is no such entry."))
    person = official_or_404(fact.official_id, current_user, permission="eligibility.record")
    form = WithdrawForm()
    try:
        facts.withdraw_fact(fact, by=current_user, reason=form.reason.data or "")
    except Invalid as problem:
        flash(str(problem), "error")
    else:
        flash(_("1 entry withdrawn. It stays visible, crossed out."), "success")
    return redirect(url_for("eligibility.official", official_id=person.id), 303)


# ---------------------------------------------------------------- parts


def _question(form: CheckForm, candidates: Any = ()) -> str:
    _offer_posts(form)
    chosen = form.official.data
    if chosen and not candidates:
        query = verdicts.officials_in_scope(current_user, permission="eligibility.check")
        candidates = list(query.where(Official.id == chosen))
    return render_template(
        "eligibility/index.html",
        form=form,
        candidates=list(candidates),
        chosen=chosen,
        wanted=(form.q.data or "").strip(),
        recent=people.recent_checks(current_user),
        words=words,
    )


def _asked(form: CheckForm) -> tuple[Official, Post, Any]:
    """Everything that was typed, settled; what cannot be is told for all fields at once. Raises Invalid."""
    fields: dict[str, Any] = {}
    candidates: list[Official] = []
    found: dict[str, Any] = {}
    for name, settle in (
        ("on", lambda: verdicts.parse_day(form.on.data or "")),
        ("q", lambda: verdicts.the_official(current_user, form.q.data or "", form.official.data)),
        ("post", lambda: verdicts.the_post(form.post.data or "", found.get("on") or clock.today())),
    ):
        try:
            found[name] = settle()
        except Invalid as problem:
            fields.update(problem.fields)
            candidates = candidates or getattr(problem, "candidates", [])
    if fields:
        refused = Invalid(fields=fields)
        refused.candidates = candidates  # type: ignore[attr-defined]
        raise refused
    return found["q"], found["post"], found["on"]


def _offer_posts(form: CheckForm) -> None:
    """The posts of the day asked about; one chosen before that does not exist on that day stays in the list."""
    try:
        on = verdicts.parse_day(form.on.data or "")
    except Invalid:
        on = clock.today()
    groups = [
        (level, [(post.code, words.title(post)) for post in found])
        for level, found in verdicts.posts_by_level(on)
    ]
    chosen = rule_queries.rulebook(clock.today()).posts.get(form.post.data or "")
    if chosen and not chosen.exists(on):
        groups.append((chosen.level, [(chosen.code, words.title(chosen))]))
    form.offer(groups)


def _person(person: Official, form: FactForm) -> str:
    book = rule_queries.rulebook(clock.today())
    form.what.choices = {"": [("", _("Choose what you record"))]} | {
        words.title(kind): [(f"{kind.code}:{value}", name) for value, name in kind.values.items()]
        for kind in book.fact_kinds.values()
    }
    own = url_for("people.official", official_id=person.id)
    tabs = [
        PersonTab(_("Overview"), own, "people.official", 0),
        *ask("person_tabs", official=person, user=current_user),
    ]
    today = clock.today()
    return render_template(
        "eligibility/official.html",
        person=person,
        tabs=tabs,
        form=form,
        withdraw_form=WithdrawForm(formdata=None),
        recorded=people.facts_of(person),
        certificates=people.persons([person], today)[person.id].certificates,
        book=book,
        groups=verdicts.posts_by_level(today),
        today=today,
        words=words,
        may_record=can(current_user, "eligibility.record"),
    )


def _page(rows: list[Any], page: int | None) -> Page:
    pages = max(1, -(-len(rows) // PER_PAGE))
    number = min(max(1, page or 1), pages)
    return Page(rows[(number - 1) * PER_PAGE : number * PER_PAGE], number, pages, len(rows), PER_PAGE)


def _address(official: Official, post: Post, on: Any) -> str:
    return url_for("eligibility.verdict", official_id=official.id, code=post.code, on=on.isoformat())
