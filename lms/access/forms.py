"""What people may type about accounts."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, PasswordField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, EqualTo, Length, Optional

_GIVE = _l("Please give your password.")


class NewPasswordForm(FlaskForm):
    """A new password, typed twice."""

    new_password = PasswordField(
        _l("New password"), [DataRequired(_l("Please give a new password.")), Length(max=500)]
    )
    again = PasswordField(
        _l("New password, once more"),
        [EqualTo("new_password", _l("The two do not match. Please type the new password again."))],
    )


class ChangePasswordForm(NewPasswordForm):
    """The present password as well."""

    password = PasswordField(_l("Present password"), [DataRequired(_GIVE)])


class PasswordForm(FlaskForm):
    """A deed on one's own sign-in asks for the password once more."""

    password = PasswordField(_l("Present password"), [DataRequired(_GIVE)])


class CodeForm(FlaskForm):
    """The code of an authenticator, or a recovery code."""

    code = StringField(_l("Code"), [DataRequired(_l("Please type the code.")), Length(max=40)])


class NewAccountForm(FlaskForm):
    """A new account."""

    display_name = StringField(
        _l("Full name"), [DataRequired(_l("Please give the full name.")), Length(max=120)]
    )
    email = StringField(
        _l("E-mail address"), [DataRequired(_l("Please give the e-mail address.")), Length(max=200)]
    )
    role = SelectField(_l("Role"), [Optional()])
    organisation = StringField(
        _l("For the organisation"),
        [Optional(), Length(max=60)],
        description=_l("Code of the organisation; only for roles that are held for one."),
    )


class GiveRoleForm(FlaskForm):
    """A role more, for an organisation and for a time."""

    role = SelectField(_l("Role"), [DataRequired()])
    organisation = StringField(
        _l("For the organisation"),
        [Optional(), Length(max=60)],
        description=_l("Code of the organisation; only for roles that are held for one."),
    )
    until_date = DateField(_l("Until"), [Optional()], description=_l("Last day; empty = without limit."))


class StandInForm(FlaskForm):
    """Who stands in for somebody, and how long."""

    email = StringField(
        _l("E-mail address of the person who stands in"),
        [DataRequired(_l("Please give the e-mail address.")), Length(max=200)],
    )
    from_date = DateField(_l("Stands in from"), [DataRequired(_l("Please give the first day."))])
    until_date = DateField(_l("Stands in until"), [DataRequired(_l("Please give the last day."))])


class NewRoleForm(FlaskForm):
    """A role of the site's own."""

    title = StringField(_l("Name of the role"), [DataRequired(_l("Please name the role.")), Length(max=120)])
    description = StringField(_l("What it is for, in one sentence"), [Optional(), Length(max=300)])
    reach = SelectField(
        _l("Sees"),
        choices=[
            SelectChoice("own", _l("One organisation and everything below it")),
            SelectChoice("all", _l("All organisations")),
        ],
        default="own",
    )


class RolePermissionsForm(FlaskForm):
    """What a role may do; ticked = yes."""

    permissions = SelectMultipleField(_l("May"), validate_choice=False)
    reason = TextAreaField(_l("Why"), [Optional(), Length(max=500)])


class AnswerForm(FlaskForm):
    """Why a request is refused."""

    answer = StringField(_l("Why"), [Optional(), Length(max=500)])
