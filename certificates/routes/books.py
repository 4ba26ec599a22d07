"""Register books: which there are, and each as PDF and XLSX."""

from __future__ import annotations

import io

from flask import render_template, request, send_file
from werkzeug.wrappers import Response

from certificates.register import book as reading
from certificates.routes.blueprint import bp
from lms.access import current_user, requires

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("/books")
@requires("certificates.view")
def books() -> str:
    """The register books of each year, with what became of their entries."""
    rows = [(one, reading.live_and_gone(one)) for one in reading.books_for(current_user)]
    return render_template("certificates/books.html", rows=rows)


@bp.get("/books/<int:register_id>/<int:year>.pdf")
@requires("certificates.view")
def book_pdf(register_id: int, year: int) -> Response:
    """A volume of a book, to print and bind."""
    from certificates.register import book_files  # noqa: PLC0415  the PDF library is slow to load and large

    found = reading.book_or_404(register_id, year, current_user)
    volume = min(max(1, request.args.get("volume", 1, int)), found.volumes)
    name = book_files.filename(found, "pdf", volume)
    return _file(book_files.pdf(found, volume), "application/pdf", name)


@bp.get("/books/<int:register_id>/<int:year>.xlsx")
@requires("certificates.view")
def book_xlsx(register_id: int, year: int) -> Response:
    """A whole year as a spreadsheet."""
    from certificates.register import book_files  # noqa: PLC0415  the PDF library is slow to load and large

    found = reading.book_or_404(register_id, year, current_user)
    return _file(book_files.xlsx(found), _XLSX, book_files.filename(found, "xlsx"))


def workbook_file(content: bytes, name: str) -> Response:
    """A spreadsheet to save."""
    return _file(content, _XLSX, name)


def _file(content: bytes, kind: str, name: str) -> Response:
    return send_file(io.BytesIO(content), mimetype=kind, as_attachment=True, download_name=name)
