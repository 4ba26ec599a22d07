"""Schemes of evaluation as values: scale, blanks allowed, bands; read from dated data, never from code.

A value nobody could read in the sources is UNKNOWN here (confidence "U"). Asking for it raises
`ValueUnknown`: the platform says what is missing instead of computing with a guess.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lms.errors import Conflict

DATA = Path(__file__).parent / "data"

#: What the marks of confidence mean, in a reader's words.
CONFIDENCE = {
    "S": _l("read in the province's plan"),
    "V": _l("read in a public text"),
    "V2": _l("second-hand source, to be confirmed"),
    "R+": _l("recalled, to be confirmed"),
    "R": _l("recalled, to be confirmed"),
    "R-": _l("recalled, to be confirmed"),
    "I": _l("choice of this platform"),
    "U": _l("not known"),
}

#: Values of a scheme in a reader's words.
VALUE_NAMES = {
    "scale": _l("Marking scale"),
    "max_blank_share": _l("Share of blanks allowed"),
    "bands": _l("Levels of quality"),
    "band_labels": _l("Names of the levels"),
    "formula": _l("Formula"),
    "classify_on": _l("Classified on"),
    "groups": _l("Respondent groups"),
}


class ValueUnknown(Conflict):
    """A scheme is asked for a value that no source gave."""

    code = "scheme_value_unknown"


@dataclass(frozen=True)
class Value:
    """One figure of a scheme with where it comes from."""

    name: str
    value: Any
    confidence: str
    source: str = ""

    @property
    def known(self) -> bool:
        return self.value is not None and self.confidence != "U"


@dataclass(frozen=True)
class Band:
    """A level: `lower` belongs to it, `upper` to the next one (the last level keeps its own)."""

    lower: Fraction
    upper: Fraction
    label: str


@dataclass(frozen=True)
class Scheme:
    """A circular's way of evaluating, as it stands in one version of the data."""

    code: str
    version: int
    title: str
    title_en: str = ""
    purpose: str = "course"
    valid_from: date | None = None
    valid_to: date | None = None
    legal_basis: str = ""
    note: str = ""
    values: Mapping[str, Value] = field(default_factory=dict)

    def known(self, name: str) -> bool:
        value = self.values.get(name)
        return value is not None and value.known

    def unknown(self) -> list[Value]:
        """The values the sources did not give."""
        return [value for value in self.values.values() if not value.known]

    def require(self, name: str) -> Any:
        """A value of the scheme. Raises ValueUnknown, naming it, when nobody could read it."""
        if not self.known(name):
            raise ValueUnknown(
                _(
                    "%(scheme)s: “%(value)s” is not known, so nothing can be computed under it. "
                    "Have the text checked, or choose another scheme and write down the reason.",
                    scheme=self.title,
                    value=VALUE_NAMES.get(name, name),
                ),
                scheme=self.code,
                value=name,
            )
        return self.values[name].value

    @property
    def computable(self) -> bool:
        """Whether a ballot can be scored and an index classified under this scheme."""
        return all(
            self.known(name) for name in ("scale", "max_blank_share", "bands", "band_labels", "formula")
        )

    @property
    def scale(self) -> range:
        """Every mark a respondent may give, both ends included."""
        low, high = self.require("scale")
        return range(int(low), int(high) + 1)

    @property
    def max_blank_share(self) -> Fraction:
        return Fraction(self.require("max_blank_share"))

    def blanks_allowed(self, indicators: int) -> int:
        """How many indicators of so many may stay blank before the form is invalid (5 % of 20 is 1, of 19 none)."""
        return int(self.max_blank_share * indicators)

    @property
    def bands(self) -> tuple[Band, ...]:
        cuts = self.require("bands")
        labels = self.require("band_labels")
        return tuple(
            Band(Fraction(low), Fraction(high), label)
            for (low, high), label in zip(cuts, labels, strict=True)
        )

    def classify(self, index: Fraction) -> Band:
        """The level of an index, on its exact value: 7.96 stays below a cut at 8, however it is shown."""
        bands = self.bands
        if not bands[0].lower <= index <= bands[-1].upper:
            raise ValueError(f"{index} lies outside the bands of {self.code}")
        return next(band for band in reversed(bands) if index >= band.lower)


def in_force(schemes: Iterable[Scheme], on: date, purpose: str = "course") -> Scheme | None:
    """The scheme a date asks for: the youngest of its purpose that began by then and has not ended."""
    candidates = [
        scheme
        for scheme in schemes
        if scheme.purpose == purpose
        and (scheme.valid_from is None or scheme.valid_from <= on)
        and (scheme.valid_to is None or on <= scheme.valid_to)
    ]
    return max(candidates, key=lambda scheme: (scheme.valid_from or date.min, scheme.version), default=None)


@cache
def shipped(name: str) -> dict[str, Any]:
    """A data file of the module: ``schemes`` or ``forms``."""
    return tomllib.loads((DATA / f"{name}.toml").read_text(encoding="utf-8"))


def grounds() -> list[dict[str, str]]:
    """Reasons on record for running a class under another circular than its date asks for."""
    return list(shipped("schemes")["ground"])


@dataclass(frozen=True)
class EvaluatedObject:
    """What is evaluated (Circular 10, Article 1): programme, lecturers, facilities, course…"""

    code: str
    title: str
    title_en: str


@cache
def objects() -> dict[str, EvaluatedObject]:
    """The objects of evaluation by code, in the circular's order."""
    return {row["code"]: EvaluatedObject(**row) for row in shipped("forms")["object"]}
