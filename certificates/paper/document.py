"""Whole PDF files that differ in one page's drawing, one picture, what is attached and the title.

Everything else (fonts, frame, pictures of the template) is written once, in front; a paper is that beginning and four
more objects with a fresh table of contents. So each file has one revision only: nothing of another person is left in
it, and a reader that looks for later changes finds none.
"""

from __future__ import annotations

import hashlib
import io
import zlib
from dataclasses import dataclass
from typing import Any

from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    BooleanObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    NumberObject,
    StreamObject,
    TextStringObject,
)

from certificates.paper import faces
from certificates.paper.stencil import CODE

#: Name of the attached file.
PROOF = "proof.json"
_ATTACHED = b"/Type/EmbeddedFile/Subtype/application#2Fjson/Params<</Size %d>>"
_HEAD = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"


@dataclass(frozen=True)
class Shell:
    """A file's beginning, where its objects are, and the numbers of the catalogue and of the four objects to come."""

    beginning: bytes
    table: bytes
    catalogue: int
    drawing: int
    code: int
    proof: int
    facts: int

    def file(self, drawing: bytes, modules: int, code: bytes, proof: bytes, title: str, author: str) -> bytes:
        """One paper: the page's drawing, the code's picture (`modules` pixels a side, a bit each), what is attached, the title."""
        parts = [self.beginning]
        at = len(self.beginning)
        table = [self.table]
        for number, content in (
            (self.drawing, _stream(b"", zlib.compress(drawing, 6))),
            (self.code, _stream(_picture(modules), zlib.compress(code, 9))),
            (self.proof, _stream(_ATTACHED % len(proof), zlib.compress(proof, 6))),
            (self.facts, _facts(title, author)),
        ):
            written = b"%d 0 obj\n%s\nendobj\n" % (number, content)
            table.append(b"%010d 00000 n \n" % at)
            parts.append(written)
            at += len(written)
        mark = hashlib.sha256(drawing + code).hexdigest()[:32].encode()
        parts += [
            b"xref\n0 %d\n" % (self.facts + 1),
            *table,
            b"trailer\n<</Size %d/Root %d 0 R/Info %d 0 R/ID[<%s><%s>]>>\nstartxref\n%d\n%%%%EOF\n"
            % (self.facts + 1, self.catalogue, self.facts, mark, mark, at),
        ]
        return b"".join(parts)


def shell(reader: PdfReader, kept: frozenset[str], code_picture: str) -> Shell:
    """What all papers of a template and class have in common, from one full drawing."""
    writer = PdfWriter()
    page = reader.pages[0]
    resources: Any = page["/Resources"]
    fonts = DictionaryObject()
    for face in faces.serif():
        fonts[NameObject(faces.type_of(face).resource)] = _copied(faces.font_object(face), writer)
    for name in kept:
        fonts[NameObject(name)] = _copied(resources["/Font"].raw_get(name).get_object(), writer)
    pictures = DictionaryObject()
    for name, picture in resources.get("/XObject", {}).items():
        if name != code_picture:
            pictures[NameObject(name)] = _copied(picture, writer)
    sheet = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Page"),
            NameObject("/MediaBox"): ArrayObject(page.mediabox),
            NameObject("/Resources"): DictionaryObject(
                {NameObject("/Font"): fonts, NameObject("/XObject"): pictures}
            ),
        }
    )
    return _written(writer, sheet, pictures)


