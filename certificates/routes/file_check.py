"""The check of a certificate that somebody holds as a file: is it still what was signed?"""

from __future__ import annotations

from flask import Response, render_template, request
from flask_babel import gettext as _

from certificates.desk import file_check
from certificates.desk.file_check import Checked
from certificates.routes.blueprint import verify
from certificates.routes.verifying import respond
from lms.access import public
from lms.access.limits import slow_down
from lms.errors import Invalid
from lms.web.uploads import takes_files


@verify.get("/file")
@public
def file() -> Response:
    """The form for a PDF, and why a reader may not know the signer."""
    return _page()


@verify.post("/file")
@public
@takes_files(file_check.MOST_BYTES + 100_000)
def check_file() -> Response:
    """Read the file, say what it came to, keep nothing."""
    slow_down("certificates.file", most=10, seconds=60)
    sent = request.files.get("file")
    try:
        if sent is None or not sent.filename:
            raise Invalid(fields={"file": _("Choose the PDF of a certificate.")})
        found = file_check.check(sent.stream.read(file_check.MOST_BYTES + 1))
    except Invalid as problem:
        return _page(problem=problem.fields["file"], status=422)
    return _page(found)


def _page(found: Checked | None = None, problem: str = "", status: int = 200) -> Response:
    return respond(
        render_template("certificates/verify/file.html", found=found, problem=problem),
        status,
    )
