"""Text of three languages: digits, search keys, cleaning, choosing a language. Plain Python."""

from .digits import show_number, to_ascii_digits, to_digits
from .keyboards import retyped
from .languages import base_language, direction, isolate, local
from .normal import ZWNJ, clean, normalise
from .search import (
    index_tokens,
    joined,
    matches,
    nearest,
    query_tokens,
    search_key,
    search_tokens,
    words_of,
)

__all__ = [
    "ZWNJ",
    "base_language",
    "clean",
    "direction",
    "index_tokens",
    "isolate",
    "joined",
    "local",
    "matches",
    "nearest",
    "normalise",
    "query_tokens",
    "retyped",
    "search_key",
    "search_tokens",
    "show_number",
    "to_ascii_digits",
    "to_digits",
    "words_of",
]
