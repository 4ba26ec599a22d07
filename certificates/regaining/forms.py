"""Forms of a holder without an account, and of the desk."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, StringField
from wtforms.validators import InputRequired, Length, Optional, Regexp

from certificates.forms import IdentityForm


class AskForm(IdentityForm):
    """Paper, citizen id, and where the desk reaches the person."""

    code = HiddenField()
    contact = StringField(
        _l("Phone or e-mail"),
        [Optional(), Length(max=120)],
        description=_l("So that the desk can tell you when to come. It is erased afterwards."),
    )


class GiveForm(FlaskForm):
    """What the officer saw at the desk."""

    number = StringField(
        _l("Citizen id on the card"),
        filters=[lambda text: "".join((text or "").split())],
        validators=[
            InputRequired(_l("Please type the number on the identity card.")),
            Regexp(r"[0-9]{12}\Z", message=_l("A citizen id has 12 digits.")),
        ],
    )
    email = StringField(_l("New e-mail address"), [Optional(), Length(max=200)])
    seen = BooleanField(
        _l("The person stands before me, and the photo on the card is of this person."),
        validators=[InputRequired(_l("Access is only given in person."))],
    )
