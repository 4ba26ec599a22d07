"""Rules and recorded facts of the demonstration: most files reviewed, some not, as in life."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from lms import clock
from lms.db import insert_many
from lms.people.models import Official
from lms.plugins import ask
from plugins.eligibility.engine.evidence import FILE_REVIEWED, PROGRAMME
from plugins.eligibility.models import RecordedFact
from plugins.eligibility.services.rules import load_rules

#: When the Department went through the paper files, and in how many of a hundred agencies' officials it did.
REVIEWED_ON = date(2024, 3, 15)
REVIEWED_SHARE = 88
LEADERS = ("trưởng", "giám đốc", "chủ tịch", "chi cục")


def fill(context: Any) -> None:
    """Load the shipped rules as known since they came into force, then facts for every official."""
    loading = load_rules(by=context.users.get("department_officer"), entered_on=date(2019, 1, 1))
    ids = [official.id for official in context.officials]
    evidence = ask("eligibility_evidence", official_ids=ids, on=context.today)
    revoked = {each.official_id: each.programme_code for each in evidence if each.status == "revoked"}
    rows = [
        row
        for official in context.officials
        for row in _rows(context, official, _facts(context, official, revoked.get(official.id)))
    ]
    insert_many(RecordedFact, rows)
    context.note(f"{loading.added} rules, {len(rows)} facts from paper files")


def _hanging_on(revoked: str) -> list[tuple[str, str, date, str]]:
    """Everything but what the revoked certificate proves: "as known then" and "as known now" differ on this person."""
    others = [
        code for code in ("LLCT-TC", "QLNN-CV", "LDQL-PHONG") if code.split("-")[0] != revoked.split("-")[0]
    ]
    papers = [(PROGRAMME, code, date(2016, 6, 1), "Chứng chỉ trong hồ sơ giấy") for code in others]
    return [*papers, (FILE_REVIEWED, "all", REVIEWED_ON, "Rà soát hồ sơ của Sở Nội vụ")]


def _facts(context: Any, official: Official, revoked: str | None) -> list[tuple[str, str, date, str]]:
    if revoked:
        return _hanging_on(revoked)
    rng = context.rng
    #: Those nominated in the demonstration's list lack exactly the course they are nominated for.
    nominee = (official.code or "") < "2"
    reviewed = rng.random() * 100 < REVIEWED_SHARE or nominee
    born = official.birth_year or 1985
    started = date(max(born + 24, 2003), rng.randrange(1, 13), 1)
    leader = any(word in official.position.lower() for word in LEADERS)
    facts = [
        (
            "degree",
            rng.choices(("cao_dang", "dai_hoc", "thac_si", "tien_si"), (1, 12, 6, 1))[0],
            started,
            "Bản sao công chứng bằng tốt nghiệp",
        )
    ]
    if nominee:
        facts.append((PROGRAMME, "LLCT-TC", _later(rng, started, 6), "Bằng trong hồ sơ giấy"))
        facts.append((PROGRAMME, "QLNN-CV", _later(rng, started, 4), "Chứng chỉ trong hồ sơ giấy"))
    else:
        facts += _political(rng, started, leader)
        facts += _state_management(rng, started, leader)
    if official.kind == "cong_chuc":
        facts.append(_rank(rng, started, leader))
    if leader and not nominee and rng.random() < 0.35:
        held = _later(rng, started, 7)
        facts.append((PROGRAMME, "LDQL-PHONG", held, "Chứng chỉ trong hồ sơ giấy"))
    if not reviewed:
        facts = [fact for fact in facts if rng.random() < 0.4]
    else:
        facts.append((FILE_REVIEWED, "all", REVIEWED_ON, "Rà soát hồ sơ của Sở Nội vụ"))
    return facts


def _rows(context: Any, official: Official, facts: list[tuple[str, str, date, str]]) -> list[dict[str, Any]]:
    rng = context.rng
    recorded_at = clock.from_local(datetime.combine(REVIEWED_ON + timedelta(days=rng.randrange(20)), time(9)))
    return [
        {
            "official": official.id,
            "kind": kind,
            "value": value,
            "held_from": min(held, REVIEWED_ON),
            "number": f"{rng.randrange(100, 9999)}/{held.year}" if kind == PROGRAMME else "",
            "source": source,
            "confidence": "R" if kind == PROGRAMME else "V",
            "recorded_at": recorded_at,
        }
        for kind, value, held, source in facts
    ]


def _political(rng: Any, started: date, leader: bool) -> list[tuple[str, str, date, str]]:
    draw = rng.random() - (0.25 if leader else 0)
    if draw > 0.62:
        return []
    value = "LLCT-CC" if draw < -0.05 else "LLCT-TC" if draw < 0.42 else "LLCT-SC"
    return [(PROGRAMME, value, _later(rng, started, 6), "Bằng trong hồ sơ giấy")]


def _state_management(rng: Any, started: date, leader: bool) -> list[tuple[str, str, date, str]]:
    draw = rng.random() - (0.2 if leader else 0)
    if draw > 0.7:
        return []
    value = "QLNN-CVC" if draw < 0.15 else "QLNN-CV"
    return [(PROGRAMME, value, _later(rng, started, 4), "Chứng chỉ trong hồ sơ giấy")]


def _rank(rng: Any, started: date, leader: bool) -> tuple[str, str, date, str]:
    value = "chuyen_vien_chinh" if leader and rng.random() < 0.4 else "chuyen_vien"
    return (
        "rank",
        value,
        _later(rng, started, 9 if value == "chuyen_vien_chinh" else 1),
        "Quyết định bổ nhiệm ngạch",
    )


def _later(rng: Any, started: date, years: int) -> date:
    return date(
        started.year + rng.randrange(years // 2, years + 3), rng.randrange(1, 13), rng.randrange(1, 28)
    )
