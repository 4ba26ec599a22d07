"""Indices of an evaluation: pure arithmetic on exact fractions, no rounding before a level is given.

Steps of Circular 10/2017: mean per indicator → mean per criterion → index of a respondent group → general
index of each evaluated object. The circular's weights were not found, so every step is a plain mean; that
choice has a name and a version (`FORMULA`) and is printed with the figures. A new way of computing is a new name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

from evaluation.schemes import Band, Scheme

FORMULA = "mean-of-means v1"

#: Fewer valid ballots than this in a group, and nothing about the group is shown.
SMALLEST_GROUP = 5

Ballot = Mapping[int, int | None]


@dataclass(frozen=True)
class Item:
    """A line of the form a respondent may mark, and where it is counted."""

    key: int
    code: str
    criterion: str
    object: str


@dataclass(frozen=True)
class Answered:
    """What one respondent group sent back: how many were asked, and the ballots as they came."""

    group: str
    asked: int
    items: Sequence[Item]
    ballots: Sequence[Ballot]


@dataclass(frozen=True)
class IndicatorFigures:
    item: Item
    n: int
    blank: int
    mean: Fraction | None
    deviation: Decimal | None
    #: How many gave each mark, from the lowest to the highest.
    counts: tuple[int, ...]


@dataclass(frozen=True)
class CriterionFigures:
    code: str
    mean: Fraction | None
    indicators: tuple[IndicatorFigures, ...]


@dataclass(frozen=True)
class ObjectFigures:
    """One evaluated object as one group sees it."""

    code: str
    index: Fraction | None
    criteria: tuple[CriterionFigures, ...]


@dataclass(frozen=True)
class GroupFigures:
    """A respondent group: counts always, figures only when the group is large enough."""

    group: str
    asked: int
    returned: int
    valid: int
    invalid: Mapping[str, int]
    suppressed: bool
    objects: tuple[ObjectFigures, ...]


@dataclass(frozen=True)
class GeneralIndex:
    """The general index of an evaluated object, its level, and the groups it was made from."""

    object: str
    value: Fraction
    band: Band
    groups: tuple[str, ...]


@dataclass(frozen=True)
class Figures:
    formula: str
    groups: tuple[GroupFigures, ...]
    general: tuple[GeneralIndex, ...]

    @property
    def suppressed_groups(self) -> tuple[str, ...]:
        return tuple(group.group for group in self.groups if group.suppressed)


def reason_invalid(ballot: Ballot, items: Sequence[Item], scheme: Scheme) -> str | None:
    """Why a ballot does not count, or None. Blank indicators above the scheme's share make it invalid."""
    marks = scheme.scale
    if any(value is not None and value not in marks for value in ballot.values()):
        return "off_scale"
    if ballot.keys() - {item.key for item in items}:
        return "foreign_indicator"
    if blanks(ballot, items) > scheme.blanks_allowed(len(items)):
        return "too_many_blanks"
    return None


def blanks(ballot: Ballot, items: Sequence[Item]) -> int:
    """How many of the form's indicators a ballot leaves without a mark."""
    return sum(ballot.get(item.key) is None for item in items)


def compute(answers: Sequence[Answered], scheme: Scheme, *, smallest: int = SMALLEST_GROUP) -> Figures:
    """All figures of an evaluation under a scheme, by the formula the scheme names.

    Raises ValueUnknown when the scheme lacks its scale, levels or formula; ValueError for a formula nobody wrote.
    """
    name = scheme.require("formula")
    if name not in FORMULAS:
        raise ValueError(f"No formula is called {name!r}")
    return FORMULAS[name](answers, scheme, smallest)


def mean_of_means_v1(answers: Sequence[Answered], scheme: Scheme, smallest: int) -> Figures:
    """Plain means at every step; invalid ballots are counted apart, small groups are left out and named."""
    groups = tuple(_group(answered, scheme, smallest) for answered in answers)
    return Figures("mean-of-means v1", groups, tuple(_general(groups, scheme)))


FORMULAS: dict[str, Callable[[Sequence[Answered], Scheme, int], Figures]] = {FORMULA: mean_of_means_v1}


