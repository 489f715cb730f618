"""Before anything is read as YAML: size, UTF-8, control characters."""

from __future__ import annotations

import re

from .faults import Faults, Place, gettext_noop

MAX_BYTES = 50 * 1000 * 1000
# What a text file of an office never holds; YAML forbids most of it, and marks of direction that
# override what follows would let a name say something else than it shows.
FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
FORBIDDEN_SENTENCE = gettext_noop(
    "the invisible character %(code)s may not stand in a register. Remove it."
)


def text_of(data: bytes, file: str, faults: Faults) -> str | None:
    """The text of a file's bytes; None with a fault where it is none."""
    if len(data) > MAX_BYTES:
        too_large(file, faults)
        return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        faults.add(
            Place(file, line),
            gettext_noop("the text is not UTF-8. Save the file again with the encoding UTF-8."),
        )
        return None
    found = FORBIDDEN.search(text)
    if found:
        faults.add(
            Place(file, text.count("\n", 0, found.start()) + 1),
            FORBIDDEN_SENTENCE,
            code=f"U+{ord(found[0]):04X}",
        )
        return None
    return text


def too_large(file: str, faults: Faults) -> None:
    """Note that a file is larger than a register may be."""
    faults.add(
        Place(file),
        gettext_noop("the file is larger than 50 MB. Split it into several registers."),
    )
