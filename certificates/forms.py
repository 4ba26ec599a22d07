"""What people may type on the pages of certificates."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, IntegerField, RadioField, StringField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from certificates.services.standing import GROUNDS
from certificates.token import NotAnId, read_typed


class TypedCodeForm(FlaskForm):
    """The code beside the QR code, and the holder's birth year."""

    code = StringField(
        _l("Code on the certificate"),
        validators=[InputRequired(_l("Please type the code.")), Length(max=80)],
        description=_l(
            "Four groups of four and one last character. Capitals, spaces and dashes do not matter."
        ),
    )
    birth_year = IntegerField(
        _l("Birth year of the holder"),
        validators=[
            InputRequired(_l("Please type the birth year, four digits.")),
            NumberRange(1900, 2100, _l("Please type the birth year, four digits.")),
        ],
        description=_l("As printed on the paper, for example 1980."),
    )

    def validate_code(self, field: Any) -> None:
        try:
            read_typed(field.data or "")
        except NotAnId as wrong:
            sentences = {
                "symbol": _("The character “%(symbol)s” does not occur in codes.", symbol=wrong.symbol),
                "length": _("A code has 17 letters and digits. Please compare it with the paper."),
                "check": _(
                    "One of the characters is mistyped: the last one does not fit the others. Please compare again."
                ),
            }
            raise ValidationError(sentences[wrong.code]) from wrong


class DecisionForm(FlaskForm):
    """A numbered decision about one certificate."""

    decision_no = StringField(
        _l("Number of the decision"),
        validators=[InputRequired(_l("Please give the number of the decision.")), Length(max=60)],
        description=_l("For example 15/QĐ-TCT."),
    )
    decided_on = DateField(
        _l("Date of the decision"), validators=[InputRequired(_l("Please give the date of the decision."))]
    )
    note = TextAreaField(
        _l("Note for the file"),
        validators=[Optional(), Length(max=2000)],
        description=_l("Stays inside; the public does not see it."),
    )


class RevokeForm(DecisionForm):
    """Revocation on one of the five grounds."""

    ground = RadioField(
        _l("Ground (Circular 03/2023/TT-BNV, Article 8)"),
        coerce=int,
        validators=[InputRequired(_l("Please choose one of the five grounds."))],
        choices=[SelectChoice(str(number), title) for number, title in GROUNDS.items()],
    )
