"""Try to name a respondent from everything a finished or running evaluation leaves in the database."""

from __future__ import annotations

import random
import sqlite3
import threading
from collections import Counter
from datetime import date

import pytest
from peewee import DateField, DateTimeField, TimeField

from evaluation import queries, services
from evaluation.codes import code_hash
from evaluation.models import WHAT_WAS_ANSWERED, WHO_WAS_GIVEN, Answer, Ballot, Comment, Draw, Invitation
from lms.access import services as access
from lms.db import db, is_postgresql
from lms.plugins.switch import refresh
from tests.factories import MakeAll

from .conftest import REASON, Evaluated
from .own_database import own_database

SIX = [*WHO_WAS_GIVEN, *WHAT_WAS_ANSWERED]


@pytest.fixture
def real(application, tmp_path):
    """Campaigns in a database where every deed is its own transaction; ``real(learners, delivery)``."""
    with own_database(application, tmp_path) as address:
        refresh()
        access.ensure_roles()
        make = MakeAll()

        def start(learners: int = 20, delivery: str = "slips") -> Evaluated:
            officer = make.user("academic_officer")
            klass = make.klass(learners=learners, starts_on=date(2025, 3, 3))
            campaign = services.open_campaign(
                klass, by=officer, scheme_code="TT10-2017", reason=REASON, delivery=delivery
            )
            asked = queries.questionnaires(campaign)[0]
            codes = services.print_slips(asked, by=officer, printings=0) if delivery == "slips" else []
            return Evaluated(klass, queries.campaign_or_404(campaign.id), officer, codes)

        start.address = address
        yield start
    refresh()


# The shape of the tables -----------------------------------------------------------------------------------


@pytest.mark.parametrize("model", SIX)
def test_no_table_of_the_six_keeps_any_time(app, model):
    assert not [
        field.name
        for field in model._meta.sorted_fields
        if isinstance(field, DateField | DateTimeField | TimeField)
        or "time" in field.name
        or field.name.endswith("_at")
    ]
    types = {column.data_type.lower() for column in db.get_columns(model._meta.table_name)}
    assert not [kind for kind in types if "date" in kind or "time" in kind]


def test_the_two_worlds_share_no_column_but_the_questionnaire(app):
    given = {name for model in WHO_WAS_GIVEN for name in model._meta.columns}
    answered = {name for model in WHAT_WAS_ANSWERED for name in model._meta.columns}
    assert given & answered == {"questionnaire_id"}


def test_no_key_leads_from_an_answer_to_a_person_a_code_or_an_account(app):
    reached, front = set(), {model._meta.table_name for model in WHAT_WAS_ANSWERED}
    while front:
        reached |= front
        front = {key.dest_table for table in front for key in db.get_foreign_keys(table)} - reached
        # A campaign names its class and the officer who opened it; from there on it is no longer about a ballot.
        front -= {"evaluation_campaign"}
    assert reached == {
        "evaluation_answer",
        "evaluation_ballot",
        "evaluation_comment",
        "evaluation_questionnaire",
        "evaluation_item",
        "evaluation_indicator",
        "evaluation_criterion",
        "evaluation_form",
    }


# What rows say ---------------------------------------------------------------------------------------------


def test_no_value_of_the_one_world_stands_in_the_other(real):
    one = real(delivery="home")
    for membership in list(one.klass.memberships)[:12]:
        code = services.draw(one.questionnaire, membership.official)
        services.cast_ballot(code, one.marks(), comment="Lớp học tốt")

    def values(models):
        rows = [row for model in models for row in model.select().tuples()]
        return {str(value) for row in rows for value in row if isinstance(value, str)}

    assert values(WHO_WAS_GIVEN) & values(WHAT_WAS_ANSWERED) == set()
    assert {row.questionnaire_id for row in Draw.select()} == {one.questionnaire.id}


def test_the_order_of_answering_is_in_no_key_and_no_number(real):
    """Over several campaigns, the n-th person to answer gets every number and every place about equally often."""
    places: Counter[tuple[int, int]] = Counter()
    for _ in range(12):
        one = real(learners=6)
        for mark in range(1, 7):
            one.answer(mark)
        asked = one.questionnaire.id
        rows = Ballot.select(Ballot.id).where(Ballot.questionnaire == asked).order_by(Ballot.number)
        first = [Answer.select().where(Answer.ballot == row.id).first().value for row in rows]
        keys = Ballot.select(Ballot.id).where(Ballot.questionnaire == asked).order_by(Ballot.id)
        by_key = [Answer.select().where(Answer.ballot == row.id).first().value for row in keys]
        assert sorted(first) == sorted(by_key) == [1, 2, 3, 4, 5, 6]
        for place, mark in enumerate(first):
            places[place, mark] += 1
        for place, mark in enumerate(by_key):
            places[place, mark] += 1
    # 24 orders of six: were the order kept, some place would always hold the same person.
    assert max(places.values()) < 18


def test_sqlite_keeps_no_rowid_and_so_no_order(real):
    if is_postgresql():
        pytest.skip("rowids are SQLite's")
    one = real()
    one.answer(*range(1, 9))
    path = real.address.removeprefix("sqlite:///")
    with sqlite3.connect(path) as raw:
        for model in SIX:
            with pytest.raises(sqlite3.OperationalError, match="rowid"):
                raw.execute(f"select rowid from {model._meta.table_name}")
    raw.close()


