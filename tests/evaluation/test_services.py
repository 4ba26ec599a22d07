"""Campaigns from opening to closing."""

from __future__ import annotations

from datetime import date, datetime
from fractions import Fraction

import pytest

from evaluation import queries, services
from evaluation.codes import code_hash
from evaluation.models import Answer, Ballot, Campaign, Comment, Draw, Form, Invitation, SchemeRow, Undealt
from evaluation.reference import scheme_of, schemes
from evaluation.schemes import ValueUnknown
from lms.audit.models import AuditRow
from lms.errors import Invalid, NotFound
from lms.events import EventRow

from .conftest import REASON

# Opening ---------------------------------------------------------------------------------------------------


def test_the_date_asks_for_the_new_circular_whose_scale_is_unknown_so_nothing_is_opened(make, officer):
    klass = make.klass(learners=10)
    choice = queries.scheme_choice(klass)
    assert choice.by_date is not None
    assert (choice.by_date.code, choice.ready) == ("TT03-2023", False)
    assert [one.code for one in choice.computable] == ["TT10-2017"]

    with pytest.raises(ValueUnknown, match="03/2023"):
        services.open_campaign(klass, by=officer)
    assert Campaign.select().count() == 0


@pytest.mark.parametrize("reason", ["", "   ", "vì thế"])
def test_another_scheme_needs_a_reason(make, officer, reason):
    with pytest.raises(Invalid) as refused:
        services.open_campaign(make.klass(learners=10), by=officer, scheme_code="TT10-2017", reason=reason)
    assert set(refused.value.fields) == {"reason"}


def test_the_reason_and_both_schemes_stay_with_the_campaign(evaluated):
    one = evaluated()
    campaign = queries.campaign_of(one.klass)
    assert campaign is not None
    assert (campaign.scheme.code, campaign.scheme_by_date.code, campaign.scheme_reason) == (
        "TT10-2017",
        "TT03-2023",
        REASON,
    )
    assert (campaign.formula, campaign.smallest_group) == ("mean-of-means v1", 5)


def test_a_class_of_2019_runs_under_circular_10_without_any_reason(make, officer):
    klass = make.klass(learners=10, starts_on=date(2019, 3, 4))
    campaign = services.open_campaign(klass, by=officer)
    assert (campaign.scheme.code, campaign.scheme_by_date, campaign.scheme_reason) == ("TT10-2017", None, "")


def test_the_acceptance_scheme_is_no_scheme_for_a_course(make, officer):
    with pytest.raises(Invalid):
        services.open_campaign(make.klass(learners=10), by=officer, scheme_code="TT07-2023", reason=REASON)


@pytest.mark.parametrize("state", ["draft", "enrolling", "closed", "cancelled"])
def test_only_a_running_class_or_one_under_review_is_evaluated(make, officer, state):
    with pytest.raises(services.ClassNotReady):
        services.open_campaign(
            make.klass(learners=10, state=state), by=officer, scheme_code="TT10-2017", reason=REASON
        )


def test_four_trainees_are_not_asked_at_all(make, officer):
    with pytest.raises(services.ClassNotReady):
        services.open_campaign(make.klass(learners=4), by=officer, scheme_code="TT10-2017", reason=REASON)


def test_a_class_is_evaluated_once(evaluated):
    one = evaluated()
    with pytest.raises(services.AlreadyOpened):
        services.open_campaign(one.klass, by=one.officer, scheme_code="TT10-2017", reason=REASON)


def test_what_was_loaded_is_pinned_and_read_back_as_it_ships(evaluated):
    one = evaluated()
    row = SchemeRow.get(SchemeRow.code == "TT10-2017")
    shipped = next(scheme for scheme in schemes() if scheme.code == "TT10-2017")
    assert scheme_of(row) == shipped
    assert {value.confidence for value in row.value_rows} == {"V", "R", "I"}
    form = Form.get()
    assert (form.code, form.version, form.status, form.confidence) == ("P-HV", 1, "to_check", "R")
    assert len(one.items) == 20


# Codes -----------------------------------------------------------------------------------------------------


