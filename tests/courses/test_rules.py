"""Dated rules: which one is in force, and none where none is known."""

from datetime import date
from types import SimpleNamespace

import pytest

from courses import rules
from courses.catalogue import load_catalogue
from courses.models import Programme, ProgrammeVersion

HOME_AFFAIRS = SimpleNamespace(regime="home_affairs")
CENTRE = SimpleNamespace(regime="commune_political_centre")


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2018, 2, 28), None),
        (date(2018, 3, 1), "TT01-2018"),
        (date(2023, 6, 14), "TT01-2018"),
        (date(2023, 6, 15), "TT03-2023"),
        (date(2025, 3, 28), "TT03-2023"),
        (date(2026, 11, 24), "TT03-2023"),
    ],
)
def test_the_rule_of_the_day_decides(on, expected):
    found = rules.rule_for(HOME_AFFAIRS, on)

    assert (found.id if found else None) == expected


def test_commune_centres_have_their_own_rule_and_nobody_borrows_it():
    assert rules.rule_for(CENTRE, date(2025, 11, 30)) is None
    found = rules.rule_for(CENTRE, date(2025, 12, 1))

    assert found.id == "QD1147-2025"
    assert (found.attendance_min, found.every_test_min, found.retakes) == (0.8, 0.5, 1)
    assert found.confidence == "reported"


@pytest.mark.parametrize("regime", ["party", "defence"])
def test_a_regime_without_a_known_rule_gets_none(regime):
    assert rules.rule_for(SimpleNamespace(regime=regime), date(2026, 1, 1)) is None


def test_every_rule_names_its_source_and_how_far_it_was_verified():
    for rule in rules.all_rules():
        assert len(rule.source) > 40
        assert rule.confidence in {"verified", "reported", "recalled"}
        assert rule.legal_source


def test_full_participation_means_every_required_session():
    rule = rules.rule("TT03-2023")

    assert rule.full_attendance
    assert rule.legal_source == "Thông tư 03/2023/TT-BNV, Điều 6"


def test_since_july_2025_the_rule_is_applied_with_a_warning():
    rule = rules.rule("TT03-2023")

    assert rule.warning(date(2025, 6, 30)) == ""
    assert "171/2025" in rule.warning(date(2025, 7, 1))


def test_the_catalogue_has_twelve_programmes_and_invents_no_length(app):
    load_catalogue()
    load_catalogue()

    assert {row.code for row in Programme.select()} == {
        "LLCT-SC", "LLCT-TC", "LLCT-CC", "QLNN-CV", "QLNN-CVC", "QLNN-CVCC",
        "LDQL-PHONG", "LDQL-SO", "LDQL-HUYEN", "QPAN-2", "QPAN-3", "CTCB",
    }  # fmt: skip
    known = {(v.programme.code, v.version, v.periods) for v in ProgrammeVersion.select() if v.periods}
    assert known == {("LDQL-PHONG", 2, 160)}
    assert Programme.get(Programme.code == "LDQL-HUYEN").valid_to == date(2025, 6, 30)
    assert all(v.source for v in ProgrammeVersion.select())
