"""The roll of one session on a phone, for a signed-in person or through a short link."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from courses.models import ClassSession
from lms import clock
from lms.access import can, current_user, public, requires
from lms.access.guard import acting_user
from lms.access.models import User
from lms.errors import Conflict, NotFound
from lms.plugins import is_on
from lms.web.errors import wants_json
from plugins.attendance import doors, queries, services
from plugins.attendance.forms import RollForm, lines, new_nonce, read_roll, seen
from plugins.attendance.models import Roll
from plugins.attendance.routes.blueprint import bp
from plugins.attendance.services import Confirmed
from plugins.attendance.services.marking import check_open
from plugins.attendance.statuses import CYCLE, LABELS, LETTERS, PRESENT


@dataclass(frozen=True)
class Paths:
    """Addresses of one roll, for an account or for a short link."""

    roll: str
    undo: str


@dataclass(frozen=True)
class Visitor:
    """Who is at the door: an account, or a short link."""

    user: User | None
    through: str
    paths: Paths


@bp.get("/now")
@requires("attendance.mark")
def now() -> str | Response:
    """The roll of the session that is on; else the sessions of the day to choose from."""
    today = queries.sessions_of_day(current_user)
    session = queries.session_now(current_user, today)
    if session is not None:
        return redirect(url_for("attendance.roll", session_id=session.id))
    return render_template(
        "attendance/today.html", today=today, waiting=queries.waiting_sessions(current_user)
    )


@bp.route("/sessions/<int:session_id>", methods=["GET", "POST"])
@requires("attendance.mark")
def roll(session_id: int) -> Any:
    """Take the roll, or see how it stands."""
    return _roll(
        _on(queries.session_or_404(session_id, current_user, "attendance.mark")), _account(session_id)
    )


@bp.get("/sessions/<int:session_id>/paper")
@requires("attendance.mark")
def paper(session_id: int) -> str:
    """The roll of a session as a sheet to print and sign."""
    session = _on(queries.session_or_404(session_id, current_user, "attendance.mark"))
    return render_template(
        "attendance/paper.html",
        session=session,
        heading=heading(session),
        rows=queries.roll_rows(session),
        active_nav="classes",
    )


@bp.post("/sessions/<int:session_id>/undo")
@requires("attendance.mark")
def undo(session_id: int) -> Response:
    """Take a confirmation back."""
    return _undo(
        _on(queries.session_or_404(session_id, current_user, "attendance.mark")), _account(session_id)
    )


@bp.route("/link/<int:session_id>", methods=["GET", "POST"])
@public
def link_roll(session_id: int) -> Any:
    """The same roll for a lecturer without an account: a short link opened this session, and no other."""
    visitor = _linked(session_id)
    return _roll(_on(queries.session_by_id(session_id)), visitor)


@bp.post("/link/<int:session_id>/undo")
@public
def link_undo(session_id: int) -> Response:
    """Take a confirmation back, through a short link."""
    visitor = _linked(session_id)
    return _undo(_on(queries.session_by_id(session_id)), visitor)


def _account(session_id: int) -> Visitor:
    paths = Paths(
        url_for("attendance.roll", session_id=session_id), url_for("attendance.undo", session_id=session_id)
    )
    return Visitor(acting_user(), "", paths)


def _linked(session_id: int) -> Visitor:
    through = doors.pass_for(session_id)
    paths = Paths(
        url_for("attendance.link_roll", session_id=session_id),
        url_for("attendance.link_undo", session_id=session_id),
    )
    return Visitor(None, through, paths)


def _on(session: ClassSession) -> ClassSession:
    if not is_on("attendance", session.klass):
        raise NotFound(_("Attendance is switched off for this class."))
    return session


def _roll(session: ClassSession, visitor: Visitor) -> Any:
    if request.method == "POST":
        return _confirm(session, visitor)
    known = queries.roll_of(session)
    if known is not None and (known.locked_at or (known.confirmed_at and not request.args.get("edit"))):
        return _confirmed_page(session, known, visitor)
    try:
        check_open(session)
    except Conflict as why:
        return _closed_page(session, str(why), visitor)
    return _roll_page(session, known, visitor)


def _confirm(session: ClassSession, visitor: Visitor) -> Any:
    form = read_roll(request.form)
    if form.errors and wants_json():
        return jsonify(error={"code": "invalid", "message": _first_error(session, form)}), 422
    if form.errors:
        return _roll_page(
            session, queries.roll_of(session), visitor, form, _("Please correct the marked rows.")
        ), 422
    try:
        done = services.confirm_roll(
            session, form.given, by=visitor.user, nonce=form.nonce, through=visitor.through
        )
    except Conflict as why:
        if wants_json():
            raise
        return _refused_page(session, visitor, form, str(why)), why.status
    _say(done)
    if wants_json():
        return jsonify(url=visitor.paths.roll, in_room=done.in_room, away=done.away, replaced=done.replaced)
    return redirect(visitor.paths.roll, 303)


def _undo(session: ClassSession, visitor: Visitor) -> Response:
    services.undo_confirm(session, by=visitor.user, through=visitor.through)
    flash(_("The confirmation was taken back. The marks are kept: correct them and confirm again."), "info")
    return redirect(visitor.paths.roll, 303)


def _say(done: Confirmed) -> None:
    flash(
        _("Roll confirmed: %(in_room)s in the room, %(away)s away.", in_room=done.in_room, away=done.away),
        "success",
    )
    if done.replaced:
        flash(
            ngettext(
                "Somebody else had marked %(names)s differently; your mark was kept.",
                "Somebody else had marked %(names)s differently; your marks were kept.",
                len(done.replaced),
                names=", ".join(done.replaced),
            ),
            "warning",
        )
    if done.skipped:
        flash(_("No longer on this roll, so left out: %(names)s.", names=", ".join(done.skipped)), "warning")


def _roll_page(
    session: ClassSession,
    known: Roll | None,
    visitor: Visitor,
    form: RollForm | None = None,
    problem: str = "",
) -> str:
    rows = queries.roll_rows(session)
    return render_template(
        "attendance/roll.html",
        lines=lines(rows, form, everybody=request.args.get("all")),
        seen=seen(rows),
        nonce=form.nonce if form else new_nonce(),
        problem=problem,
        editing=bool(request.args.get("edit")),
        changed_at=_changed_at(known),
        class_url=_class_url(session, visitor),
        cycle=CYCLE,
        letters=LETTERS,
        labels=LABELS,
        **_common(session, visitor),
    )


def _confirmed_page(session: ClassSession, known: Roll, visitor: Visitor) -> str:
    rows = queries.roll_rows(session)
    return render_template(
        "attendance/confirmed.html",
        roll=known,
        counts=queries.counts(rows),
        noted=[row for row in rows if row.status and (row.status != PRESENT or row.reason)],
        unmarked=queries.unmarked(rows),
        undo_minutes=_undo_minutes(known),
        nonces=queries.nonces(session),
        changed_at=_changed_at(known),
        **_common(session, visitor),
    )


def _closed_page(session: ClassSession, reason: str, visitor: Visitor) -> str:
    return render_template("attendance/closed.html", reason=reason, **_common(session, visitor))


def _refused_page(session: ClassSession, visitor: Visitor, form: RollForm, reason: str) -> str:
    known = queries.roll_of(session)
    if known is not None and known.locked_at:
        flash(reason, "error")
        return _confirmed_page(session, known, visitor)
    return _roll_page(session, known, visitor, form, reason)


def _common(session: ClassSession, visitor: Visitor) -> dict[str, Any]:
    after = _class_url(session, visitor)
    if after is None and visitor.user is not None:
        after = url_for("attendance.now")
    return {
        "session": session,
        "heading": heading(session),
        "paths": visitor.paths,
        "after_url": after,
        "after_title": _("Attendance of the class")
        if can(visitor.user, "attendance.view")
        else _("Today's sessions"),
        "active_nav": url_for("attendance.now"),
    }


def _class_url(session: ClassSession, visitor: Visitor) -> str | None:
    if visitor.user is None or not can(visitor.user, "attendance.view"):
        return None
    return url_for("attendance.class_sheet", class_id=session.klass_id)


def _first_error(session: ClassSession, form: RollForm) -> str:
    number = next(iter(form.errors))
    name = next((row.name for row in queries.roll_rows(session) if row.membership_id == number), "")
    return f"{name}: {form.errors[number]}"


def _changed_at(known: Roll | None) -> int:
    """Milliseconds of the last confirmation, so that a device knows which of its drafts are older."""
    if known is None or known.confirmed_at is None:
        return 0
    return int(known.confirmed_at.replace(tzinfo=UTC).timestamp() * 1000)


def _undo_minutes(known: Roll) -> int:
    until = queries.undo_until(known)
    if until is None or not queries.can_undo(known):
        return 0
    return max(1, -(-int((until - clock.now()).total_seconds()) // 60))


@dataclass(frozen=True)
class Heading:
    """What stands above a roll: "Session 3 · morning 05/03 · A201"."""

    title: str
    short: str
    klass: str
    topic: str
    now: str
    now_ms: int


def heading(session: ClassSession) -> Heading:
    """The words above a roll, in local time."""
    starts = clock.local(session.starts_at)
    number = _("Session %(number)s", number=session.number)
    parts = [number, f"{part_of_day(starts)} {starts:%d/%m}", str(session.room) if session.room_id else ""]
    moment = clock.now()
    return Heading(
        title=" · ".join(part for part in parts if part),
        short=f"{number} · {starts:%d/%m}",
        klass=f"{session.klass.code} · {session.klass.title}",
        topic=session.topic,
        now=f"{clock.local(moment):%H:%M}",
        now_ms=int(moment.replace(tzinfo=UTC).timestamp() * 1000),
    )


def part_of_day(starts: datetime) -> str:
    """Morning, afternoon or evening, as timetables say it."""
    if starts.hour < 12:
        return _("morning")
    return _("afternoon") if starts.hour < 18 else _("evening")
