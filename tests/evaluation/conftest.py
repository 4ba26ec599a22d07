"""A class under evaluation, and how a trainee answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from courses.models import Klass
from evaluation import queries, services
from evaluation.models import Campaign, Item, Questionnaire
from lms.access.models import User

REASON = "Kế hoạch của tỉnh, mục II.5 và IV.2, chỉ định Thông tư 10/2017/TT-BNV."


@dataclass
class Evaluated:
    """An open campaign with its printed codes."""

    klass: Klass
    campaign: Campaign
    officer: User
    codes: list[str]

    @property
    def questionnaire(self) -> Questionnaire:
        return queries.questionnaires(self.campaign)[0]

    @property
    def items(self) -> list[Item]:
        return queries.items(self.questionnaire)

    def marks(self, mark: int = 8, *, blank: int = 0) -> dict[int, int]:
        return {item.id: mark for item in self.items[blank:]}

    def page(self, code: str, mark: int = 8, *, blank: int = 0, **more: Any) -> dict[str, Any]:
        """What a phone sends."""
        return {
            "code": code,
            **{f"q{item}": str(value) for item, value in self.marks(mark, blank=blank).items()},
            **more,
        }

    def answer(self, *marks: int) -> None:
        """One ballot for each mark, all of that mark."""
        for mark in marks:
            services.cast_ballot(self.codes.pop(), self.marks(mark))

    def close(self) -> Campaign:
        self.campaign = services.close_campaign(self.campaign, by=self.officer)
        return queries.campaign_or_404(self.campaign.id)


@pytest.fixture
def officer(make: Any) -> User:
    return make.user("academic_officer")


@pytest.fixture
def evaluated(make: Any, officer: User) -> Callable[..., Evaluated]:
    """``evaluated(learners=30)``: a class of March 2025 under Circular 10 with a reason, slips printed."""

    def start(learners: int = 12, *, delivery: str = "slips", **klass_values: Any) -> Evaluated:
        klass_values.setdefault("starts_on", date(2025, 3, 3))
        klass = make.klass(learners=learners, **klass_values)
        campaign = services.open_campaign(
            klass, by=officer, scheme_code="TT10-2017", reason=REASON, delivery=delivery
        )
        codes = []
        if delivery == "slips":
            codes = services.print_slips(queries.questionnaires(campaign)[0], by=officer, printings=0)
        return Evaluated(klass, queries.campaign_or_404(campaign.id), officer, codes)

    return start
