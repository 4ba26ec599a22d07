"""What people may type."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, IntegerField, SelectField, StringField
from wtforms.validators import Length, Optional

from plugins.eligibility.words import LEVELS


class CheckForm(FlaskForm):
    """Who, which post, which day. What the words mean is settled by the queries, so nothing typed is ever lost."""

    q = StringField(
        _l("Official"), [Length(max=120)], description=_l("Name (accents not needed) or staff code.")
    )
    #: The official chosen among several.
    official = IntegerField(_l("Official"), [Optional()])
    post = SelectField(_l("Post"), validate_choice=False)
    on = StringField(
        _l("Day of appointment"),
        [Length(max=20)],
        description=_l("dd/mm/yyyy; a day in the past may be asked about too."),
    )

    def offer(self, groups: list[tuple[str, list[tuple[str, str]]]]) -> None:
        """The posts to choose from, by level."""
        self.post.choices = {"": [("", _l("Choose a post"))]} | {
            str(LEVELS[level]): posts for level, posts in groups
        }


class FactForm(FlaskForm):
    """What somebody read in a paper file."""

    #: "kind:value" in one choice, so that the page needs no script.
    what = SelectField(_l("What the file shows"), validate_choice=False)
    held_from = DateField(_l("Since / recognised on"), [Optional()])
    number = StringField(_l("Number on the paper"), [Optional(), Length(max=80)])
    source = StringField(
        _l("Read in"),
        [Length(max=300)],
        description=_l("For example: certified copy of the diploma, file no. 12."),
    )


class WithdrawForm(FlaskForm):
    reason = StringField(_l("Why the entry is wrong"), [Length(max=300)])
