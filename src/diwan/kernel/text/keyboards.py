"""What was meant by words typed on the wrong keyboard: Latin for Persian or Arabic, and back.

The layouts are those of ISIRI 9147, of the older Persian keyboard of Windows (پ and ئ elsewhere)
and of the Arabic 101 and 102 keyboards, as the same keys give them on a US one.
"""

_LATIN = "qwertyuiop[]asdfghjkl;'zxcvbnm,."
_PERSIAN = "ضصثقفغعهخحجچشسیبلاتنمکگظطزرذدپو."
_ARABIC = "ضصثقفغعهخحجدشسيبلاتنمكطئءؤر\ufefbىةوز"
_LAM_ALEF = "لا"  # one key of the Arabic keyboard; U+FEFB stands for it here

_ISIRI = dict(zip(_LATIN, _PERSIAN, strict=True)) | {
    "A": "ؤ",
    "S": "ئ",
    "D": "ي",
    "F": "إ",
    "G": "أ",
    "H": "آ",
    "J": "ة",
    "Z": "ك",
    "C": "ژ",
    "M": "ء",
}
_OLDER = _ISIRI | {"m": "ئ", "\\": "پ"}
_ARABIC_101 = dict(zip(_LATIN, _ARABIC, strict=True)) | {
    "/": "ظ",
    "`": "ذ",
    "<": "ذ",
    "H": "أ",
    "Y": "إ",
    "N": "آ",
}
_LAYOUTS = (_ISIRI, _ARABIC_101, _OLDER)
_TO_LATIN = [{native: latin.lower() for latin, native in table.items()} for table in _LAYOUTS]


def retyped(text: str) -> list[str]:
    """Return what the same keys give on the other layouts, the likeliest first; none if mixed.

    >>> retyped("aivnhvd")
    ['شهرداری', 'شهرىاري']
    >>> "meeting" in retyped("پثثفهدل")
    True
    >>> retyped("شورا plan")
    []
    """
    latin = any("a" <= char.lower() <= "z" for char in text)
    native = any("\u0620" <= char <= "\u06d3" for char in text)
    if latin == native:
        return []
    each = [_through(t, text) for t in _LAYOUTS] if latin else [_back(t, text) for t in _TO_LATIN]
    return [found for found in dict.fromkeys(each) if found != text]


def _through(table: dict[str, str], text: str) -> str:
    keys = (table.get(char) or table.get(char.lower(), char) for char in text)
    return "".join(keys).replace("\ufefb", _LAM_ALEF)


def _back(table: dict[str, str], text: str) -> str:
    keys = text.replace(_LAM_ALEF, "\ufefb") if "\ufefb" in table else text
    return "".join(table.get(char, char) for char in keys)
