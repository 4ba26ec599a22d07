"""What forms share: a service's refusal beside its fields, and the upload of a list."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import TextAreaField
from wtforms.validators import Optional

from lms.errors import Invalid, LmsError


def show_refusal(form: Any, refused: LmsError) -> None:
    """Put each sentence beside its field; what belongs to no field stands above the form."""
    fields = refused.fields if isinstance(refused, Invalid) else {}
    for name, sentence in fields.items():
        if name in form:
            form[name].errors = [*form[name].errors, str(sentence)]
    strange = [str(sentence) for name, sentence in fields.items() if name not in form]
    if not fields or strange:
        form.form_errors.extend(strange or [str(refused)])


class UploadForm(FlaskForm):
    """A list to import: a file, or cells pasted from a spreadsheet."""

    file = FileField(_l("List"), validators=[Optional()])
    pasted = TextAreaField(_l("Cells copied from the spreadsheet"), validators=[Optional()])

    def content(self) -> tuple[bytes, str]:
        """The bytes and the name of what was sent. Raises Invalid when nothing was."""
        upload = self.file.data
        if upload is not None and upload.filename:
            return upload.read(), upload.filename
        if (self.pasted.data or "").strip():
            return self.pasted.data.encode(), str(_l("pasted list")) + ".txt"
        raise Invalid(fields={"file": _l("Choose a file or paste the cells of the list.")})

    def refuse(self, refused: LmsError) -> None:
        """Say beside what was sent why it cannot be used; what was pasted stays to be corrected."""
        place = self.pasted if self.pasted.data and self.pasted.data.strip() else self.file
        place.errors = [str(refused)]
