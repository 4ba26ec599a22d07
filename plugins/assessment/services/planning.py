"""Everything about which tests a class has."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from flask_babel import gettext as _

from courses.models import Klass
from lms import audit, clock
from lms.access.models import User
from lms.db import atomic, lock
from lms.errors import Invalid
from lms.events import publish
from plugins.assessment import queries
from plugins.assessment.errors import ClassNotRunning, ScoresExist
from plugins.assessment.events import TestPlanned
from plugins.assessment.models import KINDS, Test

MOST_SCALE = Decimal(1000)
MOST_WEIGHT = 100


@atomic
def plan_test(
    klass: Klass,
    title: str,
    *,
    by: User | None,
    kind: str = "test",
    scale_max: Decimal = Decimal(10),
    required: bool = True,
    weight: int = 1,
    held_on: date | None = None,
) -> Test:
    """Add a test to a class. Raises ClassNotRunning, Invalid (fields: title, kind, scale_max, weight)."""
    must_take_scores(klass)
    title = " ".join(title.split())
    _check(klass, title, kind, scale_max, weight)
    test = Test.create(
        klass=klass,
        title=title,
        kind=kind,
        scale_max=scale_max,
        required=required,
        weight=weight,
        held_on=held_on,
        created_by=by,
    )
    audit.record(by, "assessment.plan", test, class_id=klass.id, scale_max=str(scale_max), required=required)
    publish(TestPlanned(class_id=klass.id, test_id=test.id))
    return test


@atomic
def change_test(
    test: Test,
    title: str,
    *,
    by: User | None,
    kind: str,
    scale_max: Decimal,
    required: bool,
    weight: int,
    held_on: date | None,
) -> Test:
    """Change a test. The scale stays once there are scores (they would mean something else).

    Raises ScoresExist, ClassNotRunning, Invalid.
    """
    must_take_scores(test.klass)
    test = lock(test)
    title = " ".join(title.split())
    _check(test.klass, title, kind, scale_max, weight, but=test)
    if Decimal(test.scale_max) != scale_max and queries.has_scores(test):
        raise ScoresExist(_("There are scores on the old scale already, so the scale cannot change."))
    test.title, test.kind, test.scale_max = title, kind, scale_max
    test.required, test.weight, test.held_on = required, weight, held_on
    test.save()
    audit.record(
        by, "assessment.change", test, class_id=test.klass_id, scale_max=str(scale_max), required=required
    )
    publish(TestPlanned(class_id=test.klass_id, test_id=test.id))
    return test


@atomic
def cancel_test(test: Test, *, by: User | None) -> None:
    """Call a test off. Raises ScoresExist: a test with scores stays on record; ClassNotRunning."""
    must_take_scores(test.klass)
    test = lock(test)
    if queries.has_scores(test):
        raise ScoresExist(_("“%(title)s” has scores, so it cannot be called off.", title=test.title))
    test.cancelled_at = clock.now()
    test.save(only=[Test.cancelled_at])
    audit.record(by, "assessment.cancel", test, class_id=test.klass_id)
    publish(TestPlanned(class_id=test.klass_id, test_id=test.id))


def must_take_scores(klass: Klass) -> None:
    """Raise ClassNotRunning when the class is closed or cancelled."""
    if klass.state in ("closed", "cancelled"):
        raise ClassNotRunning(_("The class is closed; its tests and scores can no longer be changed."))


def _check(
    klass: Klass, title: str, kind: str, scale_max: Decimal, weight: int, but: Test | None = None
) -> None:
    wrong: dict[str, str] = {}
    if not 2 <= len(title) <= 200:
        wrong["title"] = _("Give the test a title of 2 to 200 characters.")
    elif any(one.title == title and (but is None or one.id != but.id) for one in queries.tests(klass)):
        wrong["title"] = _("The class already has a test of this title.")
    if kind not in KINDS:
        wrong["kind"] = _("Choose a kind from the list.")
    if not (scale_max.is_finite() and 1 <= scale_max <= MOST_SCALE):
        wrong["scale_max"] = _("The scale ends between 1 and 1000.")
    if not 0 <= weight <= MOST_WEIGHT:
        wrong["weight"] = _("Give a weight from 0 to 100.")
    if wrong:
        raise Invalid(fields=wrong)
