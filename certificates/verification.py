"""Is a certificate genuine, and does it still stand? One query, then pure judgement.

The rule that guards against an insider: what the page says comes from signed bytes. When a column of the row
differs from them, the answer is "altered", and no value of the row is shown.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from peewee import JOIN

from certificates import keyset, log, record
from certificates.models import VOID, Certificate, StatusChange
from certificates.token import Outcome, PublicKey, base32, signature_holds, verify_token
from lms.db import db, is_postgresql

GENUINE = "genuine"
REVOKED = "revoked"
SUPERSEDED = "superseded"
SUSPENDED = "suspended"
ALTERED = "altered"
UNSIGNED = "unsigned"
UNCONFIRMED = "unconfirmed"
EXPIRED = "expired"

#: What each verdict looks like: tone of the band.
TONES = {
    GENUINE: "good",
    EXPIRED: "warn",
    UNSIGNED: "warn",
    UNCONFIRMED: "warn",
    REVOKED: "bad",
    SUPERSEDED: "bad",
    SUSPENDED: "bad",
    ALTERED: "bad",
}


@dataclass(frozen=True)
class Step:
    """One status of a certificate, oldest first."""

    status: str
    on: date
    at: datetime
    ground: int | None
    decision_no: str

    @property
    def void(self) -> bool:
        """The number was cancelled within minutes of its issue."""
        return self.status == REVOKED and self.ground == VOID


@dataclass(frozen=True, eq=False)
class Verdict:
    """The answer about one certificate of the register. `row` is only there when its values may be shown.

    Every judgement is itself alone (no comparing by value): what was made of it is kept beside it cheaply.
    """

    code: str
    id16: str
    steps: tuple[Step, ...] = ()
    row: Any = None
    text: str = ""
    signature: bytes = b""
    kid: bytes = b""
    #: Its key was withdrawn later; the public log held it before that.
    by_log: bool = False

    @property
    def tone(self) -> str:
        return TONES[self.code]

    @property
    def void(self) -> bool:
        """Whether the number was cancelled within minutes of its issue."""
        return bool(self.steps) and self.steps[-1].void

    @property
    def since(self) -> date | None:
        """The day of the last status."""
        return self.steps[-1].on if self.steps else None


class Row:
    """A certificate's columns, read without building a model."""

    __slots__ = ("__dict__",)

    def __init__(self, values: dict[str, Any]) -> None:
        self.__dict__.update(values)


_STATUS = ("status", "on_date", "at", "ground", "decision_no")


def look_up(id16: str, today: date) -> Verdict | None:
    """The verdict on an id of the register, in one query; None when the register does not know it."""
    rows = _read(id16)
    if not rows:
        return None
    token = rows[0][_TOKEN]
    key = keyset.key(bytes(token[:4])) if token else None
    verdict = _verdict(rows, key, today)
    if verdict.code != UNCONFIRMED or key is None:
        return verdict
    certificate: Any
    certificate, steps = _typed(rows)
    return _by_log(verdict, certificate, steps, key, today, log.included_at(certificate.id))


def look_up_many(ids: Sequence[str], today: date) -> dict[str, Verdict]:
    """The verdicts on many ids, in one query; an id the register does not know is left out."""
    fields = [getattr(Certificate, name) for name in _COLUMNS]
    statuses = [getattr(StatusChange, name) for name in _STATUS]
    query = (
        Certificate.select(*fields, *statuses)
        .join(StatusChange, JOIN.LEFT_OUTER)
        .where(Certificate.id16.in_(list(ids) or [""]))
        .order_by(Certificate.id, StatusChange.number)
    )
    by_id: dict[str, tuple[Any, list[Step]]] = {}
    width = len(_COLUMNS)
    for values in query.tuples():
        row: Any = Row(dict(zip(_COLUMNS, values, strict=False)))
        _row, steps = by_id.setdefault(row.id16, (row, []))
        if values[width] is not None:
            steps.append(Step(*values[width:]))
    keys = {one: keyset.key(bytes(row.token[:4])) if row.token else None for one, (row, _) in by_id.items()}
    found = {one: judge(row, tuple(steps), keys[one], today) for one, (row, steps) in by_id.items()}
    doubtful = {one: by_id[one] for one, verdict in found.items() if verdict.code == UNCONFIRMED}
    sizes = log.includes_at([row.id for row, _steps in doubtful.values()]) if doubtful else {}
    for one, (row, steps) in doubtful.items():
        if key := keys[one]:
            found[one] = _by_log(found[one], row, tuple(steps), key, today, sizes.get(row.id))
    return found


@lru_cache(maxsize=1024)
def _verdict(rows: tuple[tuple[Any, ...], ...], key: PublicKey | None, today: date) -> Verdict:
    """The same bytes of the register, the same key and the same day need judging once."""
    return judge(*_typed(rows), key, today)


