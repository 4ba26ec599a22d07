"""A kind of list that is one table: rows are added and changed field by field, and taken back the same way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from peewee import DateField, DateTimeField

from lms import audit
from lms.access.models import User
from lms.importing import dependants
from lms.importing.columns import Entry
from lms.importing.kinds import Change, ListKind


class RecordKind(ListKind):
    """Set `model`, and say with `fields` what a row writes. `add` and `change` have a default without rules."""

    model: Any = None
    #: Models that belong to a record and go with it when an import is taken back.
    parts: tuple[Any, ...] = ()

    def fields(self, entry: Entry) -> Mapping[str, Any]:
        """Field → value for what the row says."""
        raise NotImplementedError

    def add(self, entry: Entry, *, by: User, target: Any) -> Any:
        """Add a record; call the module's service when it has rules."""
        return self.model.create(**self.fields(entry))

    def change(self, entry: Entry, *, by: User, target: Any) -> None:
        """Change a record; call the module's service when it has rules."""
        self.model.update(**self.fields(entry)).where(self.model.id == entry.record.id).execute()

    def in_order(self, entries: Sequence[Entry]) -> Iterable[Entry]:
        """The order of writing: what others refer to comes first."""
        return entries

    def apply(self, entries: Sequence[Entry], *, by: User, target: Any) -> list[Change]:
        changes = []
        for entry in self.in_order(entries):
            if entry.record is None:
                changes.append(Change(entry.number, self.add(entry, by=by, target=target).id))
                continue
            before = stored(entry.record)
            self.change(entry, by=by, target=target)
            after = stored(self.model.get_by_id(entry.record.id))
            changed = [name for name in after if after[name] != before[name]]
            changes.append(
                Change(
                    entry.number,
                    entry.record.id,
                    {name: before[name] for name in changed},
                    {name: after[name] for name in changed},
                )
            )
        return changes

    def obstacles(self, changes: Sequence[Change]) -> list[str]:
        ids = [change.id for change in changes]
        known = {one.id: one for one in rows_of(self.model, ids)}
        added = [change.id for change in changes if change.before is None]
        used = dependants.of(self.model, added, ignore=self.parts)
        inside = self._among_themselves(added)
        found = []
        for change in changes:
            record = known.get(change.id)
            if record is None:
                found.append(_("Row %(row)d: the record is no longer there.", row=change.number))
            elif change.before is None and change.id in used and change.id not in inside:
                found.append(_("Row %(row)d: %(name)s is used in: %(where)s.", row=change.number, name=str(record), where=", ".join(used[change.id])))  # fmt: skip
            elif change.before is not None and any(
                stored(record)[name] != value for name, value in change.after.items()
            ):
                found.append(_("Row %(row)d: %(name)s was changed again later.", row=change.number, name=str(record)))  # fmt: skip
        return found

    def _among_themselves(self, added: Sequence[int]) -> set[int]:
        """Records of this import that only other records of it refer to (a tree comes whole)."""
        own = [key for key, other in self.model._meta.backrefs.items() if other is self.model]
        if not own:
            return set()
        foreign = dependants.of(self.model, added, ignore=(*self.parts, self.model))
        mine, strangers = set(added), set()
        for key in own:
            query = self.model.select(key, self.model.id).where(key.in_(list(added) or [-1]))
            strangers |= {parent for parent, child in query.tuples() if child not in mine}
        return mine - set(foreign) - strangers

    def undo(self, changes: Sequence[Change], *, by: User) -> None:
        for change in reversed(changes):
            if change.before:
                self.model.update(**typed(self.model, change.before)).where(
                    self.model.id == change.id
                ).execute()
            elif change.before is None:
                for part in self.parts:
                    keys = [key for key, other in self.model._meta.backrefs.items() if other is part]
                    part.delete().where(keys[0] == change.id).execute()
                self.model.delete().where(self.model.id == change.id).execute()
        audit.record(by, "import.records_back", None, kind=self.key, ids=[change.id for change in changes])


class CodedKind(RecordKind):
    """Records recognised by the code in the column `code`, whatever its capitals; `prepare` gives them by code."""

    def prepare(self, entries: Sequence[Entry], *, by: User, target: Any) -> Any:
        return {code_of(one): one for one in self.model.select()}

    def known(self, records: Any) -> Mapping[str, Any]:
        """The records by their code, where `prepare` gives more than these."""
        return records  # type: ignore[no-any-return]

    def match(self, entry: Entry, records: Any) -> Any:
        return self.known(records).get(self.identity(entry))

    def identity(self, entry: Entry) -> str:
        return str(entry.get("code") or "").lower()


def code_of(record: Any) -> str:
    """The code of a record as `CodedKind` compares it."""
    return str(record.code).lower()


def rows_of(model: Any, ids: Sequence[int]) -> Iterator[Any]:
    """Rows with these ids, in portions."""
    for start in range(0, len(ids), 5000):
        yield from model.select().where(model.id.in_(list(ids[start : start + 5000])))


def stored(record: Any) -> dict[str, Any]:
    """Every stored value of a record as JSON can keep it."""
    return {name: _plain(value) for name, value in record.__data__.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def typed(model: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    """What `stored` gave, as the model's fields take it."""
    read = {}
    for name, value in values.items():
        field = model._meta.fields[name]
        if value is not None and isinstance(field, DateTimeField):
            value = datetime.fromisoformat(value)
        elif value is not None and isinstance(field, DateField):
            value = date.fromisoformat(value)
        read[name] = value
    return read
