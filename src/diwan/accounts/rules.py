"""Sign-in names: an e-mail address or a mobile number, however it was typed, in one form.

An Iranian mobile number is written 0912…, +98912…, 0098912… or ۰۹۱۲…; an Egyptian one 010…,
+2010… or ٠١٠…. All of these become the international form that starts with a plus sign.
"""

from __future__ import annotations

import re
import unicodedata

from diwan.kernel.text import clean, to_ascii_digits

LONGEST_LOGIN = 254

_ADDRESS = re.compile(r"[^@\s,;<>()\"]+@[^@\s,;<>()\"]+\.[^@\s.,;<>()\"]{2,}")
_BETWEEN = re.compile(r"[\s\-‐‑–—.()/\u200c]+")
_PHONE = re.compile(r"(\+|00)?([0-9]+)")
# Mobile numbers of the countries that ship: national form (after the 0) by calling code.
_MOBILES = {
    "98": re.compile(r"9[0-9]{9}"),
    "20": re.compile(r"1[0125][0-9]{8}"),
}
_ABROAD = re.compile(r"[1-9][0-9]{7,14}")  # ITU-T E.164: 15 digits at most


class UnclearLogin(ValueError):
    """The text is neither an e-mail address nor a mobile number."""


def normal_login(typed: str) -> str:
    """The one form of a sign-in name. Raises UnclearLogin where it can be none.

    >>> normal_login(" Sara@Example.ORG ")
    'sara@example.org'
    >>> normal_login("۰۹۱۲ ۳۴۵ ۶۷۸۹"), normal_login("0098 912 345 6789")
    ('+989123456789', '+989123456789')
    >>> normal_login("٠١٠٠١٢٣٤٥٦٧")
    '+201001234567'
    """
    text = to_ascii_digits(clean(unicodedata.normalize("NFKC", typed)))
    if "@" in text:
        address = text.lower()
        if len(address) > LONGEST_LOGIN or not _ADDRESS.fullmatch(address) or ".." in address:
            raise UnclearLogin(typed)
        return address
    return _normal_mobile(_BETWEEN.sub("", text))


def is_mobile(login: str) -> bool:
    """True for a normalised sign-in name that is a mobile number."""
    return login.startswith("+")


def _normal_mobile(text: str) -> str:
    found = _PHONE.fullmatch(text)
    if found is None:
        raise UnclearLogin(text)
    abroad, digits = found[1] is not None, found[2]
    for code, shape in _MOBILES.items():
        if digits.startswith(code):
            national = digits.removeprefix(code).removeprefix("0")
            if shape.fullmatch(national):
                return f"+{code}{national}"
            if abroad:
                break
        if not abroad and shape.fullmatch(digits.removeprefix("0")):
            return f"+{code}{digits.removeprefix('0')}"
    else:
        if abroad and _ABROAD.fullmatch(digits):
            return f"+{digits}"
    raise UnclearLogin(text)
