"""Papers signed as files: valid as made, and any change after it is found; what is attached proves the rest."""

from __future__ import annotations

import base64
import io
import json

import pypdfium2
import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pypdf import PdfReader, PdfWriter

from certificates import keys, keyset, record, services
from certificates.errors import SelfTestFailed
from certificates.interop import jose
from certificates.interop import services as interop
from certificates.keys import custody
from certificates.log import checkpoints, tree
from certificates.models import Certificate
from certificates.paper import render, signature
from certificates.token import read_address, signature_holds, verify_fragment
from lms import config
from lms.config import settings
from tests.certificates.authority import PASSPHRASE, Root

#: Files are signed and read the same whatever the database.
pytestmark = pytest.mark.once


@pytest.fixture
def root(school, monkeypatch):
    """An authority of our own, and its certificate for the school in the key folder."""
    authority, path = Root(), custody.folder() / "paper.p12"
    custody.put(path, authority.p12())
    monkeypatch.setattr(config, "_current", config.replace(settings(), paper_passphrase=PASSPHRASE))
    yield authority.trusted
    path.unlink()


def printed(school, *names: str) -> list[bytes]:
    for row in school.issued(*names):
        services.print_paper(row)
    rows = Certificate.select().order_by(Certificate.id.desc()).limit(len(names))
    return [(settings().files / row.pdf_path).read_bytes() for row in reversed(list(rows))]


def test_threat_31_a_signed_paper_is_intact_and_every_change_after_it_is_found(school, root):
    """Incremental update, a patched byte, a swapped page, a stripped signature."""
    _first, one, other = printed(school, "Lê An", "Nguyễn Văn Ba", "Trần Thị Bình")
    seen = signature.look(one, [root])
    assert (seen.state, seen.signer, seen.trusted) == ("intact", "Trường Chính trị tỉnh", True)
    assert not signature.look(one).trusted  # nobody vouches for an authority that is not known here
    assert "Nguyễn Văn Ba" in PdfReader(io.BytesIO(one)).pages[0].extract_text()

    later = IncrementalPdfFileWriter(io.BytesIO(one))
    later.root["/Kim"] = generic.TextStringObject("bảng")
    later.update_root()
    updated = io.BytesIO()
    later.write(updated)
    assert signature.look(updated.getvalue(), [root]).state == "altered"
    assert signature.look(one + b"\n% anything", [root]).state == "altered"

    drawing = one.index(b"stream\n", one.index(b"/Length", len(one) // 2))
    for place in (200, drawing + 20, len(one) // 3):
        patched = bytearray(one)
        patched[place] ^= 1
        assert signature.look(bytes(patched), [root]).state == "altered", place

    swap = IncrementalPdfFileWriter(io.BytesIO(one))
    page = swap.root["/Pages"]["/Kids"][0]
    drawn = PdfReader(io.BytesIO(other)).pages[0].get_contents().get_data()
    page["/Contents"] = swap.add_object(generic.StreamObject(stream_data=drawn))
    swap.update_container(page)
    swapped = io.BytesIO()
    swap.write(swapped)
    assert "Trần Thị Bình" in PdfReader(io.BytesIO(swapped.getvalue())).pages[0].extract_text()
    assert signature.look(swapped.getvalue(), [root]).state == "altered"

    copied, drawn_anew = PdfWriter(), io.BytesIO()
    copied.add_page(PdfReader(io.BytesIO(one)).pages[0])
    copied.write(drawn_anew)
    assert signature.look(drawn_anew.getvalue(), [root]).state == "altered"
    anew, without = pypdfium2.PdfDocument.new(), io.BytesIO()
    anew.import_pages(pypdfium2.PdfDocument(one))
    anew.save(without)
    assert signature.look(without.getvalue(), [root]).state != "intact"


def test_without_a_certificate_papers_are_not_signed_and_say_so(school):
    assert signature.look(printed(school, "Lê Ba")[0]).state == "none"


def test_a_wrong_passphrase_stops_the_printing_with_what_to_do(school, root, monkeypatch):
    monkeypatch.setattr(config, "_current", config.replace(settings(), paper_passphrase="falsch"))
    row = school.issued("Lê Ba")[0]
    with pytest.raises(keys.KeyUnavailable, match="LMS_PAPER_PASSPHRASE"):
        services.print_paper(row)
    assert Certificate.get_by_id(row.id).pdf_sha256 is None


def test_pages_never_open_the_certificate(school, root, monkeypatch):
    monkeypatch.setattr(config, "_serves_pages", True)
    with pytest.raises(keys.KeyUnavailable):
        signature.signer()


@pytest.mark.parametrize(
    "names", [("Nguyễn Văn An",), ("An Nguyễn", "Trần Bình", "Lê Ba")], ids=["one", "a class"]
)
def test_what_is_attached_proves_the_paper_without_us(school, names):
    """Token, extract and its signature, key; and once the log has published it, state, entry and hashes."""
    rows = school.issued(*names)
    checkpoints.make()
    for row in rows:
        files = PdfReader(io.BytesIO(render.paper(row))).attachments
        told = json.loads(files["proof.json"][0])
        _base, identifier, digits = read_address(told["address"])
        assert verify_fragment(identifier, digits, keyset.book().keys).genuine
        assert json.loads(told["record"])["serial"] == row.serial
        public = keyset.public_key(school.key)
        extract = record.message(bytes.fromhex(row.kid), told["record"])
        assert signature_holds(public, base64.b64decode(told["record_signature"]), extract)
        assert "credential" not in told  # none is signed yet
        log = told["log"]
        assert log["entry"].encode() and log["size"] > log["index"]
        assert _root_of(log) == base64.b64decode(log["checkpoint"].split("\n")[2])


def test_the_credential_for_programs_of_others_is_attached_too(school):
    row = school.issued("Nguyễn Văn An")[0]
    interop.make(row)
    told = json.loads(PdfReader(io.BytesIO(render.paper(row))).attachments["proof.json"][0])
    read = jose.read(told["credential"], keyset.book().keys).payload
    assert read["credentialSubject"]["licenseNumber"] == row.serial
    assert read["jti"] == told["address"].split("#")[0]


def test_a_row_that_is_not_what_was_signed_is_not_printed(school):
    row = school.issued("Nguyễn Văn An")[0]
    interop.make(row)
    row.serial = "TCT999999"
    with pytest.raises(SelfTestFailed):
        render.paper(row)


def _root_of(log: dict) -> bytes:
    """RFC 9162, 2.1.3.2: from the entry up to the root."""
    place, last = log["index"], log["size"] - 1
    node = tree.leaf_hash(log["entry"].encode())
    for one in map(base64.b64decode, log["hashes"]):
        if place & 1 or place == last:
            node = tree.node_hash(one, node)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            node = tree.node_hash(node, one)
        place, last = place >> 1, last >> 1
    return node
