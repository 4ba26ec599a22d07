"""`lms keys`: the root's ceremony, the key set, the yearly key, withdrawal."""

from __future__ import annotations

import json
import os
from base64 import b64decode
from pathlib import Path

import click

from certificates import keys, keyset, queries, services
from certificates.keys import development, shares
from certificates.keyset import document as documents
from certificates.keyset import pinned
from certificates.keyset.document import OFFLINE, Root, Signed
from certificates.models import Issuer, Key
from certificates.token.algorithms import ED25519, ES256
from lms import clock
from lms.cli.context import with_app
from lms.errors import Conflict, Invalid, NotFound
from lms.people.models import Organisation

_FILE = click.Path(dir_okay=False, path_type=Path)
_SHARE = click.option(
    "--share", "share_files", type=_FILE, multiple=True, help="Share of a custodian; given twice."
)


@click.group("keys")
def cli() -> None:
    """Signing keys and the list of them that the root signs."""


@cli.command("ceremony")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--elsewhere",
    is_flag=True,
    help="On a machine of its own: write the files, leave this installation alone.",
)
@with_app
def ceremony(folder: Path, elsewhere: bool) -> None:
    """Make the root key in three shares, one a custodian; any two open it. Then sign the list of keys with it."""
    if pinned.root() and not pinned.is_development() and not elsewhere:
        raise Conflict(
            "There is an offline root already. A new one needs every reader to trust it: see docs/operators.md."
        )
    if any(_path(folder, n).exists() for n in (1, 2, 3)):
        raise Conflict(f"{folder} holds shares of a root already. Choose an empty folder.")
    signer = keys.new_signer()
    texts = shares.split(signer, [_new_passphrase(n) for n in (1, 2, 3)])
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for number, text in enumerate(texts, 1):
        _write(_path(folder, number), text)
    root = Root(OFFLINE, signer.algorithm, signer.public_key)
    (folder / "root-public.txt").write_text(f"{root.pin}\n")
    click.echo(f"✔ three shares in {folder}; give each custodian one file, and keep none here")
    click.echo(f"  fingerprint, to be printed in the regulation:\n  {root.fingerprint}")
    if not elsewhere:
        services.create_status_key(clock.today().year, by=None)
        services.adopt_root(root, services.sign_key_set(services.draft_key_set(root), signer), by=None)
        development.forget()
        _tell_published()


@cli.command("draft")
@click.argument("target", type=_FILE)
@with_app
def draft(target: Path) -> None:
    """Write the next list of keys, to be carried to the machine where the root signs."""
    target.write_text(services.draft_key_set(_root()))
    click.echo(f"✔ {target}; sign it there with: lms keys sign {target.name} --share A --share B")


@cli.command("sign")
@click.argument("source", type=_FILE)
@_SHARE
@with_app
def sign(source: Path, share_files: tuple[Path, ...]) -> None:
    """Sign a drafted list of keys with two shares; needs no installation around it."""
    signed = services.sign_key_set(source.read_text(), _opened(share_files))
    target = source.with_suffix(".signed.json")
    target.write_text(json.dumps(signed.as_json(), ensure_ascii=False) + "\n")
    said = documents.read(signed.document)
    click.echo(
        f"✔ {target}: version {said.version}, {len(said.keys)} keys, good until {said.next_update:%d/%m/%Y}"
    )


@cli.command("publish")
@click.argument("signed_file", type=_FILE, required=False)
@click.option(
    "--root",
    "root_file",
    type=_FILE,
    help="root-public.txt of a ceremony elsewhere: trust this root from now on.",
)
@_SHARE
@with_app
def publish(signed_file: Path | None, root_file: Path | None, share_files: tuple[Path, ...]) -> None:
    """Put a list of keys in force: the signed FILE, or one made and signed now with two shares."""
    if root_file:
        root = documents.read_pin(root_file.read_text().strip())
        if not signed_file:
            raise Invalid("With another root give the list of keys that it signed.")
        click.confirm(f"Trust the root {root.fingerprint}?", abort=True)
        services.adopt_root(root, _read_signed(signed_file), by=None)
        development.forget()
        _tell_published()
    elif signed_file:
        _publish(_read_signed(signed_file))
    elif share_files:
        _publish(services.sign_key_set(services.draft_key_set(_root()), _opened(share_files)))
    elif services.announce(by=None):
        _tell_published()
    else:
        raise Invalid("The root is offline: give the signed file, or two shares (--share A --share B).")


