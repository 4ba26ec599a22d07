"""Questions certificates asks the other plugins, and the shape of the answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from lms.plugins import hookspec

if TYPE_CHECKING:
    from certificates.models import Certificate
    from courses.models import Klass, Membership, Programme
    from lms.access.models import User


@dataclass(frozen=True)
class CertificateField:
    """A value for one learner's certificate; the only `name` known today is "grade" (xếp loại)."""

    membership_id: int
    name: str
    value: str


@dataclass(frozen=True)
class CountsFor:
    """A post the programme counts for on the day of issue. `number` (1…65535) stands for it in the signed
    code and is never given to another post."""

    number: int
    code: str
    title: str
    title_en: str = ""


@dataclass(frozen=True)
class VerifyPanel:
    """A folded part of the public page of a certificate. Everybody sees it: no personal data."""

    title: Any
    template: str
    context: Mapping[str, Any] = field(default_factory=dict)
    weight: int = 100


@dataclass(frozen=True)
class Evidence:
    """One document that may count towards a requirement, whatever its state; who asks decides what it proves."""

    official_id: int
    #: "certificate" for those of the register, "recognised" for papers that others issued.
    kind: str
    programme_code: str
    number: str
    #: Day the result was recognised; the certificate counts from here.
    awarded_on: date | None
    issued_on: date | None
    valid_until: date | None
    #: issued | revoked | superseded | suspended
    status: str
    status_from: date | None
    url: str
    issuer: str


@dataclass(frozen=True)
class PilePost:
    """A post whose standard can be applied to a pile at the verify desk."""

    code: str
    title: str
    #: Heading it stands under.
    group: str = ""


@dataclass(frozen=True)
class PileStanding:
    """What is to be said about one official for the post: `state` eligible, not_yet or unsure."""

    official_id: int
    state: str
    title: str
    text: str = ""
    url: str = ""


@hookspec
def before_issue(klass: Klass, membership: Membership) -> None:
    """Raise Refused with a sentence to keep a learner from getting the certificate now."""
    ...  # answered by plugins


@hookspec
def certificate_fields(klass: Klass, memberships: Sequence[Membership]) -> list[CertificateField]:
    """Values printed on the certificates of these learners, in a constant number of queries."""
    ...  # answered by plugins


@hookspec
def certificate_posts(programme: Programme, on: date) -> list[CountsFor]:
    """Posts for which a certificate of the programme counts on that day; they are signed into the code."""
    ...  # answered by plugins


@hookspec
def verify_panel(certificate: Certificate, on: date) -> list[VerifyPanel]:
    """Folded parts you add to the public page of a certificate, for example the posts it counts for today."""
    ...  # answered by plugins


@hookspec
def eligibility_evidence(official_ids: Sequence[int], on: date) -> list[Evidence]:
    """Documents of these officials known on that day, in a constant number of queries."""
    ...  # answered by plugins


@hookspec
def pile_posts(on: date, user: User) -> list[PilePost]:
    """Posts that exist on that day and that this officer may ask about at the verify desk."""
    ...  # answered by plugins


@hookspec
def pile_standings(official_ids: Sequence[int], post: str, on: date, user: User) -> list[PileStanding]:
    """May these officials hold the post on that day? In a constant number of queries; also about those whom the
    officer may not ask about (unsure, with the reason)."""
    ...  # answered by plugins
