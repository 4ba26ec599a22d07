"""From a row to what is signed: the token's body, and the register extract with the printed facts that do not fit in it.

The extract holds neither name nor birth date: it lies on the public page, found by the certificate's id alone.
"""

from __future__ import annotations

import json
from typing import Any

from certificates.token import Body, base32

DOMAIN = b"VNRECORD1\x00"


def body(row: Any) -> Body:
    """The token's body of a certificate row. Raises nothing; `Body.encode` checks the limits."""
    return Body(
        id=base32.decode(row.id16),
        name=row.name,
        birth=row.birth_date or row.birth_year,
        programme=row.programme_number,
        issuer=row.issuer_number,
        issued_on=row.issued_on,
        valid_until=row.valid_until,
        posts=tuple(row.posts),
        status_index=row.status_index,
        serial=row.serial,
        rules=row.rule_number,
    )


#: Form of the extract for new certificates. A later form is a new function beside the old one, chosen by the row's
#: `record_version`: what was signed once must be written the same way for ever.
VERSION = 1


def extract(row: Any) -> str:
    """The register extract: JSON with sorted keys and no spaces (docs/certificate-format.md).

    Raises KeyError for a form this program does not know.
    """
    values = {1: _first_form}[row.record_version](row)
    return json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _first_form(row: Any) -> dict[str, Any]:
    return {
        "v": 1,
        "id": row.id16,
        "serial": row.serial,
        "register": f"{row.register_number:03d}/{row.register_year}",
        "kind": row.kind,
        "programme": row.programme_number,
        "programme_code": row.programme_code,
        "programme_title": row.programme_title,
        "programme_title_en": row.programme_title_en,
        "periods": row.periods,
        "class": row.class_code,
        "from": row.from_date.isoformat(),
        "to": row.to_date.isoformat(),
        "grade": row.grade,
        "issuer": row.issuer_number,
        "issuer_superior": row.issuer_superior,
        "issuer_name": row.issuer_name,
        "issuer_name_en": row.issuer_name_en,
        "place": row.place,
        "signatory_title": row.signatory_title,
        "signatory_name": row.signatory_name,
        "awarded_on": row.awarded_on.isoformat(),
        "issued_on": row.issued_on.isoformat(),
        "rule": row.rule_id,
        "rule_source": row.rule_source,
        "template": row.template_version,
    }


def message(kid: bytes, text: str) -> bytes:
    """What the extract's signature signs."""
    return DOMAIN + kid + text.encode()
