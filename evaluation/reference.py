"""Schemes and forms: what ships with the module, what the tables hold, and copying the one into the other.

Readers see the newest version of each code, from the tables or, where a version was never used yet, from the
shipped files. A deed that uses one copies it into the tables first, where it stays as it was used.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from evaluation.models import Criterion, Form, Indicator, SchemeRow, SchemeValue
from evaluation.schemes import Scheme, Value, shipped

_ROW_FACTS = (
    "code",
    "version",
    "purpose",
    "title",
    "title_en",
    "valid_from",
    "valid_to",
    "legal_basis",
    "note",
)


def schemes() -> list[Scheme]:
    """Every scheme in its newest version: two queries."""
    values: dict[int, list[SchemeValue]] = defaultdict(list)
    for value in SchemeValue.select():
        values[value.scheme_id].append(value)
    found = {(row["code"], row["version"]): _from_file(row) for row in shipped("schemes")["scheme"]}
    found |= {(row.code, row.version): _from_row(row, values[row.id]) for row in SchemeRow.select()}
    newest = {code: max(version for other, version in found if other == code) for code, _ in found}
    return [found[pair] for pair in newest.items()]


def scheme_of(row: SchemeRow) -> Scheme:
    """The scheme a campaign pinned, as it was then."""
    return _from_row(row, list(SchemeValue.select().where(SchemeValue.scheme == row)))


def keep_scheme(scheme: Scheme) -> SchemeRow:
    """The table row of a scheme, copied from the shipped file at its first use. Call inside a transaction."""
    row = SchemeRow.get_or_none(SchemeRow.code == scheme.code, SchemeRow.version == scheme.version)
    if row is not None:
        return row
    source = next(
        one
        for one in shipped("schemes")["scheme"]
        if (one["code"], one["version"]) == (scheme.code, scheme.version)
    )
    facts = {name: value for name, value in source.items() if name != "value"}
    row = SchemeRow.create(**facts)
    for value in scheme.values.values():
        SchemeValue.create(
            scheme=row, name=value.name, value=value.value, confidence=value.confidence, source=value.source
        )
    return row


def keep_form(code: str) -> Form:
    """The newest version of a form with its criteria and indicators, copied at first use. Call inside a transaction."""
    source = max(
        (one for one in shipped("forms")["form"] if one["code"] == code), key=lambda one: one["version"]
    )
    kept = Form.select().where(Form.code == code).order_by(Form.version.desc()).first()
    if kept is not None and kept.version >= source["version"]:
        return kept
    form = Form.create(
        scheme_code=source["scheme"],
        **{name: value for name, value in source.items() if name not in {"scheme", "criterion"}},
    )
    for position, criterion in enumerate(source["criterion"], start=1):
        _keep_criterion(form, position, criterion)
    return form


def indicators(form: Form) -> list[Indicator]:
    """A form's indicators in the order they are asked, each with its criterion."""
    query = (
        Indicator.select(Indicator, Criterion)
        .join(Criterion)
        .where(Criterion.form == form)
        .order_by(Criterion.position, Indicator.position)
    )
    return list(query)


def _keep_criterion(form: Form, position: int, source: dict[str, Any]) -> None:
    criterion = Criterion.create(
        form=form,
        position=position,
        object_code=source["object"],
        code=source["code"],
        title=source["title"],
        title_en=source["title_en"],
    )
    for place, indicator in enumerate(source["indicators"], start=1):
        Indicator.create(criterion=criterion, position=place, **indicator)


def _from_file(row: dict[str, Any]) -> Scheme:
    values = [
        Value(one["name"], one.get("value"), one["confidence"], one.get("source", ""))
        for one in row.get("value", ())
    ]
    return _scheme({name: row[name] for name in _ROW_FACTS if name in row}, values)


def _from_row(row: SchemeRow, values: list[SchemeValue]) -> Scheme:
    return _scheme(
        {name: getattr(row, name) for name in _ROW_FACTS},
        [Value(one.name, one.value, one.confidence, one.source) for one in values],
    )


def _scheme(facts: dict[str, Any], values: list[Value]) -> Scheme:
    return Scheme(**facts, values={value.name: value for value in values})