def test_there_are_exactly_as_many_codes_as_trainees_and_only_hashes_stay(evaluated):
    one = evaluated(learners=12)
    assert len(one.codes) == 12
    stored = {row.code_hash for row in Invitation.select()}
    assert stored == {code_hash(code) for code in one.codes}


def test_printing_anew_cancels_unused_slips_and_keeps_ballots(evaluated):
    one = evaluated(learners=12)
    one.answer(8, 8)
    old = list(one.codes)
    fresh = services.print_slips(one.questionnaire, by=one.officer, printings=1)

    assert len(fresh) == 10
    assert Ballot.select().count() == 2
    with pytest.raises(NotFound):
        queries.door(old[0])
    assert queries.door(fresh[0]).state == "open"


def test_the_same_print_page_sent_twice_cancels_nothing(evaluated):
    one = evaluated()
    with pytest.raises(services.SlipsPrintedMeanwhile):
        services.print_slips(one.questionnaire, by=one.officer, printings=0)
    assert queries.door(one.codes[0]).state == "open"


def test_slips_follow_a_late_joiner(make, evaluated):
    one = evaluated(learners=12)
    make.learner(one.klass)
    assert len(services.print_slips(one.questionnaire, by=one.officer, printings=1)) == 13


# Answering -------------------------------------------------------------------------------------------------


def test_a_ballot_is_kept_whole_and_its_code_is_spent(evaluated):
    one = evaluated()
    code = one.codes[0]
    marks = {item.id: number % 10 + 1 for number, item in enumerate(one.items)}
    services.cast_ballot(code, marks, comment="  Phòng học hơi nóng.  ")

    ballot = Ballot.get()
    assert {row.item_id: row.value for row in Answer.select()} == marks
    assert 1 <= ballot.number <= 12
    assert [row.text for row in Comment.select()] == ["Phòng học hơi nóng."]
    assert queries.door(code).state == "spent"
    with pytest.raises(services.CodeSpent):
        services.cast_ballot(code, marks)
    assert Ballot.select().count() == 1


@pytest.mark.parametrize("value", [0, 11, -3])
def test_a_mark_off_the_scale_is_refused_whole(evaluated, value):
    one = evaluated()
    with pytest.raises(Invalid):
        services.cast_ballot(one.codes[0], {**one.marks(), one.items[0].id: value})
    assert Ballot.select().count() == 0
    assert queries.door(one.codes[0]).state == "open"


def test_marks_of_another_class_are_refused(make, evaluated):
    one, other = evaluated(), evaluated()
    with pytest.raises(Invalid):
        services.cast_ballot(one.codes[0], other.marks())
    assert Ballot.select().count() == 0


def test_one_blank_of_twenty_is_fine_and_two_must_be_meant(evaluated):
    one = evaluated()
    services.cast_ballot(one.codes[0], one.marks(blank=1))
    with pytest.raises(services.TooManyBlanks):
        services.cast_ballot(one.codes[1], one.marks(blank=2))
    services.cast_ballot(one.codes[1], one.marks(blank=2), knowingly_invalid=True)
    assert Ballot.select().count() == 2


def test_an_empty_form_may_be_handed_in(evaluated):
    one = evaluated(learners=6)
    one.answer(*[9] * 5)
    services.cast_ballot(one.codes[0], {}, knowingly_invalid=True)
    results = queries.results(one.close())
    assert results is not None
    group = results.figures.groups[0]
    assert (group.returned, group.valid, dict(group.invalid)) == (6, 5, {"too_many_blanks": 1})


def test_ballot_numbers_are_a_permutation_of_the_range(evaluated):
    one = evaluated(learners=12)
    one.answer(*[7] * 12)
    assert sorted(row.number for row in Ballot.select()) == list(range(1, 13))


def test_answering_leaves_no_audit_row_and_no_event(evaluated):
    one = evaluated()
    before = (AuditRow.select().count(), EventRow.select().count())
    one.answer(8)
    assert (AuditRow.select().count(), EventRow.select().count()) == before


# Taking a form when signed in -------------------------------------------------------------------------------


