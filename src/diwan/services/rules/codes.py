"""Tracking codes and secrets of links.

A tracking code is eleven random signs of Crockford's alphabet (55 bits: nobody guesses one, and
no letter is taken for a figure) and a twelfth that finds every single wrong sign and every swap
of neighbours (ISO 7064 would need two). Written ``K7Q2-M4XD-9T1R``.
"""

from __future__ import annotations

import hashlib
import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 12
_VALUE = {sign: value for value, sign in enumerate(ALPHABET)}
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V"})
_DIGITS = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩", "01234567890123456789")
_BETWEEN = str.maketrans("", "", " -–—_.\u200c\u200e\u200f\u2066\u2067\u2068\u2069\u00a0")


def new_code() -> str:
    """A new tracking code as it is stored, without dashes."""
    return code_of(secrets.randbits(5 * (LENGTH - 1)))


def code_of(number: int) -> str:
    """The code whose eleven signs say a number of 55 bits.

    >>> code_of(0)
    '000000000000'
    """
    places = range(5 * (LENGTH - 2), -1, -5)
    body = "".join(ALPHABET[number >> place & 31] for place in places)
    return body + _check(body)


def read_code(typed: str) -> str | None:
    """A code as somebody typed it, any case, digits and dashes; None where it cannot be one.

    >>> read_code("0000-0000-0000")
    '000000000000'
    """
    plain = typed.translate(_DIGITS).translate(_BETWEEN).upper().translate(_READ_AS)
    if len(plain) != LENGTH or any(sign not in _VALUE for sign in plain):
        return None
    return plain if _check(plain[:-1]) == plain[-1] else None


def written_code(code: str) -> str:
    """A stored code as it is shown and printed.

    >>> written_code("000000000000")
    '0000-0000-0000'
    """
    return "-".join(code[place : place + 4] for place in range(0, len(code), 4))


def first_signs(code: str) -> str:
    """What may be told of a code to who may not have it: enough to speak of the case.

    >>> first_signs("K7Q2M4XD9T1R")
    'K7Q2…'
    """
    return f"{code[:4]}…"


def new_secret() -> str:
    """A secret for a link (128 bits)."""
    return secrets.token_urlsafe(16)


def digest(secret: str) -> str:
    """What is stored of a secret: its SHA-256, hex."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _check(body: str) -> str:
    """Signs weighted in the field of 32 elements by powers of a generator (x⁵+x²+1)."""
    total = 0
    for sign in body:
        total = _double(total ^ _VALUE[sign])
    return ALPHABET[total]


def _double(value: int) -> int:
    value <<= 1
    return value ^ 0b100101 if value & 0b100000 else value
