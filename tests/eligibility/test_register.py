"""The real register behind a verdict, and the verdict behind the register: posts a certificate counts for."""

from __future__ import annotations

from datetime import date

from lms.plugins import ask
from plugins.eligibility.hooks import certificate_posts
from plugins.eligibility.queries import people


def test_the_register_answers_the_question(rules, make, agency):
    """The question of certificates fits what the engine reads; an official without papers has none."""
    official = make.official("Nguyễn Văn An", agency)
    assert ask("eligibility_evidence", official_ids=[official.id], on=date(2026, 11, 24)) == []
    assert people.persons([official], date(2026, 11, 24))[official.id].certificates == ()


def test_posts_are_signed_by_their_numbers(rules, make):
    programme = make.programme("LDQL-PHONG").programme
    found = certificate_posts(programme, date(2025, 7, 1))
    assert {post.number: post.code for post in found} == {
        3: "CCT-SO", 4: "PCCT-SO", 5: "TP-SO", 6: "PTP-SO", 7: "GD-DVSN", 8: "PGD-DVSN", 9: "TP-DVSN", 18: "TP-XA", 19: "PTP-XA",
    }  # fmt: skip
