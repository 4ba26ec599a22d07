"""What is on record about a person, and whether it counts on a day as known on a day.

Two dates run through everything here: `on`, the day of the appointment, and `known_on`, the day
of knowledge. "As known then" asks with known_on = on; "as known now" with known_on = today.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from plugins.eligibility.engine.outcomes import Standing

#: The fact that somebody has gone through the person's paper file: from then on "not recorded" means "not done".
FILE_REVIEWED = "file_reviewed"
#: A programme completed elsewhere and recorded from the paper file.
PROGRAMME = "programme"


@dataclass(frozen=True)
class Certificate:
    """One certificate of the register, or a programme recorded from a paper file (`recorded`)."""

    programme: str
    number: str = ""
    #: Day the result was recognised: the certificate counts from this day on. None = the file does not say.
    awarded_on: date | None = None
    #: Day the record came to be known: issue, or entry into the platform.
    known_from: date | None = None
    #: Last day on which it counts, inclusive; None = without limit.
    valid_until: date | None = None
    #: issued | revoked | superseded | suspended
    status: str = "issued"
    status_from: date | None = None
    url: str = ""
    issuer: str = ""
    recorded: bool = False
    #: For `recorded`: where it was read, and how sure that is.
    source: str = ""

    def visible(self, known_on: date) -> bool:
        """Whether anybody could know of it on that day."""
        return self.known_from is None or self.known_from <= known_on

    def standing(self, on: date, known_on: date) -> Standing:
        """Whether it counts. Revoked and superseded are for good, as soon as known; a suspension only from its day on."""
        changed = self.status != "issued" and (self.status_from is None or self.status_from <= known_on)
        if changed and self.status == "revoked":
            return Standing.REVOKED
        if changed and self.status == "superseded":
            return Standing.SUPERSEDED
        if changed and (self.status_from is None or self.status_from <= on):
            return Standing.SUSPENDED
        awarded = self.awarded_on or self.known_from
        if awarded is None or (self.awarded_on is None and awarded > on):
            return Standing.UNDATED
        if awarded > on:
            return Standing.LATER
        if self.valid_until is not None and self.valid_until < on:
            return Standing.EXPIRED
        return Standing.COUNTS


@dataclass(frozen=True)
class Fact:
    """Something recorded about a person, such as a rank or a degree, with where it was read."""

    kind: str
    value: str = ""
    #: First day it held; None = the file does not say.
    held_from: date | None = None
    #: Last day it held, inclusive.
    held_to: date | None = None
    #: Day it was entered.
    recorded_on: date | None = None
    #: Day the entry was withdrawn as wrong.
    withdrawn_on: date | None = None
    number: str = ""
    source: str = ""
    confidence: str = ""

    def visible(self, known_on: date) -> bool:
        if self.recorded_on is not None and self.recorded_on > known_on:
            return False
        return self.withdrawn_on is None or self.withdrawn_on > known_on

    def holds(self, on: date) -> bool | None:
        """Whether it held on that day; None when its first day is not on record and the entry is younger."""
        if self.held_to is not None and self.held_to < on:
            return False
        if self.held_from is not None:
            return self.held_from <= on
        if self.recorded_on is not None and self.recorded_on <= on:
            return True
        return None

    def held_before(self, day: date) -> bool | None:
        """Whether it held on a day strictly before; None when its first day is not on record."""
        return None if self.held_from is None else self.held_from < day


@dataclass(frozen=True)
class Person:
    """Everything on record about one official that a verdict may use."""

    official_id: int
    #: can_bo | cong_chuc | vien_chuc
    kind: str
    certificates: tuple[Certificate, ...] = ()
    facts: tuple[Fact, ...] = ()

    def all_certificates(self, known_on: date) -> tuple[Certificate, ...]:
        """The register's certificates and the programmes recorded from paper, as known on a day."""
        recorded = (
            Certificate(
                programme=fact.value,
                number=fact.number,
                awarded_on=fact.held_from,
                known_from=fact.recorded_on,
                valid_until=fact.held_to,
                recorded=True,
                source=fact.source,
            )
            for fact in self.facts
            if fact.kind == PROGRAMME and fact.visible(known_on)
        )
        return (*(each for each in self.certificates if each.visible(known_on)), *recorded)
