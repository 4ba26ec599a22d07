"""What a reorganisation would move, pair by pair. Reads only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from lms.access.models import Role, UserRole
from lms.answers import Moving
from lms.api.models import ApiToken
from lms.people.models import Official, Organisation
from lms.people.owning import gather
from lms.people.successors.models import Reorganisation, Succession


@dataclass(frozen=True)
class OldPlan:
    """One old organisation: its successors, the one that takes everything, what moves there and what stays."""

    old: Organisation
    pairs: tuple[Succession, ...]
    #: The successor that takes the whole; None when it was divided.
    heir: Organisation | None
    moving: tuple[Moving, ...]
    #: Officials still serving who go nowhere by themselves, because the organisation was divided.
    unassigned: int

    @property
    def counts(self) -> dict[str, Any]:
        """Figures of this organisation, as shown and as kept."""
        return {
            "old": str(self.old.name),
            "new": ", ".join(str(one.new.name) for one in self.pairs),
            "whole": self.heir is not None,
            "unassigned": self.unassigned,
            "moves": [
                {"table": one.model._meta.table_name, "title": str(one.title), "count": len(one.ids)}
                for one in self.moving
            ],
        }


def pairs_of(reorganisation: Reorganisation) -> list[Succession]:
    """The pairs with both organisations, in the order of the old ones' names."""
    old, new = Organisation.alias("old"), Organisation.alias("new")
    query = (
        Succession.select(Succession, old, new)
        .join(old, on=(Succession.old == old.id), attr="old")
        .switch(Succession)
        .join(new, on=(Succession.new == new.id), attr="new")
        .where(Succession.reorganisation == reorganisation.id)
    )
    return list(query.order_by(old.path, new.path))


def of(reorganisation: Reorganisation) -> list[OldPlan]:
    """What would move for every old organisation. Raises Refused when a plugin cannot say."""
    by_old: dict[int, list[Succession]] = defaultdict(list)
    for pair in pairs_of(reorganisation):
        by_old[pair.old_id].append(pair)
    return [_one(tuple(pairs)) for pairs in by_old.values()]


def against(reorganisation: Reorganisation, pairs: Iterable[Succession]) -> list[str]:
    """Sentences that forbid applying it."""
    pairs = list(pairs)
    if not pairs:
        return [_("Add at least one pair old → new.")]
    old = {pair.old_id for pair in pairs}
    wholes: dict[int, int] = defaultdict(int)
    found: list[str] = []
    for pair in pairs:
        wholes[pair.old_id] += pair.whole
        if pair.new_id in old:
            found.append(_("%(name)s stands on both sides. Name the organisation that exists in the end.", name=pair.new.name))  # fmt: skip
        if str(pair.new.path).startswith(str(pair.old.path)):
            found.append(_("%(new)s is a part of %(old)s and cannot take the whole of it.", new=pair.new.name, old=pair.old.name)) if pair.whole else None  # fmt: skip
        if pair.old.successor_id or pair.old.valid_to:
            found.append(_("%(name)s has ended already.", name=pair.old.name))
        if pair.new.valid_to:
            found.append(_("%(name)s is no longer in force and takes nobody.", name=pair.new.name))
    for pair in pairs:
        several = sum(1 for other in pairs if other.old_id == pair.old_id) > 1
        if pair.whole and several:
            found.append(_("%(name)s goes over as a whole and in parts. Choose one.", name=pair.old.name))
    return list(dict.fromkeys(found))


def _one(pairs: tuple[Succession, ...]) -> OldPlan:
    old = pairs[0].old
    heir = pairs[0].new if len(pairs) == 1 and pairs[0].whole else None
    if heir is None:
        serving = Official.select().where(Official.organisation == old.id, Official.active).count()
        return OldPlan(old, pairs, None, (), serving)
    moving = [*own(old, heir), *gather("organisation_succeeded", old=old, new=heir)]
    return OldPlan(old, pairs, heir, tuple(sorted(moving, key=lambda one: one.weight)), 0)


def own(old: Organisation, new: Organisation) -> list[Moving]:
    """The platform's own rows: officials, and the accounts and programs that act for the organisation."""
    officials = Official.select(Official.id).where(Official.organisation == old.id).order_by(Official.id)
    held = set(UserRole.select(UserRole.user, UserRole.role).where(UserRole.organisation == new.id).tuples())
    roles = list(
        UserRole.select(UserRole.id, UserRole.user, UserRole.role)
        .join(Role)
        .where(UserRole.organisation == old.id)
        .order_by(UserRole.id)
        .tuples()
    )
    tokens = ApiToken.select(ApiToken.id).where(
        ApiToken.organisation == old.id, ApiToken.revoked_at.is_null()
    )
    free = tuple(row[0] for row in roles if (row[1], row[2]) not in held)
    return [
        Moving(
            Official,
            _("Officials"),
            tuple(row[0] for row in officials.tuples()),
            field="organisation",
            weight=10,
        ),
        Moving(
            UserRole,
            _("Accounts of the agency"),
            free,
            staying=len(roles) - len(free),
            field="organisation",
            weight=20,
        ),
        Moving(
            ApiToken,
            _("Tokens for programs"),
            tuple(row[0] for row in tokens.order_by(ApiToken.id).tuples()),
            field="organisation",
            weight=30,
        ),
    ]
