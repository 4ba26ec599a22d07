"""What a holder types to share a certificate."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length


class ShareForm(FlaskForm):
    """A link for somebody, for some days."""

    label = StringField(
        _l("For whom?"),
        validators=[InputRequired(_l("Please say for whom the link is.")), Length(max=120)],
        description=_l("Only you see it, to know the link again."),
    )
    days = RadioField(
        _l("How long?"),
        coerce=int,
        default=30,
        validators=[InputRequired(_l("Please choose how long the link stands."))],
        choices=[
            SelectChoice("7", _l("7 days")),
            SelectChoice("30", _l("30 days")),
            SelectChoice("90", _l("90 days")),
        ],
    )
