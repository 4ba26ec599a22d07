"""The register goes out as it stands on screen."""

from __future__ import annotations

import re
from datetime import date

import pytest
from peewee import SQL

from certificates import queries
from certificates.models import Certificate, StatusChange
from lms.db import db


def test_the_register_is_sorted_by_name_number_programme_and_day(school, login, frozen):
    school.issued("Nguyễn Văn Ấn", "Trần Thị An", "Đỗ Văn Bền", signed=False)
    with frozen(date(2025, 4, 5)):
        school.issued("Lê Văn Đức", signed=False, programme="QLNN-CV")
    client = login(school.officer)

    def names(order: str) -> list[str]:
        page = client.get(f"/certificates/?sort={order}").text
        return re.findall(r'<th scope="row"><a[^>]*>([^<]+)', page)

    people = ["Trần Thị An", "Nguyễn Văn Ấn", "Đỗ Văn Bền", "Lê Văn Đức"]
    assert names("name") == people
    assert names("-name") == people[::-1]
    assert names("number") == names("-number")[::-1]
    assert names("issued")[-1] == names("-issued")[0] == "Lê Văn Đức"
    assert names("programme") != names("-programme")
    assert sorted(names("serial")) == sorted(people)


def test_the_register_is_filtered_by_what_stands_now(school, login):
    kept, held, back = school.issued("Nguyễn Văn Ấn", "Trần Thị An", "Đỗ Văn Bền", signed=False)
    on = date(2025, 4, 2)
    for row, number, status in ((held, 2, "suspended"), (back, 2, "suspended"), (back, 3, "reinstated")):
        StatusChange.create(certificate=row, number=number, status=status, on_date=on)
    client = login(school.officer)

    def serials(status: str) -> set[str]:
        page = client.get(f"/certificates/?status={status}").text
        return {one.serial for one in (kept, held, back) if one.serial in page}

    assert serials("issued") == {kept.serial, back.serial}
    assert serials("suspended") == {held.serial}
    assert serials("revoked") == set()


@pytest.mark.once
def test_a_page_of_a_long_register_is_found_in_an_index(school):
    """Without one, each page of 200,000 certificates read and sorted all of them: a second and more."""
    searched = queries.search(school.officer, words="nguyen van", year=2025)
    for query in (searched.select(Certificate.id).limit(50), searched.select(SQL("1"))):
        sql, values = query.sql()
        plan = " ".join(row[3] for row in db.execute_sql(f"EXPLAIN QUERY PLAN {sql}", values))
        assert "COVERING INDEX certificates_certificate_register_year" in plan
        assert "TEMP B-TREE" not in plan
