"""Who of a class gets a certificate, who is held back and why; nothing is stored, everything is asked again at approval."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from flask_babel import gettext as _

from certificates import queries
from certificates.hookspecs import CountsFor
from certificates.models import Certificate, Issuer, Key, Register
from certificates.token import is_name
from courses import review
from courses import rules as course_rules
from courses.models import Klass, Membership
from courses.queries import certificate_rule
from courses.review import LearnerReview, Verdict
from lms import clock, fonts
from lms.errors import LmsError
from lms.plugins import ask, check

#: Papers this module issues; a diploma belongs to another regime.
KINDS = ("certificate", "completion")


@dataclass(frozen=True)
class Blocked:
    """A learner who gets no certificate now, and every reason."""

    membership: Membership
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Preflight:
    """The state of a class before issuing."""

    klass: Klass
    on: date
    ready: list[Membership] = field(default_factory=list)
    blocked: list[Blocked] = field(default_factory=list)
    issued: list[Certificate] = field(default_factory=list)
    #: Certificates whose issue was cancelled, by membership: their holders are asked again.
    void: dict[int, Certificate] = field(default_factory=dict)
    #: What keeps the whole class from being issued.
    problems: list[str] = field(default_factory=list)
    issuer: Issuer | None = None
    key: Key | None = None
    register: Register | None = None
    rule: course_rules.CertificateRule | None = None
    posts: list[CountsFor] = field(default_factory=list)
    last_number: int = 0

    @property
    def numbers(self) -> tuple[int, int] | None:
        """First and last số vào sổ these certificates would get."""
        return (self.last_number + 1, self.last_number + len(self.ready)) if self.ready else None


def preflight(klass: Klass, on: date | None = None) -> Preflight:
    """Look at a class as if its certificates were issued on a day (today by default)."""
    on = on or clock.today()
    issuer = queries.issuer_for(klass, on)
    kind = klass.programme.certificate_kind
    register = queries.register_for(issuer.number, kind) if issuer else None
    key = queries.key_for(issuer.number, on) if issuer else None
    result = Preflight(
        klass,
        on,
        issuer=issuer,
        key=key,
        register=register,
        rule=certificate_rule(klass),
        posts=sorted(
            ask("certificate_posts", klass=klass, programme=klass.programme, on=on),
            key=lambda post: post.number,
        ),
        last_number=queries.last_number(register, on.year) if register else 0,
    )
    result.problems.extend(_problems(result, kind))
    _sort_learners(result)
    return result


def _problems(state: Preflight, kind: str) -> list[str]:
    found = []
    if state.klass.state != "closed":
        found.append(_("The class is not closed yet. Certificates are prepared when its results are final."))
    if kind not in KINDS:
        found.append(_("The paper of this programme is issued under another regime, not from this register."))
    if state.issuer is None:
        found.append(
            _("The organiser has no issuer profile for this day. Add one under Administration › Issuers.")
        )
    elif state.key is None:
        found.append(
            _("There is no signing key for this issuer and day. Ask the administrator to create one.")
        )
    if state.issuer is not None and state.register is None and kind in KINDS:
        found.append(
            _("This issuer has no register for this kind of paper. Add one under Administration › Registers.")
        )
    if not (state.klass.starts_on and state.klass.ends_on):
        found.append(_("The class has no first and last day. They are printed on the certificate."))
    return found


def _sort_learners(state: Preflight) -> None:
    reviews = review.completion(state.klass)
    issued = queries.latest_editions(one.membership.id for one in reviews)
    state.void.update(queries.void_among(issued))
    for one in reviews:
        if one.membership.id in issued and one.membership.id not in state.void:
            state.issued.append(issued[one.membership.id])
            continue
        reasons = tuple(_reasons(state.klass, one))
        if reasons:
            state.blocked.append(Blocked(one.membership, reasons))
        else:
            state.ready.append(one.membership)


def _reasons(klass: Klass, one: LearnerReview) -> list[str]:
    reasons = [
        _(
            "%(title)s: %(actual)s (needed: %(needed)s)",
            title=condition.title,
            actual=condition.actual,
            needed=condition.needed,
        )
        for condition in one.unmet
    ]
    if not reasons and one.verdict is not Verdict.COMPLETE:
        reasons.append(_("The result is not decided."))
    official = one.membership.official
    if not (official.birth_date or official.birth_year):
        reasons.append(_("The birth date is missing."))
    if not is_name(official.full_name) or not printable(official.full_name):
        reasons.append(
            _("The name has characters that cannot be printed: %(name)s", name=ascii(official.full_name))
        )
    try:
        check("before_issue", klass=klass, membership=one.membership)
    except LmsError as veto:
        reasons.append(str(veto))
    return reasons


def printable(text: str) -> bool:
    """Whether the paper's font has a glyph for every character."""
    return all(ord(character) in fonts.letters(fonts.face(bold=True).path) for character in text)
