"""The form of a plugin's settings, made from their declarations; its rules are those of the service behind it."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, FloatField, IntegerField, PasswordField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Optional

from lms.errors import Invalid
from lms.plugins import services
from lms.plugins.contract import Setting
from lms.plugins.effective import Effective, above, effective, narrowest_first, settings_of
from lms.plugins.scopes import SITE, Scope
from lms.web.forms import show_refusal

#: Before the name of a setting, so that no setting can shadow a part of the form.
MARK = "setting_"


class SettingsForm(FlaskForm):
    """Fields are added for each declared setting; `specs` and `states` say more about them to the template."""

    specs: dict[str, Setting] = {}
    states: dict[str, Effective] = {}


def settings_form(plugin: str, scope: Scope, *, submitted: bool = False) -> SettingsForm | None:
    """The form of what can be set in a scope, filled with what is in force; None when there is nothing to set."""
    specs = settings_of(plugin, scope)
    if not specs:
        return None
    way = narrowest_first(scope)
    states = {spec.name: effective(plugin, spec.name, scope, way) for spec in specs}
    inherited = {spec.name: above(plugin, spec.name, way) for spec in specs}
    fields = {
        MARK + spec.name: _field(spec, states[spec.name], inherited[spec.name], scope) for spec in specs
    }
    made = type("SettingsForm", (SettingsForm,), fields)
    # Several of these forms may stand on one page; only the one that was sent reads what was typed.
    form: SettingsForm = made(prefix=f"{plugin}-") if submitted else made(None, prefix=f"{plugin}-")
    form.specs = {MARK + spec.name: spec for spec in specs}
    form.states = {MARK + name: state for name, state in states.items()}
    return form


def save(form: SettingsForm, plugin: str, scope: Scope, *, by: Any) -> int | None:
    """Change what was typed; returns how many settings changed, or None with the sentences beside the fields."""
    if not form.validate_on_submit():
        return None
    values = {
        spec.name: _typed(form[name].data, spec, scope)
        for name, spec in form.specs.items()
        if not (spec.secret and not form[name].data)  # an empty secret keeps the old one
    }
    try:
        return services.change_settings(plugin, values, by=by, scope=scope)
    except Invalid as wrong:
        show_refusal(form, Invalid(fields={MARK + name: words for name, words in wrong.fields.items()}))
        return None


def in_words(spec: Setting, value: Any) -> str:
    """A value as a reader sees it; never a secret's."""
    if spec.secret:
        return _("kept secret")
    if spec.choices:
        return str(dict(spec.choices).get(value, value))
    if spec.type is bool:
        return _("Yes") if value else _("No")
    return str(value)


def switched_words(title: Any, place: Any, on: bool | None) -> str:
    """The sentence after a switch below the site."""
    if on is None:
        return _("“%(title)s” follows again what stands above: %(place)s.", title=title, place=place)
    if on:
        return _("“%(title)s” is on: %(place)s.", title=title, place=place)
    return _("“%(title)s” is off: %(place)s. Its data is kept.", title=title, place=place)


def _typed(value: Any, spec: Setting, scope: Scope) -> Any:
    """What was typed as a value of the setting; None = as above (for the site: as declared)."""
    if scope == SITE:
        return None if value == spec.default else value
    return None if value in (None, "") else value


def _field(spec: Setting, state: Effective, inherited: Effective, scope: Scope) -> Field:
    label, hint = spec.title, spec.help
    if spec.secret:
        words = _("A value is kept; leave it empty to keep it.") if state.choice else _("No value yet.")
        return PasswordField(
            label,
            description=f"{hint} {words}".strip(),
            validators=[Optional()],
            render_kw={"autocomplete": "off"},
        )
    offered = _offered(spec)
    if scope != SITE:
        return _field_below(spec, state, inherited, offered)
    if spec.type is bool:
        return BooleanField(label, description=hint, default=state.value)
    if offered:
        return SelectField(
            label, description=hint, default=state.value, choices=_options(offered), coerce=_reader(offered)
        )
    kind = {int: IntegerField, float: FloatField, str: StringField}[spec.type]
    needed = [InputRequired()] if spec.type is not str else [Optional()]
    return kind(label, description=hint, default=state.value, validators=needed, render_kw=_limits(spec))


def _field_below(
    spec: Setting, state: Effective, inherited: Effective, offered: list[tuple[Any, str]]
) -> Field:
    """A field that may be left to what stands above."""
    own = state.value if state.own else None
    if spec.type is bool:
        offered = [(True, _("Yes")), (False, _("No"))]
    as_above = _("As above: %(value)s", value=in_words(spec, inherited.value))
    if offered:
        choices = [("", as_above), *offered]
        return SelectField(
            spec.title,
            description=spec.help,
            default="" if own is None else own,
            choices=_options(choices),
            coerce=_reader(choices),
        )
    kind = {int: IntegerField, float: FloatField, str: StringField}[spec.type]
    hint = _("Empty: %(value)s.", value=in_words(spec, inherited.value))
    return kind(
        spec.title,
        description=f"{spec.help} {hint}".strip(),
        default=own,
        validators=[Optional()],
        render_kw=_limits(spec),
    )


def _offered(spec: Setting) -> list[tuple[Any, str]]:
    if spec.choices:
        return [(value, str(title)) for value, title in spec.choices]
    return []


def _options(choices: list[tuple[Any, str]]) -> list[SelectChoice]:
    return [SelectChoice(str(value), title) for value, title in choices]


def _reader(choices: list[tuple[Any, str]]) -> Any:
    """Back from what a browser sends to the declared value."""
    by_text = {str(value): value for value, _title in choices}
    return lambda sent: by_text.get(str(sent), sent)


def _limits(spec: Setting) -> dict[str, Any]:
    if spec.type is str:
        return {}
    limits = {"min": spec.minimum, "max": spec.maximum, "step": "any" if spec.type is float else None}
    return {name: value for name, value in limits.items() if value is not None}
