"""The reconciliation of blanks as spreadsheets."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask_babel import gettext as _

from certificates.models import Certificate
from certificates.register.models import Blank, BlankBatch
from certificates.register.stock import Reconciled
from certificates.services.blanks import ALL_REASONS
from lms import clock
from lms.exporting import Column, workbook


def reconciliation(rows: Sequence[Reconciled]) -> bytes:
    """A line a delivery: received, used, spoiled, destroyed, left."""
    columns = [
        Column(_("Register"), "code"),
        Column(_("First number"), "code"),
        Column(_("Last number"), "code"),
        Column(_("Received on"), "date"),
        Column(_("From whom"), "text"),
        Column(_("Delivery note"), "text"),
        *(Column(title, "number") for title in (_("Received"), _("Used"), _("Spoiled"), _("of them destroyed"), _("In stock"))),
        Column(_("Notes"), "text"),
    ]  # fmt: skip
    lines = [
        (
            *(one.batch.register.code, one.batch.text(one.batch.first), one.batch.text(one.batch.last)),
            *(one.batch.received_on, one.batch.source, one.batch.document),
            *(one.batch.received, one.used, one.spoiled, one.destroyed, one.left),
            _("given back: %(note)s", note=one.batch.return_note) if one.batch.returned_at else "",
        )
        for one in rows
    ]
    title = _("Reconciliation of blanks, %(date)s", date=f"{clock.today():%d/%m/%Y}")
    return workbook(columns, lines, sheet=_("Blanks"), title=title)


def delivery(batch: BlankBatch, rows: Sequence[Blank]) -> bytes:
    """A line for every blank of a delivery that is no longer in stock."""
    columns = [
        Column(_("Blank"), "code"),
        Column(_("Register number"), "code"),
        Column(_("Full name"), "text"),
        Column(_("Serial number"), "code"),
        Column(_("Taken"), "datetime"),
        Column(_("Spoiled"), "datetime"),
        Column(_("What is wrong"), "text"),
        Column(_("Destroyed by minutes"), "text"),
        Column(_("Note for the file"), "text"),
    ]
    lines = [
        (
            one.text,
            *_holder(one.certificate),
            _moment(one.at) if one.certificate_id else None,
            _moment(one.spoiled_at) if one.spoiled_at else None,
            str(ALL_REASONS[one.reason]) if one.reason else "",
            str(one.destruction or ""),
            one.note or "",
        )
        for one in rows
    ]
    return workbook(columns, lines, sheet=_("Blanks"), title=_("Blanks %(batch)s", batch=str(batch)))


def _holder(row: Certificate | None) -> tuple[str, str, str]:
    return (row.register_text, str(row.name), str(row.serial)) if row else ("", "", "")


def _moment(at: datetime) -> datetime:
    """The local time, as spreadsheets keep it."""
    return clock.local(at).replace(tzinfo=None)
