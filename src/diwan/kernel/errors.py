"""Errors as a named tree.

Everything that Diwan refuses is a `Refused` with one sentence in the reader's language: what is
wrong, where, and what would be right. What an actor may not see is `NotFound`, so that nobody
learns from the answer that it exists.
"""

from __future__ import annotations

import errno
import sqlite3

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


class Unavailable(Refused):
    """Right as it was asked, but the installation cannot do it now; nothing was stored. 503."""


class NoRoom(Unavailable):
    """The disk, the database or the store of files is full; answers 507."""

    def __init__(self, sentence: Sentence | None = None) -> None:
        super().__init__(
            sentence
            or _(
                "Diwan has no room left to store this. Nothing was saved; tell whoever runs it, "
                "and try again when there is room."
            )
        )


def no_room(error: BaseException | None) -> bool:
    """Whether a full disk is behind an error: the system's, SQLite's or PostgreSQL's own word."""
    seen = set()
    while error is not None and id(error) not in seen:
        if isinstance(error, NoRoom) or _full(error):
            return True
        seen.add(id(error))
        error = error.__cause__ or error.__context__
    return False


def _full(error: BaseException) -> bool:
    if isinstance(error, OSError):
        return error.errno in (errno.ENOSPC, errno.EDQUOT)
    if getattr(error, "sqlite_errorcode", None) in (
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR_SHMSIZE,
    ):
        return True
    return getattr(error, "sqlstate", None) == "53100"  # disk_full
