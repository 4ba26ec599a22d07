"""The signed key set: drafted from the keys, signed by the root, published once and for ever."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _

from certificates import keys, keyset, log
from certificates.keys import development
from certificates.keyset import document as documents
from certificates.keyset import pinned
from certificates.keyset.document import KeySetDocument, Root, Signed, Untrusted
from certificates.keyset.models import KeySetVersion
from certificates.models import Key
from lms import audit, clock
from lms.access.models import User
from lms.db import atomic
from lms.errors import Refused

#: Until when a key set counts as fresh. The development root signs again by itself, custodians once a year.
FRESH_DEVELOPMENT = timedelta(days=30)
FRESH_OFFLINE = timedelta(days=400)


class KeySetRefused(Refused):
    """A key set that may not be published; the one in force stays."""

    code = "keyset_refused"


def draft_key_set(root: Root) -> str:
    """The text of the next key set, for the root to sign: every key there ever was, with its state of today."""
    before = keyset.newest()
    now = clock.now()
    fresh = FRESH_DEVELOPMENT if root.kind == documents.DEVELOPMENT else FRESH_OFFLINE
    rows = list(Key.select())
    return documents.write(
        (before.version if before else 0) + 1,
        root.kind,
        now,
        now + fresh,
        [keyset.public_key(row) for row in rows if row.purpose == "certificate"],
        [keyset.public_key(row) for row in rows if row.purpose == "status"],
    )


def sign_key_set(text: str, root: keys.Signer) -> Signed:
    """A key set under its root's signature, which was verified before it is returned."""
    documents.read(text)
    return Signed(text, root.kid.hex(), keys.released(root, documents.message(text)))


@atomic
def publish_key_set(signed: Signed, *, by: User | None) -> KeySetDocument:
    """Put a signed key set in force.

    Raises KeySetRefused when another root signed it, when it is not newer than the one in force, when a key that was
    published before is missing or counts for more than before, or when it names a key this installation does not have.
    """
    root = pinned.root()
    if root is None:
        raise KeySetRefused(_("No root is pinned. Hold a ceremony first: lms keys ceremony FOLDER"))
    before = keyset.newest()
    try:
        said = documents.trusted(
            signed, root, at_least=max(pinned.seen(), before.version + 1 if before else 1)
        )
    except Untrusted as wrong:
        raise KeySetRefused(_REFUSED[wrong.code](), detail=str(wrong)) from wrong
    _must_hold_all_keys(said)
    if before:
        _must_not_go_back(documents.read(before.document), said)
    row = KeySetVersion.create(
        version=said.version,
        root=signed.root,
        document=signed.document,
        signature=signed.signature,
        issued_at=said.issued_at,
        next_update=said.next_update,
    )
    kids = [key.kid.hex() for key in said.keys + said.status_keys]
    Key.update(published_at=clock.now()).where(Key.kid.in_(kids), Key.published_at.is_null()).execute()
    digest = hashlib.sha256(signed.document.encode()).hexdigest()
    log.append("keyset", version=said.version, digest=digest)
    audit.record(
        by, "certificates.keyset_published", row, version=said.version, keys=len(kids), root=said.root
    )
    keyset.refresh()
    return said


def announce(*, by: User | None) -> bool:
    """Let a change of keys be known: the development root signs at once, an offline one by its custodians.

    Makes a development root when there is none yet, or when it was lost (no archive holds it). Returns whether the change was published now.
    """
    if not pinned.is_development():
        return False
    root = pinned.root()
    if root is None or keyset.newest() is None or not development.is_here():
        root = _make_development_root()
    publish_key_set(sign_key_set(draft_key_set(root), development.load()), by=by)
    return True


@atomic
def adopt_root(root: Root, signed: Signed, *, by: User | None) -> KeySetDocument:
    """Pin another root and put its first key set in force; all or nothing. Pages carry it from then on.

    Readers that trust the root before must be told of this one by another way (docs/operators.md). Raises KeySetRefused.
    """
    before, seen = pinned.root(), pinned.seen()
    pinned.pin(root)
    try:
        said = publish_key_set(signed, by=by)
    except Exception:
        pinned.restore(before, seen)
        raise
    audit.record(by, "certificates.root_pinned", None, fingerprint=root.fingerprint, root=root.kind)
    return said


def renew(*, by: User | None) -> bool:
    """Retire keys whose time is over, and let the development root sign anew before its key set ends.

    Returns whether something was published.
    """
    retired = (
        Key.update(status="retired").where(Key.status == "active", Key.not_after < clock.today()).execute()
    )
    if not pinned.is_development() or not Key.select().exists():
        return False
    before = keyset.newest()
    if before and not retired and before.next_update - clock.now() > FRESH_DEVELOPMENT / 3:
        return False
    return announce(by=by)


def _make_development_root() -> Root:
    signer = development.make()
    root = Root(documents.DEVELOPMENT, signer.algorithm, signer.public_key)
    pinned.pin(root)
    return root


def _must_hold_all_keys(said: KeySetDocument) -> None:
    """Every published key is one of ours, byte for byte."""
    ours = {row.kid: keyset.public_key(row) for row in Key.select()}
    for key in said.keys + said.status_keys:
        own = ours.get(key.kid.hex())
        if own is None or _bound(own) != _bound(key):
            raise KeySetRefused(
                _(
                    "The key set names the key %(kid)s, which this installation does not have.",
                    kid=key.kid.hex(),
                )
            )


def _must_not_go_back(before: KeySetDocument, said: KeySetDocument) -> None:
    """What was published stays: no key goes missing, none changes its time, a withdrawn one stays withdrawn."""
    after = {key.kid: key for key in said.keys + said.status_keys}
    for key in before.keys + before.status_keys:
        now = after.get(key.kid)
        if now is None or _bound(now) != _bound(key):
            raise KeySetRefused(
                _("The key %(kid)s, published before, is missing or changed.", kid=key.kid.hex())
            )
        if key.status == "withdrawn" and now.status != "withdrawn":
            raise KeySetRefused(_("The key %(kid)s was withdrawn and cannot come back.", kid=key.kid.hex()))


def _bound(key: Any) -> tuple[Any, ...]:
    return (key.algorithm, key.raw, key.issuer, key.not_before, key.not_after)


_REFUSED = {
    "root": lambda: _("Another root signed this key set. The pinned one alone is believed."),
    "signature": lambda: _("The signature of the root does not hold. Nothing was published."),
    "form": lambda: _("This is not a key set of the published form. Nothing was published."),
    "rollback": lambda: _("A key set of this version or a later one was published before. Make a new draft."),
}
