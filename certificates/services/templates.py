"""Templates of papers: begun from a layout, changed, proposed after their own test, put in force by somebody else."""

from __future__ import annotations

from flask_babel import gettext as _
from peewee import fn

from certificates.errors import SamePerson, SelfTestFailed, TemplateFails
from certificates.paper import design as designs
from certificates.paper import versions
from certificates.paper.design import Design
from certificates.paper.models import PaperTemplate
from certificates.paper.words import sentence
from certificates.preflight import KINDS
from lms import audit, clock, text
from lms.access.models import User
from lms.db import atomic, lock
from lms.errors import Conflict, Invalid


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
    _must_be(row, "draft")
    problems = [sentence(one) for one in design.problems()]
    if problems:
        raise Invalid(" ".join(problems), fields={"design": " ".join(problems)})
    PaperTemplate.update(
        design=design.data(), title=_titled(title), changed_by=by, changed_at=clock.now()
    ).where(PaperTemplate.id == row.id).execute()
    audit.record(by, "certificates.template_changed", row)
    return PaperTemplate.get_by_id(row.id)


def propose_template(row: PaperTemplate, *, by: User) -> PaperTemplate:
    """Put a draft before a second person, after the longest and the shortest paper passed their test.

    Raises TemplateFails with the reason, Conflict for one that is no draft.
    """
    _must_be(row, "draft")
    _must_pass(row)
    return _proposed(row, by)


@atomic
def _proposed(row: PaperTemplate, by: User) -> PaperTemplate:
    before = row.changed_at
    row = lock(row)
    _must_be(row, "draft")
    if row.changed_at != before:
        raise Conflict(_("The template was changed a moment ago. Please look at it again."))
    PaperTemplate.update(state="proposed", proposed_by=by).where(PaperTemplate.id == row.id).execute()
    audit.record(by, "certificates.template_proposed", row)
    return PaperTemplate.get_by_id(row.id)


@atomic
def send_back_template(row: PaperTemplate, *, by: User) -> PaperTemplate:
    """Make a proposal a draft again. Raises Conflict when it is none."""
    row = lock(row)
    _must_be(row, "proposed")
    PaperTemplate.update(state="draft", proposed_by=None).where(PaperTemplate.id == row.id).execute()
    audit.record(by, "certificates.template_sent_back", row)
    return PaperTemplate.get_by_id(row.id)


@atomic
def put_template_in_force(row: PaperTemplate, *, by: User) -> PaperTemplate:
    """New papers of its kind have this version from now on; the one before is kept for those that name it.

    Raises SamePerson when `by` made, changed or proposed it, Conflict when it is no proposal.
    """
    row = lock(row)
    _must_be(row, "proposed")
    if by.id in {row.made_by_id, row.changed_by_id, row.proposed_by_id}:
        raise SamePerson(_("You worked on this template yourself. Another person has to put it in force."))
    now = clock.now()
    PaperTemplate.update(state="retired", in_force_until=now).where(
        PaperTemplate.kind == row.kind, PaperTemplate.state == "in_force"
    ).execute()
    PaperTemplate.update(state="in_force", decided_by=by, in_force_from=now).where(
        PaperTemplate.id == row.id
    ).execute()
    audit.record(by, "certificates.template_in_force", row, kind=row.kind)
    return PaperTemplate.get_by_id(row.id)


@atomic
def discard_template(row: PaperTemplate, *, by: User) -> None:
    """Throw a draft away; its number is not given again while a later one stands. Raises Conflict for one that is no draft."""
    row = lock(row)
    _must_be(row, "draft")
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


def _must_be(row: PaperTemplate, state: str) -> None:
    if row.state == state:
        return
    sentences = {
        "draft": _("Only a draft can be changed. Copy this version to go on from it."),
        "proposed": _("This template is not put forward."),
    }
    raise Conflict(sentences[state])


def _titled(title: str) -> str:
    title = text.nfc(title).strip()
    if not title:
        raise Invalid(fields={"title": _("Please give the template a name.")})
    return title[:120]
