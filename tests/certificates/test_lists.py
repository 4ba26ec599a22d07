"""The register goes out as it stands on screen."""

from __future__ import annotations

import re
from datetime import date


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