def _group(answered: Answered, scheme: Scheme, smallest: int) -> GroupFigures:
    reasons = [reason_invalid(ballot, answered.items, scheme) for ballot in answered.ballots]
    valid = [ballot for ballot, reason in zip(answered.ballots, reasons, strict=True) if reason is None]
    invalid = {reason: reasons.count(reason) for reason in dict.fromkeys(filter(None, reasons))}
    suppressed = len(valid) < smallest
    shown = () if suppressed else tuple(_objects(answered.items, valid, scheme))
    return GroupFigures(
        answered.group, answered.asked, len(answered.ballots), len(valid), invalid, suppressed, shown
    )


def _objects(items: Sequence[Item], ballots: Sequence[Ballot], scheme: Scheme) -> Iterable[ObjectFigures]:
    for code in dict.fromkeys(item.object for item in items):
        mine = [item for item in items if item.object == code]
        criteria = tuple(
            _criterion(name, [item for item in mine if item.criterion == name], ballots, scheme)
            for name in dict.fromkeys(item.criterion for item in mine)
        )
        yield ObjectFigures(code, mean(c.mean for c in criteria), criteria)


def _criterion(
    code: str, items: Sequence[Item], ballots: Sequence[Ballot], scheme: Scheme
) -> CriterionFigures:
    indicators = tuple(_indicator(item, ballots, scheme) for item in items)
    return CriterionFigures(code, mean(i.mean for i in indicators), indicators)


def _indicator(item: Item, ballots: Sequence[Ballot], scheme: Scheme) -> IndicatorFigures:
    values = [value for ballot in ballots if (value := ballot.get(item.key)) is not None]
    counts = tuple(values.count(mark) for mark in scheme.scale)
    average = mean(map(Fraction, values))
    return IndicatorFigures(item, len(values), len(ballots) - len(values), average, deviation(values), counts)


def _general(groups: Sequence[GroupFigures], scheme: Scheme) -> Iterable[GeneralIndex]:
    shown = [
        (group.group, figures) for group in groups for figures in group.objects if figures.index is not None
    ]
    for code in dict.fromkeys(figures.code for _, figures in shown):
        parts = [(name, figures.index) for name, figures in shown if figures.code == code]
        value = mean(index for _, index in parts)
        if value is not None:
            yield GeneralIndex(code, value, scheme.classify(value), tuple(name for name, _ in parts))


def mean(values: Iterable[Fraction | None]) -> Fraction | None:
    """The exact mean of what is there; None when nothing is."""
    there = [value for value in values if value is not None]
    return sum(there, Fraction(0)) / len(there) if there else None


def deviation(values: Sequence[int]) -> Decimal | None:
    """Sample standard deviation (n − 1); None below two values."""
    n = len(values)
    if n < 2:
        return None
    spread = Fraction(n * sum(v * v for v in values) - sum(values) ** 2, n * (n - 1))
    with localcontext() as context:
        context.prec = 30
        return (Decimal(spread.numerator) / Decimal(spread.denominator)).sqrt()


def shown(index: Fraction, scheme: Scheme) -> Decimal:
    """An index as people read it: one decimal, two near a cut, and never a figure of another level.

    7.96 is "7.96", not "8.0"; 7.996 is cut to "7.99", because "8.00" would belong to the level above.
    """
    cuts = [band.lower for band in scheme.bands[1:]]
    near = any(abs(index - cut) < Fraction(1, 10) for cut in cuts)
    step = Decimal("0.01") if near else Decimal("0.1")
    rounded = _decimal(index, step, ROUND_HALF_UP)
    if scheme.classify(Fraction(rounded)) == scheme.classify(index):
        return rounded
    return _decimal(index, step, ROUND_DOWN)


def plain(value: Fraction | Decimal, step: str = "0.01") -> Decimal:
    """A mean or a deviation rounded half up to a step, for tables that carry no level."""
    return _decimal(Fraction(value), Decimal(step), ROUND_HALF_UP)


def _decimal(value: Fraction, step: Decimal, rounding: str) -> Decimal:
    with localcontext() as context:
        context.prec = 50
        return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(step, rounding=rounding)