def _written(writer: PdfWriter, sheet: DictionaryObject, pictures: DictionaryObject) -> Shell:
    page = writer._add_object(sheet)
    pages = writer._add_object(
        DictionaryObject(
            {
                NameObject("/Type"): NameObject("/Pages"),
                NameObject("/Kids"): ArrayObject([page]),
                NameObject("/Count"): NumberObject(1),
            }
        )
    )
    catalogue = writer._add_object(
        DictionaryObject(
            {
                NameObject("/Type"): NameObject("/Catalog"),
                NameObject("/Pages"): pages,
                NameObject("/Lang"): TextStringObject("vi"),
                NameObject("/ViewerPreferences"): DictionaryObject(
                    {NameObject("/DisplayDocTitle"): BooleanObject(True)}
                ),
            }
        )
    )
    sheet[NameObject("/Parent")] = pages
    last = catalogue.idnum
    drawing, code, proof, facts = last + 1, last + 2, last + 3, last + 4
    _attach(catalogue.get_object(), IndirectObject(proof, 0, writer))
    sheet[NameObject("/Contents")] = IndirectObject(drawing, 0, writer)
    pictures[NameObject(CODE)] = IndirectObject(code, 0, writer)
    wanted = _reachable(catalogue, writer)
    out = io.BytesIO()
    out.write(_HEAD)
    table = [b"0000000000 65535 f \n"]
    for number in range(1, last + 1):
        if number not in wanted:
            table.append(b"0000000000 65535 f \n")
            continue
        table.append(b"%010d 00000 n \n" % out.tell())
        out.write(b"%d 0 obj\n" % number)
        _squeezed(writer._objects[number - 1]).write_to_stream(out)
        out.write(b"\nendobj\n")
    return Shell(out.getvalue(), b"".join(table), last, drawing, code, proof, facts)


def with_proof(pdf: bytes, proof: bytes) -> bytes:
    """A file drawn in full with its proof attached."""
    writer = PdfWriter(clone_from=io.BytesIO(pdf))
    embedded = StreamObject()
    embedded.update(
        {
            NameObject("/Type"): NameObject("/EmbeddedFile"),
            NameObject("/Subtype"): NameObject("/application/json"),
        }
    )
    embedded.set_data(proof)
    _attach(writer.root_object, writer._add_object(embedded))
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _attach(catalogue: Any, stream: IndirectObject) -> None:
    """Name a stream as the file that belongs to the document."""
    name = TextStringObject(PROOF)
    described = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Filespec"),
            NameObject("/F"): name,
            NameObject("/UF"): name,
            NameObject("/AFRelationship"): NameObject("/Data"),
            NameObject("/EF"): DictionaryObject({NameObject("/F"): stream, NameObject("/UF"): stream}),
        }
    )
    catalogue[NameObject("/Names")] = DictionaryObject(
        {
            NameObject("/EmbeddedFiles"): DictionaryObject(
                {NameObject("/Names"): ArrayObject([name, described])}
            )
        }
    )
    catalogue[NameObject("/AF")] = ArrayObject([described])


def _reachable(start: IndirectObject, writer: PdfWriter) -> set[int]:
    seen: set[int] = set()
    waiting: list[Any] = [start]
    while waiting:
        one = waiting.pop()
        if isinstance(one, IndirectObject):
            if one.idnum in seen or one.idnum > len(writer._objects):
                continue
            seen.add(one.idnum)
            one = writer._objects[one.idnum - 1]
        if isinstance(one, DictionaryObject):
            waiting += [one.raw_get(key) for key in one]
        elif isinstance(one, ArrayObject):
            waiting += list(one)
    return seen


def _copied(thing: Any, writer: PdfWriter) -> IndirectObject:
    made = thing.clone(writer)
    return made if isinstance(made, IndirectObject) else made.indirect_reference  # type: ignore[no-any-return]


def _squeezed(thing: Any) -> Any:
    """A stream packed well; the library writes it in printable letters, a quarter larger."""
    filters = str(thing.get("/Filter", "")) if isinstance(thing, StreamObject) else ""
    if "DCT" in filters or "JPX" in filters or not isinstance(thing, StreamObject):
        return thing
    packed = StreamObject()
    packed.update(
        {key: value for key, value in thing.items() if key not in {"/Filter", "/DecodeParms", "/Length"}}
    )
    packed[NameObject("/Filter")] = NameObject("/FlateDecode")
    packed.set_data(zlib.compress(thing.get_data(), 9))
    return packed


def _stream(facts: bytes, packed: bytes) -> bytes:
    return b"<<%s/Filter/FlateDecode/Length %d>>\nstream\n%s\nendstream" % (facts, len(packed), packed)


def _picture(modules: int) -> bytes:
    return b"/Type/XObject/Subtype/Image/ColorSpace/DeviceGray/BitsPerComponent 1/Width %d/Height %d" % (
        modules,
        modules,
    )


def _facts(title: str, author: str) -> bytes:
    return b"<</Title %s/Author %s/Producer(xhtml2pdf, reportlab)>>" % (_text(title), _text(author))


def _text(words: str) -> bytes:
    return b"<FEFF" + words.encode("utf-16-be").hex().encode() + b">"
