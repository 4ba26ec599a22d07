"""Everything about whether a learner passed what the rule in force asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from flask_babel import gettext as _

from courses.models import Membership
from courses.rules import CertificateRule
from plugins.assessment import marks
from plugins.assessment.models import Test
from plugins.assessment.queries import Grid

SHOWN = 3


@dataclass(frozen=True)
class Verdict:
    """The answer for one learner. `met` is None while it cannot be said."""

    actual: str
    met: bool | None


def required(grid: Grid) -> list[Test]:
    """The tests that count for the certificate."""
    return [test for test in grid.tests if test.required]


def needed(grid: Grid, rule: CertificateRule | None) -> str:
    """What the rule asks, in words: the lowest passing score where all scales agree."""
    if rule is None:
        return _("not known: no rule is on record for this programme and date")
    percent = marks.write(grid.share * 100)
    scales = {Decimal(test.scale_max) for test in required(grid)}
    words = (
        _("every test from %(points)s", points=marks.needed(scales.pop(), grid.share))
        if len(scales) == 1
        else _("every test from %(percent)s %% of its scale", percent=percent)
    )
    if rule.retakes is not None:
        words += _(", at most %(count)s retake", count=rule.retakes)
    return words


def judge(grid: Grid, membership: Membership, rule: CertificateRule | None) -> Verdict:
    """Whether one learner passed every required test; the last attempt counts."""
    wanted = required(grid)
    if not wanted:
        return Verdict(_("no required test is planned"), None)
    found = [grid.attempts(test, membership) for test in wanted]
    actual = _actual(grid, membership, wanted)
    if rule is None:
        return Verdict(actual, None)
    if any(_too_many(grid, one.last) for one in found):
        return Verdict(actual, False)
    verdicts = [one.passed(grid.share) for one in found]
    if False in verdicts:
        return Verdict(actual, False)
    return Verdict(actual, None if None in verdicts else True)


def _too_many(grid: Grid, last: int) -> bool:
    return grid.retakes is not None and last > grid.retakes + 1


def _actual(grid: Grid, membership: Membership, wanted: Sequence[Test]) -> str:
    """What speaks against first; when nothing does, the scores."""
    said = []
    for test in wanted:
        found = grid.attempts(test, membership)
        if found.counting is None:
            said.append((0, _("%(test)s: no score", test=test.title)))
            continue
        score = f"{marks.write(found.counting)}/{marks.write(test.scale_max)}"
        words = _("%(test)s: %(score)s", test=test.title, score=score)
        if found.last > 1:
            words += _(" (attempt %(number)s)", number=found.last)
        if not found.passed(grid.share) and grid.retake_allowed(found.last):
            words += _(", may be retaken")
        said.append((2 if found.passed(grid.share) else 1, words))
    said.sort(key=lambda one: one[0])
    shown = "; ".join(words for _rank, words in said[:SHOWN])
    more = len(said) - SHOWN
    return shown + (_("; and %(count)s more", count=more) if more > 0 else "")
