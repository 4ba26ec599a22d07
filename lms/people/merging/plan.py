"""What a merge would move, and what stands against it. Reads only."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from lms import clock
from lms.access.models import ShortLink, User
from lms.answers import Moving
from lms.errors import LmsError, Refused
from lms.people.models import Employment, Official, OfficialChange
from lms.people.owning import gather, uncovered
from lms.people.privacy.models import DataRequest

#: Taken over from the other record where the one kept has nothing; a citizen id goes as a whole.
TAKEN_OVER = ("code", "birth_date", "birth_year", "gender", "ethnicity", "email")
CITIZEN_ID = ("cccd_sealed", "cccd_hash", "cccd_tail")


@dataclass(frozen=True)
class Plan:
    """The dry run: every table with its rows before and after, what is taken over, and what forbids it."""

    kept: Official
    gone: Official
    moving: tuple[Moving, ...]
    taken_over: dict[str, dict[str, Any]]
    conflicts: tuple[str, ...]

    @property
    def fingerprint(self) -> str:
        """The same for the same plan; another one when anything changed since it was shown."""
        rows = [[one.model._meta.table_name, *sorted(map(str, one.ids))] for one in self.moving]
        text = json.dumps([self.kept.id, self.gone.id, rows, sorted(self.taken_over)], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    @property
    def counts(self) -> list[dict[str, Any]]:
        """Rows of each table before and after, as shown and as kept with the merge."""
        return [
            {
                "table": one.model._meta.table_name,
                "title": str(one.title),
                "note": str(one.note),
                "kept_before": one.already,
                "gone_before": len(one.ids) + one.staying,
                "kept_after": one.already + len(one.ids),
                "staying": one.staying,
            }
            for one in self.moving
        ]

    @property
    def total(self) -> int:
        """How many rows change hands."""
        return sum(len(one.ids) for one in self.moving if one.field)


def of(kept: Official, gone: Official) -> Plan:
    """What merging `gone` into `kept` would do. Raises Refused when a plugin cannot say, or both are one record."""
    if kept.id == gone.id:
        raise Refused(_("Choose two different records."))
    moving = [*own(kept, gone), *gather("merge_officials", kept=kept, gone=gone)]
    moving.sort(key=lambda one: one.weight)
    conflicts = [*_against(kept, gone), *(str(one) for share in moving for one in share.conflicts)]
    conflicts += uncovered(
        Official, moving, leave_out={"lms_official", "lms_official_merge", "lms_not_same", "lms_alike"}
    )
    return Plan(kept, gone, tuple(moving), _take_over(kept, gone), tuple(conflicts))


def own(kept: Official, gone: Official) -> list[Moving]:
    """The platform's own rows: service, changes on record, the account, links in use."""
    account, other = (User.get_or_none(User.official == one.id) for one in (kept, gone))
    both = account is not None and other is not None
    links = _rows(ShortLink, gone.id, ShortLink.expires_at > clock.now())
    past = ShortLink.select().where(ShortLink.official == gone.id).count() - len(links)
    return [
        Moving(
            Employment,
            _("Periods of service"),
            _rows(Employment, gone.id),
            Employment.select().where(Employment.official == kept.id).count(),
            weight=10,
        ),
        Moving(
            OfficialChange,
            _("Changes on record"),
            _rows(OfficialChange, gone.id),
            OfficialChange.select().where(OfficialChange.official == kept.id).count(),
            weight=15,
        ),
        Moving(
            User,
            _("Accounts"),
            (other.id,) if other and not both else (),
            int(account is not None),
            staying=int(both),
            note=_("Both have an account. The account of the record kept stays in use.") if both else "",
            weight=20,
        ),
        Moving(
            DataRequest,
            _("Requests on personal data"),
            _rows(DataRequest, gone.id),
            DataRequest.select().where(DataRequest.official == kept.id).count(),
            weight=25,
        ),
        Moving(ShortLink, _("Links sent"), links, 0, staying=past, weight=30),
    ]


def _rows(model: Any, official_id: int, *where: Any) -> tuple[int, ...]:
    query = model.select(model.id).where(model.official == official_id, *where).order_by(model.id)
    return tuple(row[0] for row in query.tuples())


def _against(kept: Official, gone: Official) -> list[str]:
    for one in (kept, gone):
        if one.merged_into_id:
            raise LmsError(_("%(name)s was merged into another record already.", name=one.full_name))
    if kept.cccd_hash and gone.cccd_hash:
        return [_("They have two different citizen ids. If one of the numbers is wrong, correct it first.")]
    return []


def _take_over(kept: Official, gone: Official) -> dict[str, dict[str, Any]]:
    names = [name for name in TAKEN_OVER if getattr(kept, name) is None and getattr(gone, name) is not None]
    if kept.birth_year and gone.birth_year != kept.birth_year:
        names = [name for name in names if name != "birth_date"]
    if gone.cccd_hash and not kept.cccd_hash:
        names += CITIZEN_ID
    return {name: {"gone": plain(getattr(gone, name)), "kept": None} for name in names}


def plain(value: Any) -> Any:
    """A value as it is kept in JSON."""
    return value.isoformat() if hasattr(value, "isoformat") else value
