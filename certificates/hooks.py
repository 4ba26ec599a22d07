"""Certificates' answers to other people's questions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from certificates import cards, queries
from certificates.hookspecs import Evidence
from certificates.intake import queries as recognised
from certificates.intake.models import Intake
from certificates.intake.old.models import OldEntry
from certificates.log import soundness as log_soundness
from certificates.models import Batch, Certificate
from certificates.offline import soundness as offline_soundness
from certificates.paper import soundness as paper_soundness
from certificates.regaining.models import Regain
from certificates.soundness import findings
from courses.hookspecs import ClassAction, ClassTab
from courses.models import Klass, Membership
from lms.access import can
from lms.access.models import User
from lms.answers import DataKind, Finding, Hit, HomeCard, Impact, Moving, NavItem, PersonTab, Story
from lms.config import settings
from lms.demo import Context
from lms.people.merging.models import OfficialMerge
from lms.people.models import Official
from lms.plugins import Refused, hookimpl
from lms.plugins.registry import registry


@hookimpl
def navigation(user: User) -> list[NavItem]:
    items = []
    if can(user, "certificates.view"):
        items.append(
            NavItem(
                _("Register of certificates"),
                url_for("certificates.register"),
                "award",
                weight=50,
                active="certificates.",
            )
        )
    if can(user, "certificates.audit"):
        items.append(
            NavItem(_("Audit of the register"), url_for("certificates.audit"), "shield-check", weight=51)
        )
    if can(user, "certificates.desk"):
        items.append(
            NavItem(
                _("Verify desk"),
                url_for("certificates.desk"),
                "scan-line",
                weight=45,
                active="certificates.desk",
            )
        )
    if can(user, recognised.RECOGNISE):
        items.append(
            NavItem(
                _("Papers issued elsewhere"),
                url_for("certificates.recognition"),
                "file-check",
                weight=51,
                active="",
            )
        )
    if can(user, "certificates.own"):
        items.append(
            NavItem(
                _("My certificates"), url_for("certificates.mine"), "award", weight=50, active="certificates."
            )
        )
    return items


@hookimpl
def switch_impact(name: str) -> list[Impact]:
    """Codes nobody could check any more, and prepared certificates that print a value of the plugin."""
    found = []
    if name == "certificates":
        count = Certificate.select().count()
        found.append(
            Impact(
                ngettext(
                    "The code of %(num)s issued certificate cannot be checked while it is off.",
                    "The codes of %(num)s issued certificates cannot be checked while it is off.",
                    count,
                ),
                count,
                url_for("certificates.register"),
            )
        )
    if name in [plugin for plugin, _answer in registry.answerers("certificate_fields")]:
        count = queries.count_prepared()
        found.append(
            Impact(
                ngettext(
                    "%(num)s certificate that is prepared and not issued prints a value of it.",
                    "%(num)s certificates that are prepared and not issued print a value of it.",
                    count,
                ),
                count,
            )
        )
    return found


@hookimpl
def search(words: str, user: User) -> list[Hit] | None:
    """Certificates by holder's name, số hiệu and class."""
    if not can(user, "certificates.view"):
        return None
    return [
        Hit(
            f"{row.serial} · {row.name}",
            url_for("certificates.certificate", certificate_id=row.id),
            _("Certificates"),
            row.programme_title,
            "award",
            weight=30,
        )
        for row in queries.search(user, words=words).limit(6)
    ]


@hookimpl
def home_cards(user: User) -> list[HomeCard]:
    return cards.of(user)


@hookimpl
def class_tabs(klass: Klass, user: User) -> list[ClassTab]:
    if not can(user, "certificates.view") or klass.state not in {"reviewing", "closed"}:
        return []
    url = url_for("certificates.of_class", class_id=klass.id)
    return [ClassTab(_("Certificates"), url, "certificates.of_class", weight=90)]


@hookimpl
def class_actions(klass: Klass, user: User) -> list[ClassAction]:
    if klass.state != "closed" or not can(user, "certificates.approve") or not queries.draft(klass):
        return []
    url = url_for("certificates.of_class", class_id=klass.id)
    return [ClassAction(_("Approve certificates"), url, "badge-check", primary=True, weight=10)]


@hookimpl
def person_tabs(official: Official, user: User) -> list[PersonTab]:
    if not can(user, "certificates.view"):
        return []
    url = url_for("certificates.of_person", official_id=official.id)
    count = queries.count_of_official(official.id)
    return [
        PersonTab(
            _("Certificates"), url, "certificates.of_person", weight=30, badge=str(count) if count else ""
        )
    ]


@hookimpl
def history_of(kind: str, object_id: str, user: User) -> list[Story]:
    """A certificate with its issue list, for who keeps or orders certificates; the issue lists of a class join its history."""
    if not object_id.isdigit() or not (can(user, "certificates.print") or can(user, "certificates.approve")):
        return []
    if kind == "courses_class":
        batches = Batch.select(Batch.id).where(Batch.klass == int(object_id)).tuples()
        return [Story("certificates_batch", [row[0] for row in batches])]
    if kind != "certificates_certificate":
        return []
    row = queries.found(int(object_id), user)
    if row is None:
        return []
    return [Story(kind, [row.id]), Story("certificates_batch", [row.batch_id])]


@hookimpl
def eligibility_evidence(official_ids: Sequence[int], on: date) -> list[Evidence]:
    ours = [
        Evidence(
            official_id=row.official_id,
            kind="certificate",
            programme_code=row.programme_code,
            number=row.serial,
            awarded_on=row.awarded_on,
            issued_on=row.issued_on,
            valid_until=row.valid_until,
            status="issued" if change.status == "reinstated" else change.status,
            status_from=change.on_date,
            url=f"{settings().base_url}/c/{row.id16}",
            issuer=row.issuer_name,
        )
        for row, change in queries.known_to(list(official_ids), on)
    ]
    return ours + recognised.evidence(list(official_ids), on, settings().base_url)


