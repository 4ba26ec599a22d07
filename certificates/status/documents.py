"""What is signed of a status list: our form, and the W3C form as a VC-JWT. Pure functions (docs/certificate-format.md)."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from certificates import keys
from certificates.keyset.document import canonical, moment
from certificates.status import encoding
from certificates.token.algorithms import ED25519, ES256

DOMAIN = b"VNSTATUS1\x00"
#: Our algorithm → its name in JOSE.
JOSE = {ED25519: "EdDSA", ES256: "ES256"}


@dataclass(frozen=True)
class SignedList:
    """A status list in our form, as published."""

    document: str
    kid: str
    signature: bytes

    def as_json(self) -> dict[str, str]:
        return {
            "document": self.document,
            "kid": self.kid,
            "signature": base64.b64encode(self.signature).decode(),
        }


def message(kid: str, document: str) -> bytes:
    """What the status key signs of our form."""
    return DOMAIN + bytes.fromhex(kid) + document.encode()


def write(
    number: int, sequence: int, issued_at: datetime, next_update: datetime, states: Mapping[int, int]
) -> str:
    """The text of a list in our form, to be signed."""
    bits = encoding.compress(encoding.pack(states))
    return canonical(
        {
            "v": 1,
            "list": number,
            "sequence": sequence,
            "issued_at": moment(issued_at),
            "next_update": moment(next_update),
            "size": encoding.SIZE,
            "bits": encoding.BITS,
            "encoded": base64.b64encode(bits).decode(),
        }
    )


def credential(
    url: str,
    purpose: str,
    sequence: int,
    issued_at: datetime,
    next_update: datetime,
    states: Mapping[int, int],
    *,
    issuer: str,
) -> dict[str, Any]:
    """A BitstringStatusListCredential (W3C Bitstring Status List 1.0)."""
    bits = encoding.compress(encoding.pack_purpose(states, purpose))
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": url,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer,
        "validFrom": moment(issued_at),
        "validUntil": moment(next_update),
        "credentialSubject": {
            "id": f"{url}#list",
            "type": "BitstringStatusList",
            "statusPurpose": purpose,
            "encodedList": "u" + base64url(bits),
        },
        "iss": issuer,
        "jti": f"{url}#{sequence}",
    }


def vc_jwt(payload: Mapping[str, Any], signer: keys.Signer) -> str:
    """A credential as VC-JWT (W3C VC-JOSE-COSE): the payload is the credential itself."""
    header = {"alg": JOSE[signer.algorithm], "kid": signer.kid.hex(), "typ": "vc+jwt", "cty": "vc"}
    signed = ".".join(base64url(canonical(part).encode()) for part in (header, payload))
    return f"{signed}.{base64url(keys.released(signer, signed.encode()))}"


def base64url(raw: bytes) -> str:
    """Without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
