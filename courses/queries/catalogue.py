"""Programmes and lecturers to choose from."""

from __future__ import annotations

from datetime import date

from courses.models import Lecturer, Programme, ProgrammeVersion
from lms import clock


def programme_versions(on: date | None = None) -> list[ProgrammeVersion]:
    """Versions a class may be opened under on a day, by programme title."""
    on = on or clock.today()
    query = (
        ProgrammeVersion.select(ProgrammeVersion, Programme)
        .join(Programme)
        .where(
            Programme.valid_from.is_null() | (Programme.valid_from <= on),
            Programme.valid_to.is_null() | (Programme.valid_to >= on),
            ProgrammeVersion.valid_from.is_null() | (ProgrammeVersion.valid_from <= on),
            ProgrammeVersion.valid_to.is_null() | (ProgrammeVersion.valid_to >= on),
        )
        .order_by(Programme.number, ProgrammeVersion.version)
    )
    return list(query)


def lecturers() -> list[Lecturer]:
    """Active lecturers by name."""
    return list(Lecturer.select().where(Lecturer.active).order_by(Lecturer.name_folded))
