"""What people may type about officials."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import Length


class RevealForm(FlaskForm):
    """Why somebody needs a full citizen id."""

    reason = StringField(
        _l("Why do you need the full number?"),
        [Length(max=200)],
        description=_l("Your name, the time and this reason go into the audit record."),
    )
