"""Vietnamese until the reader chooses otherwise."""

import pytest


def test_vietnamese_first_whatever_the_browser_prefers(client):
    page = client.get("/login", headers={"Accept-Language": "en-US,en;q=0.9"}).text
    assert '<html lang="vi">' in page
    assert "Mật khẩu" in page


def test_the_choice_is_kept_and_leads_back(client):
    answer = client.get("/language/en?next=/login?next=/people")
    assert answer.location == "/login?next=/people"
    page = client.get("/login").text
    assert '<html lang="en">' in page
    assert "Password" in page


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/a\nb"]
)
def test_the_way_back_never_leaves_the_site(client, target):
    assert client.get("/language/en", query_string={"next": target}).location == "/"


def test_an_unknown_language_is_not_found(client):
    assert client.get("/language/xx").status_code == 404
