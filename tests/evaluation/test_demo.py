"""The demonstration's evaluations go through the real services and have something to show."""

from __future__ import annotations

import random
from datetime import date

from evaluation import demo, queries
from evaluation.models import Campaign, Comment
from lms import clock
from lms.demo import Context


def test_one_evaluation_is_closed_with_results_and_one_is_open(make, officer):
    reviewed = make.klass(learners=20, state="reviewing")
    running = make.klass(learners=20, starts_on=date(2025, 4, 1))
    context = Context(random.Random(1), clock.today(), print, users={"academic_officer": officer})
    demo.fill(context)

    assert {row.klass_id: row.is_open for row in Campaign.select()} == {reviewed.id: False, running.id: True}
    campaign = queries.campaign_of(reviewed)
    assert campaign is not None
    results = queries.results(queries.campaign_or_404(campaign.id))
    assert results is not None
    group = results.figures.groups[0]
    assert (group.asked, group.returned, group.valid, dict(group.invalid)) == (
        20,
        18,
        16,
        {"too_many_blanks": 2},
    )
    assert len(results.figures.general) == 4
    assert Comment.select().count() > 0


def test_no_fitting_class_means_no_evaluation(make, officer):
    make.klass(learners=3)
    demo.fill(Context(random.Random(1), clock.today(), print, users={"academic_officer": officer}))
    assert Campaign.select().count() == 0
