"""What a module says about one kind of list, and the platform does the rest: reading, preview, undo, export.

A module declares its kinds in ``lists.py``; `docs/importing.md` shows one from beginning to end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from flask import url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from lms.access import can
from lms.access.models import User
from lms.errors import NotFound
from lms.importing import headers
from lms.importing.columns import Entry, ListColumn, read_row
from lms.importing.preview import Choice, Preview, Status
from lms.importing.reading import About, Option, Reading
from lms.importing.rows import Row
from lms.importing.wording import Wording
from lms.plugins.switch import is_on

#: Key of the running number that lists begin with; it tells rows from the signature block.
RUNNING_NUMBER = "_number"

K = TypeVar("K", bound="type[ListKind]")
Progress = Callable[[int], None]


@dataclass(frozen=True)
class Verdict:
    """How a row stands to what is on record, in one sentence; `choices` when a person has to say who is meant."""

    status: Status
    reason: str = ""
    choices: tuple[Choice, ...] = ()
    #: What the result says once the row is written; empty for "Added." and "Changed.".
    done: str = ""


@dataclass(frozen=True)
class Change:
    """What applying did to one record, as plain values: enough to take it back."""

    number: int
    id: int
    #: Values before, for a record that was there; None for one that was added.
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] = field(default_factory=dict)


class ListKind(Wording):
    """A kind of list. Set the attributes, say `columns` and `match`, then `apply` and `undo`; the rest has a default.

    A kind with only `columns` and `export` can be exported and not imported.
    """

    #: "<plugin>.<list>", the kind's address.
    key: str = ""
    title: Any = ""
    #: Who may export the list (as on its page), and who may import it.
    view_permission: str = ""
    import_permission: str = ""
    #: Columns without which a row is no data; groups of which one column must be there.
    primary: tuple[str, ...] = ()
    any_of: tuple[tuple[str, ...], ...] = ()
    #: Columns that may be corrected in every row of a preview; empty for all that the file has.
    fixable: tuple[str, ...] = ()
    #: Columns written once for several lines (a day and its sessions); cells merged downwards hold for every line too.
    carried: tuple[str, ...] = ()
    #: Column whose number tells a row from the signature block, where lists do not begin with a running number.
    numbered: str = RUNNING_NUMBER
    #: Applied only as it was shown: when what is on record changes the judgement, the sender looks again first.
    exact: bool = False
    #: The list speaks as a whole (who is missing in it): `apply` gets every row, each with `entry.status`.
    whole: bool = False
    #: What happens next, in one sentence under the result of an applied list.
    next_step: Any = ""
    #: One sentence above the upload form.
    lead: Any = ""

    @property
    def plugin(self) -> str:
        """The plugin that owns the kind: the first part of its key, or the kernel."""
        return "lms" if type(self).__module__.startswith("lms.") else self.key.split(".")[0]

    @property
    def imports(self) -> bool:
        """Whether lists of this kind can be taken in."""
        return bool(self.import_permission)

    def columns(self) -> Sequence[ListColumn]:
        """The columns, in the order of the exported table; titles in the reader's language."""
        raise NotImplementedError

    # import ------------------------------------------------------------------------------------------

    def target_or_404(self, target: int | None, user: User) -> Any:
        """What the list is for (a class), within the user's scope. Raises NotFound."""
        if target is not None:
            raise NotFound(_("This address leads nowhere."))
        return None

    def target_of_own(self, target: int | None, user: User) -> Any:
        """What a list is for that the user sent before; its result stays readable when the target moves out of reach."""
        return self.target_or_404(target, user)

    def back_url(self, target: int | None) -> str:
        """The list's own page."""
        raise NotImplementedError

    def import_url(self, user: Any, target: int | None) -> str | None:
        """Where the user imports lists of this kind; None when nowhere."""
        return url_for("web.import_form", kind=self.key, target=target) if self.may_import(user) else None

    def must_take(self, target: Any) -> None:
        """Raise a Conflict when the target takes no list now; asked at upload and, in the transaction, at applying."""

    def read(self, row: Row, fixes: Mapping[str, str]) -> Entry:
        """One data row with its corrections; for what several cells say together."""
        return read_row(row, self.columns(), fixes)

    def about(self, reading: Reading, target: Any) -> About:
        """What the file says of itself above and below its table."""
        return About()

    def prepare(self, entries: Sequence[Entry], *, by: User, target: Any) -> Any:
        """Fetch what the rows may refer to, in a constant number of queries; handed to `match` and `judge`."""
        return None

    def match(self, entry: Entry, records: Any) -> Any:
        """The record a row means, or None."""
        return None

    def identity(self, entry: Entry) -> str:
        """What makes two new rows the same thing; an empty text is never the same."""
        return ""

    def keys(self, entry: Entry) -> list[str]:
        """Every name under which a row of the same file would be the same thing."""
        keys = [f"r{entry.record.id}"] if entry.record is not None else []
        return [*keys, f"n{named}"] if (named := self.identity(entry)) else keys

    def judge(self, entry: Entry, records: Any) -> Verdict:
        """How a row without problems stands; `entry.record` is what `match` found."""
        if entry.record is None:
            return Verdict(Status.NEW, _("Will be added."))
        changed = self.differences(entry)
        if not changed:
            return Verdict(Status.SAME, _("On record already, nothing changes."))
        return Verdict(
            Status.CHANGED, _("Will be changed: %(columns)s.", columns=", ".join(self.words(changed, entry)))
        )

    def summary(self, entries: Sequence[Entry], records: Any) -> About:
        """What the judged rows say together; its facts are kept with the preview as `facts["summary"]`."""
        return About()

    def options(self, preview: Preview) -> Sequence[Option]:
        """Choices about the list as a whole; those taken reach `judge` and `apply` as `entry.file["chosen"]`."""
        return ()

    def ready(self, preview: Preview) -> int:
        """How much applying would write; a list without anything is not applied."""
        counts = preview.counts()
        return len(preview.applicable) + (counts[Status.SAME] if self.whole else 0)

    def differences(self, entry: Entry) -> list[ListColumn]:
        """Columns in which the row says something else than the record."""
        return [
            column
            for column in self.columns()
            if column.key in entry.values
            and column.value is not None
            and not column.same(entry.values[column.key], entry.record)
        ]

    def words(self, changed: Iterable[ListColumn], entry: Entry) -> list[str]:
        """“Position: X → Y” for each changed column; citizen ids are only named."""
        said = []
        for column in changed:
            before = column.cell(entry.record)
            if column.type == "cccd" or before is None:
                said.append(str(column.title))
                continue
            said.append(f"{column.title}: {_shown(before)} → {entry.shown.get(column.key, '')}")
        return said

    def apply(self, entries: Sequence[Entry], *, by: User, target: Any) -> list[Change]:
        """Write new and changed rows inside the caller's transaction; one `Change` for each."""
        raise NotImplementedError

    def sentence(self, status: Status) -> str:
        """What the result says of a row that was written."""
        return str(_("Added.") if status is Status.NEW else _("Changed."))

    def written(self, draft: Any, changes: Sequence[Change]) -> None:
        """Called last, in the transaction of applying: for a kind that keeps hold of its import."""

    def counted(self, entries: Sequence[Entry], changes: Sequence[Change]) -> Mapping[str, int]:
        """More counts for the result, from the rows just written and what that changed."""
        return {}

    # undo --------------------------------------------------------------------------------------------

    def obstacles(self, changes: Sequence[Change]) -> list[str]:
        """What stands in the way of taking the changes back: a sentence each, none when it can be done."""
        return []

    def undo(self, changes: Sequence[Change], *, by: User) -> None:
        """Take changes back inside the caller's transaction."""
        raise NotImplementedError

    # export ------------------------------------------------------------------------------------------

    def export(self, user: User, arguments: MultiDict[str, str], target: Any) -> Iterable[Any]:
        """The records of the list under the filters on screen, within the user's scope."""
        raise NotImplementedError

    def official_of(self, record: Any) -> int | None:
        """Whose citizen id a row of the export holds: an export with whole numbers stands on that person's page."""
        return getattr(record, "official_id", None) or (record.id if hasattr(record, "cccd_sealed") else None)

    def filename(self, target: Any) -> str:
        """Name of an exported file without its ending."""
        return self.key.replace(".", "-")

    # for the framework -------------------------------------------------------------------------------

    def header_columns(self) -> list[headers.Column]:
        """The columns in the form `headers` takes."""
        number = headers.Column(RUNNING_NUMBER, _("No. in the list"), ("TT", "STT", "Số TT", "Số thứ tự", "No", "No. in the list"))  # fmt: skip
        return [number, *(column.as_header() for column in self.columns() if not column.export_only)]

    def may_view(self, user: Any) -> bool:
        """Whether the user may export the list."""
        return bool(self.view_permission) and is_on(self.plugin) and can(user, self.view_permission)

    def may_import(self, user: Any) -> bool:
        """Whether the user may import lists of this kind."""
        return self.imports and is_on(self.plugin) and can(user, self.import_permission)


def _shown(value: Any) -> str:
    return value.strftime("%d/%m/%Y") if hasattr(value, "strftime") else str(value)


_kinds: dict[str, ListKind] = {}


def list_kind(kind: K) -> K:
    """Declare a kind of list (a class decorator in a module's ``lists.py``)."""
    _kinds[kind.key] = kind()
    return kind


def kind_or_404(key: str) -> ListKind:
    """A declared kind whose plugin is on. Raises NotFound."""
    found = _kinds.get(key)
    if found is None or not is_on(found.plugin):
        raise NotFound(_("There is no such kind of list, or its plugin is off."))
    return found


def known() -> list[ListKind]:
    """Every declared kind."""
    return list(_kinds.values())


def forget_plugin(plugin: str) -> None:
    """Drop a plugin's kinds (its loading failed half-way)."""
    for key in [key for key, kind in _kinds.items() if kind.plugin == plugin]:
        del _kinds[key]
