"""Write down everything with which papers can be checked when the service is gone (see `certificates.archive`)."""

from __future__ import annotations

import json
from pathlib import Path

from certificates import keyset
from certificates.keyset import pinned
from certificates.log import checkpoints, reading, rotation
from certificates.status.documents import SignedList
from certificates.status.models import StatusListVersion
from lms import audit
from lms.errors import NotFound


def keep(folder: Path) -> int:
    """Write keys, statuses and the log into a folder; what is there is replaced. Returns how many files.

    All of it is public: the same as anybody can fetch. Raises NotFound before a list of keys is published.
    """
    root, log_key, last = pinned.root(), checkpoints.key(), checkpoints.latest()
    if root is None or keyset.newest() is None:
        raise NotFound("No list of keys is published yet: lms keys publish")
    keyset.refresh()
    written = {
        "root-public.txt": f"{root.pin}\n",
        "keys.json": json.dumps(keyset.published(), ensure_ascii=False, indent=1),
    }
    for row in StatusListVersion.select().order_by(StatusListVersion.sequence):
        signed = SignedList(str(row.document), str(row.kid), bytes(row.signature))
        written[f"status/{row.number}"] = json.dumps(signed.as_json())
    if log_key is not None and last is not None:
        written |= _log(int(last.size)) | {
            "log/checkpoint": str(last.note),
            "log/key": f"{checkpoints.vkey(log_key)}\n",
            "log/keys": json.dumps({"changes": rotation.announced()}, ensure_ascii=False),
        }
    for name, text in written.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    audit.record(None, "certificates.published_kept", None, count=len(written))
    return len(written)


def _log(size: int) -> dict[str, str]:
    """The entries by the page, as witness.py keeps them."""
    pages = range(-(-size // reading.PAGE))
    return {
        f"log/{page:08d}.jsonl": "".join(f"{line}\n" for line in reading.entries_page(page, size))
        for page in pages
    }
