"""The audit record: who did what and when, of one object or of all, and whether the chain still holds."""

from __future__ import annotations

from datetime import date

from flask import render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from lms import clock
from lms.access import current_user, requires
from lms.access.guard import signed_in
from lms.audit import queries, verify_chain
from lms.audit.models import AuditRow
from lms.audit.queries import Wanted
from lms.audit.words import kind_name, told, words
from lms.db import paginate
from lms.errors import Invalid
from lms.exporting import Column, workbook
from lms.web.lists import Sort, Sorting
from lms.web.routes.blueprint import web

DEEDS = Sorting(
    Sort("when", _l("When"), AuditRow.number, down=True),
    Sort("deed", _l("What happened"), AuditRow.deed),
    Sort("object", _l("Object"), AuditRow.object_kind, AuditRow.object_id),
    usual="-when",
    last=(AuditRow.number.desc(),),
)
#: Rows one spreadsheet takes; past that people choose shorter spans of days.
MOST_EXPORTED = 20_000


@web.get("/audit")
@requires("platform.audit")
def audit() -> str:
    """Deeds in plain words, the latest first; filtered by person or thing, deed, kind of object and day."""
    wanted = _wanted()
    order = DEEDS.asked()
    page = paginate(order.over(queries.deeds(wanted)), request.args.get("page", 1, type=int))
    known = words()
    return render_template(
        "web/audit.html",
        page=page,
        order=order,
        told=told(page.rows),
        wanted=wanted,
        deeds=queries.deed_names(),
        kinds=queries.kinds(),
        known_kinds=known.kinds,
    )


@web.get("/audit/export")
@requires("platform.audit")
def audit_export() -> Response:
    """The same rows as a spreadsheet."""
    query = queries.deeds(_wanted())
    if query.count() > MOST_EXPORTED:
        raise Invalid(
            _("More than %(count)s deeds fit. Please choose fewer days.", count=MOST_EXPORTED),
            code="too_many",
        )
    columns = [
        Column(_("No."), "number"),
        Column(_("When"), "datetime"),
        Column(_("Who"), "text"),
        Column(_("What happened"), "text", 80),
        Column(_("Deed"), "code"),
        Column(_("Object"), "text"),
        Column(_("Digest"), "code"),
    ]
    rows = [
        (
            one.row.number,
            clock.local(one.row.at).replace(tzinfo=None),
            one.row.by_name or _("The platform"),
            one.sentence,
            one.row.deed,
            one.row.object_label,
            one.row.digest,
        )
        for one in told(query)
    ]
    response = Response(
        workbook(columns, rows, sheet=_("Audit record"), title=_("Audit record")),
        mimetype="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )
    response.headers["Content-Disposition"] = f'attachment; filename="nhat-ky-{clock.today():%Y%m%d}.xlsx"'
    return response


@web.get("/audit/of/<kind>/<object_id>")
@signed_in
def history(kind: str, object_id: str) -> str:
    """The history of one object as a story, for those who may read it."""
    query = queries.story_of(kind, object_id, current_user)
    page = paginate(query, request.args.get("page", 1, type=int))
    own = [row for row in page.rows if row.object_kind == kind and row.object_id == object_id]
    label = own[0].object_label if own else _label(kind, object_id)
    named = str(kind_name(kind))
    if str(label).isdigit():  # a session is called by its number
        label = f"{named[:1].upper()}{named[1:]} {label}"
    return render_template("web/history.html", page=page, told=told(page.rows), label=label, kind=named)


@web.get("/audit/check")
@requires("platform.audit")
def audit_check() -> str:
    """Check the whole chain now."""
    broken = verify_chain()
    total = AuditRow.select().count()
    return render_template("web/audit_check.html", broken=broken, total=total, at=clock.now())


def _label(kind: str, object_id: str) -> str:
    """What the object was called when something last happened to it."""
    row = queries.deeds(Wanted(kind=kind)).where(AuditRow.object_id == object_id).first()
    return str(row.object_label) if row else ""


def _wanted() -> Wanted:
    texts = {name: request.args.get(name, "").strip()[:120] for name in ("q", "deed", "kind", "from", "to")}
    return Wanted(texts["q"], texts["deed"], texts["kind"], _day(texts["from"]), _day(texts["to"]))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