def test_postgresql_tells_no_order_by_place_or_transaction_after_closing(real):
    if not is_postgresql():
        pytest.skip("ctid and xmin are PostgreSQL's")
    one = real()
    one.answer(*[1, 2, 3, 4, 5, 6, 7, 8, 9])
    one.close()
    for model in (Ballot, Answer, Comment, Invitation):
        table, key = (
            model._meta.table_name,
            ", ".join(field.column_name for field in model._meta.get_primary_keys()),
        )
        rows = db.execute_sql(f"select xmin, {key} from {table} order by ctid").fetchall()
        assert len({row[0] for row in rows}) <= 1, table
        assert [row[1:] for row in rows] == sorted(row[1:] for row in rows), table


def test_nothing_anywhere_else_in_the_database_grows_with_an_answer(real):
    """No log, outbox, job, session or counter moves when somebody answers."""
    one = real()
    one.answer(5)
    tables = [name for name in db.get_tables() if name not in {model._meta.table_name for model in SIX}]
    before = {name: db.execute_sql(f'select count(*) from "{name}"').fetchone()[0] for name in tables}
    content = {
        name: sorted(map(str, db.execute_sql(f'select * from "{name}"').fetchall())) for name in tables
    }
    one.answer(6)
    services.cast_ballot(one.codes.pop(), one.marks(7), comment="Xin cảm ơn")
    assert {name: db.execute_sql(f'select count(*) from "{name}"').fetchone()[0] for name in tables} == before
    assert {
        name: sorted(map(str, db.execute_sql(f'select * from "{name}"').fetchall())) for name in tables
    } == content


def test_no_code_stands_anywhere_in_the_database(real):
    one = real()
    codes = list(one.codes)
    one.answer(*[8] * 6)
    one.close()
    everything = " ".join(
        str(row) for name in db.get_tables() for row in db.execute_sql(f'select * from "{name}"').fetchall()
    )
    assert not [code for code in codes if code in everything]


def test_after_closing_nothing_names_a_person(real):
    one = real(delivery="home")
    for membership in list(one.klass.memberships)[:7]:
        services.cast_ballot(services.draw(one.questionnaire, membership.official), one.marks())
    one.close()
    assert Draw.select().count() == 0


# Sent twice at the same moment -----------------------------------------------------------------------------


def _at_once(*deeds):
    """Run deeds in threads that start together; returns what each raised, or None."""
    ready = threading.Barrier(len(deeds), timeout=20)
    problems = [None] * len(deeds)

    def run(number, deed):
        with db.connection_context():
            ready.wait()
            try:
                deed()
            except Exception as problem:
                problems[number] = problem

    threads = [threading.Thread(target=run, args=(number, deed)) for number, deed in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return problems


def test_a_form_sent_six_times_at_once_makes_one_ballot(real, application):
    one = real()
    code, marks = one.codes[0], one.marks(9)

    def send():
        with application.app_context():
            services.cast_ballot(code, marks)

    problems = _at_once(*[send] * 6)
    assert sorted(type(problem).__name__ for problem in problems) == ["CodeSpent"] * 5 + ["NoneType"]
    assert Ballot.select().count() == 1
    assert Answer.select().count() == 20


def test_a_class_answering_at_once_loses_and_doubles_nothing(real, application):
    one = real(learners=12)
    marks = one.marks(8)

    def send(code):
        def deed():
            with application.app_context():
                services.cast_ballot(code, marks)

        return deed

    assert _at_once(*[send(code) for code in one.codes]) == [None] * 12
    assert sorted(row.number for row in Ballot.select()) == list(range(1, 13))
    assert Answer.select().count() == 240
    assert Invitation.select().where(Invitation.spent).count() == 12


def test_a_learner_drawing_twice_at_once_gets_one_form(real, application):
    one = real(learners=8, delivery="home")
    official, asked = next(iter(one.klass.memberships)).official, one.questionnaire

    def take():
        with application.app_context():
            services.draw(asked, official)

    problems = _at_once(take, take, take)
    assert sorted(type(problem).__name__ for problem in problems) == [
        "NoneType",
        "NothingToDraw",
        "NothingToDraw",
    ]
    assert Draw.select().count() == 1


def test_an_answer_racing_with_the_closing_is_whole_or_not_there(real, application):
    for _ in range(4):
        one = real(learners=6)
        one.answer(7, 7, 7, 7, 7)
        code, marks = one.codes[0], one.marks(1)

        def send(code=code, marks=marks):
            with application.app_context():
                services.cast_ballot(code, marks)

        def close(one=one):
            with application.app_context():
                services.close_campaign(one.campaign, by=one.officer)

        deeds = [send, close]
        random.shuffle(deeds)
        problems = _at_once(*deeds)
        assert {type(problem) for problem in problems} <= {type(None), services.CampaignOver}
        ballots = Ballot.select().where(Ballot.questionnaire == one.questionnaire).count()
        spent = Invitation.get(Invitation.code_hash == code_hash(code)).spent
        assert ballots == (6 if spent else 5)
