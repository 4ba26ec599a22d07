"""What people type about reorganisations."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import DateField, IntegerField, SelectField, StringField
from wtforms.validators import DataRequired, Length, NumberRange, Optional


class ReorganisationForm(FlaskForm):
    """A decision and its day."""

    title = StringField(_l("Title"), [DataRequired(_l("Please give a title.")), Length(max=200)])
    on_date = DateField(_l("Takes effect on"), [DataRequired(_l("Please give the day."))])
    source = StringField(
        _l("Legal basis"),
        [Length(max=300)],
        description=_l("The resolution or decision, with number and date."),
    )


class PairForm(FlaskForm):
    """One pair old → new."""

    old = SelectField(_l("Old organisation"), coerce=int)
    new = SelectField(_l("New organisation"), coerce=int)
    share = IntegerField(
        _l("Share (%)"),
        [Optional(), NumberRange(1, 99)],
        description=_l("Empty: the old organisation goes over as a whole, with everybody."),
    )


class PairListForm(FlaskForm):
    """Many pairs in one file."""

    file = FileField(
        _l("List of pairs"),
        description=_l("Columns: old organisation, new organisation, share. Codes or names."),
    )
