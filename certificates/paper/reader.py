"""A second reader of our codes, of another make than zxing and as strict as a paper can be: nothing is corrected.

It knows the symbols that are printed here (upright, error correction M, up to version 12; ISO/IEC 18004) and reads them
from a clean picture alone. A code whose modules are not all right reads as nothing, where a scanner would still forgive.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby

from PIL import Image

from certificates.paper.qr import MAX_VERSION, PITCH_MM

#: Version → codewords for correction in each block, and the data codewords of the blocks (ISO/IEC 18004, table 9, level M).
BLOCKS = {
    1: (10, (16,)), 2: (16, (28,)), 3: (26, (44,)), 4: (18, (32, 32)), 5: (24, (43, 43)), 6: (16, (27,) * 4),
    7: (18, (31,) * 4), 8: (22, (38, 38, 39, 39)), 9: (22, (36, 36, 36, 37, 37)), 10: (26, (43, 43, 43, 43, 44)),
    11: (30, (50, 51, 51, 51, 51)), 12: (22, (36,) * 6 + (37,) * 2),
}  # fmt: skip
#: What stands beside the corner for level M and each mask, correction included (table C.1).
FORMATS = (0x5412, 0x5125, 0x5E7C, 0x5B4B, 0x45F9, 0x40CE, 0x4F97, 0x4AA0)
_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_DARK = bytes(int(tone < 128) for tone in range(256))


class NotRead(ValueError):
    """There is no whole code of ours in the picture; the text says what is missing."""


def read(picture: Image.Image, dpi: int) -> str:
    """The text of the one code in a picture in greys of so many dots an inch. Raises NotRead."""
    modules, side = _modules(picture, dpi)
    version = (side - 17) // 4
    mask = _mask(modules, side)
    order, masked = _order(version), _masked(version, mask)
    bits = bytes(map(modules.__getitem__, order)).translate(bytes(range(48, 256)) + bytes(48))
    correction, lengths = BLOCKS[version]
    count = sum(lengths) + correction * len(lengths)
    words = (int(bits, 2) ^ masked).to_bytes(-(-len(order) // 8) + 1, "big")
    spare = len(words) * 8 - len(order)
    words = (int.from_bytes(words, "big") << spare).to_bytes(len(words), "big")[:count]
    return _text(_data(words, lengths), version)


# ---------------------------------------------------------------- from the picture to modules


def _modules(picture: Image.Image, dpi: int) -> tuple[bytes, int]:
    """A byte for each module, 1 for dark, row by row; and how many a side."""
    pitch = PITCH_MM / 25.4 * dpi
    dark = picture.point(list(_DARK))
    found = _corners(dark, pitch)
    if len(found) != 3:
        raise NotRead(f"{len(found)} corners instead of three")
    left, top = min(found, key=sum)
    right = max(found, key=lambda at: at[0] - at[1])[0]
    bottom = max(found, key=lambda at: at[1] - at[0])[1]
    across, down = right - left, bottom - top
    version = round((across / pitch - 10) / 4)
    span = 10 + 4 * version
    if not 1 <= version <= MAX_VERSION or max(abs(way - span * pitch) for way in (across, down)) > pitch:
        raise NotRead("the corners form no square of a version")
    # Pictures are drawn up to whole dots, so a module may be a little wider than it is on paper.
    wide, high = 3.5 * across / span, 3.5 * down / span
    box = (left - wide, top - high, right + wide, bottom + high)
    if min(box) < 0 or box[2] > dark.width or box[3] > dark.height:
        raise NotRead("the code is not whole")
    side = span + 7
    return dark.resize((side, side), Image.Resampling.NEAREST, box=box).tobytes(), side


def _corners(dark: Image.Image, pitch: float) -> list[tuple[float, float]]:
    """Centres of the finder patterns: 1:1:3:1:1, in both directions."""
    across = _stripes(dark, pitch)
    down = {(y, x) for x, y in _stripes(dark.transpose(Image.Transpose.TRANSPOSE), pitch)}
    near = pitch / 2
    return [(x, y) for x, y in across if any(abs(x - a) < near and abs(y - b) < near for a, b in down)]


def _stripes(dark: Image.Image, pitch: float) -> list[tuple[float, float]]:
    """Centres of stripes three modules high that show the pattern of a finder in every row."""
    first, one, three = (
        f"{{{size - 1},{size + 1}}}" for size in (round(pitch) - 1, round(pitch), round(3 * pitch))
    )
    # Looked at ahead: what stands beside a finder may look like one and share its edge. The two bytes in front are found quickly.
    pattern = re.compile(f"\0\1(?=(\1{first}\0{one}\1{three}\0{one}\1{one})\0)".encode())
    width, raw = dark.width, dark.tobytes()
    hits = [
        ((found.start() + 1 + found.end(1)) / 2, y)
        for y in range(dark.height)
        for found in pattern.finditer(raw, y * width, (y + 1) * width)
    ]
    hits = sorted(((x - y * width, y) for x, y in hits), key=lambda at: (round(at[0] / pitch), at[1]))
    centres = []
    for _run, rows in groupby(enumerate(hits), key=lambda at: (round(at[1][0] / pitch), at[1][1] - at[0])):
        stripe = [at for _number, at in rows]
        if len(stripe) >= 2.5 * pitch:
            centres.append(
                (sum(x for x, _y in stripe) / len(stripe), sum(y for _x, y in stripe) / len(stripe) + 0.5)
            )
    return centres


# ---------------------------------------------------------------- from modules to words


def _mask(modules: bytes, side: int) -> int:
    """Which mask lies over the data; both copies of the format must be whole."""
    beside = [(8, c) for c in (0, 1, 2, 3, 4, 5, 7, 8)] + [(r, 8) for r in (7, 5, 4, 3, 2, 1, 0)]
    apart = [(r, 8) for r in range(side - 1, side - 8, -1)] + [(8, c) for c in range(side - 8, side)]
    one, other = (
        int("".join(str(modules[r * side + c]) for r, c in places), 2) for places in (beside, apart)
    )
    if one != other or one not in FORMATS:
        raise NotRead("its format is not that of our codes")
    return FORMATS.index(one)


@lru_cache(maxsize=16)
def _order(version: int) -> tuple[int, ...]:
    """Places of the data modules in the order of their bits: two columns at a time, up and down, from the right."""
    side = 17 + 4 * version
    taken = _function_modules(version)
    order = []
    for turn, right in enumerate([*range(side - 1, 6, -2), 5, 3, 1]):
        rows = range(side) if turn % 2 else range(side - 1, -1, -1)
        order += [(r, c) for r in rows for c in (right, right - 1) if (r, c) not in taken]
    return tuple(r * side + c for r, c in order)


def _function_modules(version: int) -> set[tuple[int, int]]:
    """Modules that carry no data: corners with format, timing, alignment, version."""
    side = 17 + 4 * version
    taken = {(r, c) for r in range(9) for c in range(9)}
    taken |= {(r, c) for r in range(side - 8, side) for c in range(9)}
    taken |= {(c, r) for r, c in set(taken)}
    taken |= {(6, n) for n in range(side)} | {(n, 6) for n in range(side)}
    lines = [6] if version > 1 else []
    lines += [2 * version + 8] if version > 6 else []
    lines += [4 * version + 10] if version > 1 else []
    ends = {(6, 6), (6, side - 7), (side - 7, 6)}
    for middle in ((r, c) for r in lines for c in lines if (r, c) not in ends):
        taken |= {(middle[0] + r, middle[1] + c) for r in range(-2, 3) for c in range(-2, 3)}
    if version > 6:
        block = {(r, c) for r in range(6) for c in range(side - 11, side - 8)}
        taken |= block | {(c, r) for r, c in block}
    return taken


@lru_cache(maxsize=32)
def _masked(version: int, mask: int) -> int:
    """The mask over the data modules, as one number in the order of their bits."""
    side = 17 + 4 * version
    return int("".join(str(int(_turned(mask, *divmod(at, side)))) for at in _order(version)), 2)


def _turned(mask: int, r: int, c: int) -> bool:
    """Whether a mask turns the module of a row and column over (ISO/IEC 18004, table 10)."""
    return not (
        (r + c) % 2, r % 2, c % 3, (r + c) % 3, (r // 2 + c // 3) % 2, r * c % 2 + r * c % 3,
        (r * c % 2 + r * c % 3) % 2, ((r + c) % 2 + r * c % 3) % 2,
    )[mask]  # fmt: skip


def _data(words: bytes, lengths: tuple[int, ...]) -> bytes:
    """The data words, block after block; in the code they stand in turn."""
    blocks: list[list[int]] = [[] for _ in lengths]
    stream = iter(words)
    for place in range(max(lengths)):
        for block, length in zip(blocks, lengths, strict=True):
            if place < length:
                block.append(next(stream))
    return bytes(word for block in blocks for word in block)


# ---------------------------------------------------------------- from words to text


def _text(data: bytes, version: int) -> str:
    bits = "".join(f"{byte:08b}" for byte in data)
    try:
        return b"".join(_segments(bits, version)).decode()
    except (IndexError, ValueError) as wrong:
        raise NotRead("its words are no text") from wrong


def _segments(bits: str, version: int) -> Iterator[bytes]:
    """Numeric, alphanumeric and byte segments up to the end mark. Raises ValueError, IndexError."""
    at, more = 0, 2 * (version > 9)

    def take(length: int) -> int:
        nonlocal at
        at += length
        return int(bits[at - length : at], 2)

    while len(bits) - at >= 4 and (mode := take(4)):
        if mode == 1:
            threes, left = divmod(take(10 + more), 3)
            yield "".join(f"{take(10):03d}" for _ in range(threes)).encode()
            yield f"{take((0, 4, 7)[left]):0{left}d}".encode() if left else b""
        elif mode == 2:
            twos, left = divmod(take(9 + more), 2)
            yield "".join("".join(_LETTERS[n] for n in divmod(take(11), 45)) for _ in range(twos)).encode()
            yield _LETTERS[take(6)].encode() if left else b""
        elif mode == 4:
            yield bytes(take(8) for _ in range(take(16 if more else 8)))
        else:
            raise ValueError(f"mode {mode}")
