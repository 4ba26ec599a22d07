"""A certificate as an Open Badges 3.0 credential (1EdTech, W3C Verifiable Credentials 2.0), always written the same way.

Form 1: the holder's name as identity of kind "name" and nothing else of the person: no birth date, no citizen id.
"""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta, timezone
from typing import Any

from certificates.token.algorithms import ED25519, ES256

FORM = 1
CONTEXTS = (
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
)
SCHEMA = "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"
#: Places of a status list; part of form 1.
LIST_SIZE = 131_072
#: Names of our algorithms in tokens. There is no other: what a token says of itself is only compared with it.
JOSE = {ED25519: "EdDSA", ES256: "ES256"}
#: Days begin in Hà Nội.
_HERE = timezone(timedelta(hours=7))


def header(base: str, kid: str, algorithm: str) -> dict[str, str]:
    """The head of the token of a key."""
    return {"alg": JOSE[algorithm], "typ": "vc+jwt", "kid": key_address(base, kid)}


def key_address(base: str, kid: str) -> str:
    """Where a key is published by itself."""
    return f"{base}/c/jwk/{kid}"


def issuer_address(base: str, number: int) -> str:
    """What stands for an issuer in credentials; its profile is served there."""
    return f"{base}/c/issuers/{number}"


def payload(row: Any, base: str, form: int) -> dict[str, Any]:
    """The credential with the claims of its token. Raises KeyError for a form this program does not know."""
    return {1: _first_form}[form](row, base)


def written(document: dict[str, Any]) -> str:
    """JSON with sorted keys and no spaces."""
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _first_form(row: Any, base: str) -> dict[str, Any]:
    address, issuer = f"{base}/c/{row.id16}", issuer_address(base, row.issuer_number)
    document: dict[str, Any] = {
        "@context": list(CONTEXTS),
        "id": address,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": row.programme_title,
        "issuer": {"id": issuer, "type": ["Profile"], "name": row.issuer_name},
        "validFrom": _moment(row.issued_on),
        "awardedDate": _moment(row.awarded_on),
        "credentialSchema": [{"id": SCHEMA, "type": "1EdTechJsonSchemaValidator2019"}],
        "credentialSubject": _subject(row, base),
        # Open Badges has room for one; whoever must know of suspensions too reads the list beside it.
        "credentialStatus": _status(row, base, "revocation"),
        # Claims of the token: the same again, in its words.
        "iss": issuer,
        "jti": address,
        "nbf": _seconds(row.issued_on),
    }
    if row.valid_until:
        after = row.valid_until + timedelta(days=1)
        document |= {"validUntil": _moment(after), "exp": _seconds(after)}
    return document


def _status(row: Any, base: str, purpose: str) -> dict[str, str]:
    """Where the status stands: a place in the list of everybody's (W3C Bitstring Status List)."""
    number, place = divmod(row.status_index, LIST_SIZE)
    address = f"{base}/c/status/{number}/{purpose}"
    return {
        "id": f"{address}#{place}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": purpose,
        "statusListIndex": str(place),
        "statusListCredential": address,
    }


def _subject(row: Any, base: str) -> dict[str, Any]:
    subject: dict[str, Any] = {
        "type": ["AchievementSubject"],
        "identifier": [
            {"type": "IdentityObject", "hashed": False, "identityHash": row.name, "identityType": "name"}
        ],
        "activityStartDate": _moment(row.from_date),
        "activityEndDate": _moment(row.to_date),
        "licenseNumber": row.serial,
        "achievement": _achievement(row, base),
    }
    if row.grade:
        subject["result"] = [{"type": ["Result"], "value": row.grade}]
    return subject


def _achievement(row: Any, base: str) -> dict[str, Any]:
    address = f"{base}/c/programmes/{row.programme_number}"
    achievement: dict[str, Any] = {
        "id": address,
        "type": ["Achievement"],
        "achievementType": "Certificate" if row.kind == "certificate" else "CertificateOfCompletion",
        "name": row.programme_title,
        "description": row.programme_title,
        "criteria": {"narrative": row.rule_source or row.programme_title},
        "humanCode": row.programme_code,
        "inLanguage": "vi",
    }
    if row.programme_title_en:
        achievement["related"] = [{"id": f"{address}?lang=en", "type": ["Related"], "inLanguage": "en"}]
    return achievement


def _moment(day: date) -> str:
    return f"{day.isoformat()}T00:00:00+07:00"


def _seconds(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=_HERE).timestamp())
