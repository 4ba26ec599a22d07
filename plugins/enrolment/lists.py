"""Nominations as lists: they come in on the page of a class, where the agency sends its list, and go out everywhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.datastructures import MultiDict

from courses import queries as courses
from courses.models import Klass
from lms.access import can
from lms.access.models import User
from lms.importing.columns import Entry, ListColumn
from lms.importing.kinds import Change, ListKind, Verdict, list_kind
from lms.importing.reading import About, Reading
from lms.importing.rows import Row
from lms.importing.wording import Figure
from plugins.enrolment import columns, queries
from plugins.enrolment.models import STATUS_TITLES, Nomination
from plugins.enrolment.services import judging, lists, reading
from plugins.enrolment.services.nominating import must_enrol
from plugins.enrolment.services.records import Records, gather

_COLUMNS = (
    ListColumn("klass", _l("Class"), type="code", value=lambda one: one.klass.code),
    ListColumn("name", _l("Full name"), value=lambda one: one.official.full_name),
    ListColumn("birth", _l("Date of birth"), value=lambda one: one.official.birth_date or one.official.birth_year),
    ListColumn("code", _l("Staff code"), type="code", value=lambda one: one.official.code),
    ListColumn("position", _l("Position"), value=lambda one: one.position),
    ListColumn("unit", _l("Unit"), value=lambda one: one.unit_text),
    ListColumn("agency", _l("Agency"), value=lambda one: one.organisation.name),
    ListColumn("status", _l("Status"), type="choice", choices=STATUS_TITLES, value=lambda one: one.status),
    ListColumn("reason", _l("Reason"), value=lambda one: one.reason),
    ListColumn("decision_number", _l("Decision no."), value=lambda one: one.decision_number),
    ListColumn("decision_date", _l("Decision date"), type="date", value=lambda one: one.decision_date),
)  # fmt: skip


class _Words(ListKind):
    """What the pages of a nomination list say."""

    asks = _l("Who is meant?")
    undo_lead = _l(
        "Its nominations are withdrawn and what it changed is as before. Officials put on record stay."
    )
    next_step = _l("The school decides; you will see it under Own nominations.")

    def steps(self) -> Sequence[str]:
        return (_("Choose the class"), *super().steps())

    def says_ready(self, counts: Mapping[str, int]) -> str:
        return ngettext("%(num)s official will be nominated", "%(num)s officials will be nominated", counts["new"])  # fmt: skip

    def apply_label(self, counts: Mapping[str, int]) -> str:
        if counts["changed"] and not counts["new"]:
            return ngettext("Update %(num)s nomination", "Update %(num)s nominations", counts["changed"])
        return ngettext("Nominate %(num)s official", "Nominate %(num)s officials", counts["new"])

    def nothing_stands(self) -> str:
        return _("No row can be nominated. Correct the rows below or upload a corrected list.")

    def same_as(self, row: int) -> str:
        return _("The same person as in row %(row)d. Leave one of the two out.", row=row)

    def thrown_away(self, filename: str) -> str:
        return _("The list “%(name)s” was thrown away; nothing was nominated.", name=filename)

    def says_done(self, counts: Mapping[str, int]) -> str:
        return ngettext("%(num)s official nominated", "%(num)s officials nominated", counts["new"])

    def figures(self, counts: Mapping[str, int]) -> Sequence[Figure]:
        same, changed = counts["same"], counts["changed"]
        there = (same + changed, _("there before"), "changed" if changed > same else "same")
        return (counts["added"], _("new officials put on record"), "new"), there

    def taken_back(self, count: int) -> str:
        return ngettext("%(num)d nomination of the list taken back.", "%(num)d nominations of the list taken back.", count)  # fmt: skip


@list_kind
class Nominating(_Words):
    """An agency's list of officials for a class (danh sách cử đi học), as it is."""

    key = "enrolment.nominate"
    title = _l("Nominate officials")
    import_permission = queries.NOMINATE
    primary = columns.PRIMARY
    any_of = (columns.BIRTH,)
    fixable = columns.FIXABLE

    def columns(self) -> Sequence[ListColumn]:
        return columns.COLUMNS

    def target_or_404(self, target: int | None, user: User) -> Klass:
        return courses.class_or_404(target or 0, user)

    def target_of_own(self, target: int | None, user: User) -> Klass:
        return courses.class_or_404(target or 0)

    def back_url(self, target: int | None) -> str:
        return url_for("enrolment.show_class", class_id=target)

    def must_take(self, target: Klass) -> None:
        must_enrol(target)

    def read(self, row: Row, fixes: Mapping[str, str]) -> Entry:
        return reading.read(row, fixes)

    def about(self, reading_: Reading, target: Klass) -> About:
        return reading.about(reading_, target)

    def prepare(self, entries: Sequence[Entry], *, by: User, target: Klass) -> Records:
        def said(key: str) -> list[str]:
            return [entry.values[key] for entry in entries if key in entry.values]

        return gather(target, by=by, cccds=said("cccd"), codes=said("code"), names=said("name"))

    def judge(self, entry: Entry, records: Records) -> Verdict:
        return judging.judge(entry, records)

    def keys(self, entry: Entry) -> list[str]:
        return judging.keys(entry)

    def apply(self, entries: Sequence[Entry], *, by: User, target: Klass) -> list[Change]:
        return lists.nominate_entries(target, entries, by=by)

    def counted(self, entries: Sequence[Entry], changes: Sequence[Change]) -> Mapping[str, int]:
        return {"added": sum(1 for entry in entries if entry.facts["home"])}

    def obstacles(self, changes: Sequence[Change]) -> list[str]:
        return lists.decided(changes)

    def undo(self, changes: Sequence[Change], *, by: User) -> None:
        lists.take_back(changes, by=by)


@list_kind
class OwnNominations(ListKind):
    """Nominations of the reader's agencies for all classes."""

    key = "enrolment.own"
    title = _l("Nominations")
    view_permission = queries.NOMINATE

    def columns(self) -> Sequence[ListColumn]:
        return _COLUMNS

    def import_url(self, user: Any, target: int | None) -> str | None:
        return url_for("enrolment.index")

    def export(self, user: User, arguments: MultiDict[str, str], target: Any) -> Iterable[Nomination]:
        found: Iterable[Nomination] = queries.own(
            user, status=arguments.get("status", ""), search=arguments.get("q", "")[:120]
        )
        return found

    def filename(self, target: Any) -> str:
        return "de-cu"


@list_kind
class ClassNominations(ListKind):
    """Nominations for one class, agency by agency."""

    key = "enrolment.nominations"
    title = _l("Nominations")
    view_permission = "enrolment.decide"

    def columns(self) -> Sequence[ListColumn]:
        return _COLUMNS

    def target_or_404(self, target: int | None, user: User) -> Klass:
        return courses.class_or_404(target or 0, user)

    def import_url(self, user: Any, target: int | None) -> str | None:
        return url_for("enrolment.show_class", class_id=target) if can(user, queries.NOMINATE) else None

    def export(self, user: User, arguments: MultiDict[str, str], target: Klass) -> Iterable[Nomination]:
        found: Iterable[Nomination] = queries.of_class(
            target,
            status=arguments.get("status", ""),
            organisation_id=arguments.get("agency", type=int),
            search=arguments.get("q", "")[:120],
        )
        return found

    def filename(self, target: Klass | None) -> str:
        return f"de-cu-{target.code}" if target is not None else "de-cu"
