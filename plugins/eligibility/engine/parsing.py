"""Rule rows → rulebook. A row that contradicts itself or another one is refused with the row named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from itertools import pairwise
from typing import Any

from plugins.eligibility.engine.outcomes import Mode
from plugins.eligibility.engine.rules import (
    CONFIDENCES,
    Condition,
    Edge,
    Exemption,
    FactKind,
    Group,
    ModeRule,
    Need,
    Post,
    Programme,
    Provenance,
    Rulebook,
    Standard,
    leaves,
)

Row = Mapping[str, Any]

TOPICS = (
    "political_theory",
    "state_management",
    "leadership",
    "defence_security",
    "personnel_work",
    "title_standard",
)
OFFICIAL_KINDS = ("can_bo", "cong_chuc", "vien_chuc")


class RuleProblem(ValueError):
    """A rule row that cannot be used: which one, and why (a code with values)."""

    def __init__(self, rule_id: str, code: str, **values: Any) -> None:
        self.rule_id, self.code, self.values = rule_id, code, values
        detail = ", ".join(f"{name}={value}" for name, value in values.items())
        super().__init__(f"{rule_id}: {code}" + (f" ({detail})" if detail else ""))


def rulebook(rows: Iterable[Row], *, version: str = "", known_on: date | None = None) -> Rulebook:
    """All rows as known on a day (None = with everything entered since) as one consistent set.

    Of each id the newest version entered by that day counts; of an id entered only later, its first version.
    Raises RuleProblem.
    """
    by_kind: dict[str, list[Row]] = {}
    for row in current(rows, known_on):
        by_kind.setdefault(row["kind"], []).append(_Complete(row))
    programmes = {row["id"]: _programme(row) for row in by_kind.get("programme", ())}
    fact_kinds = {row["id"]: _fact_kind(row) for row in by_kind.get("fact_kind", ())}
    posts = {row["id"]: _post(row) for row in by_kind.get("post", ())}
    book = Rulebook(
        version=version,
        programmes=programmes,
        fact_kinds=fact_kinds,
        edges=tuple(_edge(row) for row in by_kind.get("covers", ())),
        modes=tuple(_mode(row) for row in by_kind.get("mode", ())),
        exemptions=tuple(_exemption(row, fact_kinds) for row in by_kind.get("exemption", ())),
        standards=tuple(_standard(row, programmes, fact_kinds) for row in by_kind.get("standard", ())),
        posts=posts,
    )
    _check(book)
    return book


class _Complete(dict[str, Any]):
    """A row that names itself when a field is missing."""

    def __missing__(self, name: str) -> Any:
        raise RuleProblem(str(self.get("id", "?")), "missing_field", field=name)


def current(rows: Iterable[Row], known_on: date | None = None) -> list[Row]:
    """Of each id the version that counts on a day of knowledge, in the order first met; withdrawn ones left out."""
    versions: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        versions.setdefault((row["kind"], row["id"]), []).append(row)
    chosen = []
    for group in versions.values():
        group = sorted(group, key=lambda row: int(row.get("version", 1)))
        known = [
            row
            for row in group
            if known_on is None or not row.get("entered_on") or row["entered_on"] <= known_on
        ]
        chosen.append(known[-1] if known else group[0])
    return [row for row in chosen if not row.get("withdrawn")]


def provenance(row: Row) -> Provenance:
    """The part every rule shares. Raises RuleProblem on reversed dates, an unknown tag or a missing source."""
    rule = Provenance(
        rule_id=row["id"],
        version=int(row.get("version", 1)),
        title=row.get("title", ""),
        valid_from=row.get("from"),
        valid_to=row.get("to"),
        source=row.get("source", ""),
        confidence=row.get("confidence", ""),
        confirm=row.get("confirm", ""),
    )
    if rule.confidence not in CONFIDENCES:
        raise RuleProblem(rule.rule_id, "confidence", given=rule.confidence)
    if rule.valid_from and rule.valid_to and rule.valid_to < rule.valid_from:
        raise RuleProblem(rule.rule_id, "dates_reversed", start=rule.valid_from, end=rule.valid_to)
    if not rule.source and not rule.unknown:
        raise RuleProblem(rule.rule_id, "no_source")
    if rule.unknown and not rule.confirm:
        raise RuleProblem(rule.rule_id, "unknown_without_question")
    return rule


def _programme(row: Row) -> Programme:
    provenance(row)
    _known(row["id"], "topic", row["topic"], TOPICS)
    return Programme(row["id"], row["topic"], int(row["level"]), row["title"], row.get("title_en", ""))


def _fact_kind(row: Row) -> FactKind:
    return FactKind(
        row["id"],
        row["title"],
        dict(row.get("values", {})),
        bool(row.get("ordered", False)),
        row.get("title_en", ""),
    )


def _post(row: Row) -> Post:
    for kind in row["kinds"]:
        _known(row["id"], "official_kind", kind, OFFICIAL_KINDS)
    return Post(
        rule=provenance(row),
        code=row["id"],
        number=int(row["number"]),
        title=row["title"],
        level=row["level"],
        kinds=tuple(row["kinds"]),
        organisation_kinds=tuple(row.get("organisation_kinds", ())),
        successor=row.get("successor", ""),
        title_en=row.get("title_en", ""),
    )


def _edge(row: Row) -> Edge:
    return Edge(provenance(row), row["covering"], row["covered"])


def _mode(row: Row) -> ModeRule:
    rule = provenance(row)
    for kind in row["kinds"]:
        _known(rule.rule_id, "official_kind", kind, OFFICIAL_KINDS)
    for topic in row["topics"]:
        _known(rule.rule_id, "topic", topic, TOPICS)
    _known(rule.rule_id, "mode", row["mode"], tuple(Mode))
    return ModeRule(
        rule, tuple(row["kinds"]), tuple(row["topics"]), Mode(row["mode"]), row.get("deadline", "")
    )


def _exemption(row: Row, fact_kinds: Mapping[str, FactKind]) -> Exemption:
    rule = provenance(row)
    when = tuple(
        Condition(each["fact"], _values(rule.rule_id, each, fact_kinds), each.get("before"))
        for each in row["when"]
    )
    if not when:
        raise RuleProblem(rule.rule_id, "no_condition")
    return Exemption(rule, tuple(row["programmes"]), when)


def _values(rule_id: str, each: Row, fact_kinds: Mapping[str, FactKind]) -> frozenset[str]:
    kind = fact_kinds.get(each["fact"])
    if kind is None:
        raise RuleProblem(rule_id, "fact_kind", given=each["fact"])
    wanted = list(each.get("one_of", ()))
    if "at_least" in each:
        wanted.append(each["at_least"])
    for value in wanted:
        _known(rule_id, "fact_value", value, tuple(kind.values))
    if "at_least" in each:
        return kind.at_least(each["at_least"])
    return frozenset(wanted) or frozenset(kind.values)


def _standard(row: Row, programmes: Mapping[str, Programme], fact_kinds: Mapping[str, FactKind]) -> Standard:
    rule = provenance(row)
    if rule.unknown:
        placeholder = Need(f"{rule.rule_id}/all", rule.title, rule, "title_standard")
        return Standard(rule, tuple(row["posts"]), placeholder)
    reader = _Reader(rule, programmes, fact_kinds)
    return Standard(rule, tuple(row["posts"]), reader.node(row["require"], "all"))


class _Reader:
    """Reads the tree of one standard. What a leaf does not say about its source it has from the standard."""

    def __init__(
        self, rule: Provenance, programmes: Mapping[str, Programme], fact_kinds: Mapping[str, FactKind]
    ) -> None:
        self.rule = rule
        self.programmes = programmes
        self.fact_kinds = fact_kinds
        self.seen: set[str] = set()

    def node(self, row: Row, path: str) -> Group | Need:
        for kind in ("all_of", "any_of", "n_of"):
            if kind in row:
                return self._group(row, kind, path)
        return self._need(row)

    def _group(self, row: Row, kind: str, path: str) -> Group:
        items = tuple(self.node(item, f"{path}.{place}") for place, item in enumerate(row[kind], 1))
        needed = {"all_of": len(items), "any_of": 1}.get(kind, int(row.get("n", 0)))
        if not items or not 1 <= needed <= len(items):
            raise RuleProblem(self.rule.rule_id, "group_count", node=path, needed=needed, given=len(items))
        return Group(
            f"{self.rule.rule_id}/{row.get('id', path)}",
            kind,
            items,
            needed,
            row.get("title", ""),
            row.get("title_en", ""),
        )

    def _need(self, row: Row) -> Need:
        leaf_id = f"{self.rule.rule_id}/{row['id']}"
        if leaf_id in self.seen:
            raise RuleProblem(self.rule.rule_id, "leaf_twice", leaf=row["id"])
        self.seen.add(leaf_id)
        rule = provenance(
            {
                "version": self.rule.version,
                "from": self.rule.valid_from,
                "to": self.rule.valid_to,
                "source": self.rule.source,
                "confidence": self.rule.confidence,
                "title": self._title(row)[0],
                **row,
                "id": leaf_id,
            }
        )
        title, title_en = self._title(row)
        if rule.unknown:
            return Need(leaf_id, title, rule, row.get("topic", "title_standard"), title_en=title_en)
        if "programme" in row:
            programme = self._programme(row["programme"])
            return Need(
                leaf_id, title, rule, row.get("topic", programme.topic), programme.code, title_en=title_en
            )
        if "level" in row:
            programme = self._at_level(row["topic"], int(row["level"]))
            return Need(leaf_id, title, rule, programme.topic, programme.code, title_en=title_en)
        if "fact" in row:
            values = _values(rule.rule_id, row, self.fact_kinds)
            topic = row.get("topic", "title_standard")
            return Need(leaf_id, title, rule, topic, fact=row["fact"], values=values, title_en=title_en)
        raise RuleProblem(self.rule.rule_id, "empty_leaf", leaf=row["id"])

    def _title(self, row: Row) -> tuple[str, str]:
        programme = self.programmes.get(row.get("programme", ""))
        if programme and "title" not in row:
            return programme.title, programme.title_en
        return row.get("title", ""), row.get("title_en", "")

    def _programme(self, code: str) -> Programme:
        if code not in self.programmes:
            raise RuleProblem(self.rule.rule_id, "programme", given=code)
        return self.programmes[code]

    def _at_level(self, topic: str, level: int) -> Programme:
        """The programme of exactly that level; higher ones count only over covers edges."""
        for programme in self.programmes.values():
            if programme.topic == topic and programme.level == level:
                return programme
        raise RuleProblem(self.rule.rule_id, "programme", given=f"{topic} {level}")


def _known(rule_id: str, what: str, given: Any, allowed: Iterable[Any]) -> None:
    if given not in allowed:
        raise RuleProblem(rule_id, what, given=given)


# -------------------------------------------------------------------- consistency of the whole


def _check(book: Rulebook) -> None:
    for edge in book.edges:
        for code in (edge.covering, edge.covered):
            if code not in book.programmes:
                raise RuleProblem(edge.rule.rule_id, "programme", given=code)
    for exemption in book.exemptions:
        for code in exemption.programmes:
            if code not in book.programmes:
                raise RuleProblem(exemption.rule.rule_id, "programme", given=code)
    _check_posts(book)
    _check_cycles(book)
    _check_overlaps(book)


def _check_posts(book: Rulebook) -> None:
    numbers: dict[int, str] = {}
    for post in book.posts.values():
        if post.successor and post.successor not in book.posts:
            raise RuleProblem(post.code, "post", given=post.successor)
        if post.number in numbers:
            raise RuleProblem(post.code, "number_twice", number=post.number, other=numbers[post.number])
        numbers[post.number] = post.code
    for standard in book.standards:
        for code in standard.posts:
            if code not in book.posts:
                raise RuleProblem(standard.rule.rule_id, "post", given=code)
        _check_unknown_programmes(book, standard)


def _check_unknown_programmes(book: Rulebook, standard: Standard) -> None:
    for need in leaves(standard.require):
        if need.topic not in TOPICS:
            raise RuleProblem(standard.rule.rule_id, "topic", given=need.topic)
        if need.programme and need.programme not in book.programmes:
            raise RuleProblem(standard.rule.rule_id, "programme", given=need.programme)


def _check_cycles(book: Rulebook) -> None:
    """A programme may not, over whatever edges, stand for itself while they are in force together."""
    for edge in book.edges:
        _walk(book, edge, [edge])


def _walk(book: Rulebook, first: Edge, path: list[Edge]) -> None:
    start = max((edge.rule.valid_from or date.min for edge in path), default=date.min)
    end = min((edge.rule.valid_to or date.max for edge in path), default=date.max)
    if start > end:
        return
    if path[-1].covered == first.covering:
        raise RuleProblem(first.rule.rule_id, "cycle", over=" → ".join(edge.rule.rule_id for edge in path))
    for edge in book.edges:
        if edge.covering == path[-1].covered and edge not in path:
            _walk(book, first, [*path, edge])


def _check_overlaps(book: Rulebook) -> None:
    claims: dict[tuple[str, ...], list[Provenance]] = {}
    for standard in book.standards:
        for code in standard.posts:
            claims.setdefault(("standard", code), []).append(standard.rule)
    for mode in book.modes:
        for kind in mode.kinds:
            for topic in mode.topics:
                claims.setdefault(("mode", kind, topic), []).append(mode.rule)
    for subject, rules in claims.items():
        rules.sort(key=lambda rule: rule.valid_from or date.min)
        for before, after in pairwise(rules):
            if (before.valid_to or date.max) >= (after.valid_from or date.min):
                raise RuleProblem(
                    after.rule_id, "overlap", other=before.rule_id, subject=" ".join(subject[1:])
                )
