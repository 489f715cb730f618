"""Text of three languages: digits, search keys, cleaning, choosing a language. Plain Python."""

from .digits import show_number, to_ascii_digits, to_digits
from .languages import base_language, direction, isolate, local
from .normal import ZWNJ, clean, normalise
from .search import matches, nearest, search_key, search_tokens

__all__ = [
    "ZWNJ",
    "base_language",
    "clean",
    "direction",
    "isolate",
    "local",
    "matches",
    "nearest",
    "normalise",
    "search_key",
    "search_tokens",
    "show_number",
    "to_ascii_digits",
    "to_digits",
]
