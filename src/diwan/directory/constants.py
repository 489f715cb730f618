"""Words of the room that others use, too."""

from __future__ import annotations

import re
from enum import StrEnum


class Role(StrEnum):
    """What a post is for (`diwan-register/1`, `ACCESS.md`). A post may have several."""

    HEAD = "head"
    SECRETARY = "secretary"
    OFFICER = "officer"
    REVIEWER = "reviewer"
    CLERK = "clerk"
    TREASURER = "treasurer"
    ADMINISTRATOR = "administrator"


MANAGERS = (Role.HEAD, Role.ADMINISTRATOR)
LANGUAGES = ("fa", "ar", "en")

UNIT = "directory.unit"
POST = "directory.post"
PERSON = "directory.person"
PARTNER = "directory.partner"
HANDOVER = "directory.handover"
REGISTER = "directory.register"
NOTE = "directory.note"

TO_SIGN = "directory.sheet_to_sign"
"""The notice that a handover sheet waits for somebody's signature."""

POST_ENDED = "directory.post_ended"
"""Fact: a post's (or its unit's) end has come; data ``{"becomes": UUID | None}``, told once."""


def roles_text(roles: frozenset[str] | set[str] | tuple[str, ...] | list[str]) -> str:
    """Roles as the column keeps them: sorted, with a blank on each side of every word.

    >>> roles_text({"secretary", "head"})
    ' head secretary '
    """
    words = sorted(str(role) for role in roles)
    return f" {' '.join(words)} " if words else ""


KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,63}")
"""What a key of `diwan-register/1` looks like."""
