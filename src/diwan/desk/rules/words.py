"""Small numbers in words, as a sentence wants them: three things late, not 3 things late."""

from __future__ import annotations

from diwan.kernel.text import base_language, show_number

PERSIAN = ("یک", "دو", "سه", "چهار", "پنج", "شش", "هفت", "هشت", "نه", "ده")
ENGLISH = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
# From three to ten the Arabic number takes the other gender than the noun that follows it.
BEFORE_MASCULINE = (
    "واحد",
    "اثنان",
    "ثلاثة",
    "أربعة",
    "خمسة",
    "ستة",
    "سبعة",
    "ثمانية",
    "تسعة",
    "عشرة",
)
BEFORE_FEMININE = ("واحدة", "اثنتان", "ثلاث", "أربع", "خمس", "ست", "سبع", "ثماني", "تسع", "عشر")


def number_in_words(n: int, language: str, *, feminine: bool = False) -> str:
    """Write 1 to 10 in words, everything else in the language's digits.

    `feminine` is the gender of the counted noun; only Arabic asks for it.

    >>> number_in_words(3, "fa"), number_in_words(12, "fa")
    ('سه', '۱۲')
    """
    base = base_language(language)
    arabic = BEFORE_FEMININE if feminine else BEFORE_MASCULINE
    words = {"fa": PERSIAN, "ar": arabic}.get(base, ENGLISH)
    if 1 <= n <= len(words):
        return words[n - 1]
    return show_number(n, base)
