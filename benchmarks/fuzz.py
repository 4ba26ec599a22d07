"""``make fuzz``: do the Python and the JavaScript reader of codes ever disagree? A million cases, one node process.

    python -m benchmarks.fuzz --cases 1000000 --seed 1

Prints counts, and every disagreement as the case that shows it: mend the reader that is wrong, and add the case to
`tests/vectors/certificates.json` (tests/certificates/make_vectors.py).
"""

from __future__ import annotations

import argparse
import base64
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks.fuzz_cases import KEYS, Case, cases
from certificates.token import (
    Body,
    Malformed,
    NotAnId,
    PublicKey,
    base32,
    from_fragment,
    path_id,
    read_typed,
    verify_fragment,
)
from certificates.token.digits import to_digits

ROOT = Path(__file__).parents[1]
CODE = ROOT / "certificates/static/certificates"
#: Cases that go to node at a time.
BATCH = 500


@dataclass
class Compared:
    """What came of a run: how often each answer was given, and where the two differ."""

    answers: Counter[str] = field(default_factory=Counter)
    #: Case, answer of Python, answer of JavaScript.
    differ: list[tuple[Case, Any, Any]] = field(default_factory=list)


def compare(seed: int, count: int) -> Compared:
    """Ask both readers the same cases; raises RuntimeError when node ends before its time."""
    done = Compared()
    with tempfile.TemporaryDirectory() as folder, _node(Path(folder)) as node:
        _ask(node, [["keys", [_key_json(key) for key in KEYS.values()]]])
        _answers(node)
        stream = cases(seed, count)
        while batch := list(islice(stream, BATCH)):
            _ask(node, batch)
            ours = [answer(case) for case in batch]
            for case, one, other in zip(batch, ours, _answers(node), strict=True):
                done.answers[_said(case, one)] += 1
                if one != other:
                    done.differ.append((case, one, other))
    return done


def answer(case: Case) -> Any:
    """What the Python reader says of a case."""
    kind, *given = case
    return _READERS[kind](*given)


def _token(text: str, digits: str) -> Any:
    try:
        if not base32.is_canonical(text):
            raise Malformed("address")
        return {"body": _shown(from_fragment(base32.decode(text), digits).body)}
    except Malformed as wrong:
        return {"malformed": wrong.code}


def _verify(text: str, digits: str) -> Any:
    outcome = verify_fragment(base32.decode(text), digits, KEYS)
    body = _shown(outcome.token.body) if outcome.token else None
    return {"code": outcome.code, "detail": outcome.detail, "body": body}


def _typed(text: str) -> Any:
    try:
        return {"id": path_id(read_typed(text))}
    except NotAnId as wrong:
        return {"wrong": wrong.code} | ({"symbol": wrong.symbol} if wrong.code == "symbol" else {})


_READERS = {
    "token": _token,
    "verify": _verify,
    "typed": _typed,
    "digits": lambda text: to_digits(bytes.fromhex(text)),
}


def _shown(body: Body | None) -> dict[str, Any] | None:
    if body is None:
        return None
    return {
        "name": body.name,
        "birth": str(body.birth),
        "programme": body.programme,
        "issuer": body.issuer,
        "issuedOn": body.issued_on.isoformat(),
        "validUntil": body.valid_until.isoformat() if body.valid_until else None,
        "posts": list(body.posts),
        "statusIndex": body.status_index,
        "serial": body.serial,
        "rules": body.rules,
    }


def _said(case: Case, one: Any) -> str:
    """An answer in a word or two, for the counts."""
    if isinstance(one, str):
        return "digits: written"
    what = one.get("malformed") or one.get("wrong") or one.get("code") or ""
    if what == "malformed":
        what = one["detail"]
    return f"{case[0]}: {what or ('later' if 'body' in one and one['body'] is None else 'read')}"


def _node(folder: Path) -> subprocess.Popen[str]:
    """A node process with a copy of the readers that it takes for modules."""
    found = shutil.which("node") or shutil.which("node", path=str(ROOT / ".venv/bin"))
    if found is None:
        raise RuntimeError("node is missing: run `make setup`")
    shutil.copytree(CODE, folder / "code")
    (folder / "code/package.json").write_text('{"type": "module"}')
    script = str(Path(__file__).with_suffix(".mjs"))
    return subprocess.Popen(
        [found, script, str(folder / "code")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def _ask(node: subprocess.Popen[str], batch: Any) -> None:
    assert node.stdin
    node.stdin.write(json.dumps(batch) + "\n")
    node.stdin.flush()


def _answers(node: subprocess.Popen[str]) -> list[Any]:
    assert node.stdout
    line = node.stdout.readline()
    if not line:
        raise RuntimeError("node has ended before its time")
    answers: list[Any] = json.loads(line)
    return answers


def _key_json(key: PublicKey) -> dict[str, Any]:
    return {
        "kid": key.kid.hex(),
        "alg": key.algorithm,
        "pub": base64.b64encode(key.raw).decode(),
        "issuer": key.issuer,
        "not_before": key.not_before.isoformat(),
        "not_after": key.not_after.isoformat(),
        "status": key.status,
    }


def _lines(done: Compared) -> Iterator[str]:
    for name, count in sorted(done.answers.items()):
        yield f"  {count:>9,}  {name}"
    for case, one, other in done.differ[:50]:
        yield f"  DIFFERS {json.dumps(case)[:1000]}\n    Python     {one}\n    JavaScript {other}"


def main() -> int:
    """Run the fuzz and print what came of it; 1 when the readers disagree anywhere."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--cases", type=int, default=1_000_000)
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    begun = time.perf_counter()
    done = compare(chosen.seed, chosen.cases)
    print("\n".join(_lines(done)))
    took = time.perf_counter() - begun
    print(
        f"{chosen.cases:,} cases of seed {chosen.seed} in {took:.0f} s: {len(done.differ):,} disagreements."
    )
    return 1 if done.differ else 0


if __name__ == "__main__":
    sys.exit(main())
