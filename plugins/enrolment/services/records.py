"""The records a list is compared with, fetched in a constant number of queries whatever its length."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from courses.models import Klass
from lms import crypto
from lms.access import scope
from lms.access.models import User
from lms.people import queries as people
from lms.people.models import Official, Organisation
from lms.text import fold
from plugins.enrolment import queries
from plugins.enrolment.models import Nomination

#: How organisations are shortened in lists.
_SHORT = (
    ("uy ban nhan dan", "ubnd"),
    ("hoi dong nhan dan", "hdnd"),
    ("truong trung hoc pho thong", "truong thpt"),
)


@dataclass
class Records:
    """Everything on record that a list may mean."""

    klass: Klass
    agency: Organisation | None
    in_scope: Any
    by_cccd: dict[str, Official] = field(default_factory=dict)
    by_code: dict[str, Official] = field(default_factory=dict)
    by_id: dict[int, Official] = field(default_factory=dict)
    #: Officials of the own agencies by folded name.
    by_name: dict[str, list[Official]] = field(default_factory=dict)
    organisations: dict[str, list[Organisation]] = field(default_factory=dict)
    nominations: dict[int, Nomination] = field(default_factory=dict)
    learners: set[int] = field(default_factory=set)

    def mine(self, official: Official) -> bool:
        """Whether the official serves in an organisation the user nominates for."""
        return official.organisation_id in self.in_scope

    def citizen(self, cccd: str | None) -> Official | None:
        """The holder of a citizen id."""
        return self.by_cccd.get(crypto.keyed_hash(cccd)) if cccd else None

    def units(self, written: str) -> list[Organisation]:
        """Organisations with exactly this name, shortened or not."""
        return self.organisations.get(unit_key(written), []) if written else []


def unit_key(written: str) -> str:
    """A unit's name for comparing: folded, with the usual words shortened."""
    folded = fold(written)
    for long, short in _SHORT:
        folded = folded.replace(long, short)
    return folded


def gather(
    klass: Klass, *, by: User, cccds: Iterable[str], codes: Iterable[str], names: Iterable[str]
) -> Records:
    """Fetch what a list with these citizen ids, staff codes and names may refer to."""
    roots = queries.agencies(by)
    records = Records(klass, roots[0] if roots else None, scope.organisations(by, queries.NOMINATE))
    for official in _officials(Official.cccd_hash, {crypto.keyed_hash(cccd) for cccd in cccds}):
        records.by_cccd[str(official.cccd_hash)] = people.survivor(official)
    for official in _officials(Official.code, codes):
        records.by_code[str(official.code)] = people.survivor(official)
    for official in _officials(Official.name_folded, {fold(name) for name in names}):
        if records.mine(official) and official.active:
            records.by_name.setdefault(str(official.name_folded), []).append(official)
    known = [*records.by_cccd.values(), *records.by_code.values()]
    known += [official for named in records.by_name.values() for official in named]
    records.by_id = {official.id: official for official in known}
    for organisation in Organisation.select():
        records.organisations.setdefault(unit_key(organisation.name), []).append(organisation)
    records.nominations = queries.standing(klass, records.by_id)
    records.learners = queries.learners_among(klass, records.by_id)
    return records


def _officials(field_: Any, wanted: Iterable[Any]) -> Iterator[Official]:
    listed = sorted({value for value in wanted if value})
    for start in range(0, len(listed), 5000):
        query = Official.select(Official, Organisation).join(Organisation)
        yield from query.where(field_.in_(listed[start : start + 5000])).order_by(Official.id)
