"""Functions about places on the earth, taken as a ball."""

from __future__ import annotations

import math

from .called import function
from .values import Value, plain_number, texts
from .world import Here

EARTH = 6_378_100.0  # metres; what ODK's own programs take
Place = tuple[float, float]


def places_of(text: str) -> list[Place] | None:
    """Latitude and longitude of each point of a place, line or area; None where it is none."""
    found: list[Place] = []
    for point in text.split(";"):
        if not point.strip():
            continue
        parts = [plain_number(part) for part in point.split()]
        if not 2 <= len(parts) <= 4 or any(math.isnan(part) for part in parts):
            return None
        if abs(parts[0]) > 90 or abs(parts[1]) > 180:
            return None
        found.append((parts[0], parts[1]))
    return found


@function("distance", 1, 50)
def _distance(_here: Here, *values: Value) -> Value:
    """Metres along a line."""
    points = _points(values)
    if points is None or len(points) < 2:
        return 0.0
    return _hundredths(sum(map(_between, points, points[1:])))


@function("area", 1)
def _area(_here: Here, value: Value) -> Value:
    """Square metres within a line."""
    points = _points((value,))
    if points is None or len(points) < 3:
        return 0.0
    total = 0.0
    for one, other in zip(points, (*points[1:], points[0]), strict=True):
        east = math.radians(other[1] - one[1])
        total += east * (2 + math.sin(math.radians(one[0])) + math.sin(math.radians(other[0])))
    return _hundredths(abs(total * EARTH * EARTH / 2))


def _points(values: tuple[Value, ...]) -> list[Place] | None:
    found: list[Place] = []
    for text in (text for value in values for text in texts(value)):
        points = places_of(text)
        if points is None:
            return None
        found += points
    return found


def _between(one: Place, other: Place) -> float:
    north = math.radians(other[0] - one[0]) / 2
    east = math.radians(other[1] - one[1]) / 2
    level = math.cos(math.radians(one[0])) * math.cos(math.radians(other[0]))
    return 2 * EARTH * math.asin(math.sqrt(math.sin(north) ** 2 + level * math.sin(east) ** 2))


def _hundredths(value: float) -> float:
    return math.floor(value * 100 + 0.5) / 100
