"""What can go wrong, in words that say what to do."""

from __future__ import annotations

from lms.errors import Conflict, Invalid


class RulesRefused(Invalid):
    """A set of rules contradicts itself; nothing was loaded."""

    code = "rules_refused"


class RuleChanged(Conflict):
    """A row differs from the one already known under the same id and version; give it a higher version."""

    code = "rule_changed"
