"""Templates of papers: begun from a layout, changed, proposed after their own test, put in force by somebody else."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from peewee import fn

from certificates.errors import SamePerson, SelfTestFailed, TemplateFails
from certificates.paper import design as designs
from certificates.paper import versions
from certificates.paper.design import Design
from certificates.paper.models import PaperTemplate
from certificates.paper.words import sentence
from certificates.preflight import KINDS
from certificates.services.deciding import waiting
from lms import approvals, audit, clock, text
from lms.access.models import User
from lms.approvals.models import Approval
from lms.db import atomic, lock
from lms.errors import Conflict, Invalid

#: The deed that takes a second person.
PUT_IN_FORCE = "certificates.template_in_force"


@atomic
def begin_template(
    title: str,
    kind: str,
    *,
    by: User | None,
    orientation: str = designs.LANDSCAPE,
    like: PaperTemplate | None = None,
) -> PaperTemplate:
    """A new version as a draft: the house's layout for a sheet, or a copy of another version. Raises Invalid."""
    if kind not in KINDS or orientation not in designs.SHEETS:
        raise Invalid(fields={"kind": _("Please choose one of the list.")})
    data = like.design if like else designs.usual(orientation).data()
    last = PaperTemplate.select(fn.MAX(PaperTemplate.number)).scalar() or versions.FIRST
    row: PaperTemplate = PaperTemplate.create(
        number=last + 1, title=_titled(title), kind=kind, design=data, made_by=by, changed_by=by
    )
    audit.record(by, "certificates.template_begun", row, like=like.number if like else versions.FIRST)
    return row


@atomic
def change_template(row: PaperTemplate, design: Design, title: str, *, by: User | None) -> PaperTemplate:
    """Keep a changed draft. Raises Conflict for one that is no draft, Invalid with every problem of the design."""
    row = lock(row)
    _must_be_free(row)
    problems = [sentence(one) for one in design.problems()]
    if problems:
        raise Invalid(" ".join(problems), fields={"design": " ".join(problems)})
    PaperTemplate.update(
        design=design.data(), title=_titled(title), changed_by=by, changed_at=clock.now()
    ).where(PaperTemplate.id == row.id).execute()
    audit.record(by, "certificates.template_changed", row)
    return PaperTemplate.get_by_id(row.id)


def propose_template(row: PaperTemplate, *, by: User) -> Approval:
    """Ask a second person to put a draft in force, after the longest and the shortest paper passed their test.

    Raises TemplateFails with the reason, Conflict for one that is no draft or is put forward already.
    """
    _must_be_free(row)
    _must_pass(row)
    return _proposed(row, by)


@atomic
def _proposed(row: PaperTemplate, by: User) -> Approval:
    before = row.changed_at
    row = lock(row)
    _must_be_free(row)
    if row.changed_at != before:
        raise Conflict(_("The template was changed a moment ago. Please look at it again."))
    audit.record(by, "certificates.template_proposed", row)
    return approvals.request(PUT_IN_FORCE, row, by=by, details={"template_id": row.id})


@approvals.two_person(
    PUT_IN_FORCE,
    title=_l("Put a layout of papers in force"),
    permission="certificates.templates",
    describe=lambda told: _sentences(told),
    where=lambda told: url_for("certificates.template", template_id=told["template_id"]),
)
def _put_in_force(details: dict[str, Any], *, by: User, second: User) -> None:
    """New papers of its kind have this version from now on; the one before is kept for those that name it.

    Raises SamePerson when the second person made or changed it, Conflict when it is no draft any more.
    """
    row = lock(PaperTemplate.get_by_id(details["template_id"]))
    _must_be_draft(row)
    if second.id in {row.made_by_id, row.changed_by_id}:
        raise SamePerson(_("You worked on this template yourself. Another person has to put it in force."))
    now = clock.now()
    PaperTemplate.update(state="retired", in_force_until=now).where(
        PaperTemplate.kind == row.kind, PaperTemplate.state == "in_force"
    ).execute()
    PaperTemplate.update(state="in_force", proposed_by=by, decided_by=second, in_force_from=now).where(
        PaperTemplate.id == row.id
    ).execute()
    audit.record(second, "certificates.template_in_force", row, kind=row.kind)


@atomic
def discard_template(row: PaperTemplate, *, by: User) -> None:
    """Throw a draft away; its number is not given again while a later one stands. Raises Conflict for one that is no draft."""
    row = lock(row)
    _must_be_free(row)
    audit.record(by, "certificates.template_discarded", row)
    PaperTemplate.delete().where(PaperTemplate.id == row.id).execute()


def _must_pass(row: PaperTemplate) -> None:
    from certificates.paper import samples  # noqa: PLC0415  the PDF library is slow to load and large

    try:
        samples.examine(designs.read(row.design), row.kind)
    except (SelfTestFailed, ValueError) as failed:
        raise TemplateFails(
            _("The template does not pass its own test: %(why)s", why=str(failed))
        ) from failed


def _must_be_free(row: PaperTemplate) -> None:
    """Raise Conflict for one that is no draft, or that waits for its second person."""
    _must_be_draft(row)
    if waiting(PUT_IN_FORCE, row) is not None:
        raise Conflict(_("This template is put forward. Take the request back first."))


def _must_be_draft(row: PaperTemplate) -> None:
    if row.state != "draft":
        raise Conflict(_("Only a draft can be changed. Copy this version to go on from it."))


def _sentences(details: dict[str, Any]) -> list[str]:
    """What the second person agrees to."""
    row = PaperTemplate.get_or_none(PaperTemplate.id == details["template_id"])
    if row is None:
        return [_("There is no such template of papers.")]
    kind = _("Certificates of completion") if row.kind == "completion" else _("Certificates")
    sheet = (
        _("A4 portrait") if designs.read(row.design).orientation == designs.PORTRAIT else _("A4 landscape")
    )
    return [
        f"{kind}: {_('Version %(number)s, %(sheet)s', number=row.number, sheet=sheet)}",
        _("Papers issued from now on have this layout. Those issued before keep theirs."),
    ]


def _titled(title: str) -> str:
    title = text.nfc(title).strip()
    if not title:
        raise Invalid(fields={"title": _("Please give the template a name.")})
    return title[:120]
