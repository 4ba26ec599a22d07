"""Own notices and wishes, the outbox, and the calendar feed."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import force_locale, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from lms.access import can, current_user, public, requires
from lms.access.guard import acting_user, signed_in
from lms.access.limits import count_wrong_guess, refuse_guesser, slow_down
from lms.access.models import User
from lms.config import settings
from lms.db import paginate
from lms.errors import NotFound
from lms.notify import calendars, ical, meaning, queries, services, stops
from lms.notify.forms import preferences as form_for
from lms.notify.models import Mail, MailStop
from lms.notify.topics import topics
from lms.web.addresses import safe_next
from lms.web.lists import Sort, Sorting

MAILS = Sorting(
    Sort("to", _l("To"), Mail.name, Mail.address),
    Sort("state", _l("State"), Mail.state),
    Sort("made", _l("Time"), Mail.created_at, down=True),
    usual="-made",
    last=(Mail.id,),
)
STOPS = Sorting(
    Sort("address", _l("Address"), MailStop.address),
    Sort("since", _l("Stopped since"), MailStop.since, down=True),
    usual="-since",
    last=(MailStop.id,),
)

bp = Blueprint("notify", "lms.notify", template_folder="templates")

#: A part of a calendar: "class-12".
PART = re.compile(r"[a-z]{1,20}-\d{1,12}")


@bp.get("/notices")
@signed_in
def notices() -> str:
    """What I was told, the latest first."""
    page = paginate(queries.notices_of(current_user), request.args.get("page", 1, type=int), per_page=30)
    return render_template("notify/notices.html", page=page, unread=queries.unread(current_user))


@bp.post("/notices/<int:notice_id>/open")
@signed_in
def open_notice(notice_id: int) -> Response:
    """Mark a notice as read and go where it leads."""
    notice = queries.notice_or_404(notice_id, current_user)
    services.read(notice)
    return redirect(safe_next(notice.link, url_for("notify.notices")), 303)


@bp.post("/notices/read")
@signed_in
def read_all() -> Response:
    """Mark everything as read."""
    count = services.read_all(current_user)
    flash(ngettext("%(num)s notice marked as read.", "%(num)s notices marked as read.", count), "success")
    return redirect(url_for("notify.notices"), 303)


@bp.route("/me/notices", methods=["GET", "POST"])
@signed_in
def preferences() -> Any:
    """What is mailed to me and when; my calendar address."""
    form = form_for(current_user)
    if form.validate_on_submit():
        services.choose(_me(), form.wishes())
        flash(_("Your choices are saved."), "success")
        return redirect(url_for("notify.preferences"), 303)
    part = request.args.get("part", "")
    part = part if PART.fullmatch(part) else ""
    page = render_template(
        "notify/preferences.html",
        form=form,
        always=[topic for topic in topics() if topic.always],
        address=calendars.address_of(current_user),
        part_address=calendars.address_of(current_user, part) if part else None,
        part=part,
        stopped=queries.is_stopped(current_user.email),
    )
    return page, 422 if form.errors else 200


@bp.post("/me/calendar")
@signed_in
def make_calendar() -> Response:
    """Make a new secret calendar address; the old one stops working."""
    calendars.make_address(_me())
    flash(_("Your calendar has a new address. Nobody else should have it."), "success")
    return redirect(
        url_for("notify.preferences", part=request.form.get("part") or None, _anchor="calendar"), 303
    )


@bp.post("/me/calendar/close")
@signed_in
def close_calendar() -> Response:
    """Close the calendar address."""
    calendars.revoke_address(_me())
    flash(_("The calendar address is closed."), "success")
    return redirect(url_for("notify.preferences", _anchor="calendar"), 303)


@bp.get("/mail")
@signed_in
def mails() -> str:
    """The outbox: all of it for who runs the platform, own mail for everybody else."""
    state, about = request.args.get("state", ""), request.args.get("about", "")[:100]
    search = request.args.get("q", "").strip()[:120]
    query = queries.mails_for(current_user, state=state, search=search, about=about)
    order = MAILS.asked()
    page = paginate(order.over(query), request.args.get("page", 1, type=int))
    all_mail = can(current_user, "platform.mail")
    return render_template(
        "notify/mails.html",
        page=page,
        order=order,
        titles=queries.titles(page.rows),
        state=state,
        search=search,
        all_mail=all_mail,
        words=meaning.words,
        stopped=stops.listed().count() if all_mail else 0,
        no_server=not settings().smtp_url,
    )


@bp.post("/mail/<int:mail_id>/again")
@signed_in
def send_again(mail_id: int) -> Response:
    """Try a letter once more."""
    services.send_again(queries.mail_or_404(mail_id, current_user), by=acting_user())
    flash(_("The mail is in the outbox again."), "success")
    return redirect(url_for("notify.mails"), 303)


@bp.get("/mail/stops")
@requires("platform.mail")
def stopped() -> str:
    """Addresses that take no mail, with the reason and the way off the list."""
    search = request.args.get("q", "").strip()[:120]
    order = STOPS.asked()
    page = paginate(order.over(stops.listed(search)), request.args.get("page", 1, type=int))
    return render_template(
        "notify/stops.html",
        page=page,
        order=order,
        search=search,
        people=stops.people_at(page.rows),
        words=lambda stop: meaning.words(stop.status or meaning.status_in(stop.reason)),
        letters=stops.LETTERS,
        days=stops.WITHIN.days,
        is_read=bool(settings().mail_returns),
    )


@bp.post("/mail/stops/<int:stop_id>/lift")
@requires("platform.mail")
def lift(stop_id: int) -> Response:
    """Let mail go to an address again."""
    stop = queries.stop_or_404(stop_id)
    stops.lift(stop, by=acting_user())
    flash(_("Mail goes to %(address)s again.", address=stop.address), "success")
    return redirect(url_for("notify.stopped"), 303)


@bp.get("/calendar/<token>.ics")
@public
def feed(token: str) -> Response:
    """A person's calendar, for programs that subscribe to it; the address is the key."""
    return _feed(token, "")


@bp.get("/calendar/<token>/<part>.ics")
@public
def part_feed(token: str, part: str) -> Response:
    """A part of a person's calendar, such as one class."""
    if not PART.fullmatch(part):
        raise NotFound()
    return _feed(token, part)


def _feed(token: str, part: str) -> Response:
    refuse_guesser("calendar", most=30, seconds=300)
    owner = calendars.owner_of(token[:64])
    if owner is None:
        count_wrong_guess("calendar", most=30, seconds=300)
        raise NotFound(_("This calendar address is closed."))
    slow_down("calendar-feed", most=20, seconds=60, who=f"{owner.id}")
    with force_locale(str(owner.language or "vi")):
        content = ical.feed(calendars.entries_for(owner, part), settings().site_name)
    response = Response(content, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = 'inline; filename="lich.ics"'
    response.headers["Cache-Control"] = "private, max-age=300"
    response.add_etag()
    return response.make_conditional(request.environ)


def _me() -> User:
    user = acting_user()
    assert user is not None  # every caller is behind @signed_in
    return user
