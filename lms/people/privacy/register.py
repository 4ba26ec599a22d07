"""The register of personal data: every kind with its purpose, legal basis and retention, as each module declares it."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from flask_babel import gettext as _

from lms import clock
from lms.access.models import ShortLink
from lms.answers import DataKind
from lms.errors import Refused
from lms.people.merging import alike
from lms.people.models import Official
from lms.plugins.registry import registry


def kinds() -> list[DataKind]:
    """Every kind of personal data kept here, also by plugins that are switched off."""
    found = list(own())
    for _plugin, answer in answers("personal_data"):
        found.extend(answer if isinstance(answer, list) else [answer])
    return found


def answers(question: str, **details: Any) -> list[tuple[str, Any]]:
    """The answers of all modules, switched off or not: a person's right does not depend on a switch.

    Raises Refused when one crashes, so that a copy or an erasure is never a part of it.
    """
    found = []
    for plugin, implementation in registry.answerers(question):
        try:
            answer = implementation.function(*[details[name] for name in implementation.argnames])
        except Exception as problem:
            raise Refused(
                _(
                    "“%(plugin)s” could not answer, so nothing was done. Please tell the administrator.",
                    plugin=plugin,
                )
            ) from problem
        if answer:
            found.append((plugin, answer))
    return found


def own() -> list[DataKind]:
    """What the platform itself keeps."""
    return [
        DataKind(
            "lms.official",
            _("Record of an official: name, birth, gender, organisation, position, citizen id"),
            _("To know who is trained and to tell persons of one name apart"),
            _("State management of officials by law; no consent is needed (Law 91/2025/QH15)"),
            _("While the person serves, and as long as certificates of the person are kept"),
            kept_because=_("The record stays as long as certificates and class registers name the person."),
        ),
        DataKind(
            "lms.contact",
            _("E-mail address"),
            _("To send notices on classes"),
            _("State management of officials by law; no consent is needed (Law 91/2025/QH15)"),
            _("Until the person asks for erasure or leaves"),
        ),
        DataKind(
            "lms.audit",
            _("Record of who did what"),
            _("To answer later who changed or saw something"),
            _("Duty to log the processing of personal data (Law 91/2025/QH15)"),
            _("Kept permanently; it holds no citizen id"),
            kept_because=_("The audit record is a chain: no row of it can be taken out."),
        ),
        DataKind(
            "lms.links",
            _("Links sent to people without an account"),
            _("To let somebody do one thing without signing in"),
            _("State management of officials by law; no consent is needed (Law 91/2025/QH15)"),
            _("12 months after they expire"),
            months=12,
            due=lambda before: _old_links(before).count(),
            erase=lambda before: int(
                ShortLink.delete().where(ShortLink.expires_at < _moment(before)).execute()
            ),
        ),
    ]


def erase_own(official: Official) -> dict[str, int]:
    """Erase what the platform keeps and no law obliges it to keep: the address, and links sent; the citizen id and
    ethnic group of somebody who no longer serves."""
    emptied: dict[str, Any] = {}
    names = ["email"] if official.active else ["email", "ethnicity", "cccd_sealed", "cccd_hash", "cccd_tail"]
    emptied = {name: None for name in names if getattr(official, name) is not None}
    if emptied:
        Official.update(emptied).where(Official.id == official.id).execute()
        alike.look_at([official.id])
    links = ShortLink.delete().where(ShortLink.official == official.id).execute()
    return {"lms_official": int(bool(emptied)), "lms_short_link": int(links)}


def months_before(day: date, months: int) -> date:
    """The day so many months earlier (30.44 days each, rounded down)."""
    return day - timedelta(days=int(months * 30.44))


def _old_links(before: date) -> Any:
    return ShortLink.select().where(ShortLink.expires_at < _moment(before))


def _moment(day: date) -> datetime:
    return clock.from_local(datetime.combine(day, time.min))
