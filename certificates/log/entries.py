"""What an entry of the public log says, byte for byte (docs/transparency-log.md).

An entry is JSON with sorted keys, no spaces and nothing beyond ASCII. It carries numbers, hashes and codes alone: who is
meant is said by hashes that only somebody who holds the paper can find again. What an entry was once written as, it
stays for ever: a later form is a new one beside it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

VERSION = 1

#: Deeds on a certificate, in the order of its life, and deeds on the platform as a whole.
OF_CERTIFICATES = ("issue", "sign", "print", "suspend", "unsuspend", "revoke", "supersede")
OF_PLATFORM = ("backfill", "keyset", "statuslist", "rules", "report", "logkey", "admin")
KINDS = OF_CERTIFICATES + OF_PLATFORM

#: A status of the register → the kind of its entry.
KIND_OF_STATUS = {
    "issued": "issue",
    "suspended": "suspend",
    "reinstated": "unsuspend",
    "revoked": "revoke",
    "superseded": "supersede",
}

SALT_BYTES = 16
_ID = b"VNLOGID1\x00"
_REPORT = b"VNLOGRPT1\x00"
_RECORD = b"VNLOGREC1\x00"
_STATUS = b"VNLOGSTA1\x00"
_JSON = json.JSONEncoder(sort_keys=True, separators=(",", ":"))
_CODE = re.compile(r"[0-9a-z][0-9a-z._:+/-]{0,127}")

#: Columns of a certificate that its `issue` entry binds, by form. The holder's record is left out (it follows a merge
#: of two records of one person), and what the worker fills in later has entries of its own.
RECORD_FORMS = {
    1: (
        *("id", "batch", "klass", "membership", "programme", "edition", "supersedes", "created_at"),
        *("id16", "status_index", "serial", "register", "register_year", "register_number"),
        *(
            "kind",
            "name",
            "birth_date",
            "birth_year",
            "position",
            "unit",
            "programme_number",
            "programme_code",
        ),
        *("programme_title", "programme_title_en", "periods", "class_code", "from_date", "to_date", "grade"),
        *("issuer_number", "issuer_superior", "issuer_name", "issuer_name_en", "place", "signatory_title"),
        *("signatory_name", "awarded_on", "issued_on", "valid_until", "posts", "rule_number", "rule_id"),
        *("rule_source", "template_version", "record_version", "name_folded", "name_sort"),
    )
}
RECORD_FORM = max(RECORD_FORMS)

#: Columns of a status that its entry binds, by form.
STATUS_FORMS = {
    1: ("number", "status", "on_date", "at", "ground", "decision_no", "decided_on", "note", "by"),
    2: ("number", "status", "on_date", "at", "ground", "decision_no", "decided_on", "note", "by", "second"),
}
STATUS_FORM = max(STATUS_FORMS)


def entry(kind: str, seq: int, at: datetime, **facts: Any) -> bytes:
    """The bytes of an entry. `at` is naive UTC; a fact that is None is left out.

    Raises ValueError for a kind that does not exist and for a fact that could say something about a person.
    """
    if kind not in KINDS:
        raise ValueError(f"The log has no entries of kind {kind!r}.")
    said = {name: value for name, value in facts.items() if value is not None}
    for name, value in said.items():
        if not _is_plain(value):
            raise ValueError(f"{name!r} of a log entry must be a number, a hash or a code; it is {value!r}.")
    return canonical({"v": VERSION, "seq": seq, "time": moment(at), "type": kind, **said}).encode()


def canonical(values: dict[str, Any]) -> str:
    """JSON with sorted keys and no spaces, ASCII alone."""
    return _JSON.encode(values)


def moment(at: datetime) -> str:
    """A naive UTC time to the second, as entries write it."""
    return f"{at.replace(microsecond=0).isoformat()}Z"


def certificate_ref(id16: str) -> str:
    """What stands for a certificate in the log: found by who knows its id, and telling nobody the id."""
    return hashlib.sha256(_ID + id16.encode()).hexdigest()


def report_ref(id16: str) -> str:
    """What stands for a report of the verify desk in the log, as `certificate_ref` does for a certificate."""
    return hashlib.sha256(_REPORT + id16.encode()).hexdigest()


def digest(content: bytes) -> str:
    """SHA-256 of something that cannot be guessed by itself (a token, a paper), as hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def term_digest(kind: str, number: int, code: str, title: str, title_en: str, valid_from: date) -> str:
    """The hash over an entry of the public dictionary."""
    values = {"kind": kind, "number": number, "code": code, "title": title, "title_en": title_en}
    return digest(canonical(values | {"valid_from": valid_from.isoformat()}).encode())


def record_commitment(salt: bytes, values: Mapping[str, Any], form: int = RECORD_FORM) -> str:
    """The salted hash over the frozen values of a certificate."""
    return _commitment(_RECORD, salt, values, RECORD_FORMS[form])


def status_commitment(salt: bytes, values: Mapping[str, Any], form: int = STATUS_FORM) -> str:
    """The salted hash over everything a status says, private note included."""
    return _commitment(_STATUS, salt, values, STATUS_FORMS[form])


def _commitment(domain: bytes, salt: bytes, values: Mapping[str, Any], names: tuple[str, ...]) -> str:
    text = canonical({name: _written(values.get(name)) for name in names})
    return hashlib.sha256(domain + salt + text.encode()).hexdigest()


def _written(value: Any) -> Any:
    """A value of a column as both databases give it back."""
    if isinstance(value, datetime):
        return value.isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    return value


def _is_plain(value: Any) -> bool:
    if isinstance(value, str):
        return bool(_CODE.fullmatch(value))
    return isinstance(value, int)
