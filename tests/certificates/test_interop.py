"""Certificates as Open Badges 3.0 credentials: their form, who gets them, and every way to make our verifier believe a false one."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jsonschema_rs import Draft202012Validator
from peewee import IntegrityError

from certificates import keys, keyset, services
from certificates.interop import badge, jose
from certificates.interop import services as interop
from certificates.interop.models import Credential
from certificates.models import Certificate, Key
from certificates.token import PublicKey
from certificates.token.algorithms import ES256
from lms.db import db
from lms.errors import Conflict
from tests.certificates.test_verifying import _drop_triggers

SCHEMA = json.loads((Path(__file__).parent.parent / "fixtures/openbadges-3.0.schema.json").read_text())


@pytest.fixture
def row(school):
    (one,) = school.issued("Nguyễn Thị Phương Thảo")
    keyset.refresh()
    interop.make(one)
    return one


def parts(token: str) -> list:
    return [json.loads(unbase(part)) for part in token.split(".")[:2]]


def unbase(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def base(value) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def public(row) -> PublicKey:
    return keyset.key(bytes.fromhex(row.kid))


def test_a_credential_fits_open_badges_and_the_claims_of_its_token(row):
    header, payload = parts(interop.token(row))
    assert list(Draft202012Validator(SCHEMA).iter_errors(payload)) == []
    assert (header["alg"], header["typ"]) == ("EdDSA", "vc+jwt")
    assert header["kid"].endswith(f"/c/jwk/{row.kid}")
    assert (payload["iss"], payload["jti"]) == (payload["issuer"]["id"], payload["id"])
    assert payload["validFrom"] == "2025-04-02T00:00:00+07:00"
    assert payload["nbf"] == 1743526800
    assert payload["credentialSubject"]["identifier"][0]["identityHash"] == "Nguyễn Thị Phương Thảo"
    assert payload["credentialSubject"]["licenseNumber"] == row.serial
    number, place = divmod(row.status_index, 131_072)
    status = payload["credentialStatus"]
    assert status["statusListIndex"] == str(place)
    assert status["statusListCredential"].endswith(f"/c/status/{number}/revocation")
    assert "1980" not in json.dumps(payload)  # no birth date


def test_every_address_in_a_credential_answers(client, row):
    header, payload = parts(interop.token(row))
    achievement = payload["credentialSubject"]["achievement"]
    path = lambda address: "/c/" + address.split("/c/")[1]  # noqa: E731
    own = client.get(path(header["kid"])).json
    assert own == next(
        one for one in client.get("/c/credentials/jwks.json").json["keys"] if one["kid"] == header["kid"]
    )
    assert (own["kty"], own["crv"], unbase(own["x"])) == ("OKP", "Ed25519", public(row).raw)
    assert client.get(path(payload["iss"])).json["name"] == payload["issuer"]["name"]
    assert client.get(path(achievement["id"])).json["name"] == achievement["name"]
    assert client.get(path(payload["id"])).status_code == 200
    for unknown in ("/c/jwk/00000000", "/c/issuers/999", "/c/programmes/999"):
        assert client.get(unknown).status_code == 404


def test_a_withdrawn_key_is_no_longer_offered(client, school, row):
    services.withdraw_key(Key.get(Key.kid == row.kid), by=None, reason="thử")
    keyset.refresh()
    assert client.get("/c/credentials/jwks.json").json["keys"] == []
    with pytest.raises(Conflict):
        interop.token(row)


def test_the_holder_alone_gets_the_credential(login, make, row):
    holder = login(make.user("trainee", official=row.official))
    page = holder.get("/certificates/mine").text
    assert f"/certificates/mine/{row.id}/credential.jwt" in page
    got = holder.get(f"/certificates/mine/{row.id}/credential.jwt")
    assert got.mimetype == "application/vc+jwt"
    assert jose.read(got.text, {public(row).kid: public(row)}).payload["id"].endswith(row.id16)
    other = login(make.user("trainee", official=make.official("Trần Thị Bình", row.official.organisation)))
    assert other.get(f"/certificates/mine/{row.id}/credential.jwt").status_code == 404


def test_credentials_are_made_once_and_old_certificates_catch_up(school, row):
    later = school.issued("Lê Cường", "Mai Dung")
    unsigned = school.issued("Phan Em", signed=False)
    assert [interop.catch_up(), interop.catch_up()] == [2, 0]
    assert not interop.make(later[0])
    assert not interop.make(unsigned[0])
    assert Credential.select().count() == 3
    with pytest.raises(IntegrityError), db.atomic():
        Credential.update(form=9).execute()


def test_a_row_that_was_altered_gives_no_credential(row):
    _drop_triggers()
    Certificate.update(name="Người Khác").where(Certificate.id == row.id).execute()
    with pytest.raises(Conflict):
        interop.token(Certificate.get_by_id(row.id))


def refused(token: str, *known: PublicKey) -> str:
    with pytest.raises(jose.Refused) as why:
        jose.read(token, {key.kid: key for key in known})
    return why.value.code


def test_threat_08_a_token_cannot_choose_how_it_is_verified(row):
    """No algorithm, HMAC with our public key as secret, a key of its own, another algorithm than the key's."""
    key, token = public(row), interop.token(row)
    header, _payload = parts(token)
    _head, content, signature = token.split(".")
    mine = Ed25519PrivateKey.generate()
    raw = mine.public_key().public_bytes_raw()
    for alg in ("none", "None", "nOnE", ""):
        assert refused(f"{base(header | {'alg': alg})}.{content}.", key) == "algorithm"
    for secret in (key.raw, base(key.raw).encode()):
        signed = f"{base(header | {'alg': 'HS256'})}.{content}"
        forged = hmac.new(secret, signed.encode(), hashlib.sha256).digest()
        assert refused(f"{signed}.{base(forged)}", key) == "algorithm"
    own = {"kty": "OKP", "crv": "Ed25519", "x": base(raw)}
    for extra in ({"jwk": own}, {"jku": "https://vbcc.example/keys"}, {"x5c": ["x"]}, {"crit": ["exp"]}):
        signed = f"{base(header | extra)}.{content}"
        assert refused(f"{signed}.{base(mine.sign(signed.encode()))}", key) == "header"
    signed = f"{base(header)}.{content}"
    assert refused(f"{signed}.{base(mine.sign(signed.encode()))}", key) == "bad_signature"
    assert refused(f"{base(header | {'alg': 'ES256'})}.{content}.{signature}", key) == "algorithm"
    as_es256 = PublicKey(key.kid, ES256, key.raw, key.issuer, key.not_before, key.not_after)
    assert refused(token, as_es256) == "algorithm"
    assert refused(token) == "unknown_key"
    assert refused(f"{base(header | {'typ': 'JWT'})}.{content}.{signature}", key) == "header"


