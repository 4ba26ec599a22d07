"""Threat 34: the site has another name since; papers with the old one are still ours, and only those of its days."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from certificates.desk.models import PileLine
from certificates.services import piles as deeds
from certificates.token import address
from lms import config
from lms.config import FormerAddress, from_environment, settings
from tests.certificates.test_offline import Device, publish

OLD = "https://cu.example.gov.vn"


@pytest.fixture
def officer(make: Any) -> Any:
    return make.user("appointing_officer")


@pytest.fixture
def moved(monkeypatch) -> None:
    """Until the summer of 2025 the site was called otherwise."""
    told = f"{OLD} 2020-01-01..2025-06-30, https://cu-hon.example.vn:8443 2015-01-01..2019-12-31"
    monkeypatch.setattr(config, "_current", config.replace(settings(), former_urls=told))


def verdicts(officer: Any, *texts: str) -> list[str]:
    """What the desk says of each text, on a pile of its own."""
    pile = deeds.open_pile(by=officer)
    added = deeds.add_to_pile(pile, deeds.read_text("\n".join(texts)), source="list", by=officer)
    return [one.code for one in (*added.new, *added.again)]


def test_threat_34_a_code_with_a_former_address_is_judged_as_ours(school, officer, moved):
    row = school.issued("Lê An")[0]
    code = address(OLD, bytes(row.token))
    for text in (code, code.partition("#")[0], code.partition("://")[2].partition("#")[0]):
        assert verdicts(officer, text) == ["genuine"], text
    forged = code[:-1] + str((int(code[-1]) + 1) % 10)
    assert verdicts(officer, forged) == ["forged"]


def test_threat_34_old_and_new_address_of_a_paper_are_one_paper(school, officer, moved):
    row = school.issued("Lê An")[0]
    codes = [address(base, bytes(row.token)) for base in (OLD, settings().base_url)]
    assert verdicts(officer, *codes) == ["genuine", "genuine"]
    assert PileLine.select().count() == 1


def test_threat_34_a_former_address_counts_for_papers_of_its_days_alone(school, officer, moved):
    """Somebody else may have the name by now: what was issued outside its days is foreign, and its host is named."""
    row = school.issued("Lê An")[0]
    code = address("https://cu-hon.example.vn:8443", bytes(row.token))
    assert verdicts(officer, code, code.partition("#")[0]) == ["foreign", "foreign"]
    assert {one.place for one in PileLine.select()} == {"cu-hon.example.vn:8443"}


def test_threat_34_a_name_that_was_ours_twice_counts_for_both_times(school, officer, monkeypatch, tmp_path):
    row, device = school.issued("Lê An")[0], Device(tmp_path)
    told = f"{OLD} 2015-01-01..2019-12-31, {OLD} 2025-01-01..2025-06-30"
    monkeypatch.setattr(config, "_current", config.replace(settings(), former_urls=told))
    code = address(OLD, bytes(row.token))
    assert verdicts(officer, code) == ["genuine"]
    device.take(publish())
    device.judge(code)
    assert device.codes() == ["taken", "genuine"]


def test_threat_34_names_like_a_former_one_stay_foreign(school, officer, moved):
    row = school.issued("Lê An")[0]
    tail = address(OLD, bytes(row.token)).removeprefix(OLD)
    hostile = [
        f"http://cu.example.gov.vn{tail}",
        f"{OLD}.evil.vn{tail}",
        f"{OLD}:444{tail}",
        f"{OLD}@evil.vn{tail}",
        f"https://cu.example.gov.vn.{tail}",
        f"https://www.cu.example.gov.vn{tail}",
        f"HTTPS://CU.EXAMPLE.GOV.VN{tail}",
    ]
    assert set(verdicts(officer, *hostile)) <= {"foreign", "look_alike"}


def test_threat_34_without_the_setting_the_old_name_is_foreign(school, officer):
    row = school.issued("Lê An")[0]
    assert verdicts(officer, address(OLD, bytes(row.token))) == ["foreign"]


def test_threat_34_without_network_an_old_code_is_ours_too(school, moved, tmp_path):
    """The list of our addresses is part of the signed data that a device keeps."""
    row, device = school.issued("Lê An")[0], Device(tmp_path)
    device.take(publish())
    device.judge(address(OLD, bytes(row.token)))
    device.judge(address("https://cu.example.gov.vn.evil.vn", bytes(row.token)))
    assert device.codes() == ["taken", "genuine", "look_alike"]


def test_threat_34_without_network_a_former_address_counts_for_papers_of_its_days_alone(
    school, moved, tmp_path
):
    """A forged code stays forged under it, and without the signed data nothing is said of the paper."""
    row, device = school.issued("Lê An")[0], Device(tmp_path)
    code = address("https://cu-hon.example.vn:8443", bytes(row.token))
    device.take(publish())
    device.judge(code)
    device.judge(code[:-1] + str((int(code[-1]) + 1) % 10))
    device.judge(code.partition("#")[0])
    said = device.told()[1:]
    assert [one["code"] for one in said] == ["foreign", "forged", "unsigned"]
    assert (said[0]["place"], said[0]["name"]) == ("cu-hon.example.vn:8443", None)


def test_threat_34_redirects_never_leave_the_name_that_was_asked_for(school, client):
    """The old name serves the same pages; nobody is sent from one name to another."""
    row = school.issued("Lê An")[0]
    for path in (f"/c/{row.id16.upper()}", "/c"):
        got = client.get(path, base_url=OLD)
        assert got.status_code in {301, 302, 303, 307, 308}
        assert got.headers["Location"].startswith(("/", f"{OLD}/")), got.headers["Location"]
    assert client.get(f"/c/{row.id16}", base_url=OLD).status_code == 200


@pytest.mark.once
def test_the_setting_is_read_strictly():
    read = from_environment({"LMS_FORMER_URLS": f"{OLD} 2020-01-01..2024-06-30"})
    assert read.former_addresses == (FormerAddress(OLD, date(2020, 1, 1), date(2024, 6, 30)),)
    for wrong in (OLD, f"{OLD}/c 2020-01-01..2024-06-30", f"{OLD} 2024-01-01..2020-01-01", "cu.vn 2020"):
        with pytest.raises(ValueError, match="LMS_FORMER_URLS"):
            from_environment({"LMS_FORMER_URLS": wrong})
    with pytest.raises(ValueError, match="of today"):
        from_environment({"LMS_PUBLIC_URL": OLD, "LMS_FORMER_URLS": f"{OLD} 2020-01-01..2024-06-30"})
