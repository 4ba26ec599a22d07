"""The engine's codes in words. Everything a reader sees about a verdict is phrased here, once for all faces."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lms.web.filters import date as written
from lms.web.filters import vi_list
from plugins.eligibility.engine.outcomes import Level, Outcome, Standing, State
from plugins.eligibility.engine.parsing import RuleProblem
from plugins.eligibility.engine.rules import SURE, Provenance, Rulebook, leaves
from plugins.eligibility.engine.verdict import Finding, Note, Use, Verdict

OUTCOMES: Mapping[Outcome, Any] = {
    Outcome.ELIGIBLE: _l("Eligible"),
    Outcome.OBLIGATION: _l("Eligible, with training owed after appointment"),
    Outcome.CANNOT_SAY: _l("Cannot say yet"),
    Outcome.NOT_YET: _l("Not yet eligible"),
}
#: The same in the width of a badge.
SHORT_OUTCOMES: Mapping[Outcome, Any] = {
    Outcome.ELIGIBLE: _l("Eligible"),
    Outcome.OBLIGATION: _l("Training owed"),
    Outcome.CANNOT_SAY: _l("Cannot say"),
    Outcome.NOT_YET: _l("Not yet"),
}
TONES = {
    Outcome.ELIGIBLE: "good",
    Outcome.OBLIGATION: "warn",
    Outcome.CANNOT_SAY: "info",
    Outcome.NOT_YET: "bad",
}
LEVELS = {
    "so": _l("Department level"),
    "phong": _l("Division level"),
    "huyen": _l("District level (until 30/06/2025)"),
    "xa": _l("Commune level"),
}
CONFIDENCES = {
    "S": _l("checked against the document"),
    "V": _l("checked against a published source"),
    "V2": _l("from a second-hand note, to be confirmed"),
    "R+": _l("recalled, to be confirmed"),
    "R": _l("recalled, to be confirmed"),
    "R-": _l("recalled with doubt, to be confirmed"),
    "I": _l("inferred, to be confirmed"),
    "UNKNOWN": _l("unknown, to be filled in"),
}
GROUPS = {
    "all_of": _l("All of these"),
    "any_of": _l("One of these is enough"),
}
STATUSES = {
    "revoked": _l("revoked"),
    "superseded": _l("replaced"),
    "suspended": _l("suspended"),
}


def in_english() -> bool:
    locale = get_locale()
    return locale is not None and locale.language == "en"


def title(thing: Any) -> str:
    """The title of a post, programme or finding in the reader's language."""
    return str((thing.title_en if in_english() else "") or thing.title)


def headline(verdict: Verdict) -> str:
    """The sentence under the verdict's word."""
    total = len(verdict.requirements)
    if verdict.outcome is Outcome.ELIGIBLE:
        return ngettext("The %(num)d requirement is met.", "All %(num)d requirements are met.", total)
    if verdict.outcome is Outcome.OBLIGATION:
        names = vi_list(_names(verdict.obligations))
        return _("May be appointed; still to complete afterwards: %(names)s.", names=names)
    if verdict.outcome is Outcome.CANNOT_SAY:
        return _cannot_say(verdict)
    blocking = [leaf for leaf in verdict.root.pressing() if leaf.level is Level.BLOCKS]
    return _(
        "%(open)d of %(total)d requirements not met. Before appointment: %(names)s.",
        open=len(verdict.open),
        total=total,
        names=vi_list(_names(blocking)),
    )


def _cannot_say(verdict: Verdict) -> str:
    parts = []
    if verdict.not_recorded:
        parts.append(_("Not on record: %(names)s.", names=vi_list(_names(verdict.not_recorded))))
    if verdict.to_fill_in:
        parts.append(
            ngettext(
                "%(num)d rule must be filled in first.",
                "%(num)d rules must be filled in first.",
                len(verdict.to_fill_in),
            )
        )
    return " ".join(parts) or _("The record does not allow an answer.")


def _names(leaves: Any) -> list[str]:
    return list(dict.fromkeys(title(leaf) for leaf in leaves))


def mark(finding: Finding) -> tuple[str, str, str]:
    """How a line of the tree is marked: tone, icon, word."""
    if finding.level is Level.MET:
        word = _("Exempt") if finding.state is State.WAIVED else _("Met")
        return "good", "circle-check", word
    if finding.level is Level.OBLIGATION:
        return "warn", "triangle-alert", _("Owed after appointment")
    if finding.level is Level.BLOCKS:
        return "bad", "circle-x", _("Not met")
    word = _("Cannot say") if finding.state is State.UNKNOWN else _("Not met, effect unknown")
    return "info", "circle-help", word


def group(node: Finding) -> str:
    """What a group asks of its parts."""
    if node.kind == "n_of":
        return _("At least %(needed)d of these %(total)d", needed=node.needed, total=len(node.children))
    return str(GROUPS[node.kind])


def missing(verdict: Verdict) -> str:
    """The lines that are open, for one cell of a list."""
    parts = []
    for leaf in verdict.root.pressing():
        name = title(leaf)
        if leaf.level is Level.UNKNOWN:
            name = _("%(name)s (cannot say)", name=name)
        elif leaf.level is Level.OBLIGATION:
            name = _("%(name)s (after appointment)", name=name)
        parts.append(name)
    return "; ".join(dict.fromkeys(parts))


