"""What people choose when they make a token."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_wtf import FlaskForm
from wtforms import SelectField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from lms.access.models import User
from lms.api import tokens


class TokenForm(FlaskForm):
    """A name, what it may, for which organisation and how long."""

    name = StringField(
        _l("Which program is it for?"),
        [InputRequired(_l("Please say which program will use the token.")), Length(max=80)],
    )
    scopes = SelectMultipleField(
        _l("What it may do"),
        validate_choice=False,  # the service knows what may be chosen, and says it in a sentence of ours
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        description=_l("Only what your own account may do. Choose as little as the program needs."),
    )
    organisation = SelectField(_l("For which organisation"), coerce=int)
    days = SelectField(_l("Good for"), coerce=int, default=90)


def token_form(user: User, *, empty: bool = False) -> Any:
    """The form with what this account can give; `empty` = without what was just sent."""
    form = TokenForm(formdata=None) if empty else TokenForm()
    form.scopes.choices = [(one.name, str(one.title)) for one in tokens.offered(user)]
    form.organisation.choices = [
        (0, str(_l("All that my roles cover"))),
        *((one.id, one.name) for one in tokens.agencies(user)),
    ]
    form.days.choices = [(days, ngettext("%(num)s day", "%(num)s days", days)) for days in tokens.DAYS]
    return form
