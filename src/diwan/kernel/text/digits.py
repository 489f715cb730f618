"""Digits and numbers of three languages."""

from decimal import ROUND_HALF_UP, Decimal

from .languages import base_language

ASCII_DIGITS = "0123456789"
PERSIAN_DIGITS = "۰۱۲۳۴۵۶۷۸۹"
ARABIC_DIGITS = "٠١٢٣٤٥٦٧٨٩"

_TO_ASCII = str.maketrans(PERSIAN_DIGITS + ARABIC_DIGITS, ASCII_DIGITS * 2)
_NATIVE = {
    "fa": str.maketrans(ASCII_DIGITS, PERSIAN_DIGITS),
    "ar": str.maketrans(ASCII_DIGITS, ARABIC_DIGITS),
}

# Grouping mark, decimal mark, minus: as CLDR has them. The invisible mark before the minus keeps
# it on the side of the number where readers of that script expect it.
_MARKS = {
    "fa": ("\u066c", "\u066b", "\u200e\u2212"),
    "ar": ("\u066c", "\u066b", "\u061c-"),
}
_ENGLISH_MARKS = (",", ".", "\u2212")


def to_ascii_digits(text: str) -> str:
    """Turn Persian and Arabic digits into ASCII ones; everything else stays.

    >>> to_ascii_digits("۱۴۰۴/٠٧")
    '1404/07'
    """
    return text.translate(_TO_ASCII)


def to_digits(value: str | int, language: str) -> str:
    """Write every digit in a language's own digits, whatever digits it came in.

    >>> to_digits("12 ۳۴ ٥", "fa")
    '۱۲ ۳۴ ۵'
    """
    ascii_text = to_ascii_digits(str(value))
    table = _NATIVE.get(base_language(language))
    return ascii_text.translate(table) if table else ascii_text


def show_number(value: Decimal | float, language: str, *, decimals: int | None = None) -> str:
    """Show a finite number with grouping and native digits.

    ``decimals`` rounds half up to so many places; without it the number keeps the places it has.

    >>> show_number(1234567, "fa")
    '۱٬۲۳۴٬۵۶۷'
    """
    number = Decimal(str(value))
    if not number.is_finite():
        raise ValueError(f"not a finite number: {value}")
    if decimals is not None:
        number = number.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    group, point, minus = _MARKS.get(base_language(language), _ENGLISH_MARKS)
    whole, _, fraction = f"{abs(number):,f}".partition(".")
    shown = whole.replace(",", group) + (point + fraction if fraction else "")
    # A small negative that was rounded away is shown as plain zero.
    return to_digits((minus if number < 0 else "") + shown, language)
