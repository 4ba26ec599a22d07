"""Keys in a hardware module (PKCS#11): made there, never leave it. Needs the extra `hsm` (python-pkcs11).

Settings: LMS_PKCS11_MODULE (the vendor's library), LMS_PKCS11_TOKEN (the token's label), LMS_PKCS11_PIN. Many modules
have no Ed25519, so keys made here are ES256.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flask_babel import gettext as _

from certificates.keys import custody
from certificates.keys.signer import KeyUnavailable, Signer
from certificates.token import key_id
from certificates.token.algorithms import ES256, low_s
from lms import config


@dataclass(frozen=True)
class HardwareSigner:
    """A key that stays in the module; only hashes go in and signatures come out."""

    kid: bytes
    public_key: bytes
    private: Any

    @property
    def algorithm(self) -> str:
        return ES256

    def sign(self, message: bytes) -> bytes:
        import pkcs11  # noqa: PLC0415  an extra that only installations with a hardware module have

        try:
            raw = self.private.sign(hashlib.sha256(message).digest(), mechanism=pkcs11.Mechanism.ECDSA)
        except pkcs11.PKCS11Error as problem:
            _session.cache_clear()
            raise _unusable(problem) from problem
        return low_s(bytes(raw))


def is_configured() -> bool:
    """Whether a hardware module is named."""
    return bool(config.settings().pkcs11_module)


def new_signer(algorithm: str = ES256) -> Signer:
    """Make a key inside the module, not extractable, found again by its key id. Raises KeyUnavailable."""
    if algorithm != ES256:
        raise KeyUnavailable(_("Keys in a hardware module are ES256. Choose that algorithm."))
    import pkcs11  # noqa: PLC0415  see above
    from pkcs11.util.ec import encode_named_curve_parameters  # noqa: PLC0415

    session = _open()
    try:
        parameters = session.create_domain_parameters(
            pkcs11.KeyType.EC,
            {pkcs11.Attribute.EC_PARAMS: encode_named_curve_parameters("secp256r1")},
            local=True,
        )
        public, private = parameters.generate_keypair(
            store=True,
            mechanism=pkcs11.Mechanism.EC_KEY_PAIR_GEN,
            label="kimbang",
            private_template={pkcs11.Attribute.SENSITIVE: True, pkcs11.Attribute.EXTRACTABLE: False},
        )
        point = _point(public)
        kid = key_id(ES256, point)
        for one in (public, private):
            one[pkcs11.Attribute.ID] = kid
            one[pkcs11.Attribute.LABEL] = f"kimbang-{kid.hex()}"
    except pkcs11.PKCS11Error as problem:
        raise _unusable(problem) from problem
    return HardwareSigner(kid, point, private)


def signer_for(kid: str) -> Signer:
    """The signer of a key id in the module. Raises KeyUnavailable."""
    import pkcs11  # noqa: PLC0415  see above

    session, raw = _open(), bytes.fromhex(kid)
    try:
        public = session.get_key(object_class=pkcs11.ObjectClass.PUBLIC_KEY, id=raw)
        private = session.get_key(object_class=pkcs11.ObjectClass.PRIVATE_KEY, id=raw)
        point = _point(public)
    except pkcs11.NoSuchKey as missing:
        raise KeyUnavailable(
            _(
                "The private key %(kid)s is neither a file on this machine nor in the hardware module, so nothing was signed.",
                kid=kid,
            )
        ) from missing
    except pkcs11.PKCS11Error as problem:
        _session.cache_clear()
        raise _unusable(problem) from problem
    if key_id(ES256, point) != raw:
        raise KeyUnavailable(_("The hardware module gives another key for %(kid)s.", kid=kid))
    return HardwareSigner(raw, point, private)


def _open() -> Any:
    custody.must_be_allowed()
    chosen = config.settings()
    # The library's state does not survive a fork: a session belongs to one process.
    return _session(chosen.pkcs11_module, chosen.pkcs11_token, chosen.pkcs11_pin, os.getpid())


@lru_cache(maxsize=1)
def _session(module: str, label: str, pin: str, _process: int) -> Any:
    try:
        import pkcs11  # noqa: PLC0415  see above
    except ImportError as missing:
        raise KeyUnavailable(
            _("python-pkcs11 is not installed. Install the platform with its extra “hsm”.")
        ) from missing
    try:
        return pkcs11.lib(module).get_token(token_label=label).open(rw=True, user_pin=pin)
    except (pkcs11.PKCS11Error, RuntimeError) as problem:
        raise _unusable(problem) from problem


def _point(public: Any) -> bytes:
    """The uncompressed point; the module wraps it in an OCTET STRING of 65 bytes."""
    import pkcs11  # noqa: PLC0415  see above

    return bytes(public[pkcs11.Attribute.EC_POINT])[-65:]


def _unusable(problem: Exception) -> KeyUnavailable:
    return KeyUnavailable(
        _(
            "The hardware module cannot be used (%(why)s), so nothing was signed. Is it plugged in, and are LMS_PKCS11_MODULE, LMS_PKCS11_TOKEN and LMS_PKCS11_PIN right?",
            why=f"{type(problem).__name__} {problem}".strip(),
        )
    )
