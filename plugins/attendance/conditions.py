"""Everything about whether a learner attended enough: the rule in force against the rolls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from flask_babel import gettext as _
from flask_babel import ngettext

from courses.models import Klass
from courses.rules import CertificateRule
from plugins.attendance.matrix import Cell
from plugins.attendance.statuses import MISSED_LABELS, attended

SHOWN = 4


@dataclass(frozen=True)
class Demand:
    """What is asked of every learner of a class, and by what."""

    #: Share of the required periods, 1 = all of them; None = no rule is known.
    share: Fraction | None
    legal_source: str
    rule_id: str

    @property
    def words(self) -> str:
        if self.share is None:
            return _("not known: no rule is on record for this programme and date")
        if self.share >= 1:
            return _("every required session")
        return _("at least %(percent)s %% of the periods", percent=_percent(self.share))


@dataclass(frozen=True)
class Verdict:
    """The answer for one learner. `met` is None while it cannot be said."""

    actual: str
    met: bool | None


def demand(klass: Klass, rule: CertificateRule | None) -> Demand:
    """The stricter of the rule in force and the programme's own threshold; a by-law cannot ask for less than the law."""
    if rule is None:
        return Demand(None, "", "")
    lawful = Fraction(str(rule.attendance_min))
    own = klass.programme_version.attendance_threshold
    if own is not None and Fraction(str(own)) > lawful:
        basis = klass.programme_version.attendance_basis or rule.legal_source
        return Demand(Fraction(str(own)), basis, rule.id)
    return Demand(lawful, rule.legal_source, rule.id)


def judge(cells: Sequence[Cell], asked: Demand) -> Verdict:
    """Whether one learner attended enough. `cells`: every session of the class for this learner."""
    required = [cell for cell in cells if cell.session.required and not cell.session.cancelled_at]
    counted = [cell for cell in required if cell.expected]
    if not counted:
        return Verdict(_("no required session so far"), None)
    open_cells = [cell for cell in counted if cell.status is None]
    if asked.share is None:
        return Verdict(_tally(counted, open_cells), None)
    judged = (
        _judge_full(counted, open_cells)
        if asked.share >= 1
        else _judge_share(counted, open_cells, asked.share)
    )
    return Verdict(judged.actual + _joined_later(required), judged.met)


def _judge_full(counted: Sequence[Cell], open_cells: Sequence[Cell]) -> Verdict:
    missed = [cell for cell in counted if cell.status is not None and not cell.credited]
    if missed:
        return Verdict(
            _("%(tally)s; missed: %(missed)s", tally=_tally(counted, open_cells), missed=_named(missed)),
            False,
        )
    return Verdict(_tally(counted, open_cells), None if open_cells else True)


def _judge_share(counted: Sequence[Cell], open_cells: Sequence[Cell], share: Fraction) -> Verdict:
    total = sum(map(_periods, counted))
    credited = sum(_periods(cell) for cell in counted if cell.credited)
    open_periods = sum(map(_periods, open_cells))
    actual = _(
        "%(credited)s of %(total)s periods (%(percent)s %%)",
        credited=credited,
        total=total,
        percent=_percent(Fraction(credited, total)),
    )
    if Fraction(credited + open_periods, total) < share:
        return Verdict(actual + _still_open(open_cells), False)
    return Verdict(actual + _still_open(open_cells), None if open_cells else True)


def _tally(counted: Sequence[Cell], open_cells: Sequence[Cell]) -> str:
    credited = sum(1 for cell in counted if cell.credited)
    words = _("%(credited)s of %(total)s sessions", credited=credited, total=len(counted))
    made_up = sum(1 for cell in counted if cell.made_up and not attended(cell.status))
    if made_up:
        words += _(", %(count)s of them made up", count=made_up)
    return words + _still_open(open_cells)


def _still_open(open_cells: Sequence[Cell]) -> str:
    if not open_cells:
        return ""
    return ngettext(
        "; %(num)s session has no roll yet", "; %(num)s sessions have no roll yet", len(open_cells)
    )


def _named(missed: Sequence[Cell]) -> str:
    shown = [
        _("session %(number)s (%(mark)s)", number=cell.session.number, mark=MISSED_LABELS[str(cell.status)])
        for cell in missed[:SHOWN]
    ]
    more = len(missed) - SHOWN
    return ", ".join(shown) + (_(" and %(count)s more", count=more) if more > 0 else "")


def _joined_later(required: Sequence[Cell]) -> str:
    before = sum(1 for cell in required if not cell.expected)
    if not before:
        return ""
    return ngettext(
        "; %(num)s session outside the time in the class is not counted",
        "; %(num)s sessions outside the time in the class are not counted",
        before,
    )


def _periods(cell: Cell) -> int:
    return int(cell.session.periods) or 1


def _percent(share: Fraction) -> str:
    value = float(share * 100)
    return f"{value:.0f}" if value == int(value) else f"{value:.1f}".replace(".", ",")
