"""What an audit finds: one finding a row that is not as it was signed, numbered or logged."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l

#: Findings that are kept word for word; more are counted.
MOST_KEPT = 1000

#: Code → sentence about the row; `%(detail)s` is a column, a number or a reason.
SENTENCES = {
    "unreadable": _l("cannot be read: a value was changed to something the register never writes"),
    "altered": _l("differs from what was frozen at issue"),
    "differs": _l("differs from the signed code: %(detail)s"),
    "token": _l("the signature of the code does not hold: %(detail)s"),
    "after_withdrawal": _l("was signed by a withdrawn key after its last good state of the log: %(detail)s"),
    "extract": _l("differs from the signed register extract, or its signature does not hold"),
    "half_signed": _l("is signed in part only"),
    "not_logged": _l("is not in the public log: %(detail)s"),
    "logged_twice": _l("is in the public log more than once: %(detail)s"),
    "log_differs": _l("differs from its entry in the public log: %(detail)s"),
    "deleted": _l("is in the public log and no longer in the register: %(detail)s"),
    "status_altered": _l("status no. %(detail)s differs from what was logged"),
    "status_deleted": _l("status no. %(detail)s is in the public log and no longer in the register"),
    "status_gap": _l("its statuses are not numbered 1, 2, 3 …"),
    "paper_missing": _l("its PDF file is missing"),
    "paper_differs": _l("its PDF file is not the one that was printed"),
    "gap": _l("the register has a gap before number %(detail)s"),
    "last_number": _l("the last number given is not the last number in the register: %(detail)s"),
    "more_than_completed": _l("has more certificates than learners who completed it: %(detail)s"),
    "not_completed": _l("was issued to somebody who did not complete the class"),
    "one_person": _l("was prepared and approved by one person"),
    "term_altered": _l("is not the entry of the dictionary that was logged"),
    "term_deleted": _l("is in the public log and no longer in the dictionary"),
    "key": _l("is not the key that its id stands for"),
    "entry_missing": _l("is missing in the public log"),
    "entry_altered": _l("was changed after it was written"),
    "node": _l("a kept part of the tree does not fit its entries: %(detail)s"),
    "head": _l("the end of the public log does not fit its entries"),
    "cut": _l("the public log is shorter than a state that was signed: %(detail)s"),
    "rewritten": _l("the entries are not those that were signed: changed between entry %(detail)s"),
    "list_differs": _l(
        "the published status list says something else than the register of %(detail)s certificates"
    ),
    "note": _l("is not signed by the key of the log"),
}


@dataclass(frozen=True)
class Finding:
    """A row that is not as it should be: its table, key, name for people, and the code of what is wrong."""

    code: str
    table: str
    row: str
    label: str
    detail: str = ""

    @property
    def sentence(self) -> str:
        """What is wrong, in the reader's language."""
        return str(SENTENCES[self.code]) % {"detail": self.detail}


@dataclass
class Report:
    """What an audit looked at and found."""

    started_at: datetime
    counts: dict[str, int] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    total: int = 0
    seconds: float = 0.0

    def note(self, code: str, table: str, row: Any, label: Any, detail: Any = "") -> None:
        """Keep a finding (past the first thousand only its number)."""
        self.total += 1
        if len(self.findings) < MOST_KEPT:
            self.findings.append(Finding(code, table, str(row), str(label), str(detail)))

    def count(self, what: str, number: int) -> None:
        self.counts[what] = self.counts.get(what, 0) + number

    def as_json(self) -> dict[str, Any]:
        return {
            "started_at": f"{self.started_at.isoformat(timespec='seconds')}Z",
            "seconds": round(self.seconds, 1),
            "counts": self.counts,
            "total": self.total,
            "findings": [asdict(one) for one in self.findings],
        }


def from_json(found: Iterable[dict[str, Any]]) -> list[Finding]:
    """The findings of a stored result."""
    return [Finding(**one) for one in found]
