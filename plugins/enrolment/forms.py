"""What people may type on the pages of enrolment."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import Length


class ReasonForm(FlaskForm):
    """Why a nomination is withdrawn or rejected; the agency reads it."""

    reason = StringField(_l("Reason"), validators=[Length(max=400)])