def judge(row: Any, steps: tuple[Step, ...], key: PublicKey | None, today: date) -> Verdict:
    """What row, signed bytes and status say together; `key` is the one that the token names, if there is such a key."""
    if row.token is None or row.record_signature is None or not row.kid:
        return Verdict(UNSIGNED, row.id16)
    outcome, text = _signed(row, key)
    if outcome.code == "key_withdrawn":
        return Verdict(UNCONFIRMED, row.id16, steps)
    if not outcome.genuine or text is None or not steps or not _fits(row, outcome):
        return Verdict(ALTERED, row.id16)
    code = _standing(steps, row.valid_until, today)
    return Verdict(code, row.id16, steps, row, text, bytes(row.record_signature), bytes.fromhex(row.kid))


def _by_log(
    verdict: Verdict, row: Any, steps: tuple[Step, ...], key: PublicKey, today: date, size: int | None
) -> Verdict:
    """What a withdrawn key signed stands when the public log held it, at this size, while the key was safe.

    A thief can sign any date; he cannot have been in the log at a moment that is past.
    """
    if size is None or key.last_good_checkpoint is None or size > key.last_good_checkpoint:
        return verdict
    return replace(judge(row, steps, replace(key, status="retired"), today), by_log=True)


def _standing(steps: tuple[Step, ...], valid_until: date | None, today: date) -> str:
    status = steps[-1].status
    if status in {REVOKED, SUPERSEDED, SUSPENDED}:
        return status
    return EXPIRED if valid_until and valid_until < today else GENUINE


def _fits(row: Any, outcome: Outcome) -> bool:
    """Whether the row says what the token says."""
    token = outcome.token
    return token is not None and token.kid.hex() == row.kid and token.body == record.body(row)


def _signed(row: Any, key: PublicKey | None) -> tuple[Outcome, str | None]:
    """The token's outcome, and the extract when its signature holds."""
    try:
        text = record.extract(row)
    except KeyError:
        return verify_token(bytes(row.token), {}), None
    outcome, holds = _check(bytes(row.token), text, bytes(row.record_signature), key)
    return outcome, text if holds else None


@lru_cache(maxsize=4096)
def _check(token: bytes, text: str, signature: bytes, key: PublicKey | None) -> tuple[Outcome, bool]:
    """Two signature checks; the same bytes need them once. The key is part of the question, status included."""
    if key is None:
        return verify_token(token, {}), False
    return verify_token(token, {key.kid: key}), signature_holds(key, signature, record.message(key.kid, text))


#: Columns that a verdict needs; the rest of the row stays where it is.
_COLUMNS = (
    *(
        "id",
        "id16",
        "status_index",
        "serial",
        "register_year",
        "register_number",
        "kind",
        "name",
        "birth_date",
    ),
    *("birth_year", "programme_number", "programme_code", "programme_title", "programme_title_en", "periods"),
    *("class_code", "from_date", "to_date", "grade", "issuer_number", "issuer_superior", "issuer_name"),
    *(
        "issuer_name_en",
        "place",
        "signatory_title",
        "signatory_name",
        "awarded_on",
        "issued_on",
        "valid_until",
    ),
    *(
        "posts",
        "rule_number",
        "rule_id",
        "rule_source",
        "template_version",
        "record_version",
        "kid",
        "token",
        "record_signature",
    ),
)


_TOKEN = _COLUMNS.index("token")


@lru_cache(maxsize=2)
def _statement(postgresql: bool) -> tuple[str, dict[int, Any]]:
    """The SQL of the look-up, made by peewee once a process, and converters of the columns that need one."""
    fields = [getattr(Certificate, name) for name in _COLUMNS] + [
        getattr(StatusChange, name) for name in _STATUS
    ]
    query = (
        Certificate.select(*fields)
        .join(StatusChange, JOIN.LEFT_OUTER)
        .where(Certificate.id16 == "x")
        .order_by(StatusChange.number)
    )
    sql, _params = query.sql()
    plain = {"INT", "VARCHAR", "AUTO", "BIGINT", "BLOB"}
    converters = {
        place: field.python_value for place, field in enumerate(fields) if field.field_type not in plain
    }
    return sql, converters


def _read(id16: str) -> tuple[tuple[Any, ...], ...]:
    """What the database holds of an id, a row for each status, just as the driver gives it."""
    sql, _converters = _statement(is_postgresql())
    return tuple(db.execute_sql(sql, (id16,)).fetchall())


def _typed(found: tuple[tuple[Any, ...], ...]) -> tuple[Row, tuple[Step, ...]]:
    """The certificate and its statuses, with dates as dates."""
    _sql, converters = _statement(is_postgresql())
    rows = [list(row) for row in found]
    for row in rows:
        for place, convert in converters.items():
            if row[place] is not None:
                row[place] = convert(row[place])
    width = len(_COLUMNS)
    steps = tuple(Step(*row[width:]) for row in rows if row[width] is not None)
    return Row(dict(zip(_COLUMNS, rows[0], strict=False))), steps


def masked(name: str) -> str:
    """A name as everybody may see it: first letters only, ``N*** V** A*``."""
    return " ".join(word[0] + "*" * (len(word) - 1) for word in name.split())


def read_extract(text: str) -> dict[str, Any]:
    """The register extract as values."""
    values: dict[str, Any] = json.loads(text)
    return values


def is_id(text: str) -> bool:
    """Whether a path carries an id in the form our addresses have."""
    return base32.is_canonical(text)
