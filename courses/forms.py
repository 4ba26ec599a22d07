"""What people may type on the pages of classes."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, IntegerField, SelectField, StringField, TimeField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from courses import queries
from courses.models import ClassSession, Klass, Lecturer, ProgrammeVersion, Room
from lms import clock
from lms.errors import Invalid
from lms.people.models import Organisation


class ClassForm(FlaskForm):
    """Open a class, or change its facts."""

    programme_version = SelectField(
        _l("Programme"), coerce=int, validators=[InputRequired(_l("Choose the programme."))]
    )
    code = StringField(
        _l("Class code"),
        validators=[InputRequired(_l("Give the class a code.")), Length(max=40)],
        description=_l("As it stands in the decision that opens the class, for example K05-2025."),
    )
    title = StringField(
        _l("Class title"), validators=[InputRequired(_l("Give the class a title.")), Length(max=200)]
    )
    organiser = SelectField(
        _l("Organiser"), coerce=int, validators=[InputRequired(_l("Choose the organiser."))]
    )
    starts_on = DateField(_l("First day"), validators=[Optional()])
    ends_on = DateField(_l("Last day"), validators=[Optional()])
    place = StringField(_l("Place"), validators=[Optional(), Length(max=200)])
    capacity = IntegerField(
        _l("Seats"),
        validators=[Optional(), NumberRange(1, 2000, _l("Give a number of seats from 1 to 2000."))],
    )
    homeroom_lecturer = SelectField(_l("Homeroom lecturer"), coerce=int, validators=[Optional()])

    def offer(self, klass: Klass | None = None) -> ClassForm:
        """Fill the lists to choose from: programmes in force, schools and departments, active lecturers."""
        versions = {
            version.id: version
            for version in queries.programme_versions((klass and klass.starts_on) or clock.today())
        }
        if klass is not None:
            versions.setdefault(klass.programme_version_id, klass.programme_version)
        self.programme_version.choices = [(one.id, _version_label(one)) for one in versions.values()]
        organisers = (
            Organisation.select()
            .where(Organisation.kind.in_(("school", "department")))
            .order_by(Organisation.path)
        )
        self.organiser.choices = [(one.id, one.name) for one in organisers]
        if klass is not None and klass.organiser_id not in {key for key, _name in self.organiser.choices}:
            self.organiser.choices.append((klass.organiser_id, klass.organiser.name))
        self.homeroom_lecturer.choices = [
            (0, _("None yet")),
            *((one.id, str(one)) for one in queries.lecturers()),
        ]
        return self

    def values(self) -> dict[str, Any]:
        """What was typed, as `open_class` and `change_class` take it."""
        return {
            "code": self.code.data,
            "title": self.title.data,
            "programme_version": ProgrammeVersion.get_by_id(self.programme_version.data),
            "organiser": Organisation.get_by_id(self.organiser.data),
            "starts_on": self.starts_on.data,
            "ends_on": self.ends_on.data,
            "place": self.place.data or "",
            "capacity": self.capacity.data,
            "homeroom_lecturer": Lecturer.get_or_none(Lecturer.id == self.homeroom_lecturer.data),
        }


class SessionForm(FlaskForm):
    """One session of a class; times are local."""

    day = DateField(_l("Date"), validators=[InputRequired(_l("Give the date."))])
    begins = TimeField(_l("From"), validators=[InputRequired(_l("Give the time, for example 07:30."))])
    ends = TimeField(_l("To"), validators=[InputRequired(_l("Give the time, for example 11:00."))])
    topic = StringField(_l("Topic"), validators=[InputRequired(_l("Give the topic.")), Length(max=300)])
    periods = IntegerField(_l("Periods"), default=4, validators=[InputRequired(_l("Give 0 to 20 periods.")), NumberRange(0, 20, _l("Give 0 to 20 periods."))])  # fmt: skip
    lecturer = SelectField(_l("Lecturer"), coerce=int, validators=[Optional()])
    room = SelectField(_l("Room"), coerce=int, validators=[Optional()])
    required = BooleanField(_l("Learners must attend"), default=True)

    def offer(self) -> SessionForm:
        """Fill the lists to choose from."""
        self.lecturer.choices = [(0, _("Nobody yet")), *((one.id, str(one)) for one in queries.lecturers())]
        self.room.choices = [
            (0, _("None yet")),
            *((one.id, one.name) for one in Room.select().order_by(Room.name_folded)),
        ]
        return self

    @classmethod
    def about(cls, session: ClassSession) -> SessionForm:
        """The form with what is on record."""
        begins, ends = clock.local(session.starts_at), clock.local(session.ends_at)
        return cls(
            day=begins.date(),
            begins=begins.time(),
            ends=ends.time(),
            topic=session.topic,
            periods=session.periods,
            lecturer=session.lecturer_id or 0,
            room=session.room_id or 0,
            required=session.required,
        ).offer()

    def values(self) -> dict[str, Any]:
        """What was typed, as the services take it: times as naive UTC."""
        return {
            "starts_at": clock.from_local(_moment(self.day.data, self.begins.data)),
            "ends_at": clock.from_local(_moment(self.day.data, self.ends.data)),
            "topic": self.topic.data,
            "periods": self.periods.data,
            "lecturer": Lecturer.get_or_none(Lecturer.id == self.lecturer.data),
            "room": Room.get_or_none(Room.id == self.room.data),
            "required": self.required.data,
        }


class ReasonForm(FlaskForm):
    """A deed that must be explained."""

    reason = StringField(
        _l("Reason"), validators=[InputRequired(_l("Please give a reason.")), Length(3, 400)]
    )


def show_problems(form: FlaskForm, problem: Invalid) -> None:
    """Put the sentences of a service beside the fields they are about; the rest above the form."""
    unplaced = [sentence for name, sentence in problem.fields.items() if name not in form]
    for name, sentence in problem.fields.items():
        if name in form:
            form[name].errors = [*form[name].errors, sentence]
    if unplaced or not problem.fields:
        form.form_errors = [*form.form_errors, *(unplaced or [problem.message])]


def _version_label(version: ProgrammeVersion) -> str:
    length = _("%(num)s periods", num=version.periods) if version.periods else version.duration
    return f"{version.programme.title} ({version.programme.code}{', ' + length if length else ''})"


def _moment(day: date, at: time) -> datetime:
    return datetime.combine(day, at)
