"""What assessment does, in plain words, for the audit record."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

DEEDS = {
    "assessment.plan": _l("%(who)s added the test %(thing)s, scale up to %(scale_max)s"),
    "assessment.change": _l("%(who)s changed the test %(thing)s: scale up to %(scale_max)s"),
    "assessment.cancel": _l("%(who)s called off the test %(thing)s"),
    "assessment.scores": _l(
        "%(who)s entered scores of %(thing)s: %(new)s new, %(changed)s changed, %(withdrawn)s withdrawn"
    ),
    "assessment.retake": _l("%(who)s entered attempt %(attempt)s of %(membership)s in the test %(thing)s"),
}

KINDS = {"assessment_test": _l("test")}

NAMES = {"membership": "courses_membership", "class_id": "courses_class"}
