"""What people may type."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import IntegerField, StringField


class RoomForm(FlaskForm):
    """A new room."""

    name = StringField(_l("Room"))
    beds = IntegerField(_l("Beds"))
