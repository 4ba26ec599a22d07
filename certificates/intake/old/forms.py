"""What the second person reads in the book."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from certificates.intake.old.words import READ_AGAIN
from certificates.intake.words import FIELDS
from courses.models import Programme


class ReadForm(FlaskForm):
    """One row of an old register, as it stands in the book."""

    name = StringField(FIELDS["name"], [InputRequired(_l("Please type the name.")), Length(max=100)])
    birth = StringField(
        FIELDS["birth"],
        [InputRequired(_l("Please give the birth date.")), Length(max=20)],
        description=_l("dd/mm/yyyy, or the year alone."),
    )
    number = StringField(FIELDS["number"], [InputRequired(_l("Please type the number.")), Length(max=60)])
    programme = SelectField(FIELDS["programme"], coerce=int)
    awarded_on = DateField(FIELDS["awarded_on"], [InputRequired(_l("Please give the day on the paper."))])

    def offer(self) -> None:
        """The programmes to choose from."""
        rows = Programme.select(Programme.id, Programme.title).order_by(Programme.title)
        self.programme.choices = [SelectChoice(0, "–"), *(SelectChoice(row.id, row.title) for row in rows)]

    def values(self) -> dict[str, object]:
        """What was read, by the names of the service."""
        return {name: self[name].data for name in READ_AGAIN}
