"""Schemes and forms as dated data; campaigns; and the ballots, kept so that nobody can be found in them.

Two groups of tables never meet. Who was given a form: `Invitation`, `Undealt`, `Draw`. What was answered:
`Ballot`, `Answer`, `Comment`. No key, number, order or time is shared between them, and none of the six keeps
any time at all. Their keys are random or natural and on SQLite they are WITHOUT ROWID tables (see the migration),
so the order of writing is not on record either. `services.close` writes them anew in key order and forgets who drew.
"""

from __future__ import annotations

import secrets

from flask_babel import get_locale
from peewee import BooleanField, CharField, CompositeKey, DateField, ForeignKeyField, IntegerField, TextField

from courses.models import Klass
from lms.access.models import User
from lms.db import BaseModel, JSONText
from lms.people.models import Official, Organisation


def random_key() -> str:
    """A key that says nothing: 128 random bits."""
    return secrets.token_hex(16)


def _in_language(vietnamese: str, english: str) -> str:
    return english if english and str(get_locale()) == "en" else vietnamese


class SchemeRow(BaseModel):
    """A circular's way of evaluating, in one version of the data; never edited once loaded."""

    code = CharField(20)
    version = IntegerField(default=1)
    #: course = quality of a course; acceptance = acceptance of an ordered service
    purpose = CharField(20, default="course")
    title = CharField(200)
    title_en = CharField(200, default="")
    valid_from = DateField(null=True)
    valid_from_confidence = CharField(10, default="")
    valid_to = DateField(null=True)
    valid_to_confidence = CharField(10, default="")
    legal_basis = CharField(400, default="")
    source = CharField(400, default="")
    note = TextField(default="")

    class Meta:
        table_name = "evaluation_scheme"
        indexes = ((("code", "version"), True),)

    def __str__(self) -> str:
        return str(_in_language(self.title, self.title_en))


class SchemeValue(BaseModel):
    """One figure of a scheme with its source; null with confidence "U" = UNKNOWN, never computed with."""

    scheme = ForeignKeyField(SchemeRow, backref="value_rows", on_delete="CASCADE")
    name = CharField(40)
    value = JSONText(null=True)
    confidence = CharField(10)
    source = CharField(400, default="")

    class Meta:
        table_name = "evaluation_scheme_value"
        indexes = ((("scheme", "name"), True),)


class Form(BaseModel):
    """A form in one version (phiếu đánh giá); changed wording is a new version."""

    code = CharField(20)
    version = IntegerField(default=1)
    title = CharField(200)
    title_en = CharField(200, default="")
    #: Respondent group: hoc_vien, giang_vien, cuu_hoc_vien, co_quan
    group = CharField(20)
    scheme_code = CharField(20)
    #: to_check = not yet compared with the circular's annex; checked
    status = CharField(12, default="to_check")
    confidence = CharField(10, default="")
    source = CharField(400, default="")
    #: Words at the two ends of the scale.
    low = CharField(60)
    low_en = CharField(60, default="")
    high = CharField(60)
    high_en = CharField(60, default="")

    class Meta:
        table_name = "evaluation_form"
        indexes = ((("code", "version"), True),)

    def __str__(self) -> str:
        return str(_in_language(self.title, self.title_en))

    @property
    def low_word(self) -> str:
        return _in_language(self.low, self.low_en)

    @property
    def high_word(self) -> str:
        return _in_language(self.high, self.high_en)


class Criterion(BaseModel):
    """A criterion (tiêu chí) of an evaluated object."""

    form = ForeignKeyField(Form, backref="criteria", on_delete="CASCADE")
    position = IntegerField()
    object_code = CharField(20)
    code = CharField(20)
    title = CharField(200)
    title_en = CharField(200, default="")

    class Meta:
        table_name = "evaluation_criterion"
        indexes = ((("form", "code"), True),)

    def __str__(self) -> str:
        return str(_in_language(self.title, self.title_en))


class Indicator(BaseModel):
    """An indicator (chỉ tiêu): one line that takes one mark."""

    criterion = ForeignKeyField(Criterion, backref="indicators", on_delete="CASCADE")
    position = IntegerField()
    code = CharField(20)
    text = CharField(400)
    text_en = CharField(400, default="")

    class Meta:
        table_name = "evaluation_indicator"
        indexes = ((("criterion", "code"), True),)

    def __str__(self) -> str:
        return str(_in_language(self.text, self.text_en))


