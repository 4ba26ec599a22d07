"""Is this address ours? What a forged paper may carry, and what is said of it."""

import pytest

from certificates.desk import addresses, reading

pytestmark = pytest.mark.once

BASE = "https://vbcc.example.gov.vn"
PAPER = "/c/0123456789abcdef"
OWN = BASE + PAPER

#: What it is, where it leads, and whether it is told to imitate us.
HOSTILE = {
    "userinfo": ("https://vbcc.example.gov.vn@evil.vn" + PAPER, "evil.vn", True),
    "userinfo with password": ("https://vbcc.example.gov.vn:443@evil.vn" + PAPER, "evil.vn", True),
    "userinfo twice": ("https://a@vbcc.example.gov.vn@evil.vn" + PAPER, "evil.vn", True),
    "our name as a sub-domain": ("https://vbcc.example.gov.vn.evil.vn" + PAPER, "vbcc.example.gov.vn.evil.vn", True),
    "our name with a hyphen": ("https://vbcc-example-gov.vn" + PAPER, "vbcc-example-gov.vn", True),
    "our name in the path": ("https://evil.vn/vbcc.example.gov.vn" + PAPER, "evil.vn", True),
    "our name in the query": (f"https://evil.vn/?u={OWN}", "evil.vn", True),
    "our name in the fragment": (f"https://evil.vn/#{OWN}", "evil.vn", True),
    "our name in percent signs": ("https://evil.vn/%76bcc.example.gov.vn/", "evil.vn", True),
    "foreign with our path": ("https://evil.vn" + PAPER + "#123", "evil.vn", False),
    "trailing dot": ("https://vbcc.example.gov.vn." + PAPER, "vbcc.example.gov.vn.", True),
    "port": ("https://vbcc.example.gov.vn:8443" + PAPER, "vbcc.example.gov.vn:8443", True),
    "default port": ("https://vbcc.example.gov.vn:443" + PAPER, "vbcc.example.gov.vn:443", True),
    "plain http": ("http://vbcc.example.gov.vn" + PAPER, "vbcc.example.gov.vn", True),
    "ftp": ("ftp://vbcc.example.gov.vn" + PAPER, "ftp:", False),
    "two v for w": ("https://vbcc.example.gov.wn" + PAPER, "vbcc.example.gov.wn", True),
    "one letter more": ("https://vbccc.example.gov.vn" + PAPER, "vbccc.example.gov.vn", True),
    "one letter less": ("https://vbc.example.gov.vn" + PAPER, "vbc.example.gov.vn", True),
    "digit for letter": ("https://vbcc.examp1e.gov.vn" + PAPER, "vbcc.examp1e.gov.vn", True),
    "capital i for l": ("https://vbcc.exampIe.gov.vn" + PAPER, "vbcc.exampie.gov.vn", True),
    "rn for m": ("https://vbcc.exarnple.gov.vn" + PAPER, "vbcc.exarnple.gov.vn", True),
    "cyrillic": ("https://vbcс.example.gov.vn" + PAPER, "xn--vbc-6ed.example.gov.vn", True),
    "cyrillic whole label": ("https://ехаmрlе.gov.vn" + PAPER, "", False),
    "punycode": ("https://xn--vbc-6ed.example.gov.vn" + PAPER, "xn--vbc-6ed.example.gov.vn", True),
    "accents": ("https://vbçc.example.gov.vn" + PAPER, "xn--vbc-3la.example.gov.vn", True),
    "full width": ("https://ｖｂｃｃ.example.gov.vn" + PAPER, "vbcc.example.gov.vn", True),
    "ideographic stop": ("https://vbcc。example。gov。vn" + PAPER, "vbcc.example.gov.vn", True),
    "another ending": ("https://vbcc.example.com" + PAPER, "vbcc.example.com", True),
    "one label dropped": ("https://vbcc.gov.vn" + PAPER, "vbcc.gov.vn", True),
    "back-slash": ("https://evil.vn\\@vbcc.example.gov.vn" + PAPER, "evil.vn", True),
    "back-slashes for slashes": ("https:\\\\evil.vn" + PAPER, "evil.vn", False),
    "three slashes": ("https:///evil.vn" + PAPER, "evil.vn", False),
    "no slashes": ("https:evil.vn" + PAPER, "evil.vn", False),
    "tab inside": ("https://vbcc.example.gov.vn\t.evil.vn" + PAPER, "vbcc.example.gov.vn.evil.vn", True),
    "zero-width inside": ("https://vbcc.example\u200b.gov.vn" + PAPER, "vbcc.example.gov.vn", True),
    "right to left": ("https://vbcc.example.gov.vn\u202e.nv" + PAPER, "vbcc.example.gov.vn.nv", True),
    "capitals": ("HTTPS://VBCC.EXAMPLE.GOV.VN" + PAPER, "vbcc.example.gov.vn", True),
    "address of digits": ("https://3232235777" + PAPER, "3232235777", False),
    "script": ("javascript:location='https://vbcc.example.gov.vn'", "javascript:", False),
    "data": ("data:text/html,<b>THẬT</b>", "data:", False),
    "shortener": ("https://bit.ly/3abcd", "bit.ly", False),
    "without scheme": ("evil.vn" + PAPER, "evil.vn", False),
}  # fmt: skip


@pytest.mark.parametrize("what", HOSTILE)
def test_threat_07_a_look_alike_is_never_ours_and_is_named(what):
    text, place, imitates = HOSTILE[what]
    assert addresses.own(text, BASE) is None
    read = reading.read(text, BASE)
    assert read.kind in {reading.FOREIGN, reading.LOOK_ALIKE}
    if place:
        assert (read.place, read.kind) == (place, reading.LOOK_ALIKE if imitates else reading.FOREIGN)
    assert read.id16 == read.digits == ""


def test_threat_07_the_table_has_forty_addresses():
    assert len(HOSTILE) >= 40


def test_our_own_address_is_taken_apart_and_no_variant_of_its_rest_is():
    assert addresses.own(OWN + "#123", BASE) == addresses.Own("0123456789abcdef", "123")
    assert addresses.own(OWN, BASE) == addresses.Own("0123456789abcdef", "")
    for rest in ("#", "#12a", "#１２", "/", "?x=1", "0", "#1 ", "#" + "1" * 601, "\n"):
        assert addresses.own(OWN + rest, BASE) is None, rest
    assert reading.read(OWN + "#12a", BASE).kind == reading.DAMAGED
    assert reading.read(BASE + "/login", BASE).kind == reading.DAMAGED


def test_a_line_of_a_pasted_list_may_have_other_columns():
    assert reading.read_line(f"3\tNguyễn Văn An\t{OWN}#123\tghi chú", BASE).digits == "123"
    assert reading.read_line("vbcc.example.gov.vn/c/0123456789abcdef", BASE).id16 == "0123456789abcdef"
    assert reading.read_line("Nguyễn Văn An", BASE).kind == reading.NO_ADDRESS


def test_of_a_text_that_is_no_address_nothing_is_kept():
    """Pages of a file may show the code of a citizen card."""
    read = reading.read("038080001234|Nguyễn Văn An|01021980|Nam", BASE)
    assert (read.kind, read.place) == (reading.NO_ADDRESS, "")
    assert "038080001234" not in repr(read)
