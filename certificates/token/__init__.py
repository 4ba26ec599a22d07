"""The signed token: pure functions, no database, no web (format: docs/certificate-format.md)."""

from certificates.token.base32 import NotAnId, new_id, path_id, read_typed, typed_code
from certificates.token.body import Body, is_name, is_serial
from certificates.token.errors import Malformed, UnknownVersion
from certificates.token.seal import (
    Token,
    address,
    fragment,
    from_fragment,
    join,
    key_id,
    message,
    read_address,
    split,
)
from certificates.token.verify import (
    KeySet,
    Outcome,
    PublicKey,
    signature_holds,
    verify_fragment,
    verify_token,
)

__all__ = [
    "Body",
    "KeySet",
    "Malformed",
    "NotAnId",
    "Outcome",
    "PublicKey",
    "Token",
    "UnknownVersion",
    "address",
    "fragment",
    "from_fragment",
    "is_name",
    "is_serial",
    "join",
    "key_id",
    "message",
    "new_id",
    "path_id",
    "read_address",
    "read_typed",
    "signature_holds",
    "split",
    "typed_code",
    "verify_fragment",
    "verify_token",
]
