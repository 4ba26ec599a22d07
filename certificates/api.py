"""The register for those who may see it, and the check of papers for everybody's programs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from certificates import queries, services, verification
from certificates.models import Certificate
from certificates.sharing import services as sharing
from certificates.token import NotAnId, base32, read_typed
from certificates.verification import Verdict
from lms import clock
from lms.access import current_user
from lms.access.guard import acting_user
from lms.access.limits import slow_down
from lms.api import Api, Listing, answer, listing, said, sent
from lms.api.models import ApiToken
from lms.api.operations import holder_of_request
from lms.api.paging import Portion
from lms.errors import NotFound

api = Api("certificates", _l("Certificates"))
bp = api.blueprint

#: Bulk checks a minute of one program: half a thousand papers each.
_CHECKS = 30


@answer
class CertificateLine:
    id: int
    code: Annotated[str, said(_l("As in the address of its public page"))]
    serial: str
    register_number: str
    official_id: int
    full_name: str
    class_code: str
    programme: Annotated[str, said(_l("Code of the programme"))]
    awarded_on: date | None
    issued_on: date
    valid_until: date | None
    status: Annotated[str, said(_l("issued, suspended, reinstated, revoked or superseded"))]


@sent
class RegisterAsked(Portion):
    q: Annotated[str, said(_l("Words of name, serial or class; accents do not matter"), most=120)] = ""
    year: Annotated[int | None, said(_l("Only of this register year"), least=1900, most=2200)] = None
    official: Annotated[int | None, said(_l("Only of this official"))] = None


@answer
class Checked:
    """Public data alone: the name is masked as on the public page."""

    asked: Annotated[str, said(_l("The code as it was sent"))]
    verdict: Annotated[
        str,
        said(
            _l("genuine, expired, revoked, superseded, suspended, altered, unsigned, unconfirmed or unknown")
        ),
    ]
    code: str | None
    since: Annotated[date | None, said(_l("Day of the last change of status"))]
    name_masked: str | None
    serial: str | None
    programme: str | None
    issuer: str | None
    awarded_on: date | None
    issued_on: date | None
    valid_until: date | None


@sent
class Codes:
    codes: Annotated[
        list[str],
        said(_l("Codes of certificates, as in addresses or as typed from paper"), least=1, most=500),
    ]


@answer
class CheckedMany:
    items: list[Checked]


@api.get("/certificates", "certificates.view", _l("The register, inside one's own organisations"))
def certificates(query: RegisterAsked) -> Listing[CertificateLine]:
    found = queries.search(current_user, words=query.q, year=query.year)
    if query.official is not None:
        found = found.where(Certificate.official == query.official)
    return listing(
        found,
        Certificate.id,
        query,
        _lines,
    )


def _lines(rows: Iterable[Certificate]) -> list[CertificateLine]:
    listed: list[Any] = queries.with_status(rows)
    return [_line(row, row.status.status) for row in listed]


@api.get("/certificates/<int:certificate_id>", "certificates.view", _l("One certificate of the register"))
def certificate(certificate_id: int) -> CertificateLine:
    row = queries.certificate_or_404(certificate_id, current_user)
    return _line(row, queries.status_now([row])[row.id].status)


@api.get("/verify/<code>", "public", _l("Check one certificate"))
def verify(code: str) -> Checked:
    found = _check([code])[0]
    if found.verdict == _UNKNOWN:
        slow_down("certificates.unknown", most=60, seconds=60)
        raise NotFound(_("No certificate has this code. Compare it with the paper."))
    return found


@api.post("/verify", "signed_in", _l("Check up to 500 certificates"), keyed=False)
def verify_many(body: Codes) -> CheckedMany:
    slow_down("certificates.bulk", most=_CHECKS, seconds=60, who=holder_of_request())
    found = _check(body.codes)
    services.note_bulk_check(len(found), by=acting_user())
    known = [one.code for one in found if one.code]
    sharing.count_checks(sharing.ids_of(known), "api", who=_agency())
    return CheckedMany(found)


@api.post("/certificates/verify", "signed_in", _l("Check up to 500 certificates of a register"), keyed=False)
def verify_certificates(body: Codes) -> CheckedMany:
    return verify_many(body)


_UNKNOWN = "unknown"


def _agency() -> str:
    """The agency that asks: the one its token is for, or the first it holds a role in."""
    token = ApiToken.get_or_none(ApiToken.id == current_user.token_id) if current_user.token_id else None
    if token is not None and token.organisation is not None:
        return str(token.organisation.name)
    return next((str(held.organisation.name) for held in current_user.roles if held.organisation), "")


def _check(codes: list[str]) -> list[Checked]:
    ids = [_id_of(code) for code in codes]
    known = verification.look_up_many([one for one in ids if one], clock.today())
    return [_told(code, known.get(number or "")) for code, number in zip(codes, ids, strict=True)]


def _id_of(code: str) -> str | None:
    """The id behind a code as addresses or papers write it; None when it is neither."""
    if verification.is_id(code):
        return code
    for read in (base32.decode, read_typed):
        try:
            return base32.path_id(read(code))
        except NotAnId:
            continue
    return None


def _told(asked: str, verdict: Verdict | None) -> Checked:
    if verdict is None:
        return Checked(asked, _UNKNOWN, None, None, None, None, None, None, None, None, None)
    row: Any = verdict.row
    if row is None:
        return Checked(
            asked, verdict.code, verdict.id16, verdict.since, None, None, None, None, None, None, None
        )
    return Checked(
        asked, verdict.code, verdict.id16, verdict.since, verification.masked(row.name), row.serial,
        row.programme_title, row.issuer_name, row.awarded_on, row.issued_on, row.valid_until,
    )  # fmt: skip


def _line(row: Certificate, status: str) -> CertificateLine:
    return CertificateLine(
        row.id, row.id16, row.serial, row.register_text, row.official_id, row.name, row.class_code,
        row.programme_code, row.awarded_on, row.issued_on, row.valid_until, status,
    )  # fmt: skip