def test_a_learner_draws_once_and_which_code_is_not_kept(make, evaluated):
    one = evaluated(learners=6, delivery="home")
    learner = make.learner(one.klass).official
    code = services.draw(one.questionnaire, learner)

    assert queries.door(code).state == "open"
    assert [(row.questionnaire_id, row.official_id) for row in Draw.select()] == [
        (one.questionnaire.id, learner.id)
    ]
    assert Undealt.select().count() == 5
    with pytest.raises(services.NothingToDraw):
        services.draw(one.questionnaire, learner)


def test_nobody_outside_the_class_draws(make, evaluated):
    one = evaluated(learners=6, delivery="home")
    with pytest.raises(services.NothingToDraw):
        services.draw(one.questionnaire, make.official())
    assert Undealt.select().count() == 6


# Participation and closing ---------------------------------------------------------------------------------


def test_participation_is_told_in_steps_of_five_until_everybody_has_answered(evaluated):
    one = evaluated(learners=12)
    told = []
    for _ in range(12):
        one.answer(8)
        counts = queries.participation(one.campaign)
        told.append((counts.at_least, counts.exact))
    assert told == [(0, False)] * 4 + [(5, False)] * 5 + [(10, False)] * 2 + [(12, True)]


def test_nothing_is_computed_while_the_campaign_is_open(evaluated):
    one = evaluated()
    one.answer(*[8] * 10)
    assert queries.results(one.campaign) is None


def test_closing_gives_the_indices_and_forgets_who_drew(make, evaluated):
    one = evaluated(learners=7, delivery="home")
    learners = [row.official for row in one.klass.memberships]
    for official, mark in zip(learners[:6], (10, 9, 9, 8, 8, 7), strict=True):
        services.cast_ballot(services.draw(one.questionnaire, official), one.marks(mark))
    results = queries.results(one.close())

    assert results is not None
    assert {general.value for general in results.figures.general} == {Fraction(51, 6)}
    assert [general.band.label for general in results.figures.general] == ["Tốt"] * 4
    assert (Draw.select().count(), Undealt.select().count()) == (0, 0)
    assert Ballot.select().count() == 6
    assert Answer.select().count() == 120


def test_writing_anew_at_closing_changes_no_ballot(evaluated):
    one = evaluated()
    one.answer(1, 2, 3, 4, 5, 6, 7)
    before = sorted((row.ballot_id, row.item_id, row.value) for row in Answer.select())
    spent = sorted((row.code_hash, row.spent) for row in Invitation.select())
    one.close()
    assert sorted((row.ballot_id, row.item_id, row.value) for row in Answer.select()) == before
    assert sorted((row.code_hash, row.spent) for row in Invitation.select()) == spent


def test_after_closing_no_ballot_is_taken_and_it_cannot_be_closed_twice(evaluated):
    one = evaluated()
    code = one.codes[-1]
    one.answer()
    one.close()
    assert queries.door(code).state == "over"
    with pytest.raises(services.CampaignOver):
        services.cast_ballot(code, one.marks())
    with pytest.raises(services.CampaignOver):
        services.close_campaign(one.campaign, by=one.officer)


def test_with_four_valid_forms_neither_figures_nor_comments_are_given(evaluated):
    one = evaluated()
    for code in one.codes[:4]:
        services.cast_ballot(code, one.marks(), comment="Rất tốt")
    results = queries.results(one.close())
    assert results is not None
    assert (results.suppressed, results.figures.general, results.comments) == (True, (), [])


def test_opening_printing_and_closing_are_on_record_without_any_code(evaluated, frozen):
    with frozen(datetime(2025, 3, 28, 16, 0)):
        one = evaluated()
        codes = list(one.codes)
        one.answer(8)
        one.close()
    rows = list(AuditRow.select().where(AuditRow.deed.startswith("evaluation.")).order_by(AuditRow.number))
    assert [row.deed for row in rows] == ["evaluation.open", "evaluation.print_slips", "evaluation.close"]
    text = " ".join(str(row.__data__) for row in rows)
    assert not any(code in text or code_hash(code) in text for code in codes)
    assert Campaign.get().opened_on == date(2025, 3, 28)
