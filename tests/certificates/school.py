"""A school that issues certificates; used in tests and in the processes they start."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from certificates import keyset, queries, services
from certificates.jobs import sign_and_print
from certificates.models import Batch, Certificate, Issuer, Key
from courses.models import Klass, Membership, Result
from lms import jobs
from lms.access.models import User
from lms.people.models import Organisation


@dataclass
class School:
    make: Any
    organisation: Organisation
    issuer: Issuer
    key: Key
    head: User
    officer: User

    @property
    def two(self) -> dict[str, User]:
        """Who revokes or replaces: the officer asks, the head agrees."""
        return {"by": self.officer, "second": self.head}

    def closed_class(self, *names: str, failed: tuple[str, ...] = (), **values: Any) -> Klass:
        """A class closed on 31 March 2025 whose learners passed, but for those in `failed`."""
        klass = self.make.klass(
            state="closed",
            organiser=self.organisation,
            starts_on=date(2025, 3, 3),
            ends_on=date(2025, 3, 28),
            closed_at=datetime(2025, 3, 31, 8),
            **values,
        )
        for name in names or ("Nguyễn Văn An", "Trần Thị Bình", "Lê Cường"):
            self.learner(klass, name)
        for name in failed:
            self.learner(klass, name, passed=False)
        return Klass.get_by_id(klass.id)

    def learner(self, klass: Klass, name: str, *, passed: bool = True, **values: Any) -> Membership:
        values.setdefault("birth_date", date(1980, 2, 1))
        member = self.make.learner(klass, name, **values)
        condition = {
            "code": "attendance.required",
            "title": "Chuyên cần",
            "needed": "100%",
            "actual": "100%" if passed else "75%",
            "met": passed,
            "evidence_url": "",
            "legal_source": "",
            "rule_id": "TT03-2023",
        }
        Result.create(membership=member, completed=passed, conditions=[condition], rule_id="TT03-2023")
        return member

    def prepared(self, klass: Klass) -> Batch:
        batch = services.prepare_batch(klass, by=self.officer)
        assert batch is not None
        return batch

    def issued(self, *names: str, signed: bool = True, **values: Any) -> list[Certificate]:
        """Certificates of a new class: issued, and signed unless said otherwise (not printed)."""
        batch = self.prepared(self.closed_class(*names, **values))
        services.approve_and_issue(batch, by=self.head)
        rows = queries.of_batch(batch)
        if signed:
            for row in rows:
                services.sign(row)
        return queries.of_batch(batch)

    def printed(self, *names: str) -> list[Certificate]:
        """Certificates issued, signed, printed and packed."""
        batch = self.prepared(self.closed_class(*names))
        services.approve_and_issue(batch, by=self.head)
        run = jobs.JobRun.create(kind="certificates.sign_and_print", title="test", args={})
        sign_and_print(run, batch_id=batch.id)
        return queries.of_batch(batch)


def found_school(make: Any) -> School:
    organisation = make.organisation("truong-thu", kind="school")
    issuer = services.add_issuer(
        organisation,
        by=None,
        name="Trường Chính trị tỉnh",
        name_en="Provincial School of Politics",
        superior_name="Uỷ ban nhân dân tỉnh",
        place="Thanh Hoá",
        signatory_title="HIỆU TRƯỞNG",
        signatory_name="Trần Hiệu Trưởng",
        serial_prefix="TCT",
        valid_from=date(2020, 1, 1),
    )
    services.add_register(issuer, "CC-THU", "Sổ cấp chứng chỉ", by=None)
    key = services.create_key(issuer, date(2025, 1, 1), date(2025, 12, 31), by=None)
    head = make.user("school_head")
    officer = make.user("academic_officer")
    keyset.refresh()
    return School(make, organisation, issuer, key, head, officer)


def other_value(row: Certificate, field: Any) -> Any:
    """A value of the column's kind that differs from the row's."""
    value = row.__data__[field.name]
    if isinstance(value, datetime):
        return value.replace(year=1999)
    if isinstance(value, date):
        return date(1999, 1, 1)
    if isinstance(value, int):
        return value + 1
    if isinstance(value, list):
        return [*value, 9]
    if isinstance(value, str):
        return value[:-1] + ("y" if value.endswith("x") else "x")
    return date(1999, 1, 1) if field.field_type == "DATE" else 7
