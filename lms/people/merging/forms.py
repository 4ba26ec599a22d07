"""What people say when they merge two records or take it back."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, StringField
from wtforms.validators import Length


class MergeForm(FlaskForm):
    """Why the two are one person, and the preview agreed to."""

    reason = StringField(
        _l("How do you know that they are one person?"),
        [Length(max=300)],
        description=_l("For example: same citizen id on both paper files, change of name after marriage."),
    )
    fingerprint = HiddenField()


class UndoForm(FlaskForm):
    """Why a merge is taken back."""

    reason = StringField(_l("Why is it undone?"), [Length(max=300)])
