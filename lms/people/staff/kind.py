"""A staff list as a kind of list: read, corrected and judged like every list; applying puts it before an approver."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from lms.access import scope
from lms.access.models import User
from lms.errors import NotFound
from lms.importing.columns import Entry, ListColumn
from lms.importing.kinds import Change, ListKind, Verdict, list_kind
from lms.importing.models import ImportDraft
from lms.importing.preview import Status
from lms.people import queries
from lms.people.lists import MANAGE, NEW_PERSON, OFFICIAL_COLUMNS, Known, choices, doubt
from lms.people.models import Official, Organisation
from lms.people.staff import services
from lms.people.staff.models import StaffList
from lms.text import fold

_NAMES = ("name", "birth", "gender", "cccd", "code", "position")
_COLUMNS = tuple(next(one for one in OFFICIAL_COLUMNS if one.key == name) for name in _NAMES)


@dataclass
class _Here(Known):
    """What the rows may refer to: holders of the numbers anywhere, names among those who serve here."""

    inside: frozenset[int] = frozenset()
    serving: dict[str, list[Official]] = field(default_factory=dict)

    def named(self, entry: Entry) -> list[Official]:
        """Those who serve here under this name and whose birth does not speak against it."""
        found = []
        for one in self.serving.get(fold(entry.get("name", "")), []):
            birth = queries.birth_of(one)
            if entry.get("birth") is None or birth is None or entry.get("birth").agrees_with(birth):
                found.append(one)
        return found


@list_kind
class StaffListKind(ListKind):
    """Everybody who serves in an organisation, as its personnel system knows it."""

    key = "people.staff"
    title = _l("Staff list")
    import_permission = MANAGE
    primary = ("name",)
    whole = True
    lead = _l(
        "Everybody who serves there, as your personnel system exports it. Nothing changes before the difference is approved."
    )
    next_step = _l("The Department of Home Affairs decides on the difference, row by row. Until then nothing changes, and you can take the list back.")  # fmt: skip

    def columns(self) -> Sequence[ListColumn]:
        return _COLUMNS

    def apply_label(self, counts: Mapping[str, int]) -> str:
        return _("Put the list before the approver")

    def says_done(self, counts: Mapping[str, int]) -> str:
        count = counts["new"] + counts["changed"]
        return ngettext("%(num)s row put before the approver", "%(num)s rows put before the approver", count)

    def target_or_404(self, target: int | None, user: User) -> Organisation:
        found = queries.organisation_or_404(target or 0, user, MANAGE)
        if found.valid_to is not None:
            raise NotFound(_("There is no such organisation among yours."))
        return found

    def back_url(self, target: int | None) -> str:
        return url_for("staff.index")

    def prepare(self, entries: Sequence[Entry], *, by: User, target: Organisation) -> _Here:
        known = _Here(scope.organisations(by, MANAGE), inside=scope.subtree(target.id))
        known.read(entries)
        for one in services.serving_in(known.inside):
            known.serving.setdefault(str(one.name_folded), []).append(one)
        return known

    def match(self, entry: Entry, records: _Here) -> Official | None:
        chosen = entry.fixes.get("record_chosen", "")
        if chosen:
            people = [*records.candidates(entry), *records.named(entry)]
            return next((one for one in people if str(one.id) == chosen), None)
        named = records.named(entry)
        return (
            records.holder(entry)
            or records.by_code.get(entry.get("code", ""))
            or (named[0] if len(named) == 1 else None)
        )

    def identity(self, entry: Entry) -> str:
        if entry.record is not None:
            return ""
        return entry.get("cccd") or entry.get("code") or f"{fold(entry.get('name', ''))}|{entry.get('birth')}"

    def judge(self, entry: Entry, records: _Here) -> Verdict:
        chosen, person = entry.fixes.get("record_chosen", ""), entry.record
        if person is None:
            return self._new(entry, records, chosen)
        if person.organisation_id not in records.inside:
            return _elsewhere(entry, person, records)
        if not chosen and (reason := doubt(entry, person, records)):
            return Verdict(Status.CONFLICT, reason, choices(records.candidates(entry)))
        if "cccd" in entry.values and person.cccd_hash and records.holder(entry) is None:
            entry.wrong("cccd", _("Another citizen id is on record (%(id)s). Correct the number, or ask the Department to correct the record.", id=person.cccd_masked))  # fmt: skip
        return super().judge(entry, records)

    def _new(self, entry: Entry, records: _Here, chosen: str) -> Verdict:
        if chosen != NEW_PERSON and (alike := records.named(entry)):
            reason = _(
                "Several people of this name serve here. Choose the right one, or say it is a new person."
            )
            return Verdict(Status.CONFLICT, reason, choices(alike))
        if entry.get("birth") is None:
            entry.wrong("birth", _("The birth date is missing; a new official needs one."))
        return super().judge(entry, records)

    def sentence(self, status: Status) -> str:
        return _("Put before the approver.")

    def apply(self, entries: Sequence[Entry], *, by: User, target: Organisation) -> list[Change]:
        made = services.send(target, entries, self.differences, by=by)
        return [Change(0, made.id)]

    def written(self, draft: ImportDraft, changes: Sequence[Change]) -> None:
        services.came_from(changes[0].id, draft)

    def obstacles(self, changes: Sequence[Change]) -> list[str]:
        made = StaffList.get_or_none(StaffList.id == changes[0].id)
        if made is not None and made.state == "waiting":
            return []
        return [_("The list was decided, or a later list took its place. The Department can take its decision back.")]  # fmt: skip

    def undo(self, changes: Sequence[Change], *, by: User) -> None:
        services.withdraw(StaffList.get_by_id(changes[0].id), by=by)


def _elsewhere(entry: Entry, person: Official, records: _Here) -> Verdict:
    """Somebody on record at another organisation: accepting moves the person; nothing else of the row is taken."""
    if fold(entry.get("name", "")) != person.name_folded:
        entry.wrong("name", _("The number is on record for somebody else in another organisation. Correct the name or the number."))  # fmt: skip
    return Verdict(Status.CHANGED, _("On record at %(name)s. Accepting moves the person here.", name=person.organisation.name))  # fmt: skip
