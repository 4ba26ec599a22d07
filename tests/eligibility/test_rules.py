"""Loading rules: complete, repeatable, never half."""

from __future__ import annotations

import shutil
from datetime import date

import pytest

from plugins.eligibility import rulefiles
from plugins.eligibility.engine.parsing import RuleProblem, rulebook
from plugins.eligibility.engine.rules import leaves
from plugins.eligibility.errors import RuleChanged, RulesRefused
from plugins.eligibility.models import Post, Rule, RuleSet, Standard
from plugins.eligibility.queries import rules as rule_queries
from plugins.eligibility.services.rules import load_rules


@pytest.fixture
def folder(tmp_path):
    """A copy of the shipped files to change."""
    return shutil.copytree(rulefiles.DATA, tmp_path / "data")


def change(folder, name, old, new):
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_second_loading_adds_nothing(app):
    first = load_rules(by=None)
    second = load_rules(by=None)
    assert (second.added, second.unchanged) == (0, first.added)
    assert RuleSet.select().count() == 1
    assert Post.select().count() + Standard.select().count() + Rule.select().count() == first.added


def test_the_tables_give_back_the_rules_of_the_files(rules):
    stored, shipped = rule_queries.rulebook(date(2026, 11, 24)), rulefiles.shipped()
    for part in ("programmes", "fact_kinds", "edges", "modes", "exemptions", "standards", "posts"):
        assert getattr(stored, part) == getattr(shipped, part), part


def test_before_the_first_loading_the_shipped_rules_answer(app):
    assert rule_queries.rulebook(date(2026, 11, 24)) is rulefiles.shipped()


def test_every_rule_names_its_source_or_what_is_missing(app):
    for row in rulefiles.read().rows:
        if row["kind"] != "fact_kind":
            assert row.get("source") or (row["confidence"] == "UNKNOWN" and row["confirm"]), row["id"]


def test_every_post_has_a_standard_on_every_day_it_exists(app):
    book = rulefiles.shipped()
    for on in (
        date(2019, 1, 1),
        date(2024, 4, 30),
        date(2024, 5, 1),
        date(2025, 6, 30),
        date(2025, 7, 1),
        date(2026, 11, 24),
    ):
        for post in book.posts_on(on):
            assert book.standard(post.code, on) is not None, (post.code, on)


def test_the_district_ended_on_30_june_2025_and_has_successors():
    book = rulefiles.shipped()
    districts = [post for post in book.posts.values() if post.level == "huyen"]
    assert len(districts) == 4
    for post in districts:
        assert post.exists(date(2025, 6, 30))
        assert not post.exists(date(2025, 7, 1))
        assert book.successor(post, date(2025, 7, 1)).level == "xa"


def test_the_twelve_programmes_are_those_of_the_catalogue():
    assert set(rulefiles.shipped().programmes) == {
        "LLCT-SC", "LLCT-TC", "LLCT-CC", "QLNN-CV", "QLNN-CVC", "QLNN-CVCC",
        "LDQL-PHONG", "LDQL-SO", "LDQL-HUYEN", "QPAN-2", "QPAN-3", "CTCB",
    }  # fmt: skip


def test_a_changed_row_needs_a_higher_version(rules, folder):
    change(
        folder, "modes.toml", 'title = "Công chức: bồi dưỡng sau khi bổ nhiệm"', 'title = "Công chức: sau"'
    )
    with pytest.raises(RuleChanged):
        load_rules(by=None, folder=folder)
    assert RuleSet.select().count() == 1


def test_a_new_version_counts_from_the_day_it_is_known(rules, folder):
    change(folder, "set.toml", 'version = "2026.11"', 'version = "2026.12"')
    change(
        folder,
        "modes.toml",
        'id = "MODE-CC-2025"\n',
        'id = "MODE-CC-2025"\nversion = 2\n',
    )
    change(folder, "modes.toml", 'deadline = "UNKNOWN"', 'deadline = "12 tháng"')
    loading = load_rules(by=None, folder=folder, entered_on=date(2026, 12, 5))
    assert loading.added == 1

    def deadline(known_on: date) -> str:
        return rule_queries.rulebook(known_on).mode("cong_chuc", "leadership", date(2026, 1, 1)).deadline

    assert deadline(date(2026, 12, 4)) == "UNKNOWN"
    assert deadline(date(2026, 12, 5)) == "12 tháng"


@pytest.mark.parametrize(
    ("name", "old", "new", "code"),
    [
        (
            "programmes.toml",
            'covering = "LLCT-TC"\ncovered = "LLCT-SC"',
            'covering = "LLCT-TC"\ncovered = "LLCT-CC"',
            "cycle",
        ),
        ("programmes.toml", 'covering = "LLCT-TC"', 'covering = "LLCT-XX"', "programme"),
        ("modes.toml", "to = 2025-06-30\nmode", "to = 2025-07-01\nmode", "overlap"),
        (
            "modes.toml",
            "from = 2019-01-01\nto = 2025-06-30",
            "from = 2025-07-01\nto = 2019-01-01",
            "dates_reversed",
        ),
        ("standards.toml", "to = 2024-04-30", "to = 2024-05-01", "overlap"),
        ("standards.toml", 'programme = "LLCT-CC"', 'programme = "LLCT-00"', "programme"),
        ("posts.toml", "number = 2\n", "number = 1\n", "number_twice"),
        ("posts.toml", 'successor = "CT-UBND-XA"', 'successor = "CT-XA"', "post"),
        ("posts.toml", 'confidence = "V"', 'confidence = "sure"', "confidence"),
        ("exemptions.toml", 'at_least = "chuyen_vien_chinh"', 'at_least = "trung_uong"', "fact_value"),
        ("modes.toml", 'mode = "block_before_appointment"', "", "missing_field"),
    ],
)
def test_contradictions_are_refused_and_nothing_is_loaded(app, folder, name, old, new, code):
    change(folder, name, old, new)
    with pytest.raises(RulesRefused) as refused:
        load_rules(by=None, folder=folder)
    assert isinstance(refused.value.__cause__, RuleProblem)
    assert refused.value.__cause__.code == code
    assert RuleSet.select().count() == Post.select().count() == Rule.select().count() == 0


def test_unknown_rules_say_what_must_be_filled_in():
    book = rulefiles.shipped()
    unknown = [each.rule for each in book.modes if each.rule.unknown]
    unknown += [need.rule for each in book.standards for need in leaves(each.require) if need.rule.unknown]
    assert {rule.rule_id for rule in unknown} == {
        "MODE-CB-2025", "MODE-VC-2026", "MODE-QPAN", "TC-UBND-XA-2025/llct-moi", "TC-UBND-XA-2025/ldql-moi",
    }  # fmt: skip
    assert all(rule.confirm for rule in unknown)


def test_a_circle_of_covers_across_time_is_no_circle():
    rows = [
        {
            "kind": "programme",
            "id": code,
            "topic": "leadership",
            "level": 1,
            "title": code,
            "source": "s",
            "confidence": "V",
        }
        for code in ("A", "B")
    ]
    edge = {"kind": "covers", "source": "s", "confidence": "V"}
    rows.append({**edge, "id": "1", "covering": "A", "covered": "B", "to": date(2020, 12, 31)})
    rows.append({**edge, "id": "2", "covering": "B", "covered": "A", "from": date(2021, 1, 1)})
    book = rulebook(rows)
    assert [cover.programme for cover in book.covers("A", date(2021, 1, 1))] == ["A", "B"]
    assert [cover.programme for cover in book.covers("A", date(2020, 12, 31))] == ["A"]
