"""A service's refusal, shown beside the fields of the form it came from."""

from __future__ import annotations

from typing import Any

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
