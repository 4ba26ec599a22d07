"""The verify desk: a pile of papers scanned, pasted or dropped, judged line by line."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from certificates.desk import pile as piles
from certificates.desk import report, uploads
from certificates.desk.models import Pile
from certificates.desk.pile import View
from certificates.page import host
from certificates.routes.blueprint import bp
from certificates.services import piles as deeds
from certificates.services import scans
from certificates.services.piles import MISREAD, Added, read_text
from lms import clock
from lms.access import current_user, requires
from lms.access.guard import me
from lms.db import Page
from lms.errors import Invalid, LmsError
from lms.plugins import ask
from lms.web.headers import policy
from lms.web.uploads import takes_files

PER_PAGE = 100
FILTERS = ("bad", "warn", "good")


@bp.get("/desk")
@requires("certificates.desk")
def desk() -> Response:
    """The desk with an empty pile, ready to scan; the first paper opens the pile."""
    return _page(None)


@bp.get("/desk/<int:pile_id>")
@requires("certificates.desk")
def pile(pile_id: int) -> Response:
    """One pile: what was read, exceptions first."""
    return _page(piles.own(pile_id, current_user))


@bp.get("/desk/<int:pile_id>/lines")
@requires("certificates.desk")
def pile_lines(pile_id: int) -> str:
    """The moving part of a pile alone."""
    return _moving(piles.view(piles.own(pile_id, current_user), current_user))


@bp.post("/desk/lines")
@requires("certificates.desk")
def first_lines() -> AnyResponse | tuple[str, int]:
    """The first papers of a new pile."""
    return _add(None)


@bp.post("/desk/<int:pile_id>/lines")
@requires("certificates.desk")
def add_lines(pile_id: int) -> AnyResponse | tuple[str, int]:
    """Further papers: what a scanner typed, or a pasted list."""
    return _add(piles.own(pile_id, current_user))


@bp.post("/desk/files")
@requires("certificates.desk")
@takes_files(uploads.MOST_BYTES)
def first_files() -> AnyResponse | tuple[str, int]:
    """Scans, photos and archives for a new pile."""
    return _take(None)


@bp.post("/desk/<int:pile_id>/files")
@requires("certificates.desk")
@takes_files(uploads.MOST_BYTES)
def add_files(pile_id: int) -> AnyResponse | tuple[str, int]:
    """Further scans, photos and archives."""
    return _take(piles.own(pile_id, current_user))


@bp.post("/desk/<int:pile_id>/lines/<int:number>/leave-out")
@requires("certificates.desk")
def leave_out(pile_id: int, number: int) -> AnyResponse:
    """Take a misread line off the pile."""
    if deeds.leave_out(piles.own(pile_id, current_user), number, by=me()):
        flash(_("1 line was left out."), "success")
    return redirect(url_for("certificates.pile", pile_id=pile_id), 303)


@bp.post("/desk/<int:pile_id>/post")
@requires("certificates.desk")
def pile_post(pile_id: int) -> AnyResponse:
    """Apply the standard of a post on a day to everybody of the pile."""
    found = piles.own(pile_id, current_user)
    on = _day(request.form.get("on", ""))
    code = request.form.get("post", "")
    offered = {one.code for one in ask("pile_posts", on=on, user=current_user)}
    if code and code not in offered:
        flash(_("This post does not exist on that day. Choose another post or another day."), "warning")
    else:
        deeds.apply_post(found, code, on, by=me())
    return redirect(url_for("certificates.pile", pile_id=pile_id), 303)


def _add(found: Pile | None) -> AnyResponse | tuple[str, int]:
    fragment = "fragment" in request.form
    try:
        reads = read_text(request.form.get("text", "")[:500_000])
        if not reads:
            raise Invalid(_("Scan a code, or paste a list with one code a line."))
        if found is None:
            found = deeds.open_pile(by=me())
        source = "list" if len(reads) > 1 else "scan"
        added = deeds.add_to_pile(found, reads, source=source, by=me())
    except LmsError as refused:
        return _refused(found, refused)
    if not fragment:
        flash(said(added), "warning" if added.tone in {"bad", "warn"} else "success")
        return redirect(_address(found), 303)
    return Response(_moving(piles.view(found, current_user), added))


def _take(found: Pile | None) -> AnyResponse | tuple[str, int]:
    fragment = "fragment" in request.form
    try:
        found = scans.take_files(found, request.files.getlist("files"), by=me())
    except LmsError as refused:
        return _refused(found, refused)
    if not fragment:
        return redirect(_address(found), 303)
    return Response(_moving(piles.view(piles.own(found.id, current_user), current_user)))


def _refused(found: Pile | None, refused: LmsError) -> AnyResponse | tuple[str, int]:
    if "fragment" not in request.form:
        flash(str(refused), "warning")
        return redirect(_address(found), 303)
    page = render_template("certificates/desk/answer.html", refused=str(refused), **_part(View(None)))
    return page, refused.status


def said(added: Added) -> str:
    """What came of reading, for the status line and for ears."""
    there = ngettext(
        "%(num)s was in the pile already.", "%(num)s were in the pile already.", len(added.again)
    )
    if not added.new:
        return there
    bad = sum(one.tone == "bad" for one in added.new)
    parts = [ngettext("%(num)s paper added.", "%(num)s papers added.", len(added.new))]
    if bad:
        parts.append(ngettext("%(num)s is not to be accepted.", "%(num)s are not to be accepted.", bad))
    if added.again:
        parts.append(there)
    return " ".join(parts)


def _page(found: Pile | None) -> Response:
    view = piles.view(found, current_user)
    on = (found and found.post_on) or clock.today()
    groups: dict[str, list[Any]] = {}
    for post in ask("pile_posts", on=on, user=current_user):
        groups.setdefault(post.group, []).append(post)
    page = render_template(
        "certificates/desk/desk.html",
        latest=piles.latest(current_user) if found is None else [],
        posts=groups,
        on=on,
        most_bytes=uploads.MOST_BYTES,
        **_part(view),
    )
    response = Response(page)
    # The reader of camera pictures is WebAssembly; no other page allows it.
    response.headers["Content-Security-Policy"] = policy(wasm=True)
    return response


def _moving(view: View, added: Added | None = None) -> str:
    return render_template(
        "certificates/desk/answer.html",
        said=said(added) if added else "",
        tone=added.tone if added else "",
        **_part(view),
    )


def _part(view: View) -> dict[str, Any]:
    tone = request.values.get("show", "")
    tone = tone if tone in FILTERS else ""
    shown = [one for one in view.entries if not tone or one.tone == tone]
    at = max(1, request.args.get("page", 1, type=int))
    portion = shown[(at - 1) * PER_PAGE : at * PER_PAGE]
    return {
        "view": view,
        "pile": view.pile,
        "page": Page(portion, at, max(1, -(-len(shown) // PER_PAGE)), len(shown), PER_PAGE),
        "show": tone,
        "host": host(),
        "report_code": report.code_of(view.report) if view.report else "",
        "misread": MISREAD,
    }


def _address(found: Pile | None) -> str:
    return url_for("certificates.pile", pile_id=found.id) if found else url_for("certificates.desk")


def _day(text: str) -> date:
    """The day of a date field; today when it is empty or none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return clock.today()
