"""What the pages of an import say; a kind of list says in its own words what its people call otherwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

#: Number, what it counts, and the judgement whose rows it leads to (empty for none).
Figure = tuple[int, str, str]


class Wording:
    """Sentences of the pages; `counts` are those of a preview or a result by judgement."""

    #: Over the records a row may mean.
    asks: Any = _l("Which record is meant?")
    #: What taking back does, before it is confirmed.
    undo_lead: Any = _l("What the import added is removed, what it changed is as before. Rows that were left out are not touched.")  # fmt: skip

    def steps(self) -> Sequence[str]:
        """The way of a list; its last three steps are sending, checking and the result."""
        return (_("Send the list"), _("Check every row"), _("Result"))

    def says_ready(self, counts: Mapping[str, int]) -> str:
        """How much will be written."""
        ready = counts["new"] + counts["changed"]
        return ngettext("%(num)s row will be written", "%(num)s rows will be written", ready)

    def apply_label(self, counts: Mapping[str, int]) -> str:
        """The button that writes."""
        ready = counts["new"] + counts["changed"]
        return ngettext("Write %(num)s row", "Write %(num)s rows", ready)

    def nothing_stands(self) -> str:
        """Why a list without a row to write is not applied."""
        return _("No row can be written. Correct the rows below or upload a corrected list.")

    def same_as(self, row: int) -> str:
        """Why a row that means what an earlier row meant is not written."""
        return _("The same as row %(row)d. Leave one of the two out.", row=row)

    def thrown_away(self, filename: str) -> str:
        """After throwing a list away."""
        return _("The list “%(name)s” was thrown away; nothing was written.", name=filename)

    def says_done(self, counts: Mapping[str, int]) -> str:
        """How much was written."""
        done = counts["new"] + counts["changed"]
        return ngettext("%(num)s row written", "%(num)s rows written", done)

    def figures(self, counts: Mapping[str, int]) -> Sequence[Figure]:
        """The large numbers of a result; rows left out stand beside them."""
        return ((counts["new"], _("new"), "new"), (counts["changed"], _("changed"), "changed"))

    def taken_back(self, count: int) -> str:
        """After taking an applied list back."""
        return ngettext("The import was taken back: %(num)d record is as before.", "The import was taken back: %(num)d records are as before.", count)  # fmt: skip
