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
