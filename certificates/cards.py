"""Cards of the home pages: what waits for the head of the school, what was approved and what comes next; own papers."""

from __future__ import annotations

from flask_babel import gettext as _

from certificates import queries
from certificates.cases.queries import ANSWER, cases
from certificates.cases.words import REASONS
from certificates.regaining import queries as regaining
from courses.queries import under_way
from lms.access import can
from lms.access.models import User
from lms.answers import HomeCard

#: Lines of each list; the pages behind them have all.
SHOWN = 5


def of(user: User) -> list[HomeCard]:
    """The cards of this user, by what he or she may do."""
    cards = []
    if can(user, "certificates.approve"):
        cards += [_waiting(), _approved(user), *_coming(user)]
    if can(user, ANSWER):
        cards += _reports(user)
    if can(user, regaining.GIVE):
        cards += _regains(user)
    if can(user, "certificates.desk"):
        cards.append(HomeCard(_("Verify desk"), "certificates/home_desk.html", {}, weight=9, wide=True))
    if can(user, "certificates.own") and user.official_id:
        rows = queries.of_official(user.official_id)[:3]
        if rows:
            cards.append(
                HomeCard(_("My certificates"), "certificates/home_mine.html", {"rows": rows}, weight=60)
            )
    return cards


def _waiting() -> HomeCard:
    waiting = queries.waiting_batches()
    return HomeCard(
        _("Classes waiting for your approval"),
        "certificates/home_waiting.html",
        {"batches": waiting},
        weight=10,
        tone="warn" if waiting else "neutral",
        wide=True,
    )


def _reports(user: User) -> list[HomeCard]:
    """Reports about papers that wait for an answer; no card when none does."""
    waiting = cases(user)
    rows = list(waiting.limit(SHOWN))
    if not rows:
        return []
    context = {
        "rows": rows,
        "count": waiting.count() if len(rows) == SHOWN else len(rows),
        "reasons": REASONS,
    }
    return [
        HomeCard(_("Reports about papers"), "certificates/cases/home.html", context, weight=9, tone="warn")
    ]


def _regains(user: User) -> list[HomeCard]:
    """Holders who ask for access; no card when none does."""
    count = regaining.waiting(user).count()
    if not count:
        return []
    return [HomeCard(_("Lost accounts"), "certificates/regaining/home.html", {"count": count}, weight=14, tone="warn")]  # fmt: skip


def _approved(user: User) -> HomeCard:
    context = {"batches": queries.latest_approved(SHOWN), "reads": can(user, "certificates.view")}
    return HomeCard(_("Approved lately"), "certificates/home_approved.html", context, weight=11)


def _coming(user: User) -> list[HomeCard]:
    """Classes that will ask for approval next, for who may see classes."""
    if not can(user, "courses.view"):
        return []
    classes = [klass for klass in under_way(user, limit=SHOWN) if klass.state != "enrolling"]
    return [HomeCard(_("Comes next"), "certificates/home_coming.html", {"classes": classes}, weight=12)]
