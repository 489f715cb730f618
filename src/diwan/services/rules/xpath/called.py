"""How a function of expressions is declared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .values import Value


@dataclass(frozen=True)
class Called:
    """A function, and how many values it is given: from `least` to `most`."""

    work: Callable[..., Value]
    least: int
    most: int


CALLED: dict[str, Called] = {}


def function(name: str, least: int, most: int | None = None) -> Callable[..., Any]:
    """Declare the function of that name; it is called with where it is, and its values."""

    def declare(work: Callable[..., Value]) -> Callable[..., Value]:
        CALLED[name] = Called(work, least, least if most is None else most)
        return work

    return declare
