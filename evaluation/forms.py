"""What people may type: the ballot on the phone, and the officer's choices when opening a campaign."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import HiddenField, IntegerField, RadioField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from evaluation.models import Item
from evaluation.schemes import Scheme
from evaluation.services import LONGEST_COMMENT
from lms import text

# int("١") is 1 in Python: only the ten digits of the page are marks.
_MARK = re.compile(r"[0-9]{1,3}", re.ASCII)
_FIELD = re.compile(r"q[0-9]{1,12}", re.ASCII)


@dataclass
class FilledBallot:
    """A ballot as it was typed: what could be read, what was wrong, and everything kept for showing it again."""

    items: Sequence[Item]
    marks: dict[int, int] = field(default_factory=dict)
    comment: str = ""
    as_is: bool = False
    #: Sentences by item id.
    errors: dict[int, str] = field(default_factory=dict)
    #: Sentences about the whole form.
    problems: list[str] = field(default_factory=list)
    comment_error: str = ""
    #: More blanks than allowed, and not yet told to send it all the same.
    too_many_blanks: bool = False

    @property
    def blank(self) -> list[Item]:
        return [item for item in self.items if item.id not in self.marks]

    @property
    def sound(self) -> bool:
        return not (self.errors or self.problems or self.comment_error or self.too_many_blanks)


def read_ballot(items: Sequence[Item], scheme: Scheme, sent: MultiDict[str, str]) -> FilledBallot:
    """Read a ballot of this questionnaire from a submitted page. Nothing raises; the result says what is wrong."""
    ballot = FilledBallot(items, as_is=sent.get("as_is") == "1")
    for item in items:
        _read_mark(ballot, item, scheme, sent.getlist(f"q{item.id}"))
    known = {f"q{item.id}" for item in items}
    if any(_FIELD.fullmatch(name) and name not in known for name in sent):
        ballot.problems.append(
            _("This page does not belong to the form of this code. Please open your link again.")
        )
    _read_comment(ballot, sent.get("comment", ""))
    ballot.too_many_blanks = len(ballot.blank) > scheme.blanks_allowed(len(items)) and not ballot.as_is
    return ballot


def _read_mark(ballot: FilledBallot, item: Item, scheme: Scheme, typed: list[str]) -> None:
    values = [value for value in typed if value != ""]
    if not values:
        return
    if len(values) > 1:
        ballot.errors[item.id] = _("Only one mark can be given here.")
    elif not _MARK.fullmatch(values[0]) or int(values[0]) not in scheme.scale:
        ballot.errors[item.id] = _(
            "Choose a mark from %(low)s to %(high)s.", low=scheme.scale.start, high=scheme.scale.stop - 1
        )
    else:
        ballot.marks[item.id] = int(values[0])


def _read_comment(ballot: FilledBallot, typed: str) -> None:
    ballot.comment = text.nfc(text.strip_hidden(typed.replace("\r\n", "\n")))
    if len(ballot.comment) > LONGEST_COMMENT:
        ballot.comment_error = ngettext(
            "Please shorten this: it is %(num)s character too long.",
            "Please shorten this: it is %(num)s characters too long.",
            len(ballot.comment) - LONGEST_COMMENT,
        )


class OpenForm(FlaskForm):
    """Open the evaluation of a class; `scheme` is hidden: each scheme has its own form with its own button."""

    scheme = HiddenField(validators=[InputRequired()])
    delivery = RadioField(
        _l("How the codes reach the trainees"),
        choices=[
            SelectChoice("slips", _l("Paper slips handed out in the room – no name is kept at all")),
            SelectChoice("home", _l("Each trainee takes one on the own page when signed in")),
        ],
        default="slips",
        validators=[InputRequired()],
    )


class OpenOtherForm(OpenForm):
    """Open under another scheme than the class's date asks for."""

    reason = TextAreaField(
        _l("Reason and legal basis"),
        validators=[
            InputRequired(_l("Write the reason and the legal basis for using another scheme.")),
            Length(10, 600, _l("Write between 10 and 600 characters.")),
        ],
    )


class PrintForm(FlaskForm):
    """`printings` is what the officer saw; it keeps a page sent twice from cancelling slips in people's hands."""

    printings = IntegerField(validators=[InputRequired()])


class DeedForm(FlaskForm):
    """A button: nothing but its token."""

    note = HiddenField(validators=[Optional()])
