"""The log itself: every entry, the tree over them, the signed states, and the dictionary."""

from __future__ import annotations

import base64
import itertools
import json
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from certificates.auditing.findings import Report
from certificates.log import checkpoints, entries, notes, rotation, tree
from certificates.log.appending import KEPT_LEVELS
from certificates.log.models import Checkpoint, KeyChange, LogEntry, LogHead, LogKey, LogNode
from certificates.models import Term

AT_ONCE = 5000
_TABLE = "certificates_log"


class LogAudit:
    """Reads the log once, from its first entry to its last."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.growing = tree.Growing()
        #: Digests of the dictionary's entries → what they are called.
        self.terms: dict[str, str] = {}
        self.keys = {
            notes.key_hash(str(one.origin), bytes(one.public_key)): (str(one.origin), bytes(one.public_key))
            for one in LogKey.select()
        }
        self.copy = checkpoints.read_copy()
        self._last_good = 0
        self._rewritten = False

    def run(self) -> None:
        while rows := self._portion():
            computed: dict[tree.Node, bytes] = {}
            signed = self._signed(self.growing.size, self.growing.size + len(rows))
            for row in rows:
                self._entry(row)
                kept = (
                    one
                    for one in self.growing.add(tree.leaf_hash(row[5].encode()))
                    if one[0][0] % KEPT_LEVELS == 0
                )
                computed |= dict(kept)
                for state in signed.get(self.growing.size, ()):
                    self._state(*state)
            self._nodes(computed)
            self.report.count("entries", len(rows))
        self._end()
        self._key_changes()
        self._dictionary()

    def _portion(self) -> list[tuple[Any, ...]]:
        columns = (
            LogEntry.seq,
            LogEntry.kind,
            LogEntry.certificate,
            LogEntry.number,
            LogEntry.ref,
            LogEntry.entry,
            LogEntry.leaf,
        )
        first = getattr(self, "_next", 0)
        rows = list(
            LogEntry.select(*columns)
            .where(LogEntry.seq >= first)
            .order_by(LogEntry.seq)
            .limit(AT_ONCE)
            .tuples()
        )
        if rows:
            self._next = rows[-1][0] + 1
            expected = first
            for row in rows:
                if row[0] != expected:
                    self.report.note("entry_missing", _TABLE, expected, f"#{expected}")
                expected = row[0] + 1
        return rows

    def _entry(self, row: tuple[Any, ...]) -> None:
        seq, kind, _certificate, number, ref, text, leaf = row
        try:
            told = json.loads(text)
            right = (
                tree.leaf_hash(text.encode()) == bytes(leaf)
                and entries.canonical(told) == text
                and (told["seq"], told["type"]) == (seq, kind)
                and told.get("certificate", "") == ref
                and (number is None or told.get("number") == number)
            )
        except (ValueError, KeyError, TypeError):
            told, right = {}, False
        if not right:
            self.report.note("entry_altered", _TABLE, seq, f"#{seq}")
        if told.get("type") == "rules":
            self.terms[str(told.get("digest"))] = f"{told.get('term')} {told.get('number')}"

    # --- signed states -----------------------------------------------------------------------------

    def _signed(self, after: int, upto: int) -> dict[int, list[tuple[bytes, str | None]]]:
        """The signed states inside a portion: size → roots with their notes, the copy beside the database too."""
        found: dict[int, list[tuple[bytes, str | None]]] = {}
        query = Checkpoint.select().where(Checkpoint.size > after, Checkpoint.size <= upto)
        for one in query:
            found.setdefault(int(one.size), []).append((bytes(one.root), str(one.note)))
        if self.copy is not None and after < self.copy[0] <= upto:
            found.setdefault(self.copy[0], []).append((self.copy[1], None))
        return found

    def _state(self, root: bytes, note: str | None) -> None:
        size = self.growing.size
        if note is not None and not self._is_signed(note, size, root):
            self.report.note("note", "certificates_log_checkpoint", size, f"#{size}")
            return
        if root == self.growing.root:
            self._last_good = size
        elif not self._rewritten:
            self._rewritten = True
            self.report.note("rewritten", _TABLE, size - 1, f"#{size - 1}", f"{self._last_good} – {size - 1}")

    def _is_signed(self, note: str, size: int, root: bytes) -> bool:
        text, _blank, lines = note.partition("\n\n")
        signers = [self._signer(f"{text}\n", line) for line in lines.strip().split("\n")]
        origin = signers[0]
        return origin is not None and None not in signers and f"{text}\n" == notes.body(origin, size, root)

    def _signer(self, said: str, line: str) -> str | None:
        """The name of the known key that signed a text; None when none did."""
        try:
            raw = base64.b64decode(line.rsplit(" ", 1)[1])
            origin, public = self.keys[raw[:4]]
            Ed25519PublicKey.from_public_bytes(public).verify(raw[4:], said.encode())
        except (ValueError, KeyError, IndexError, InvalidSignature):
            return None
        return origin

    def _key_changes(self) -> None:
        """Each key but the first was announced: signed by the one before and by itself, with an entry in the log."""
        known = list(LogKey.select().order_by(LogKey.id))
        changes = {one.key_id: one for one in KeyChange.select()}
        for before, key in itertools.pairwise(known):
            if not self._is_announced(before, key, changes.get(key.id)):
                self.report.note("note", "certificates_log_key", key.id, key.kid)

    def _is_announced(self, before: LogKey, key: LogKey, change: KeyChange | None) -> bool:
        if change is None:
            return False
        said = rotation.text(before, key, change.alone_from)
        text, _blank, lines = str(change.note).partition("\n\n")
        entry = (
            LogEntry.select(LogEntry.entry)
            .where(LogEntry.seq == change.seq, LogEntry.kind == "logkey")
            .scalar()
        )
        hashes = [notes.key_hash(str(one.origin), bytes(one.public_key)) for one in (before, key)]
        signed = [base64.b64decode(line.rsplit(" ", 1)[1])[:4] for line in lines.strip().split("\n")]
        held = all(self._signer(said, line) for line in lines.strip().split("\n"))
        return (
            f"{text}\n" == said
            and signed == hashes
            and held
            and json.loads(entry or "{}").get("digest") == entries.digest(said.encode())
        )

    # --- kept parts, end, dictionary ---------------------------------------------------------------

    def _nodes(self, computed: dict[tree.Node, bytes]) -> None:
        for level in {level for level, _place in computed}:
            places = [place for of_level, place in computed if of_level == level]
            query = LogNode.select(LogNode.place, LogNode.hash).where(
                LogNode.level == level, LogNode.place >= min(places), LogNode.place <= max(places)
            )
            kept = {place: bytes(content) for place, content in query.tuples()}
            for place in places:
                if kept.get(place) != computed[level, place]:
                    self.report.note(
                        "node", "certificates_log_node", place, f"{level}/{place}", f"{level}/{place}"
                    )

    def _end(self) -> None:
        size = self.growing.size
        head = LogHead.get_or_none()
        if head is None or (head.size, bytes(head.peaks)) != (size, self.growing.packed):
            self.report.note("head", "certificates_log_head", head.id if head else "", f"#{size}")
        signed = [
            int(one) for (one,) in Checkpoint.select(Checkpoint.size).where(Checkpoint.size > size).tuples()
        ]
        signed += [self.copy[0]] if self.copy and self.copy[0] > size else []
        if signed:
            self.report.note("cut", _TABLE, size, f"#{size}", f"{size} < {max(signed)}")

    def _dictionary(self) -> None:
        for one in Term.select().order_by(Term.id):
            digest = entries.term_digest(
                one.kind, one.number, one.code, one.title, one.title_en, one.valid_from
            )
            if self.terms.pop(digest, None) is None:
                self.report.note("term_altered", "certificates_term", one.id, f"{one.kind} {one.number}")
        for name in self.terms.values():
            self.report.note("term_deleted", "certificates_term", "", name)
