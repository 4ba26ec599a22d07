"""What people may type on the pages of certificates."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    DateField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp

from certificates.services.blanks import REASONS
from certificates.services.lost import REASONS as LOST
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


class IdentityForm(FlaskForm):
    """The number on an identity card, and the code of the paper it is shown with."""

    number = StringField(
        _l("Citizen id"),
        filters=[lambda text: "".join((text or "").split())],
        validators=[
            InputRequired(_l("Please type the number on the identity card.")),
            Regexp(r"[0-9]{12}\Z", message=_l("A citizen id has 12 digits.")),
        ],
        description=_l("The 12 digits on the front of the identity card."),
    )
    scanned = TextAreaField(
        _l("Code on the paper"),
        validators=[
            InputRequired(_l("Please scan the QR code on the paper, or paste the whole address it opens.")),
            Length(max=1200),
        ],
        description=_l("The whole address that the QR code opens, with all digits after “#”."),
    )


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


class DeliveryForm(FlaskForm):
    """Blanks that were received."""

    register = SelectField(_l("Register"), coerce=int)
    first = StringField(
        _l("Number on the first blank"),
        validators=[InputRequired(_l("Please type the number as it stands on the first blank, for example A001001.")), Length(max=24)],
        description=_l("As it stands on it, with all zeros: A001001."),
    )  # fmt: skip
    count = IntegerField(_l("How many"), validators=[InputRequired(_l("Please give the number of blanks."))])
    received_on = DateField(
        _l("Received on"), validators=[InputRequired(_l("Please give the day they were received."))]
    )
    source = StringField(_l("From whom"), validators=[Optional(), Length(max=200)])
    document = StringField(_l("Delivery note"), validators=[Optional(), Length(max=100)])


class SpoilForm(FlaskForm):
    """What is wrong with a blank."""

    reason = SelectField(
        _l("What is wrong"), choices=[SelectChoice(code, title) for code, title in REASONS.items()]
    )
    note = StringField(_l("Note for the file"), validators=[Optional(), Length(max=300)])


class SpoilUnusedForm(SpoilForm):
    """Unused blanks of a delivery that are no longer good."""

    first = IntegerField(_l("From running number"), validators=[InputRequired(_l("Please give the number."))])
    last = IntegerField(_l("To running number"), validators=[InputRequired(_l("Please give the number."))])


class DestructionForm(FlaskForm):
    """The minutes by which spoiled blanks were destroyed."""

    minutes_no = StringField(
        _l("Number of the minutes"),
        validators=[InputRequired(_l("Please give the number of the minutes.")), Length(max=60)],
        description=_l("For example 03/BB-TCT."),
    )
    on_date = DateField(_l("Day of the destruction"), validators=[InputRequired(_l("Please give the day."))])
    members = TextAreaField(
        _l("Who was present"),
        validators=[InputRequired(_l("Please name who was present.")), Length(max=1000)],
    )


class ReturnForm(FlaskForm):
    """Why a delivery leaves the stock whole."""

    note = StringField(_l("Why"), validators=[InputRequired(_l("Please say why.")), Length(max=300)])


class LostForm(FlaskForm):
    """What happened to a paper."""

    reason = SelectField(
        _l("What happened to the paper"), choices=[SelectChoice(code, title) for code, title in LOST.items()]
    )
    note = TextAreaField(
        _l("Note for the file"),
        validators=[Optional(), Length(max=1000)],
        description=_l("The holder's statement and its day. Stays inside; the public does not see it."),
    )