def standing(use: Use) -> str:
    """Why a piece of evidence does or does not count on the day."""
    each = use.certificate
    if use.standing is Standing.COUNTS:
        return _("counts")
    if use.standing is Standing.LATER:
        return _("recognised only on %(date)s", date=written(each.awarded_on))
    if use.standing is Standing.EXPIRED:
        return _("expired on %(date)s", date=written(each.valid_until))
    if use.standing is Standing.UNDATED:
        return _("the day of recognition is not on record")
    return _("%(status)s on %(date)s", status=STATUSES[each.status], date=written(each.status_from))


def covered_by(use: Use) -> str:
    """By which rules another programme stands for the one asked for."""
    return ", ".join(edge.rule.rule_id for edge in use.path)


def note(finding_note: Note) -> str:
    """A remark of the engine as a sentence."""
    values = {
        name: written(value) if isinstance(value, date) else value
        for name, value in finding_note.values.items()
    }
    if "status" in values:
        values["status"] = STATUSES.get(values["status"], values["status"])
    values.pop("kind", None)
    return str(_NOTES[finding_note.code]) % values


_NOTES = {
    "rule_unknown": _l("The rule itself is not known yet, so nothing is computed with it."),
    "no_standard": _l("No standard is on record for this post on this day."),
    "post_not_in_force": _l("This post does not exist on this day."),
    "edge_unknown": _l("Whether the higher programme stands for this one is not known yet."),
    "exemption_unknown": _l("Whether the exemption applies is not known yet."),
    "evidence_fails": _l("What is on record does not count on this day."),
    "not_recorded": _l(
        "Nothing on record, and the paper file has not been reviewed: not recorded is not the same as not done."
    ),
    "not_recorded_date": _l("The day is not on record, so it cannot be said whether it counts."),
    "not_recorded_exemption_date": _l("An exemption may apply, but its day is not on record."),
    "not_done": _l("Not done (paper file reviewed on %(reviewed)s)."),
    "fact_below": _l("What is on record lies below the standard."),
    "mode_unknown": _l("Whether this must be met before appointment or may follow is not known yet."),
    "no_mode": _l("No rule is on record for this kind of official on this day."),
    "recorded_from_paper": _l("Read in the paper file (%(source)s); not in the register."),
    "issued_after": _l("Recognised before this day, issued on %(issued)s."),
    "status_changed_later": _l("Since %(date)s: %(status)s."),
}


def confidence(rule: Provenance) -> str:
    """How sure a rule is, in words."""
    if rule.confidence in SURE and rule.confirm:
        return _("partly checked, to be confirmed")
    return str(CONFIDENCES.get(rule.confidence, rule.confidence))


def period(rule: Provenance) -> str:
    """When a rule is in force, in words."""
    if rule.valid_from and rule.valid_to:
        return _("%(start)s–%(end)s", start=written(rule.valid_from), end=written(rule.valid_to))
    if rule.valid_from:
        return _("from %(start)s", start=written(rule.valid_from))
    if rule.valid_to:
        return _("until %(end)s", end=written(rule.valid_to))
    return _("no dates on record")


_PROBLEMS = {
    "confidence": _l("its confidence tag is not one of S, V, V2, R+, R, R-, I, UNKNOWN"),
    "dates_reversed": _l("it ends before it begins"),
    "no_source": _l("it names no source"),
    "unknown_without_question": _l("it is UNKNOWN but does not say what must be filled in"),
    "missing_field": _l("a field is missing"),
    "topic": _l("its topic is unknown"),
    "official_kind": _l("its kind of official is unknown"),
    "mode": _l("its mode is unknown"),
    "programme": _l("it names a programme that is not in the catalogue"),
    "post": _l("it names a post that is not in the catalogue"),
    "fact_kind": _l("it names a kind of fact that is not in the list"),
    "fact_value": _l("it names a value that is not in the list"),
    "no_condition": _l("it has no condition"),
    "group_count": _l("a group asks for more than it has, or for nothing"),
    "leaf_twice": _l("two of its requirements have the same id"),
    "empty_leaf": _l("one of its requirements asks for nothing"),
    "number_twice": _l("its number belongs to another post"),
    "cycle": _l("programmes would stand for each other in a circle"),
    "overlap": _l("it overlaps with another rule in time"),
}


def problem(found: RuleProblem) -> str:
    """Why a rule row cannot be used, with the row and what it says."""
    details = ", ".join(f"{name}: {value}" for name, value in found.values.items())
    reason = _PROBLEMS.get(found.code, found.code)
    sentence = _("Rule %(id)s cannot be used: %(reason)s.", id=found.rule_id, reason=reason)
    return f"{sentence} ({details})" if details else sentence


def rule_groups(book: Rulebook) -> list[tuple[str, list[Provenance]]]:
    """Every rule in use by what it is about; what must be filled in comes first."""
    groups = [
        (_("Standards"), [each.rule for each in book.standards]),
        (_("Before or after appointment"), [each.rule for each in book.modes]),
        (_("Exemptions"), [each.rule for each in book.exemptions]),
        (_("Which programme stands for which"), [each.rule for each in book.edges]),
    ]
    asked = [need.rule for each in book.standards for need in leaves(each.require) if need.rule.unknown]
    unknown = [rule for _title, found in groups for rule in found if rule.unknown] + asked
    return [(_("To be filled in"), list({rule.rule_id: rule for rule in unknown}.values())), *groups]
