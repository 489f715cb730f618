"""Geometry of the small pictures, worked out here so that SVG needs only attributes. No Django.

Coordinates are user units of the picture's own view box, y downwards, time from left to right
in every language (pictures stand in ``dir="ltr"``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, MARGIN = 280.0, 64.0, 6.0


@dataclass(frozen=True)
class Curve:
    """A sparkline: ``line`` and ``area`` as ``points`` of SVG, ``end`` is the last point."""

    line: str
    area: str
    end: tuple[str, str]
    width: int = int(WIDTH)
    height: int = int(HEIGHT)


def _place(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")


def curve(values: Sequence[float]) -> Curve | None:
    """Return the curve of ``values`` (oldest first), or None where there are fewer than two.

    The lowest stands on the lower margin, the highest on the upper; equal ones in the middle.
    """
    if len(values) < 2:
        return None
    low, high = min(values), max(values)
    step = (WIDTH - 2 * MARGIN) / (len(values) - 1)
    reach = HEIGHT - 2 * MARGIN
    points = []
    for number, value in enumerate(values):
        share = (value - low) / (high - low) if high > low else 0.5
        points.append((_place(MARGIN + number * step), _place(HEIGHT - MARGIN - share * reach)))
    line = " ".join(f"{x},{y}" for x, y in points)
    floor = _place(HEIGHT)
    return Curve(line, f"{points[0][0]},{floor} {line} {points[-1][0]},{floor}", points[-1])


def shares(values: Sequence[float], whole: float | None = None) -> list[float]:
    """Return each value as hundredths of ``whole`` (default: the greatest), within 0 and 100."""
    top = whole if whole is not None else max(values, default=0)
    if top <= 0:
        return [0.0 for _ in values]
    return [round(max(0.0, min(100.0, value * 100 / top)), 1) for value in values]


STACK_PITCH, STACK_BAR, STACK_HEIGHT, STACK_HEAD = 60.0, 30.0, 120.0, 18.0


@dataclass(frozen=True)
class Part:
    """One part of a stacked bar: which series it belongs to, and its rectangle."""

    series: int
    x: str
    y: str
    width: str
    height: str


@dataclass(frozen=True)
class Stack:
    """A stacked bar: the middle of its foot, the top of its head, and its parts from below."""

    middle: str
    top: str
    parts: tuple[Part, ...]


def stacks(values: Sequence[Sequence[float]]) -> list[Stack]:
    """Return a stacked bar for each row of ``values``, the highest as high as the picture.

    The bars stand side by side from left to right, ``STACK_PITCH`` apart; what is nothing or less
    has no part.
    """
    rows = [[max(0.0, value) for value in row] for row in values]
    highest = max((sum(row) for row in rows), default=0.0)
    scale = STACK_HEIGHT / highest if highest else 0.0
    return [_stack(number, row, scale) for number, row in enumerate(rows)]


def _stack(number: int, row: Sequence[float], scale: float) -> Stack:
    left = number * STACK_PITCH + (STACK_PITCH - STACK_BAR) / 2
    foot = STACK_HEAD + STACK_HEIGHT
    parts = []
    for series, value in enumerate(row):
        height = value * scale
        if height > 0:
            foot -= height
            place = (_place(left), _place(foot), _place(STACK_BAR), _place(height))
            parts.append(Part(series, *place))
    return Stack(_place(left + STACK_BAR / 2), _place(foot - 5), tuple(parts))
