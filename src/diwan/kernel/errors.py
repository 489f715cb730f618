"""Errors as a named tree.

Everything that Diwan refuses is a `Refused` with one sentence in the reader's language: what is
wrong, where, and what would be right. What an actor may not see is `NotFound`, so that nobody
learns from the answer that it exists.
"""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Sentence = str | Promise


class DiwanError(Exception):
    """The root of the tree."""


class NotFound(DiwanError):
    """The record is not there, or not for this actor; both answer 404."""


class Refused(DiwanError):
    """Bad input or a broken rule: nothing was stored.

    `sentence` is for the reader; `field` names the form field it belongs to, if any.
    """

    def __init__(self, sentence: Sentence, *, field: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field

    def __str__(self) -> str:
        return str(self.sentence)


class Forbidden(Refused):
    """The actor sees the record but may not do this with it; answers 403."""

    def __init__(self, sentence: Sentence | None = None) -> None:
        super().__init__(
            sentence or _("You may see this record, but this step belongs to another post.")
        )


class Conflict(Refused):
    """Somebody else changed the record meanwhile."""
