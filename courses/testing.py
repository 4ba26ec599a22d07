"""The nouns of courses for tests: ``pytest_plugins = ["lms.testing", "courses.testing"]``, in this order."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from flask import Flask

from courses.models import ClassSession, Klass, Lecturer, Membership, Programme, ProgrammeVersion, Room
from lms import clock, text
from lms.testing import Make


class MakeAll(Make):
    """Kernel things and the nouns of courses."""

    def programme(self, code: str = "LDQL-PHONG", **values: Any) -> ProgrammeVersion:
        programme = Programme.get_or_none(Programme.code == code)
        if programme is None:
            values.setdefault("title", "Bồi dưỡng lãnh đạo, quản lý cấp phòng")
            values.setdefault("title_en", "Leadership and management at division level")
            values.setdefault("kind", "leadership")
            values.setdefault("level", "phong")
            programme = Programme.create(code=code, number=next(self._numbers) + 100, **values)
        version = ProgrammeVersion.get_or_none(ProgrammeVersion.programme == programme)
        return version or ProgrammeVersion.create(programme=programme, version=1, periods=160)

    def lecturer(self, name: str = "Trần Văn Giảng", **values: Any) -> Lecturer:
        return Lecturer.create(name=name, name_folded=text.fold(name), **values)

    def room(self, name: str = "A201", **values: Any) -> Room:
        found = Room.get_or_none(Room.name == name)
        return found or Room.create(name=name, name_folded=text.fold(name), **values)

    def klass(
        self,
        code: str | None = None,
        *,
        state: str = "running",
        learners: int = 0,
        sessions: int = 0,
        starts_on: date = date(2025, 3, 3),
        programme: str = "LDQL-PHONG",
        lecturer: Lecturer | None = None,
        **values: Any,
    ) -> Klass:
        """A class with learners and morning sessions on consecutive days from `starts_on`."""
        code = code or f"K{next(self._numbers):02d}-2025"
        values.setdefault("title", f"Lớp {code}")
        values.setdefault("organiser", values.pop("organiser", None) or self.organisation(kind="school"))
        values.setdefault("ends_on", starts_on + timedelta(days=max(sessions - 1, 0)))
        values.setdefault("place", "Trường Chính trị tỉnh")
        klass = Klass.create(
            code=code, programme_version=self.programme(programme), state=state, starts_on=starts_on, **values
        )
        for number in range(1, sessions + 1):
            self.session(klass, number, starts_on + timedelta(days=number - 1), lecturer=lecturer)
        for _ in range(learners):
            self.learner(klass)
        return klass

    def session(
        self, klass: Klass, number: int, on: date, *, at: time = time(7, 30), **values: Any
    ) -> ClassSession:
        starts = clock.from_local(datetime.combine(on, at))
        values.setdefault("topic", f"Chuyên đề {number}")
        values.setdefault("periods", 4)
        return ClassSession.create(
            klass=klass,
            number=number,
            starts_at=starts,
            ends_at=starts + timedelta(hours=3, minutes=30),
            **values,
        )

    def learner(self, klass: Klass, full_name: str | None = None, **values: Any) -> Membership:
        number = next(self._numbers)
        official = values.pop("official", None) or self.official(
            full_name or f"Lê Thị Học {number}", **values
        )
        joined = clock.from_local(
            datetime.combine((klass.starts_on or clock.today()) - timedelta(days=7), time(8))
        )
        return Membership.create(klass=klass, official=official, joined_at=joined)


@pytest.fixture
def make(app: Flask) -> MakeAll:
    """Smallest valid things of the kernel and of courses: ``make.klass(learners=3)``."""
    return MakeAll()
