"""The frame of the paper: bands of interlaced waves between rosettes, drawn as vectors, well outside text and code."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from reportlab.lib.colors import Color
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

WIDTH, HEIGHT = 297.0, 210.0
#: Middle of the band and half its width, from the paper's edge, in millimetres.
MIDDLE, HALF = 11.0, 2.5

_TEAL = Color(0.04, 0.36, 0.36)
_GOLD = Color(0.72, 0.58, 0.27)


@cache
def background(folder: Path, width: float = WIDTH, height: float = HEIGHT) -> Path:
    """A one-page PDF with the frame of a sheet (in millimetres), made once a process.

    The drawing is a form object: pages that use it refer to it, still compressed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"paper-frame-1{'' if width == WIDTH else '-portrait'}.pdf"
    canvas = Canvas(str(path), pagesize=(width * mm, height * mm), invariant=1, pageCompression=1)
    canvas.beginForm("frame", 0, 0, width * mm, height * mm)
    _lines(canvas, width, height)
    _bands(canvas, width, height)
    _corners(canvas, width, height)
    canvas.endForm()
    canvas.doForm("frame")
    canvas.save()
    return path


def _lines(canvas: Any, width: float, height: float) -> None:
    for inset, line, colour in ((7.6, 0.9, _TEAL), (14.4, 0.5, _TEAL), (15.2, 0.25, _GOLD)):
        canvas.setStrokeColor(colour)
        canvas.setLineWidth(line)
        canvas.rect(inset * mm, inset * mm, (width - 2 * inset) * mm, (height - 2 * inset) * mm)


def _bands(canvas: Any, width: float, height: float) -> None:
    left, bottom, right, top = MIDDLE, MIDDLE, width - MIDDLE, height - MIDDLE
    corners = ((left, bottom), (right, bottom), (right, top), (left, top))
    canvas.setLineWidth(0.22)
    for strand in range(6):
        canvas.setStrokeColor(_TEAL if strand % 3 else _GOLD)
        for number, start in enumerate(corners):
            canvas.drawPath(_wave(canvas, start, corners[(number + 1) % 4], strand * math.pi / 3))


def _wave(canvas: Any, start: tuple[float, float], end: tuple[float, float], phase: float) -> Any:
    path = canvas.beginPath()
    points = list(_along(start, end, phase))
    path.moveTo(*points[0])
    for point in points[1:]:
        path.lineTo(*point)
    return path


def _along(
    start: tuple[float, float], end: tuple[float, float], phase: float
) -> Iterator[tuple[float, float]]:
    """Points of a wave between two corners, a whole number of periods, in points."""
    length = math.dist(start, end) - 2 * HALF
    along = ((end[0] - start[0]) / math.dist(start, end), (end[1] - start[1]) / math.dist(start, end))
    waves = 2 * math.pi * round(length / 9.0) / length
    steps = int(length / 0.6)
    for step in range(steps + 1):
        at = length * step / steps
        out = HALF * 0.96 * math.sin(waves * at + phase)
        x = start[0] + along[0] * (HALF + at) - along[1] * out
        y = start[1] + along[1] * (HALF + at) + along[0] * out
        yield round(x * mm, 2), round(y * mm, 2)


def _corners(canvas: Any, width: float, height: float) -> None:
    for x in (MIDDLE, width - MIDDLE):
        for y in (MIDDLE, height - MIDDLE):
            canvas.setStrokeColor(_TEAL)
            canvas.setLineWidth(0.5)
            canvas.rect((x - HALF) * mm, (y - HALF) * mm, 2 * HALF * mm, 2 * HALF * mm)
            canvas.setLineWidth(0.22)
            for turn in range(3):
                canvas.setStrokeColor(_GOLD if turn == 0 else _TEAL)
                canvas.drawPath(_rosette(canvas, x, y, turn * math.pi / 12))


def _rosette(canvas: Any, x: float, y: float, turn: float) -> Any:
    path = canvas.beginPath()
    for step in range(181):
        angle = step * math.pi / 90
        radius = HALF * 0.86 * (0.62 + 0.38 * math.cos(8 * (angle + turn)))
        point = ((x + radius * math.cos(angle)) * mm, (y + radius * math.sin(angle)) * mm)
        path.moveTo(*point) if step == 0 else path.lineTo(*point)
    path.close()
    return path
