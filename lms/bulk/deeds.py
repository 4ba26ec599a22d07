"""What a module declares so that people can do one deed on many rows of a list (in its ``bulk.py``).

@bulk_deed
class Accept(BulkDeed):
    key, title, permission = "enrolment.accept", _l("Accept nominations"), "enrolment.decide"
    …
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.datastructures import MultiDict

from lms.access.models import User
from lms.errors import NotFound
from lms.plugins.switch import is_on

D = TypeVar("D", bound="type[BulkDeed]")


class BulkDeed:
    """One deed on many rows. The rules stay in the module's services; this says how to ask and to answer.

    `target` is what the list belongs to (a class), or None.
    """

    #: "<plugin>.<deed>", its name in addresses and on record.
    key: str = ""
    #: Head of the dry run: "Accept nominations".
    title: Any = ""
    #: On the list's button: "Accept".
    label: Any = ""
    icon: str = "check-check"
    #: Takes something away: asked for with a quiet button and confirmed with a red one.
    danger: bool = False
    #: Who may do it.
    permission: str = ""
    #: The deed needs one reason for all rows; who reads it.
    wants_reason: bool = False
    reason_hint: Any = ""
    #: It can be taken back for ten minutes.
    can_undo: bool = True

    @property
    def plugin(self) -> str:
        """The plugin that owns the deed, or the kernel."""
        return "lms" if type(self).__module__.startswith("lms.") else self.key.split(".")[0]

    def target_or_404(self, target: int | None, user: User) -> Any:
        """What the list belongs to, within the user's scope. Raises NotFound."""
        if target is not None:
            raise NotFound(_("This address leads nowhere."))
        return None

    def back_url(self, target: int | None) -> str:
        """The list's own page."""
        raise NotImplementedError

    def matching(self, arguments: MultiDict[str, str], *, user: User, target: Any) -> list[int]:
        """Ids of all rows under the filters on screen that the deed could be meant for."""
        raise NotImplementedError

    def rows(self, ids: Sequence[int], *, user: User, target: Any) -> list[Any]:
        """These rows within the user's scope, in the order of the list; others are left out."""
        raise NotImplementedError

    def describe(self, row: Any) -> tuple[str, str]:
        """Who or what the row is, and a line below it."""
        return str(row), ""

    def judge(self, rows: Sequence[Any], *, user: User, target: Any) -> list[str]:
        """For each row why it cannot be done, empty when it can. Writes nothing; a constant number of queries."""
        raise NotImplementedError

    def remark(self, rows: Sequence[Any], *, user: User, target: Any) -> str:
        """What else people should know before they do it to the rows that are ready: who is told, for example."""
        return ""

    def check_reason(self, reason: str) -> str:
        """The reason as it is kept. Raises Invalid when it says nothing."""
        return reason

    def apply(self, rows: Sequence[Any], *, by: User, target: Any, reason: str) -> dict[int, str]:
        """Do it inside the caller's transaction; answers the rows that could not after all: id → why."""
        raise NotImplementedError

    def undo(self, rows: Sequence[Any], *, by: User, target: Any) -> dict[int, str]:
        """Take it back inside the caller's transaction; answers the rows that stay as they are: id → why."""
        raise NotImplementedError

    # words ---------------------------------------------------------------------------------------------------

    def confirm_words(self, count: int) -> str:
        """The button that does it: "Accept 40 officials"."""
        return ngettext("Do it for %(num)s row", "Do it for %(num)s rows", count)

    def ready_words(self, count: int) -> str:
        """Head of the dry run: "40 officials can come into the class"."""
        return ngettext("%(num)s row is ready", "%(num)s rows are ready", count)

    def done_words(self, count: int) -> str:
        """Head of the result: "40 officials accepted into the class"."""
        return ngettext("Done for %(num)s row", "Done for %(num)s rows", count)


_deeds: dict[str, BulkDeed] = {}


def bulk_deed(deed: D) -> D:
    """Declare a deed on many rows (a class decorator in a module's ``bulk.py``)."""
    _deeds[deed.key] = deed()
    return deed


def deed_or_404(key: str) -> BulkDeed:
    """A declared deed whose plugin is on. Raises NotFound."""
    found = _deeds.get(key)
    if found is None or not is_on(found.plugin):
        raise NotFound(_("There is no such deed, or its plugin is off."))
    return found


def forget_plugin(plugin: str) -> None:
    """Drop a plugin's deeds (its loading failed half-way)."""
    for key in [key for key, deed in _deeds.items() if deed.plugin == plugin]:
        del _deeds[key]
