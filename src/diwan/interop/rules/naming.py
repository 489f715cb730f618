"""Names and keys of a pattern's instances."""

from __future__ import annotations

from collections.abc import Mapping

from .book import instance_key


def name_in(value: Mapping[str, str], names: Mapping[str, str]) -> dict[str, str]:
    """A pattern's name with `{province}` filled in, each language with its own.

    >>> name_in({"en": "Guild of {province}"}, {"en": "Tehran"})
    {'en': 'Guild of Tehran'}
    """
    return {
        language: text.replace("{province}", names.get(language) or names["en"])
        for language, text in value.items()
    }


def instance_of(key: str, code: str, *, pattern: bool) -> str:
    """A key as an instance means it: of the same province where it names a pattern."""
    return instance_key(key, code) if key and pattern else key
