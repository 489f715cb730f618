"""Which text to show to a reader, and which way it runs."""

from collections.abc import Mapping

RIGHT_TO_LEFT = frozenset({"ar", "arz", "azb", "ckb", "fa", "he", "prs", "ps", "sd", "ug", "ur"})

# A reader whose language is missing is served best by the neighbour they most likely read:
# English is taught in Iran and Egypt alike, the other script-sharing language is not.
FALLBACKS: dict[str, tuple[str, ...]] = {
    "fa": ("en", "ar"),
    "ar": ("en", "fa"),
    "en": ("fa", "ar"),
}

FIRST_STRONG_ISOLATE = "\u2068"
POP_ISOLATE = "\u2069"


def base_language(language: str) -> str:
    """Return the language without its region: ``fa-IR`` and ``fa_IR`` are ``fa``."""
    return language.replace("_", "-").split("-", 1)[0].lower()


def local(text_map: Mapping[str, str], language: str) -> tuple[str, str]:
    """Choose the text for a reader, and say which language it is in (for ``lang=``).

    The asked language comes first, then its neighbours, then whatever there is, in the order of
    the language codes. Blank texts count as missing. Nothing at all is ``("", asked)``.
    """
    asked = base_language(language)
    order = (asked, *FALLBACKS.get(asked, ("en", "fa", "ar")), *sorted(text_map))
    for candidate in order:
        text = text_map.get(candidate, "")
        if text.strip():
            return text, candidate
    return "", asked


def direction(language: str) -> str:
    """Return ``rtl`` or ``ltr``, as HTML's ``dir`` wants it."""
    return "rtl" if base_language(language) in RIGHT_TO_LEFT else "ltr"


def isolate(text: str) -> str:
    """Wrap text so that its direction and the sentence's do not disturb each other (UAX 9)."""
    return f"{FIRST_STRONG_ISOLATE}{text}{POP_ISOLATE}"
