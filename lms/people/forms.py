"""What people may type about officials."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, IntegerField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, NumberRange, Optional

from lms.people import labels


class RevealForm(FlaskForm):
    """Why somebody needs a full citizen id."""

    reason = StringField(
        _l("Why do you need the full number?"),
        [Length(max=200)],
        description=_l("Your name, the time and this reason go into the audit record."),
    )


class OfficialForm(FlaskForm):
    """A new official; the service cleans and checks once more."""

    full_name = StringField(
        _l("Full name"), [DataRequired(_l("Please give the full name.")), Length(max=100)]
    )
    birth_date = DateField(_l("Birth date"), [Optional()])
    birth_year = IntegerField(
        _l("Year of birth"),
        [Optional(), NumberRange(1920, 2020)],
        description=_l("When the day is not known."),
    )
    gender = SelectField(
        _l("Gender"), choices=[SelectChoice("", "–"), *(SelectChoice(*one) for one in labels.GENDERS.items())]
    )
    kind = SelectField(
        _l("Kind"), choices=[SelectChoice(*one) for one in labels.OFFICIAL_KINDS.items()], default="cong_chuc"
    )
    organisation = SelectField(_l("Organisation"), coerce=int)
    position = StringField(_l("Position"), [Optional(), Length(max=200)])
    code = StringField(_l("Staff code"), [Optional(), Length(max=20)])
    cccd = StringField(
        _l("Citizen id"),
        [Optional(), Length(max=12)],
        description=_l("12 digits; kept encrypted and shown masked."),
    )

    def details(self) -> dict[str, Any]:
        """The optional values, as the service takes them; what was left empty is None."""
        names = ("birth_date", "birth_year", "gender", "code", "cccd")
        values = {name: self[name].data or None for name in names}
        return {**values, "kind": self.kind.data, "position": self.position.data or ""}


class ChangeForm(FlaskForm):
    """What became different about an official; the old values stay on record."""

    full_name = StringField(
        _l("Full name"), [DataRequired(_l("Please give the full name.")), Length(max=100)]
    )
    organisation = SelectField(_l("Organisation"), coerce=int)
    position = StringField(_l("Position"), [Optional(), Length(max=200)])
    kind = SelectField(_l("Kind"), choices=[SelectChoice(*one) for one in labels.OFFICIAL_KINDS.items()])
    birth_date = DateField(_l("Birth date"), [Optional()])
    code = StringField(_l("Staff code"), [Optional(), Length(max=20)])
    holds_from = DateField(
        _l("Holds from"), [Optional()], description=_l("The day of the decision or of the change of name.")
    )
    source = StringField(
        _l("Where was it read?"),
        [Length(max=300)],
        description=_l("For example: Decision 123/QĐ-SNV of 3 March 2025."),
    )

    def values(self) -> dict[str, Any]:
        """The record's values, as the service takes them."""
        values: dict[str, Any] = {
            "full_name": self.full_name.data,
            "organisation": self.organisation.data,
            "position": self.position.data or "",
            "kind": self.kind.data,
            "code": self.code.data or None,
        }
        # A year-only birth stays as it is while no day is given.
        return values | ({"birth_date": self.birth_date.data} if self.birth_date.data else {})
