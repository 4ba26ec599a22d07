"""What the pages print, prepared: sections of the form, slips with their QR, rows and bars of the results."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import groupby

from flask_babel import gettext as _
from markupsafe import Markup

from evaluation import statistics
from evaluation.codes import printed
from evaluation.forms import OpenOtherForm
from evaluation.models import Criterion, Item
from evaluation.queries import STEP, Participation, Results, SchemeChoice
from evaluation.schemes import CONFIDENCE, VALUE_NAMES, EvaluatedObject, Scheme, Value, grounds, objects
from lms.config import settings
from lms.web.filters import number, percent
from lms.web.language import language

# The form ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Section:
    """An evaluated object with its lines, numbered through the whole form."""

    title: str
    lines: list[tuple[int, Item]]


def sections(items: Sequence[Item]) -> list[Section]:
    numbered = list(enumerate(items, start=1))
    return [
        Section(object_title(code), list(lines))
        for code, lines in groupby(numbered, key=lambda line: line[1].indicator.criterion.object_code)
    ]


def object_title(code: str) -> str:
    found = objects().get(code, EvaluatedObject(code, code, ""))
    return found.title_en if language() == "en" and found.title_en else found.title


# Slips ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Slip:
    code: str
    #: Where the site is, as people type it.
    host: str
    qr: Markup


def slip(code: str) -> Slip:
    """A slip: the code, its address as it is printed, and the QR of that address as lines of one SVG path."""
    shown = printed(code)
    site = settings().base_url
    return Slip(shown, site.split("://", 1)[-1], _qr(f"{site}/s/{shown}"))


def _qr(address: str) -> Markup:
    import qrcode  # noqa: PLC0415  loads Pillow; only slips need it

    symbol = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=0, mask_pattern=4)
    symbol.add_data(address)
    symbol.make(fit=True)
    rows = symbol.get_matrix()
    path = "".join(
        f"M{start} {y + 0.5}h{length}" for y, row in enumerate(rows) for start, length in _runs(row)
    )
    size = len(rows)
    return Markup(
        '<svg class="qr" viewBox="-4 -4 {box} {box}" role="img" aria-label="{label}" shape-rendering="crispEdges">'
        '<path fill="#fff" d="M-4 -4h{box}v{box}h-{box}z"/><path stroke="#000" d="{path}"/></svg>'
    ).format(box=size + 8, label=_("QR code of the form"), path=path)


def _runs(row: Sequence[bool]) -> list[tuple[int, int]]:
    """Start and length of every run of dark modules."""
    runs: list[tuple[int, int]] = []
    place = 0
    for dark, modules in groupby(row):
        length = len(list(modules))
        if dark:
            runs.append((place, length))
        place += length
    return runs


# Opening -----------------------------------------------------------------------------------------------------


def value_rows(scheme: Scheme) -> list[tuple[str, str, str]]:
    """The figures of a scheme that decide about a ballot: name, value in words (UNKNOWN where nobody read it), confidence."""
    return [
        (str(VALUE_NAMES[value.name]), _in_words(value, scheme), str(CONFIDENCE[value.confidence]))
        for value in scheme.values.values()
        if value.name in VALUE_NAMES
    ]


def _in_words(value: Value, scheme: Scheme) -> str:
    if not value.known:
        return _("UNKNOWN")
    if value.name == "scale":
        return _("%(low)s to %(high)s, one choice", low=value.value[0], high=value.value[1])
    if value.name == "max_blank_share":
        return _("%(share)s of the lines", share=percent(value.value))
    if value.name == "bands":
        return " · ".join(f"{low}–{high}" for low, high in value.value)
    if value.name == "band_labels":
        return ", ".join(value.value)
    if value.name == "groups":
        return ", ".join(group_title(group) for group in value.value)
    if value.name == "classify_on":
        return _("the unrounded index")
    return str(value.value)


@dataclass(frozen=True)
class Offer:
    """A scheme that may be used instead of the date's, with its form; the reason on record is filled in."""

    scheme: Scheme
    ground: str
    form: OpenOtherForm


def offers(choice: SchemeChoice, sent: OpenOtherForm | None) -> list[Offer]:
    by_date = choice.by_date.code if choice.by_date else ""
    made = []
    for scheme in choice.computable:
        if scheme.code == by_date:
            continue
        ground = next((one for one in grounds() if one["scheme"] == scheme.code), None)
        form = sent if sent is not None and sent.scheme.data == scheme.code else None
        if form is None:
            form = OpenOtherForm(
                formdata=None, data={"scheme": scheme.code, "reason": ground["reason"] if ground else ""}
            )
        made.append(Offer(scheme, _ground_title(ground), form))
    return made


def _ground_title(ground: dict[str, str] | None) -> str:
    if ground is None:
        return ""
    return ground["title_en"] if language() == "en" else ground["title"]


# Results -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Bar:
    """One mark of a distribution: how many gave it, and its height of 20."""

    mark: int
    count: int
    height: float


@dataclass(frozen=True)
class IndicatorLine:
    code: str
    text: str
    n: int
    mean: str
    deviation: str
    bars: list[Bar]


