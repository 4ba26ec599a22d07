"""Verdicts from the database: evidence of the register, facts from paper, days of knowledge."""

from __future__ import annotations

from datetime import date, datetime
from types import SimpleNamespace

import pytest

from lms import clock
from lms.audit.models import AuditRow
from lms.db import insert_many
from lms.errors import Conflict, Invalid
from lms.people import services as people_services
from lms.people.models import Official
from lms.plugins import Plugin, hookimpl
from lms.plugins.registry import Found, registry
from plugins.eligibility.engine.outcomes import Outcome, State
from plugins.eligibility.models import RecordedFact
from plugins.eligibility.queries import verdicts
from plugins.eligibility.services import facts
from tests.eligibility.conftest import holds, on_file, reviewed

SPRING = date(2025, 3, 31)
TODAY = date(2026, 11, 24)


@pytest.fixture
def register(app):
    """A stand-in for the register: the same question, answered by another plugin; fill `register.rows`."""
    rows = SimpleNamespace(rows=[])

    def eligibility_evidence(official_ids, on):
        return [row for row in rows.rows if row.official_id in set(official_ids) and row.issued_on <= on]

    manifest = type("Stranger", (Plugin,), {"name": "stranger", "title": "Stranger"})
    registry.found["stranger"] = Found("stranger", "lms", manifest, built_in=True, loaded=True)
    registry.add_answers("stranger", SimpleNamespace(eligibility_evidence=hookimpl(eligibility_evidence)))
    yield rows
    registry.remove_answers("stranger")
    del registry.found["stranger"]


def paper(official, programme, awarded_on, **values):
    return SimpleNamespace(
        **{
            "official_id": official.id,
            "kind": "certificate",
            "programme_code": programme,
            "number": f"{programme}/1",
            "awarded_on": awarded_on,
            "issued_on": awarded_on,
            "valid_until": None,
            "status": "issued",
            "status_from": awarded_on,
            "url": "https://example.vn/c/1",
            "issuer": "Trường Chính trị tỉnh",
            **values,
        }
    )


def ask(official, post="PTP-SO", on=SPRING, known="now"):
    return verdicts.verdict(official, verdicts.the_post(post, on), on, known=known)


def states(verdict):
    return {leaf.id.split("/")[1]: str(leaf.state) for leaf in verdict.root.leaves()}


def test_one_course_short_until_the_certificate_is_issued(rules, make, agency):
    official = make.official("Nguyễn Văn An", agency)
    reviewed(official)
    holds(official, "LLCT-TC", "QLNN-CV")
    before = ask(official)
    assert (before.outcome, before.one_course_short) == (Outcome.NOT_YET, True)
    holds(official, "LDQL-PHONG")
    assert ask(official).outcome is Outcome.ELIGIBLE


def test_since_july_2025_the_same_gap_is_owed_afterwards(rules, make, agency):
    official = make.official("Nguyễn Văn An", agency)
    reviewed(official)
    holds(official, "LLCT-TC")
    assert ask(official, on=date(2025, 6, 30)).outcome is Outcome.NOT_YET
    after = ask(official, on=date(2025, 7, 1))
    assert after.outcome is Outcome.OBLIGATION
    assert "MODE-CC-2025" in [rule.rule_id for rule in after.to_fill_in]
    assert "MODE-CC-2025" in [rule.rule_id for rule in after.warnings]


def test_not_recorded_is_not_the_same_as_not_done(rules, make, agency):
    official = make.official("Nguyễn Văn An", agency)
    silent = ask(official)
    assert silent.outcome is Outcome.CANNOT_SAY
    assert set(states(silent).values()) == {"unknown"}
    reviewed(official)
    assert ask(official).outcome is Outcome.NOT_YET


def test_the_kinds_of_official_follow_different_rules(rules, make, agency):
    public_employee = make.official("Trần Thị Bình", agency, kind="vien_chuc")
    reviewed(public_employee)
    holds(public_employee, "LLCT-TC")
    assert ask(public_employee, "GD-DVSN", date(2026, 6, 30)).outcome is Outcome.NOT_YET
    unclear = ask(public_employee, "GD-DVSN", date(2026, 7, 1))
    assert unclear.outcome is Outcome.CANNOT_SAY
    assert [rule.rule_id for rule in unclear.to_fill_in] == ["MODE-VC-2026"]


def test_commune_leaders_wait_for_rules_that_nobody_knows_yet(rules, make, agency):
    cadre = make.official("Lò Văn Păn", agency, kind="can_bo")
    reviewed(cadre)
    holds(cadre, "LLCT-TC")
    assert ask(cadre, "CT-UBND-XA", date(2025, 6, 30)).outcome is Outcome.ELIGIBLE
    now = ask(cadre, "CT-UBND-XA", TODAY)
    assert now.outcome is Outcome.CANNOT_SAY
    assert {"TC-UBND-XA-2025/llct-moi", "TC-UBND-XA-2025/ldql-moi", "MODE-CB-2025"} == {
        rule.rule_id for rule in now.to_fill_in
    }
    holds(cadre, "LLCT-CC", "LDQL-SO")
    assert ask(cadre, "CT-UBND-XA", TODAY).outcome is Outcome.ELIGIBLE


def test_old_rank_exempts_and_says_by_which_rule(rules, make, agency):
    official = make.official("Nguyễn Văn An", agency)
    reviewed(official)
    holds(official, "LLCT-TC", "LDQL-PHONG")
    on_file(official, "rank", "chuyen_vien_chinh", date(2015, 1, 1))
    verdict = ask(official)
    waived = next(leaf for leaf in verdict.root.leaves() if leaf.state is State.WAIVED)
    assert (waived.programme, waived.exemption.rule.rule_id) == ("QLNN-CV", "CV1848-CVC")
    assert verdict.outcome is Outcome.ELIGIBLE