@cli.command("rotate")
@click.argument("organisation")
@click.option("--year", type=int, required=True)
@click.option("--algorithm", type=click.Choice([ED25519, ES256]), default=ED25519, show_default=True)
@click.option("--hardware", is_flag=True, help="Inside the module of LMS_PKCS11_MODULE; then ES256.")
@click.option("--urgent", is_flag=True, help="In the place of a withdrawn key: it signs from today.")
@with_app
def rotate(organisation: str, year: int, algorithm: str, hardware: bool, urgent: bool) -> None:
    """Make an issuer's key of a year, or with `status` in place of the organisation the key of the status lists."""
    if organisation == "status":
        made = services.create_status_key(year, by=None, in_hardware=hardware, algorithm=algorithm)
    else:
        made = services.rotate_key(
            _issuer(organisation), year, by=None, algorithm=algorithm, in_hardware=hardware, urgent=urgent
        )
    click.echo(f"✔ key {made.kid} ({made.algorithm}), {made.not_before} – {made.not_after}")
    if not hardware:
        click.echo(
            "  Keep a copy of its file and of the passphrase apart from each other; no archive holds them."
        )
    _say_what_follows()


@cli.command("withdraw")
@click.argument("kid")
@click.option("--reason", required=True, help="For the record.")
@click.option(
    "--last-good-checkpoint", type=int, help="Size of the public log when the key was certainly safe."
)
@with_app
def withdraw(kid: str, reason: str, last_good_checkpoint: int | None) -> None:
    """Take a key that leaked out of trust. What it signed counts only when the log proves it older."""
    key: Key | None = Key.get_or_none(Key.kid == kid)
    if key is None:
        raise NotFound(f"There is no key {kid}. See: lms keys list")
    services.withdraw_key(key, by=None, reason=reason, last_good_checkpoint=last_good_checkpoint)
    click.echo(f"✔ key {kid} is withdrawn; checks here say so at once")
    _say_what_follows()


@cli.command("list")
@with_app
def list_keys() -> None:
    """Every key with its time and state, the root, and until when the list of keys is good."""
    book = keyset.book()
    root = pinned.root()
    if root is None:
        click.echo("root      none yet; keys count without one")
    else:
        click.echo(f"root      {root.kind} {root.kid}\n          {root.fingerprint}")
    if book.document:
        click.echo(
            f"key set   version {book.document.version}, good until {book.document.next_update:%d/%m/%Y}"
        )
    elif book.distrust:
        click.echo(click.style(f"key set   not trusted: {book.distrust}", fg="red"))
    for row in Key.select().order_by(Key.issuer_number, Key.not_before, Key.id):
        known = "" if row.published_at else " · waits for the root"
        who = "status" if row.purpose == "status" else f"issuer {row.issuer_number}"
        click.echo(
            f"{row.kid}  {row.algorithm:8} {who:10} {row.not_before} – {row.not_after}  {row.status}{known}"
        )


# ---------------------------------------------------------------- parts


def _publish(signed: Signed) -> None:
    services.publish_key_set(signed, by=None)
    _tell_published()


def _tell_published() -> None:
    said = keyset.book().document
    if said is None:
        raise Conflict(f"The list of keys is not believed here: {keyset.book().distrust}")
    pinned.note(said.version)
    click.echo(
        f"✔ list of keys, version {said.version}: {len(said.keys)} keys, good until {said.next_update:%d/%m/%Y}"
    )


def _say_what_follows() -> None:
    if pinned.is_development():
        _tell_published()
    else:
        click.echo("  Now let the custodians sign the list of keys: lms keys publish --share A --share B")


def _root() -> Root:
    root = pinned.root()
    if root is None:
        raise NotFound("There is no root yet. Hold a ceremony: lms keys ceremony FOLDER")
    return root


def _issuer(organisation: str) -> Issuer:
    found = Organisation.get_or_none(Organisation.code == organisation)
    issuer = queries.issuer_of(found.id, clock.today()) if found else None
    if issuer is None:
        raise NotFound(f"No issuer profile of {organisation} today.")
    return issuer


def _read_signed(file: Path) -> Signed:
    try:
        said = json.loads(file.read_text())
        return Signed(str(said["document"]), str(said["root"]), b64decode(said["signature"], validate=True))
    except (OSError, KeyError, TypeError, ValueError) as wrong:
        raise Invalid(f"{file} is not a signed list of keys.") from wrong


def _opened(files: tuple[Path, ...]) -> keys.FileSigner:
    if len(files) != 2:
        raise Invalid("Two shares open the root: --share A --share B")
    one, other = (
        shares.opened(file.read_text(), click.prompt(f"Passphrase for {file.name}", hide_input=True))
        for file in files
    )
    return shares.join(one, other)


def _new_passphrase(custodian: int) -> str:
    return str(
        click.prompt(
            f"Custodian {custodian}, your passphrase (several words, at least {shares.LEAST} letters)",
            hide_input=True,
            confirmation_prompt="The same again",
        )
    )


def _path(folder: Path, custodian: int) -> Path:
    return folder / f"root-share-{custodian}.json"


def _write(path: Path, text: str) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
