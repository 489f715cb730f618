"""A client's file name: kept for people to read, and never used as a path."""

from __future__ import annotations

import re
import unicodedata

MAX_LENGTH = 200
_NON_JOINER = "\u200c"


def clean_name(name: str) -> str:
    """The name as people may read it: no folders, no control or bidi characters, 200 at most.

    The half-space of Persian stays; the ending stays where the name is cut.
    """
    base = re.split(r"[\\/]", unicodedata.normalize("NFC", name))[-1]
    kept = "".join(c for c in base if c == _NON_JOINER or not _unseen(c)).strip()
    stem, dot, ending = kept.rpartition(".")
    if len(kept) > MAX_LENGTH and dot and len(ending) < 20:
        return stem[: MAX_LENGTH - 1 - len(ending)] + dot + ending
    return kept[:MAX_LENGTH] or "file"


def _unseen(char: str) -> bool:
    """Controls, formats, surrogates, private letters; and what ends a line or a paragraph."""
    category = unicodedata.category(char)
    return category[0] == "C" or category in ("Zl", "Zp")
