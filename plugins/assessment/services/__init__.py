"""Deeds on tests and scores: one function a deed, one transaction."""

from plugins.assessment.services.entering import Cell, Entered, Judged, enter_scores, judge, record_retake
from plugins.assessment.services.planning import cancel_test, change_test, plan_test

__all__ = [
    "Cell",
    "Entered",
    "Judged",
    "cancel_test",
    "change_test",
    "enter_scores",
    "judge",
    "plan_test",
    "record_retake",
]
