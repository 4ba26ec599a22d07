"""What is keyed from a paper."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import DateField, HiddenField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from certificates.intake.words import CONFIDENCE, FIELDS
from courses.models import Programme


class KeyForm(FlaskForm):
    """The lines of a paper, exactly as printed."""

    number = StringField(FIELDS["number"], [InputRequired(_l("Please type the number.")), Length(max=60)])
    name = StringField(FIELDS["name"], [InputRequired(_l("Please type the name.")), Length(max=100)])
    birth = StringField(
        FIELDS["birth"], [Optional(), Length(max=20)], description=_l("dd/mm/yyyy, or the year alone.")
    )
    programme = SelectField(FIELDS["programme"], coerce=int)
    issuer = StringField(FIELDS["issuer"], [InputRequired(_l("Please type the issuer.")), Length(max=200)])
    awarded_on = DateField(FIELDS["awarded_on"], [InputRequired(_l("Please give the day on the paper."))])
    valid_until = DateField(FIELDS["valid_until"], [Optional()])

    def offer(self) -> None:
        """The programmes to choose from."""
        rows = Programme.select(Programme.id, Programme.title).order_by(Programme.title)
        self.programme.choices = [SelectChoice(0, "–"), *(SelectChoice(row.id, row.title) for row in rows)]

    def values(self) -> dict[str, object]:
        """What was keyed, by the names of the service."""
        return {name: self[name].data for name in FIELDS}


class FirstForm(KeyForm):
    """The first keying, with the picture."""

    confidence = RadioField(
        _l("What lies before you?"),
        choices=[SelectChoice(code, title) for code, title in CONFIDENCE.items()],
        validators=[InputRequired(_l("Please choose what lay before you."))],
    )
    scan = FileField(
        _l("Scan of the paper"),
        description=_l(
            "JPEG, PNG or WebP up to 8 MB, or a PDF up to 20 MB and 8 pages. It is drawn anew; place and device are removed."
        ),
    )
    #: A scan that was sent already, as `scans.held` wrote it.
    held = HiddenField()


class EndForm(FlaskForm):
    reason = StringField(_l("Reason"), [InputRequired(_l("Please give the reason.")), Length(max=300)])
