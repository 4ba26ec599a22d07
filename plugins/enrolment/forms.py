"""What people may type on the pages of enrolment."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import Length, Optional


class RowForm(FlaskForm):
    """Corrections to one row of a preview; each value is judged with the whole list."""

    name = StringField(_l("Full name"), validators=[Optional(), Length(max=120)])
    birth = StringField(_l("Date of birth"), validators=[Optional(), Length(max=40)])
    cccd = StringField(_l("Citizen id"), validators=[Optional(), Length(max=40)])
    code = StringField(_l("Staff code"), validators=[Optional(), Length(max=40)])
    unit = StringField(_l("Unit"), validators=[Optional(), Length(max=200)])
    official = StringField(validators=[Optional(), Length(max=20)])
    skip = StringField(validators=[Optional(), Length(max=1)])

    def typed(self) -> dict[str, str]:
        """The fields that were sent, cut to their lengths."""
        return {
            field.short_name: str(field.data or "")[:200]
            for field in self
            if field.raw_data and field.short_name != "csrf_token"
        }


class ReasonForm(FlaskForm):
    """Why a nomination is withdrawn or rejected; the agency reads it."""

    reason = StringField(_l("Reason"), validators=[Length(max=400)])
