"""The page of the public check, printed from a stencil.

The template is rendered once for each kind of verdict and language, with marks in place of what differs from
certificate to certificate; a request then only fills in the marks. Texts, layout and addresses cost nothing again.
The filled page of a verdict is kept as well, so that who scans the same paper again only gets the new time.
"""

from __future__ import annotations

import base64
import json
import re
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from flask_babel import gettext as _
from markupsafe import escape

from certificates import keyset, receipts, verification
from certificates.services.standing import GROUNDS
from certificates.verification import Step, Verdict
from lms import clock
from lms.config import settings
from lms.web.language import language

_MARK = re.compile(r"zq7(\w+?)7qz")
#: Lines of the extract that a paper may lack.
_OPTIONAL = ("grade", "periods", "rule_source", "programme_title_en", "issuer_superior", "issuer_name_en")
#: The words at the top of the paper, as they are printed.
_HEADINGS = {"certificate": "CHỨNG CHỈ", "completion": "CHỨNG NHẬN"}
#: Stands in a filled page for the time of the check and its receipt.
_TIME = "\0"


class _Marks(dict[str, Any]):
    """Answers every name with its mark, except for values that decide about the shape of the page."""

    def __missing__(self, name: str) -> str:
        return f"zq7{name}7qz"

    def __getattr__(self, name: str) -> Any:
        return self[name]


def verdict_page(verdict: Verdict) -> bytes:
    """The page of a verdict in the reader's language, as it is sent."""
    now, speaks = clock.now(), language()
    stamp = f"{_minute(now.replace(second=0, microsecond=0))} · {_receipt(verdict, now, speaks)}"
    return stamp.encode().join(_around_the_time(verdict, keyset.book().read_at, speaks))


def _receipt(verdict: Verdict, now: datetime, speaks: str) -> str:
    """The number under which this answer can be confirmed later, leading to the page that does."""
    number = receipts.number(verdict.id16, verdict.code, now)
    label = _word("receipt", speaks)
    return f'{label} <a class="nowrap code" href="/c/receipt?code={verdict.id16}&amp;receipt={number}">{number}</a>'


@lru_cache(maxsize=512)
def _around_the_time(verdict: Verdict, _read_at: float, _language: str) -> list[bytes]:
    """The page cut where the time of the check stands, the one thing that differs from reader to reader."""
    values = _values(verdict)
    pieces = _stencil(_shape(verdict, values), _language)
    text = "".join([piece if even else values[piece] for even, piece in pieces])
    return text.encode().split(_TIME.encode())


def plain(template: str, **values: Any) -> str:
    """Print a template without asking who is signed in: nobody's session is read for a check."""
    return current_app.jinja_env.get_template(template).render(
        site_name=settings().site_name, host=host(), **values
    )


def host() -> str:
    """The name the address bar must show, as it is printed on the papers."""
    return urlsplit(settings().base_url).netloc


def _shape(verdict: Verdict, values: dict[str, str]) -> tuple[str, ...]:
    """What decides about the shape of the page: the verdict, and the lines that may be missing."""
    return (
        "void" if verdict.void else verdict.code,
        "by_log" if verdict.by_log else "",
        *(name for name in (*_OPTIONAL, "posts") if values.get(name)),
    )


@lru_cache(maxsize=256)
def _stencil(shape: tuple[str, ...], _language: str) -> list[tuple[bool, str]]:
    """The page in pieces: texts (True) and names of values (False) in turn."""
    code, by_log, *present = shape
    has_row = code not in {verification.ALTERED, verification.UNSIGNED, verification.UNCONFIRMED}
    extract = _Marks({name: "" for name in _OPTIONAL if name not in present})
    printed = plain(
        "certificates/verify/show.html",
        code=code,
        by_log=by_log,
        marks=_Marks(),
        has_row=has_row,
        extract=extract,
        has_posts="posts" in present,
        # The language switch leads back to this certificate, not to the one the stencil was made for.
        here_path=lambda: f"/c/{_Marks().id16}",
    )
    parts = _MARK.split(printed)
    return [(place % 2 == 0, part) for place, part in enumerate(parts) if part]


