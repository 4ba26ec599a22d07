"""Ask for the own certificates with paper and citizen id; give access in person by a one-time link, or refuse.

Nothing is given over the network: who asks learns nothing, and the link is handed over at the desk by an officer who has
seen the person and the identity card. An account with duties beyond a trainee's is the administrator's alone.
"""

from __future__ import annotations

import hmac
from datetime import timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from certificates import verification
from certificates.models import Certificate
from certificates.regaining import queries
from certificates.regaining.models import Regain
from certificates.services.identity import compare_identity
from lms import audit, clock
from lms.access import accounts, links, scope, services
from lms.access.limits import TooOften
from lms.access.models import User
from lms.config import settings
from lms.crypto import keyed_hash
from lms.db import atomic, lock
from lms.errors import Conflict, Invalid
from lms.notify import notify
from lms.notify.services import write_to
from lms.people.models import Official

#: Days for which a request waits, and for which the link is good.
WAITS = timedelta(days=30)
LINK_DAYS = 1
_OWN_ROLES = frozenset({"trainee"})


class NotHere(Conflict):
    """The desk cannot give access to this account or record."""

    code = "not_at_this_desk"


def ask(code: str, scanned: str, number: str, contact: str) -> None:
    """Put a request before the desk when `scanned` is a genuine paper's own code and `number` its holder's citizen id.

    Says nothing to whoever asks, whatever became of it: the five comparisons a day of a certificate count here, too.
    """
    verdict = verification.look_up(code, clock.today()) if verification.is_id(code) else None
    if verdict is None:
        keyed_hash(number)
        return
    try:
        same = compare_identity(verdict, scanned, number)
    except (Invalid, TooOften):
        return
    if same:
        _put(Certificate.get_by_id(verdict.row.id), contact)


@atomic
def _put(certificate: Certificate, contact: str) -> None:
    official = lock(Official.get_by_id(certificate.official_id))
    row = Regain.get_or_none(Regain.official == official, Regain.state == "asked")
    if row is not None:
        Regain.update(contact=contact.strip()[:120], asked_at=clock.now()).where(Regain.id == row.id).execute()  # fmt: skip
        return
    row = Regain.create(official=official, certificate=certificate, contact=contact.strip()[:120])
    audit.record(None, "certificates.access_asked", row)
    notify(
        scope.answering_for(official.organisation, queries.GIVE),
        "certificates.access",
        _l("A holder asks for access to the own certificates"),
        _l("Paper and citizen id fit. Give access only when the person has come with the identity card."),
        "/certificates/access-requests",
        key=f"regain:{row.id}",
        about=row,
    )


def give(official: Official, *, number: str, email: str, by: User) -> tuple[User, str]:
    """Give access to who stands at the desk with the identity card `number`; returns the account and its one-time link.

    An account is added when there is none; `email` is then needed, otherwise it replaces an address that is lost (the
    old one is told). Devices and second factors of before are gone. Raises Invalid naming the field, NotHere, Conflict.
    """
    if not official.cccd_hash:
        raise NotHere(_("No citizen id is on record for this person. Please complete the record first."))
    if not hmac.compare_digest(keyed_hash(number), str(official.cccd_hash)):
        audit.record(by, "certificates.access_card_differs", official)
        raise Invalid(fields={"number": _("This is not the citizen id on record for this person.")})
    return _given(official, email, by)


@atomic
def _given(official: Official, email: str, by: User) -> tuple[User, str]:
    official = lock(official)
    user = User.get_or_none(User.official == official)
    user = _account(official, email, by) if user is None else _opened(user, email, by)
    link = links.for_choosing(user, by=by, days=LINK_DAYS)
    _decide_waiting(official, "given", by)
    audit.record(by, "certificates.access_given", official, account=user.email)
    notify(
        [user],
        "certificates.access",
        _l("Access to your account was given at a desk"),
        _l(
            "An officer checked an identity card and handed out a link. If that was not you, tell the school at once."
        ),
        "/account",
        key=f"given:{user.id}:{clock.now().isoformat()}",
        by=by,
    )
    return user, link


@atomic
def refuse(row: Regain, *, reason: str, by: User) -> None:
    """Refuse a request that waits. Raises Invalid without a reason."""
    if not reason.strip():
        raise Invalid(fields={"reason": _("Please give the reason.")})
    _decide_waiting(row.official, "refused", by, reason.strip()[:300])
    audit.record(by, "certificates.access_refused", row, reason=reason)


@atomic
def forget_old() -> int:
    """Let requests go that waited too long; returns how many."""
    return int(
        Regain.update(state="lapsed", contact="", decided_at=clock.now())
        .where(Regain.state == "asked", Regain.asked_at < clock.now() - WAITS)
        .execute()
    )


def _decide_waiting(official: Official, state: str, by: User, reason: str = "") -> None:
    done = {"state": state, "decided_at": clock.now(), "decided_by": by, "contact": "", "reason": reason}
    found = Regain.update(**done).where(Regain.official == official, Regain.state == "asked").execute()
    if not found and state == "given":
        Regain.create(official=official, **done)


def _account(official: Official, email: str, by: User) -> User:
    if not email.strip():
        raise Invalid(fields={"email": _("There is no account yet. Please give an e-mail address for it.")})
    return services.add_user(email, official.full_name, by=by, roles=("trainee",), official=official)


def _opened(user: User, email: str, by: User) -> User:
    """The account as its owner can use it again: switched on, with the new address, without what was lost."""
    if {row.role.name for row in user.roles} - _OWN_ROLES:
        raise NotHere(_("This account has duties here as well. Only the administrator of the platform gives access to it."))  # fmt: skip
    old = str(user.email)
    if not user.active:
        accounts.reactivate(user, by=by)
    if email.strip() and email.strip().lower() != old:
        user = accounts.readdress(user, email, by=by)
        write_to(
            old,
            str(user.display_name),
            _("The address of your account was changed"),
            _("An officer checked an identity card and changed the address of your account on %(site)s. If that was not you, tell the school at once.", site=settings().site_name),
            key=f"readdressed:{user.id}:{clock.now().isoformat()}",
        )  # fmt: skip
    accounts.reset_second_factor(user, by=by)
    return user