@hookimpl
def privacy_export(official: Official) -> dict[str, Any] | None:
    rows = queries.of_official(official.id)
    elsewhere = [
        row.first | {"state": row.state} for row in Intake.select().where(Intake.official == official)
    ]
    elsewhere += [
        row.first | {"state": row.state} for row in OldEntry.select().where(OldEntry.official == official)
    ]
    asked = [
        {"state": row.state, "asked_at": row.asked_at, "contact": row.contact}
        for row in Regain.select().where(Regain.official == official)
    ]
    if not rows and not elsewhere and not asked:
        return None
    names = (
        "serial",
        "name",
        "birth_date",
        "birth_year",
        "programme_title",
        "from_date",
        "to_date",
        "grade",
        "issued_on",
        "issuer_name",
    )
    return {
        "certificates": [
            {name: getattr(row, name) for name in names}
            | {"register": row.register_text, "status": getattr(getattr(row, "status", None), "status", "")}
            for row in rows
        ],
        "recognised_papers": elsewhere,
        "access_requests": asked,
    }


@hookimpl
def privacy_erase(official: Official) -> dict[str, int] | None:
    """Certificates are kept permanently (sổ gốc); nothing is erased."""
    kept = Certificate.select().where(Certificate.official == official).count()
    return {"certificates_certificate": 0} if kept else None


@hookimpl
def personal_data() -> list[DataKind]:
    return [
        DataKind(
            "certificates.certificate",
            _("Certificates with name, birth date and result"),
            _("To issue certificates and to let anybody check them"),
            _("State management of officials by law; no consent is needed (Law 91/2025/QH15)"),
            _("Permanently: the issue register (sổ gốc) is kept for ever"),
            kept_because=_("The issue register of certificates is kept permanently."),
        ),
        DataKind(
            "certificates.pile",
            _("Which papers an officer checked at the verify desk"),
            _("To answer for a check, and to let its report be checked"),
            _("State management of officials by law; no consent is needed (Law 91/2025/QH15)"),
            _("Unfinished piles 30 days; finished ones as long as their report"),
        ),
        DataKind(
            "certificates.intake",
            _("Papers that other institutions issued: lines and picture"),
            _("To recognise them as evidence"),
            _("State management of officials by law; no consent is needed (Law 91/2025/QH15)"),
            _("As long as the official's record"),
            kept_because=_("Decisions on appointments rest on them."),
        ),
        DataKind(
            "certificates.regain",
            _("Who asked for access to an account, and how the desk reaches them"),
            _("To give holders back what is theirs"),
            _("State management of officials by law; no consent is needed (Law 91/2025/QH15)"),
            _(
                "The contact until the answer, at most 30 days; that access was given as long as the official's record"
            ),
        ),
        DataKind(
            "certificates.case",
            _("Reports about papers that do not fit: note, photo of the paper, contact of who reported"),
            _("To let the issuer find out about false or altered papers"),
            _("State management of officials by law; no consent is needed (Law 91/2025/QH15)"),
            _(
                "Photo and contact until the time in the settings after the answer; the report itself as long as the register"
            ),
        ),
    ]


@hookimpl
def merge_officials(kept: Official, gone: Official) -> list[Moving]:
    """Certificates go along with the place in the class they were issued on; what is printed stays as printed."""
    rows = list(queries.issued_to(gone.id))
    own = set(Membership.select(Membership.klass).where(Membership.official == kept.id).tuples())
    bound = [row for row in rows if (row.klass_id,) in own]
    return [
        Moving(
            Certificate,
            _("Certificates"),
            tuple(row.id for row in rows if row not in bound),
            queries.issued_to(kept.id).count(),
            conflicts=tuple(
                _(
                    "Certificate %(serial)s was issued on the class %(klass)s, where both have a place. Keep that record.",
                    serial=row.serial,
                    klass=row.class_code,
                )
                for row in bound
            ),
            weight=42,
        ),
        _carried(Intake, _("Papers issued elsewhere"), kept, gone, weight=43),
        _carried(OldEntry, _("Rows of old registers"), kept, gone, weight=44),
        _carried(Regain, _("Requests for access"), kept, gone, weight=45),
    ]


def _carried(
    model: type[Intake | OldEntry | Regain], title: str, kept: Official, gone: Official, *, weight: int
) -> Moving:
    """Rows that name an official and go along to the one who stays, whatever that one has."""
    ids = tuple(row.id for row in model.select(model.id).where(model.official == gone))
    return Moving(model, title, ids, model.select().where(model.official == kept).count(), weight=weight)


@hookimpl
def before_merge_undone(merge: OfficialMerge) -> None:
    """A certificate issued since on a class that came along carries the name of the record kept."""
    came: list[int] = next((one["ids"] for one in merge.moves if one["table"] == "courses_membership"), [])
    since = queries.issued_since(came, merge.merged_at)
    if since is not None:
        raise Refused(
            _(
                "Certificate %(serial)s was issued since the merge, on a class of the other record; it cannot be undone.",
                serial=since.serial,
            )
        )


@hookimpl
def soundness() -> list[Finding]:
    return [
        *findings(),
        *offline_soundness.findings(),
        *paper_soundness.findings(),
        *log_soundness.findings(),
    ]


@hookimpl
def demo_data(context: Context) -> None:
    from certificates.demo import fill  # noqa: PLC0415  only when a demonstration is loaded

    fill(context)