def _values(verdict: Verdict) -> dict[str, str]:
    """Every value that may stand in the page, escaped."""
    values = {"id16": verdict.id16, "checked_at": _TIME, "kid": verdict.kid.hex()}
    if verdict.steps:
        last = verdict.steps[-1]
        values |= {
            "since": _day(last.on),
            "decision_no": str(escape(last.decision_no)),
            "ground": _ground(last.ground),
            "history": "".join(map(_history_line, verdict.steps)),
        }
    row = verdict.row
    if row is None:
        return values
    extract = verification.read_extract(verdict.text)
    values |= {name: str(escape(value)) for name, value in extract.items() if isinstance(value, str)}
    values |= {
        "heading": _HEADINGS.get(str(extract.get("kind")), ""),
        "from": _day(row.from_date),
        "to": _day(row.to_date),
        "issued_on": _day(row.issued_on),
        "valid_until": _day(row.valid_until) if row.valid_until else "",
        "periods": str(row.periods) if row.periods else "",
        "masked": str(escape(verification.masked(row.name))),
        "posts": _posts(row),
        "signed": _signed(verdict),
        "root": _root(),
    }
    return values


def _root() -> str:
    """The root that the page's script believes; empty in an installation that has none yet."""
    known = keyset.book()
    return known.root.pin if known.root and known.signed else ""


def _signed(verdict: Verdict) -> str:
    """What the page's script needs to verify by itself: the extract with its signature, and the list of keys."""
    known = keyset.book_with(verdict.kid)
    keys: dict[str, Any] = {"keyset": known.signed.as_json()} if known.signed else {}
    document = {
        "id": verdict.id16,
        "status": verdict.code,
        "by_log": verdict.by_log,
        "kid": verdict.kid.hex(),
        "keys": [] if keys else [keyset.key_json(known.keys[verdict.kid])],
        **keys,
        "record": verdict.text,
        "signature": base64.b64encode(verdict.signature).decode(),
    }
    return json.dumps(document, ensure_ascii=False).replace("<", "\\u003c")


def _posts(row: Any) -> str:
    """The posts signed into the code, by their titles on the day of issue."""
    return _post_lines(tuple(row.posts), row.issued_on, keyset.book().read_at, language())


@lru_cache(maxsize=256)
def _post_lines(numbers: tuple[int, ...], on: date, _read_at: float, _language: str) -> str:
    book = keyset.book()
    terms = [(number, book.term("post", number, on)) for number in numbers]
    return "".join(
        f"<li>{escape(term.title if term else _('post no. %(number)s', number=number))}</li>"
        for number, term in terms
    )


def _history_line(step: Step) -> str:
    """One status in words: from which day, by which decision, on which ground, and when it was entered if that was later."""
    speaks = language()
    words = [f"<strong>{_day(step.on)}</strong> {_word('void' if step.void else step.status, speaks)}"]
    if step.decision_no:
        words.append(f"{_word('decision', speaks)} {escape(step.decision_no)}")
    if step.ground:
        words.append(_ground(step.ground))
    entered = clock.local(step.at).date()
    if entered != step.on:
        words.append(f"{_word('entered', speaks)} {_day(entered)}")
    return f"<li>{' · '.join(words)}</li>"


@lru_cache(maxsize=32)
def _word(name: str, _language: str) -> str:
    words = {
        "issued": _("Issued"),
        "revoked": _("Revoked"),
        "void": _("Number cancelled"),
        "superseded": _("Replaced"),
        "suspended": _("Suspended"),
        "reinstated": _("In force again"),
        "decision": _("decision"),
        "entered": _("entered in the register on"),
        "receipt": _("receipt"),
    }
    return str(escape(words[name]))


def _ground(number: int | None) -> str:
    """A ground as part of a sentence."""
    title = str(GROUNDS[number]) if number in GROUNDS else ""
    return str(escape(title[:1].lower() + title[1:]))


def _day(value: date) -> str:
    return f"{value.day:02d}/{value.month:02d}/{value.year}"


@lru_cache(maxsize=4)
def _minute(value: datetime) -> str:
    """A whole minute in words; all who check in it read the same."""
    local = clock.local(value)
    return f"{_day(local)} {local.hour:02d}:{local.minute:02d}"
