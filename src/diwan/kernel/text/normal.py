"""Making texts comparable (``normalise``) and fit to be stored (``clean``)."""

import re
import unicodedata

from .digits import to_ascii_digits
from .languages import base_language

ZWNJ = "\u200c"  # the half-space

# What people and old editors type for a half-space: zero width space and joiner, and the "not"
# sign and soft hyphen that some Iranian word processors and PDF writers leave behind.
_HALF_SPACES = re.compile("[\u00ac\u00ad\u200b-\u200d\u2060\ufeff]+")
_BIDI_CONTROLS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_LOOSE_ZWNJ = re.compile(f"{ZWNJ}*(^|$|\\s){ZWNJ}*", re.MULTILINE)
_OLD_HALF_SPACE = re.compile("(?<=[\u0620-\u06d5])\u00ac+(?=[\u0620-\u06d5])")
_INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufeff]")
_SPACES = re.compile(r"\s+")

# Letters that differ by keyboard or by language but not for somebody who searches. The rest
# (آ أ إ ؤ ئ ۀ ۂ ۓ) falls out of the decomposition: the mark is dropped, the letter stays.
# Hamza alone is dropped: اعضاء is written اعضا as often, and the same word is meant.
_LETTERS = str.maketrans(
    {
        "ي": "ی",
        "ى": "ی",
        "ې": "ی",
        "ے": "ی",
        "ك": "ک",
        "ڪ": "ک",
        "ة": "ه",
        "ۃ": "ه",
        "ە": "ه",
        "ہ": "ه",
        "ھ": "ه",
        "ٱ": "ا",
        "ء": None,
        "ـ": None,
    }
)
_PERSIAN_LETTERS = str.maketrans({"ي": "ی", "ى": "ی", "ك": "ک"})


def normalise(text: str) -> str:
    """Fold a text so that two spellings of the same words become equal. For comparing, not showing.

    - ي ى ئ → ی; ك → ک; ة ۀ → ه; أ إ آ ٱ → ا; ؤ → و; ء, vowel signs and tatweel go; presentation
      forms and ligatures become plain letters; Latin accents go, too.
    - Digits become ASCII, letters lower case.
    - Every kind of half-space becomes one ZWNJ, none beside a gap; gaps become one blank.
    - Marks of direction go. Punctuation stays.

    Normalising twice changes nothing more.
    """
    text = _BIDI_CONTROLS.sub("", text)
    # Twice: casefolding can give letters with marks, and letters without them fold further.
    for _ in range(2):
        text = unicodedata.normalize("NFKD", text).casefold()
        text = "".join(char for char in text if unicodedata.category(char) != "Mn")
        text = text.translate(_LETTERS)
    text = _HALF_SPACES.sub(ZWNJ, to_ascii_digits(text))
    text = _SPACES.sub(" ", _LOOSE_ZWNJ.sub(r"\1", text))
    return unicodedata.normalize("NFC", text).strip()


def clean(text: str, language: str = "") -> str:
    """Make a typed text fit to be stored: what cannot be seen and does harm goes, letters stay.

    - Composed (NFC), trimmed, line ends unified, tabs and odd blanks one blank each.
    - Control characters, lone surrogates and every mark of direction go: an override typed into a
      name would turn the line around it.
    - Runs of half-spaces become one; none stands at a word's outer edge.
    - In Persian (``language="fa"``) the Arabic ي ى ك of a wrong keyboard become ی ک.

    Cleaning twice changes nothing more.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n")
    text = text.replace("\u2029", "\n")
    text = "".join(map(_seen, text))
    text = _BIDI_CONTROLS.sub("", text)
    text = _INVISIBLE.sub("", text)
    text = _OLD_HALF_SPACE.sub(ZWNJ, text)
    text = re.sub(f"{ZWNJ}+", ZWNJ, text)
    text = _LOOSE_ZWNJ.sub(r"\1", text)
    if base_language(language) == "fa":
        text = text.translate(_PERSIAN_LETTERS)
    text = unicodedata.normalize("NFC", text)
    return "\n".join(line.rstrip() for line in text.split("\n")).strip()


def _seen(char: str) -> str:
    if char == "\n":
        return char
    category = unicodedata.category(char)
    if category == "Zs" or char in "\t\v\f\x85":
        return " "
    return "" if category in {"Cc", "Cs"} else char
