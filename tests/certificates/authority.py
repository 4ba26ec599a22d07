"""An authority of our own: a root, certificates under it, and a server that gives time-stamps (RFC 3161) and its list of revocations."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from asn1crypto import keys as asn1_keys
from asn1crypto import tsp
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

PASSPHRASE = "mật khẩu 7"


class Root:
    """A root certificate and what it issues; with `crl_url` its certificates name a list of revocations."""

    def __init__(self, crl_url: str = "") -> None:
        self.key, self.crl_url = ec.generate_private_key(ec.SECP256R1()), crl_url
        self.certificate = self._issue("CA thử", self.key.public_key(), authority=True)

    @property
    def trusted(self) -> asn1.Certificate:
        return _asn1(self.certificate)

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    def p12(self, name: str = "Trường Chính trị tỉnh", days: int = 30) -> bytes:
        """A sealed certificate with its key, as a licensed authority hands it over."""
        key = ec.generate_private_key(ec.SECP256R1())
        mine = self._issue(name, key.public_key(), days=days)
        encryption = serialization.BestAvailableEncryption(PASSPHRASE.encode())
        return pkcs12.serialize_key_and_certificates(b"paper", key, mine, [self.certificate], encryption)

    def crl(self) -> bytes:
        now = datetime.now(UTC)
        made = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.certificate.subject)
            .last_update(now - timedelta(hours=1))
            .next_update(now + timedelta(days=1))
            .add_extension(x509.CRLNumber(1), critical=False)
            .sign(self.key, hashes.SHA256())
        )
        return made.public_bytes(serialization.Encoding.DER)

    def stamper(self) -> DummyTimeStamper:
        """A time-stamp authority under this root."""
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        sealed = key.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        mine = _asn1(self._issue("TSA thử", key.public_key(), stamps=True))
        chain = SimpleCertificateStore()
        chain.register(self.trusted)
        return DummyTimeStamper(mine, asn1_keys.PrivateKeyInfo.load(sealed), chain)

    def _issue(
        self, name: str, key: Any, *, authority: bool = False, stamps: bool = False, days: int = 30
    ) -> x509.Certificate:
        now = datetime.now(UTC)
        issuer = _named(name) if authority else self.certificate.subject
        usage = x509.KeyUsage(
            not authority, not (authority or stamps), False, False, False, authority, authority, False, False
        )
        made = (
            x509.CertificateBuilder()
            .subject_name(_named(name))
            .issuer_name(issuer)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=days))
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
            .add_extension(usage, critical=True)
        )
        if stamps:
            made = made.add_extension(
                x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True
            )
        if self.crl_url and not authority:
            place = x509.DistributionPoint([x509.UniformResourceIdentifier(self.crl_url)], None, None, None)
            made = made.add_extension(x509.CRLDistributionPoints([place]), critical=False)
        return made.sign(self.key, hashes.SHA256())


class Service:
    """A real server on this machine: POST / gives a time-stamp, GET /crl the list; `down` makes it answer 503."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.down = self.lies = False
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.root = Root(f"{self.url}/crl")
        self.stamps = self.root.stamper()
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def stamp(self, asked: bytes) -> bytes:
        question = tsp.TimeStampReq.load(asked)
        if self.lies:
            question["message_imprint"]["hashed_message"] = b"\x07" * 32
        return self.stamps.request_tsa_response(question).dump()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                self.answer("stamp", lambda: service.stamp(body))

            def do_GET(self) -> None:
                self.answer("crl", service.root.crl)

            def answer(self, what: str, make: Any) -> None:
                service.asked[what] += 1
                self.send_response(503 if service.down else 200)
                self.end_headers()
                if not service.down:
                    self.wfile.write(make())

            def log_message(self, *_: Any) -> None: ...

        return Handler


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _asn1(one: x509.Certificate) -> asn1.Certificate:
    return asn1.Certificate.load(one.public_bytes(serialization.Encoding.DER))
