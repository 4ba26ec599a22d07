"""What is typed at the desk for requests about personal data."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length

from lms.people import labels


class RequestForm(FlaskForm):
    """What a person asks."""

    kind = RadioField(
        _l("What does the person ask for?"),
        choices=[SelectChoice(*one) for one in labels.REQUEST_KINDS.items()],
        default="access",
    )
    received_on = DateField(_l("Received on"), [DataRequired(_l("Please give the day."))])
    words = TextAreaField(_l("In the person's words"), [Length(max=1000)])


class AnswerForm(FlaskForm):
    """What the person is told."""

    answer = TextAreaField(_l("What is the person told?"), [Length(max=1000)])