def test_threat_02_no_changed_byte_of_a_token_passes(row):
    key, token = public(row), interop.token(row)
    for place in range(0, len(token), 7):
        changed = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        assert refused(changed, key)
        assert refused(token[:place] + token[place + 1 :], key)
    for other in (
        token + "=",
        token + " ",
        " " + token,
        token.replace(".", "..", 1),
        "",
        "a.b",
        "x" * 70_000,
    ):
        assert refused(other, key) == "malformed"


def test_threat_09_a_key_signs_for_its_issuer_and_its_time_alone(row):
    """Signed with the genuine key, but saying what it may not say."""
    key, signer = public(row), keys.signer_for(row.kid)
    address = interop.token(row)
    header, payload = parts(address)
    other = payload["iss"].rsplit("/", 1)[0] + "/77"

    def signed(**changes) -> str:
        raw = jose.signing_input(header, payload | changes)
        return jose.joined(raw, signer.sign(raw))

    assert jose.read(signed(), {key.kid: key})
    cases = {
        "wrong_issuer": {"iss": other, "issuer": {"id": other, "type": ["Profile"]}},
        "outside_validity": {"validFrom": "2019-04-02T00:00:00+07:00"},
    }
    for code, changes in cases.items():
        assert refused(signed(**changes), key) == code
    for changes in (
        {"iss": other},
        {"jti": "x"},
        {"vc": {}},
        {"validFrom": 3},
        {"@context": []},
        {"issuer": "x"},
    ):
        assert refused(signed(**changes), key) == "claims"


def test_a_key_of_the_other_algorithm_signs_credentials_too(school):
    """ES256, for the many tools that know no Ed25519."""
    services.create_key(
        school.issuer, school.key.not_before.replace(month=2), school.key.not_after, by=None, algorithm=ES256
    )
    keyset.refresh()
    (one,) = school.issued("Nguyễn Văn An")
    interop.make(one)
    header, _payload = parts(interop.token(one))
    own = jose.jwk("https://x.example", public(one))
    assert (header["alg"], own["kty"], own["crv"]) == ("ES256", "EC", "P-256")
    assert len(unbase(own["x"])) == len(unbase(own["y"])) == 32
    assert badge.JOSE[public(one).algorithm] == "ES256"
