"""What a person wants to hear by mail, and when not."""

from __future__ import annotations

from datetime import time
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectField, TimeField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired

from lms.access.models import User
from lms.notify import queries
from lms.notify.services import Wishes
from lms.notify.topics import topics

WAYS = [
    SelectChoice("now", _l("At once")),
    SelectChoice("daily", _l("Once a day")),
    SelectChoice("none", _l("Not by mail")),
]


class Preferences(FlaskForm):
    """Quiet hours; the ways of each topic are added by `preferences`."""

    begin = TimeField(
        _l("No mail from"),
        [DataRequired(_l("Please give a time of day, like 21:00."))],
        description=_l("What happens in these hours is mailed when they end."),
    )
    end = TimeField(
        _l("to"),
        [DataRequired(_l("Please give a time of day, like 21:00."))],
        description=_l("The daily mail goes out at this time."),
    )

    def wishes(self) -> Wishes:
        """What was chosen, for the service."""
        begin, end = self.begin.data or time(21), self.end.data or time(7)
        return Wishes(
            {name: self[field].data for name, field in self.topic_fields.items()},
            f"{begin:%H:%M}",
            f"{end:%H:%M}",
        )

    #: Topic → name of its field.
    topic_fields: dict[str, str] = {}


def preferences(user: User) -> Any:
    """The form of a person, filled with what holds now."""
    chosen, (begin, end) = queries.choices_of(user), queries.quiet_of(user)
    offered = [topic for topic in topics() if not topic.always]
    fields = {topic.name: f"mode_{topic.name.replace('.', '_')}" for topic in offered}
    members = {fields[topic.name]: SelectField(topic.title, choices=WAYS) for topic in offered}
    kind = type("OwnPreferences", (Preferences,), members | {"topic_fields": fields})
    now = {fields[topic.name]: chosen.get(topic.name, topic.mode) for topic in offered}
    return kind(data=now | {"begin": time.fromisoformat(begin), "end": time.fromisoformat(end)})