@dataclass(frozen=True)
class CriterionBlock:
    code: str
    title: str
    mean: str
    lines: list[IndicatorLine]


@dataclass(frozen=True)
class ObjectBlock:
    """One evaluated object as one group sees it; `value` is exact, `index` is how it is written."""

    code: str
    title: str
    value: Fraction | None
    index: str
    level: str
    tone: str
    criteria: list[CriterionBlock]


@dataclass(frozen=True)
class ResultsPage:
    results: Results

    @cached_property
    def general(self) -> list[ObjectBlock]:
        """The general index of every object, without criteria."""
        return [
            ObjectBlock(
                one.object, object_title(one.object), one.value, _index(one.value, self.scheme), one.band.label,
                tone(one.value, self.scheme), [],
            )
            for one in self.results.figures.general
        ]  # fmt: skip

    @property
    def scheme(self) -> Scheme:
        return self.results.scheme

    @property
    def levels(self) -> str:
        """The levels with their cuts, lower bound included."""
        return " · ".join(
            f"{number(int(band.lower))}–{number(int(band.upper))} {band.label}" for band in self.scheme.bands
        )

    @property
    def labels_confidence(self) -> str:
        return str(CONFIDENCE[self.scheme.values["band_labels"].confidence])

    @staticmethod
    def group_title(group: str) -> str:
        return group_title(group)

    def blocks(self, group: statistics.GroupFigures) -> list[ObjectBlock]:
        """A group's objects with criteria and indicators."""
        return [self._object(one) for one in group.objects]

    def _object(self, one: statistics.ObjectFigures) -> ObjectBlock:
        band = self.scheme.classify(one.index) if one.index is not None else None
        return ObjectBlock(
            one.code,
            object_title(one.code),
            one.index,
            _index(one.index, self.scheme),
            band.label if band else "",
            tone(one.index, self.scheme),
            [self._criterion(criterion) for criterion in one.criteria],
        )

    def _criterion(self, one: statistics.CriterionFigures) -> CriterionBlock:
        titles: dict[str, Criterion] = {
            item.indicator.criterion.code: item.indicator.criterion for item in self.results.items.values()
        }
        return CriterionBlock(
            one.code,
            str(titles[one.code]),
            _two(one.mean),
            [self._line(indicator) for indicator in one.indicators],
        )

    def _line(self, one: statistics.IndicatorFigures) -> IndicatorLine:
        item = self.results.items[one.item.key]
        most = max(one.counts, default=0) or 1
        bars = [
            Bar(mark, count, round(20 * count / most, 1))
            for mark, count in zip(self.scheme.scale, one.counts, strict=True)
        ]
        deviation = "" if one.deviation is None else number(statistics.plain(one.deviation), 2)
        return IndicatorLine(item.indicator.code, str(item.indicator), one.n, _two(one.mean), deviation, bars)

    @property
    def tally(self) -> list[tuple[str, str]]:
        """How many were asked, answered, count, and why the rest does not."""
        rows: list[tuple[str, str]] = []
        for group in self.results.figures.groups:
            rows += [
                (_("People asked"), number(group.asked)),
                (_("Forms returned"), number(group.returned)),
                (_("Valid forms"), number(group.valid)),
            ]
            rows += [(reason_title(reason), number(count)) for reason, count in group.invalid.items()]
        return rows


def results_page(results: Results) -> ResultsPage:
    return ResultsPage(results)


def reason_title(reason: str) -> str:
    """Why ballots do not count, in words."""
    return {
        "too_many_blanks": _("Invalid: too many blanks"),
        "off_scale": _("Invalid: a mark off the scale"),
        "foreign_indicator": _("Invalid: marks of another form"),
    }.get(reason, reason)


def group_title(group: str) -> str:
    return {
        "hoc_vien": _("Trainees"),
        "giang_vien": _("Lecturers"),
        "cuu_hoc_vien": _("Former trainees"),
        "co_quan": _("Managing agency"),
    }.get(group, group)


def tone(index: Fraction | None, scheme: Scheme) -> str:
    """good for the top level, bad for the two lowest of five, warn for the middle; never colour alone: the level is a word."""
    if index is None:
        return "neutral"
    place = scheme.bands.index(scheme.classify(index)) / (len(scheme.bands) - 1)
    return "bad" if place < 0.5 else "warn" if place == 0.5 else "good"


def _index(value: Fraction | None, scheme: Scheme) -> str:
    if value is None:
        return "–"
    shown = statistics.shown(value, scheme)
    exponent = shown.as_tuple().exponent
    return number(shown, -exponent if isinstance(exponent, int) else 1)


def _two(value: Fraction | None) -> str:
    return "–" if value is None else number(statistics.plain(value), 2)


def told(participation: Participation) -> str:
    """Participation as it may be told: "24/30", or in steps of five while the evaluation is open: "<5/30", "15+/30"."""
    asked = number(participation.asked)
    if participation.exact:
        return f"{number(participation.at_least)}/{asked}"
    return f"{number(participation.at_least)}+/{asked}" if participation.at_least else f"<{STEP}/{asked}"
