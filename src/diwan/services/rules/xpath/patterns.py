"""Patterns that people write, by RE2: whatever the pattern, the time is in step with the text."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import re2

from .grammar import ExpressionError

LONGEST_PATTERN = 500


def _quiet() -> Any:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 1 << 20
    return options


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> Any:
    if len(pattern) > LONGEST_PATTERN:
        return None
    try:
        return re2.compile(pattern, _quiet())
    except re2.error:
        return None


def check(pattern: str) -> None:
    """Raises ExpressionError where it is no pattern of RE2 (looking back, too large)."""
    if _compiled(pattern) is None:
        raise ExpressionError("pattern", pattern)


def matches(text: str, pattern: str) -> bool:
    """Whether the whole text is as the pattern says; false for what is no pattern."""
    found = _compiled(pattern)
    return found is not None and found.fullmatch(text) is not None
