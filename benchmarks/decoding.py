"""`python -m benchmarks.decoding`: how many worn papers still read, by condition and resolution. Some minutes."""

from __future__ import annotations

import os
import sys
import tempfile
import time

from benchmarks import wear
from benchmarks.papers import NAMES, an_address, an_official
from certificates.paper import drawing, qr
from lms.cli.context import application
from lms.db import connection, migrating

RESOLUTIONS = (100, 150, 200, 300)


def main(seeds: int = 4) -> None:
    """Draw the papers, wear each of them down, print percentages: read at once, and through the ladder of thresholds."""
    with tempfile.TemporaryDirectory(prefix="kimbang-bench-") as folder:
        os.environ |= {"LMS_INSTANCE": folder, "LMS_PUBLIC_URL": "https://kiemtra.example.vn"}
        with application().app_context(), connection():
            migrating.migrate_all()
            people = [an_official(place, name) for place, name in enumerate(NAMES)]
            codes = [
                wear.cut(drawing.full(one, qr.symbol(an_address(place, one))))
                for place, one in enumerate(people)
            ]
    print(f"\nOf {len(codes)} papers × {seeds}, read by zxing at once / through the ladder of thresholds, %")
    print(f"  {'':12}" + "".join(f"{dpi:>12} dpi" for dpi in RESOLUTIONS))
    usual: dict[int, list[bool]] = {dpi: [] for dpi in RESOLUTIONS}
    wrong, started, pictures = 0, time.process_time(), 0
    for condition in wear.USUAL + wear.HARD:
        cells = []
        for dpi in RESOLUTIONS:
            seen = [(code, wear.worn(code, condition, dpi, seed)) for code in codes for seed in range(seeds)]
            plain = [wear.reads(picture) for _code, picture in seen]
            ladder = [said or wear.reads(one[1], ladder=True) for said, one in zip(plain, seen, strict=True)]
            wrong += sum(
                said not in {"", code.says} for said, (code, _picture) in zip(ladder, seen, strict=True)
            )
            pictures += len(seen)
            if condition in wear.USUAL:
                usual[dpi] += [bool(said) for said in plain]
            cells.append(
                f"{100 * sum(map(bool, plain)) / len(plain):8.0f} /{100 * sum(map(bool, ladder)) / len(ladder):4.0f} "
            )
        print(f"  {condition:12}  " + "  ".join(cells))
    rates = "  ".join(f"{dpi} dpi: {100 * sum(read) / len(read):.1f}" for dpi, read in usual.items())
    print(
        f"  what nearly every paper meets ({', '.join(wear.USUAL)}), at once: {rates} (aim at 150 dpi: at least 95)"
    )
    print(f"  {pictures} pictures, {wrong} wrong texts, {time.process_time() - started:.0f} s of CPU")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
