"""What a stranger may report, and what the issuer answers."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from certificates.cases.words import OUTCOMES, REASONS


class ReportForm(FlaskForm):
    """A paper does not fit the check."""

    reason = RadioField(
        _l("What does not fit?"),
        choices=[SelectChoice(code, title) for code, title in REASONS.items()],
        validators=[InputRequired(_l("Please choose what does not fit."))],
    )
    note = TextAreaField(
        _l("What stands on the paper?"),
        validators=[Optional(), Length(max=2000)],
        description=_l("For example: “The paper says 2019, the check says 2021.”"),
    )
    photo = FileField(
        _l("Photo of the paper"),
        validators=[Optional()],
        description=_l("JPEG, PNG or WebP, at most 8 MB. Place and device are removed from it."),
    )
    contact = StringField(
        _l("How to reach you"),
        validators=[Optional(), Length(max=120)],
        description=_l("Telephone or e-mail, only for questions about this report."),
    )


class AnswerForm(FlaskForm):
    """What came of a report."""

    outcome = RadioField(
        _l("What came of it?"),
        choices=[SelectChoice(code, title) for code, title in OUTCOMES.items()],
        validators=[InputRequired(_l("Please choose what came of it."))],
    )
    text = TextAreaField(
        _l("Answer"),
        validators=[InputRequired(_l("Please write an answer.")), Length(max=2000)],
        description=_l("Who reported reads it under the number of the report: no personal data."),
    )