def test_a_later_revocation_shows_both_answers(rules, make, agency, register):
    official = make.official("Nguyễn Văn An", agency)
    reviewed(official)
    holds(official, "LLCT-TC", "QLNN-CV")
    register.rows = [
        paper(official, "LDQL-PHONG", date(2024, 5, 1), status="revoked", status_from=date(2025, 9, 1))
    ]
    assert ask(official, known="then").outcome is Outcome.ELIGIBLE
    now = ask(official, known="now")
    assert now.outcome is Outcome.NOT_YET
    assert [use.standing for use in next(now.root.pressing()).uses] == ["revoked"]


def test_a_district_post_ended_and_names_its_successor(rules):
    with pytest.raises(Invalid) as refused:
        verdicts.the_post("TP-HUYEN", date(2025, 7, 1))
    assert "xã, phường" in refused.value.fields["post"]
    assert verdicts.the_post("TP-HUYEN", date(2025, 6, 30)).code == "TP-HUYEN"
    with pytest.raises(Invalid):
        verdicts.the_post("TP-XA", date(2025, 6, 30))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("24/11/2026", TODAY),
        ("24-11-2026", TODAY),
        (" 24.11.2026 ", TODAY),
        ("2026-11-24", TODAY),
        ("1/2/2025", date(2025, 2, 1)),
    ],
)
def test_days_as_people_write_them(app, text, day):
    assert verdicts.parse_day(text) == day


@pytest.mark.parametrize(
    "text",
    [
        "31/02/2026",
        "hôm nay",
        "24/11",
        "0/0/0",
        "99/99/9999",
        "1/1/0001",
        "²/³/2025",
        "1" * 5000,
        "24/11/2026; drop",
        "-1/2/2025/",
        "١/١/٢٠٢٥",
    ],
)
def test_nonsense_days_are_refused_with_a_sentence(app, text):
    with pytest.raises(Invalid) as refused:
        verdicts.parse_day(text)
    assert "on" in refused.value.fields


def test_facts_are_recorded_with_their_source_and_audited(rules, make, agency, department):
    official = make.official("Nguyễn Văn An", agency)
    fact = facts.record_fact(
        official, "rank", "chuyen_vien", by=department, source="QĐ 12", held_from=date(2020, 1, 1)
    )
    assert (fact.recorded_by_id, fact.source) == (department.id, "QĐ 12")
    assert AuditRow.select().where(AuditRow.deed == "eligibility.record_fact").count() == 1


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"kind": "magic"}, "kind"),
        ({"value": "emperor"}, "value"),
        ({"source": " \u200b "}, "source"),
        ({"held_from": date(2999, 1, 1)}, "held_from"),
        ({"held_from": date(2020, 1, 1), "held_to": date(2019, 1, 1)}, "held_to"),
    ],
)
def test_facts_that_cannot_be_are_refused(rules, make, agency, department, values, field):
    given = {"kind": "rank", "value": "chuyen_vien", "source": "QĐ 12", **values}
    official = make.official("Nguyễn Văn An", agency)
    with pytest.raises(Invalid) as refused:
        facts.record_fact(official, given.pop("kind"), given.pop("value"), by=department, **given)
    assert set(refused.value.fields) == {field}
    assert RecordedFact.select().count() == 0


def test_a_withdrawn_fact_still_counts_for_earlier_knowledge(rules, make, agency, department):
    official = make.official("Nguyễn Văn An", agency)
    reviewed(official)
    holds(official, "LLCT-TC", "QLNN-CV", "LDQL-PHONG")
    wrong = RecordedFact.get(RecordedFact.value == "LDQL-PHONG")
    with clock.frozen(datetime(2025, 10, 1, 9)):
        facts.withdraw_fact(wrong, by=department, reason="Nhầm người")
    assert ask(official).outcome is Outcome.NOT_YET
    assert ask(official, known="then").outcome is Outcome.ELIGIBLE
    with pytest.raises(Conflict):
        facts.withdraw_fact(wrong, by=department, reason="Nhầm lần nữa")


def test_two_thousand_officials_cost_as_many_queries_as_ten(rules, make, agency, max_queries):
    rows = [
        people_services.official_values(f"Nguyễn Văn {number}", agency, code=f"{500_000 + number}")
        for number in range(2000)
    ]
    insert_many(Official, rows)
    officials = list(Official.select().where(Official.organisation == agency))
    insert_many(
        RecordedFact,
        [
            {
                "official": each.id,
                "kind": "programme",
                "value": "LLCT-TC",
                "held_from": date(2018, 1, 1),
                "source": "hồ sơ",
            }
            for each in officials
        ],
    )
    post = verdicts.the_post("PTP-SO", TODAY)
    verdicts.review(officials[:1], post, TODAY)
    with max_queries(5) as few:
        verdicts.review(officials[:10], post, TODAY)
    with max_queries(5) as many:
        answers = verdicts.review(officials, post, TODAY)
    assert len(many) == len(few)
    assert len(answers) == 2000
    assert {str(row.verdict.outcome) for row in answers} == {"eligible_with_obligation"}


def test_posts_a_programme_counts_for_change_with_the_day(rules):
    before = {post.code for post in verdicts.posts_counting("LDQL-PHONG", date(2025, 6, 30))}
    after = {post.code for post in verdicts.posts_counting("LDQL-PHONG", date(2025, 7, 1))}
    assert {"TP-HUYEN", "PTP-HUYEN"} == before - after
    assert {"TP-XA", "PTP-XA"} == after - before
    assert verdicts.posts_counting("CTCB", TODAY) == []