class Campaign(BaseModel):
    """The evaluation of one class by one body in one wave. Days only: no hour of it is kept."""

    klass = ForeignKeyField(Klass, backref="campaigns", on_delete="RESTRICT")
    #: Who evaluates: the training institution, or later an agency that uses the officials.
    organisation = ForeignKeyField(Organisation, on_delete="RESTRICT")
    #: course = at its end; after = months later
    wave = CharField(12, default="course")
    scheme = ForeignKeyField(SchemeRow, on_delete="RESTRICT")
    #: The scheme the class's date asks for, when another was chosen; the reason stands beside the results.
    scheme_by_date = ForeignKeyField(SchemeRow, null=True, backref="+", on_delete="RESTRICT")
    scheme_reason = CharField(600, default="")
    formula = CharField(40)
    #: Smallest group shown; part of the promise, so fixed here at opening.
    smallest_group = IntegerField(default=5)
    opened_on = DateField()
    opened_by = ForeignKeyField(User, null=True, backref="+", on_delete="SET NULL")
    closed_on = DateField(null=True)
    closed_by = ForeignKeyField(User, null=True, backref="+", on_delete="SET NULL")

    class Meta:
        table_name = "evaluation_campaign"
        indexes = ((("klass", "organisation", "wave"), True),)

    def __str__(self) -> str:
        return str(self.klass)

    @property
    def is_open(self) -> bool:
        return self.closed_on is None


class Questionnaire(BaseModel):
    """One form put to one respondent group of a campaign, with how its codes reach people."""

    campaign = ForeignKeyField(Campaign, backref="questionnaires", on_delete="CASCADE")
    form = ForeignKeyField(Form, on_delete="RESTRICT")
    group = CharField(20)
    #: How many people get a form; ballots are numbered from 1 to this.
    asked = IntegerField()
    #: slips = printed and handed out in the room; home = each learner draws one when signed in
    delivery = CharField(8, default="slips")
    #: How many times slips were printed; each printing cancels the unused ones before it.
    printings = IntegerField(default=0)

    class Meta:
        table_name = "evaluation_questionnaire"
        indexes = ((("campaign", "form"), True),)


class Item(BaseModel):
    """A line of a questionnaire; `about` names the lecturer or subject where a block is repeated."""

    questionnaire = ForeignKeyField(Questionnaire, backref="items", on_delete="CASCADE")
    indicator = ForeignKeyField(Indicator, on_delete="RESTRICT")
    position = IntegerField()
    about = CharField(200, default="")

    class Meta:
        table_name = "evaluation_item"
        indexes = ((("questionnaire", "position"), True),)


class Invitation(BaseModel):
    """A one-time code, known by its keyed hash alone. Whose it is was never written anywhere."""

    code_hash = CharField(64, primary_key=True)
    questionnaire = ForeignKeyField(Questionnaire, backref="invitations", on_delete="CASCADE")
    spent = BooleanField(default=False)

    class Meta:
        table_name = "evaluation_invitation"


class Undealt(BaseModel):
    """A code nobody has drawn yet, sealed; the row goes when it is drawn. Only for delivery "home"."""

    code_hash = CharField(64, primary_key=True)
    questionnaire = ForeignKeyField(Questionnaire, backref="undealt", on_delete="CASCADE")
    sealed = TextField()

    class Meta:
        table_name = "evaluation_undealt"


class Draw(BaseModel):
    """That a learner has drawn a code, not which one. Forgotten when the campaign closes."""

    questionnaire = ForeignKeyField(Questionnaire, backref="draws", on_delete="CASCADE")
    official = ForeignKeyField(Official, on_delete="CASCADE")

    class Meta:
        table_name = "evaluation_draw"
        primary_key = CompositeKey("questionnaire", "official")


class Ballot(BaseModel):
    """A returned form: a random key and a number drawn at random. No person, no code, no time."""

    id = CharField(32, primary_key=True, default=random_key)
    questionnaire = ForeignKeyField(Questionnaire, backref="ballots", on_delete="CASCADE")
    number = IntegerField()

    class Meta:
        table_name = "evaluation_ballot"
        indexes = ((("questionnaire", "number"), True),)


class Answer(BaseModel):
    """The mark a ballot gives an item; a blank has no row."""

    ballot = ForeignKeyField(Ballot, backref="answers", on_delete="CASCADE")
    item = ForeignKeyField(Item, on_delete="RESTRICT")
    value = IntegerField()

    class Meta:
        table_name = "evaluation_answer"
        primary_key = CompositeKey("ballot", "item")


class Comment(BaseModel):
    """A remark in words. It hangs on the questionnaire, not on a ballot: style and marks cannot be put together."""

    id = CharField(32, primary_key=True, default=random_key)
    questionnaire = ForeignKeyField(Questionnaire, backref="comments", on_delete="CASCADE")
    #: Evaluated object it is about; empty = the course as a whole.
    object_code = CharField(20, default="")
    text = TextField()

    class Meta:
        table_name = "evaluation_comment"


#: The tables of the two worlds that must never meet; printed, as they are in the database, on the promise page.
WHO_WAS_GIVEN = (Invitation, Undealt, Draw)
WHAT_WAS_ANSWERED = (Ballot, Answer, Comment)
