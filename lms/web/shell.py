"""What every template may use: site name, language, menu, addresses."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask_babel import gettext as _
from peewee import fn

from lms import clock
from lms.access import can, current_user, openid
from lms.access.models import User
from lms.access.roles import title_of
from lms.config import settings
from lms.jobs import JobRun
from lms.names import initials
from lms.notify.models import Notice
from lms.web import addresses, filters, list_files
from lms.web.language import CHOICES, language
from lms.web.navigation import navigation


def account_line() -> str:
    """One line under the user's name: the role, and the organisation when the role is held for one."""
    roles = list(getattr(current_user, "roles", []))
    if not roles:
        return _("No role yet")
    first = roles[0]
    title = title_of(first.role)
    organisation = getattr(first, "organisation", None)
    more = f" (+{len(roles) - 1})" if len(roles) > 1 else ""
    return f"{title}{more} · {organisation}" if organisation else f"{title}{more}"


def waiting_for_me() -> tuple[int, int]:
    """How many notices the user has not read and how much own work is under way; one question."""
    unread = Notice.select(fn.COUNT(Notice.id)).where(
        Notice.user == current_user.id, Notice.read_at.is_null()
    )
    under_way = JobRun.select(fn.COUNT(JobRun.id)).where(
        JobRun.by == current_user.id, JobRun.state.in_(["queued", "running"])
    )
    row = User.select(unread, under_way).where(User.id == current_user.id).tuples().first()
    return (int(row[0]), int(row[1])) if row else (0, 0)


def install(app: Flask) -> None:
    """Filters and names for the templates. Names are functions: a page pays only for what it shows."""
    filters.install(app)
    addresses.install(app)
    app.jinja_env.add_extension("jinja2.ext.do")
    app.jinja_env.globals.update(
        account_line=account_line,
        can=can,
        here=addresses.here,
        here_path=addresses.here_path,
        initials=initials,
        kept_arguments=addresses.kept_arguments,
        language=language,
        may_open=addresses.may_open,
        language_choices=lambda: CHOICES,
        list_files_of=list_files.of,
        navigation=navigation,
        openid_offered=openid.offered,
        openid_title=openid.title,
        printed_at=clock.now,
        url_exists=addresses.url_exists,
        waiting_for_me=waiting_for_me,
    )
    app.context_processor(_names)


def _names() -> dict[str, Any]:
    return {"site_name": settings().site_name}
