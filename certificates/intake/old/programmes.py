"""Which programme an old register means: written out, compared word by word, asked where it is only near."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from certificates.intake.old.models import OldEntry
from courses.models import Programme
from lms.text import fold_words

#: How registers shorten what programmes are called.
SHORT = {
    "bd": "boi duong",
    "dt": "dao tao",
    "qlnn": "quan ly nha nuoc",
    "llct": "ly luan chinh tri",
    "ldql": "lanh dao quan ly",
    "qpan": "quoc phong va an ninh",
    "cv": "chuyen vien",
    "cvc": "chuyen vien chinh",
    "cvcc": "chuyen vien cao cap",
}
_TAIL = " va tuong duong"
#: Share of common words from which a programme is offered.
NEAR = 0.5


def written_out(text: str) -> str:
    """The words of a programme's name as they are compared: short forms written out, "và tương đương" left away.

    >>> written_out("BD QLNN ngạch CV")
    'boi duong quan ly nha nuoc ngach chuyen vien'
    """
    words = " ".join(SHORT.get(word, word) for word in fold_words(text).split())
    return words.removesuffix(_TAIL)


@dataclass
class Programmes:
    """The programmes by what registers call them; `learnt` from lists that were confirmed before."""

    known: Mapping[int, Programme]
    named: dict[str, int] = field(default_factory=dict)
    learnt: dict[str, int] = field(default_factory=dict)

    @classmethod
    def read(cls, texts: Iterable[str]) -> Programmes:
        """The programmes now, and what earlier registers meant by these texts: two queries."""
        found = cls({row.id: row for row in Programme.select()})
        for row in found.known.values():
            found.named |= {written_out(row.title): row.id, written_out(row.code): row.id}
        wanted = sorted({written_out(one) for one in texts} - set(found.named))
        settled = OldEntry.select(OldEntry.said_words, OldEntry.programme).where(
            OldEntry.state.in_(("recognised", "kept")), OldEntry.said_words.in_(wanted[:5000] or [""])
        )
        found.learnt = {row.said_words: row.programme_id for row in settled.order_by(OldEntry.id)}
        return found

    def meant(self, text: str, chosen: Iterable[str]) -> Programme | None:
        """The programme, when the text names it, an earlier register meant it, or the sender chose it for this text."""
        words = written_out(text)
        key = self.named.get(words) or self.learnt.get(words)
        if key is None:
            key = next((row_id for row_id in self.known if option(text, row_id) in chosen), None)
        return self.known.get(key) if key else None

    def nearest(self, text: str) -> Programme | None:
        """The programme that shares most words; None when none shares half of them."""
        words = set(written_out(text).split())
        best, most = None, 0.0
        for row in self.known.values():
            own = set(written_out(row.title).split())
            share = len(words & own) / max(1, len(words | own))
            if share >= NEAR and share > most:
                best, most = row, share
        return best


def option(text: str, programme_id: int) -> str:
    """The key of the choice "this text means this programme"."""
    return f"programme:{programme_id}:{written_out(text)[:100]}"
