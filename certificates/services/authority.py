"""Who may decide on a certificate: two persons, and only for the institution that issued it, its successor or superior."""

from __future__ import annotations

from flask_babel import gettext as _

from certificates.errors import NotTheIssuer, SamePerson
from certificates.models import Certificate
from certificates.register import decisions
from lms.access import can, scope
from lms.access.models import User
from lms.errors import NotAllowed

#: The head's own: suspends alone, and must be one of the two who revoke or replace.
HEAD = "certificates.revoke"
#: Asks for, and agrees to, what takes two persons.
DECIDE = "certificates.decide"


def must_be_two(first: User, second: User, certificate: Certificate) -> None:
    """Two different persons who decide, one of them with the head's right, both for the issuer of the certificate.

    Raises SamePerson, NotAllowed, NotTheIssuer.
    """
    if first.id == second.id:
        raise SamePerson(_("You asked for this yourself: somebody else must agree to it."))
    for user in (first, second):
        _must_hold(user, certificate, DECIDE)
    if not (can(first, HEAD) or can(second, HEAD)):
        raise NotAllowed(_("One of the two must be the head of the school or a deputy."), permission=HEAD)


def may_ask(user: User, certificate: Certificate) -> None:
    """The right to ask for what takes two persons, for the issuer of the certificate. Raises NotAllowed, NotTheIssuer."""
    _must_hold(user, certificate, DECIDE)


def must_answer_for(user: User, certificate: Certificate) -> None:
    """The head's right, for the issuer of the certificate. Raises NotAllowed, NotTheIssuer."""
    _must_hold(user, certificate, HEAD)


def answers_for(user: User, certificate: Certificate, permission: str) -> bool:
    """Whether the user holds the permission for the institution that issued, its successor or a superior of either.

    Circular 03/2023/TT-BNV, Article 8: the institution that issued revokes; when it was merged, divided or dissolved,
    its direct superior. The scope of an organisation holds those below it and those whose place they took.
    """
    held = scope.organisations(user, permission)
    return any(one in held for one in decisions.issuing_organisations(certificate.issuer_number))


def _must_hold(user: User, certificate: Certificate, permission: str) -> None:
    if not can(user, permission):
        raise NotAllowed(permission=permission)
    if not answers_for(user, certificate, permission):
        raise NotTheIssuer(
            _(
                "Only the institution that issued the certificate, its successor or its superior body decides on it: %(issuer)s.",
                issuer=certificate.issuer_name,
            )
        )
