"""What people type about a webhook."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from lms.api.webhooks import services
from lms.api.webhooks.models import Webhook


class WebhookForm(FlaskForm):
    """Title, address, facts."""

    title = StringField(
        _l("Which system is told?"), [InputRequired(_l("Please say which system is told.")), Length(max=80)]
    )
    address = StringField(
        _l("Address"),
        [InputRequired(_l("This is no address like https://example.vn/hook.")), Length(max=400)],
        description=_l("It receives POST over https. Addresses inside our own network are refused."),
    )
    events = SelectMultipleField(
        _l("Of what it is told"),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        validate_choice=False,  # the service knows what may be chosen, and says it in a sentence of ours
        description=_l("Only the name of the fact, the time and ids are sent; no personal data."),
    )


def webhook_form(webhook: Webhook | None = None) -> Any:
    """The form, filled with what holds now."""
    now = {"title": webhook.title, "address": webhook.address, "events": webhook.events} if webhook else {}
    form = WebhookForm(data=now) if now else WebhookForm()
    form.events.choices = [(one.name, one.name) for one in services.offered()]
    return form
