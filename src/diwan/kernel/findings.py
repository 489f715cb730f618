"""What a verification can find, in the reader's words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .errors import Sentence
from .text import isolate


class What(StrEnum):
    """What is wrong with a seal or an entry."""

    SEAL_MISSING = "seal_missing"
    SEAL_CHANGED = "seal_changed"
    CHAIN_BROKEN = "chain_broken"
    SEAL_DIFFERS_PUBLISHED = "seal_differs_published"
    SEAL_MISSING_PUBLISHED = "seal_missing_published"
    DELETED = "deleted"
    CHANGED = "changed"
    SWAPPED = "swapped"
    MARK_CHANGED = "mark_changed"
    INSERTED = "inserted"
    INSERTED_LATE = "inserted_late"
    UNREADABLE = "unreadable"
    PERSONAL_CHANGED = "personal_changed"
    PERSONAL_REMOVED = "personal_removed"
    PERSONAL_ADDED = "personal_added"


WORDS: Mapping[What, Sentence] = {
    What.SEAL_MISSING: gettext_lazy("this seal was removed"),
    What.SEAL_CHANGED: gettext_lazy("this seal was changed"),
    What.CHAIN_BROKEN: gettext_lazy("this seal does not continue the one before it"),
    What.SEAL_DIFFERS_PUBLISHED: gettext_lazy("this seal is not the one that was published"),
    What.SEAL_MISSING_PUBLISHED: gettext_lazy("this seal was published and is not here"),
    What.DELETED: gettext_lazy("this entry was deleted"),
    What.CHANGED: gettext_lazy("this entry was changed"),
    What.SWAPPED: gettext_lazy("the contents of this entry were swapped with another's"),
    What.MARK_CHANGED: gettext_lazy("this entry was given to another seal"),
    What.INSERTED: gettext_lazy("this entry was inserted: the seal it names does not hold it"),
    What.INSERTED_LATE: gettext_lazy(
        "this entry was inserted: it is older than entries that were sealed a day before"
    ),
    What.UNREADABLE: gettext_lazy("this entry was damaged and cannot be read, nor sealed"),
    What.PERSONAL_CHANGED: gettext_lazy("a personal value of this entry was changed"),
    What.PERSONAL_REMOVED: gettext_lazy("a personal value of this entry was removed"),
    What.PERSONAL_ADDED: gettext_lazy("a personal value was added to this entry"),
}


@dataclass(frozen=True)
class Finding:
    """One thing that does not fit; `seal` is the number of the seal it belongs to, if any.

    `at`, `verb` and the subject are as the entry says now, empty where there is no entry.
    """

    what: What
    seal: int | None = None
    entry: UUID | None = None
    at: datetime | None = None
    verb: str = ""
    subject_kind: str = ""
    subject_id: UUID | None = None
    name: str = ""

    @classmethod
    def of(
        cls, what: What, row: Mapping[str, Any], *, seal: int | None = None, name: str = ""
    ) -> Finding:
        """A finding about an entry that is there."""
        about = {key: str(row[key]) for key in ("verb", "subject_kind")}
        at, subject_id = row["at"], row["subject_id"]
        return cls(
            what, seal=seal, entry=row["id"], name=name, at=at, subject_id=subject_id, **about
        )

    def place(self) -> tuple[int, int, bytes]:
        """Where it stands in the chain: by seal, the seal itself first; the unsealed last.

        An inserted entry without an identifier comes after those of its seal.
        """
        number = self.seal if self.seal is not None else 1 << 62
        if self.entry is None:
            return (number, 2 if self.what is What.INSERTED else 0, b"")
        return (number, 1, self.entry.bytes)

    def sentence(self) -> str:
        """The finding for the reader: where, and what is wrong."""
        wrong = str(WORDS[self.what])
        if self.entry is None:
            return _("Seal %(number)s: %(wrong)s.") % {"number": self.seal, "wrong": wrong}
        if self.at is None and self.seal is None:
            return _("Entry %(entry)s, without a seal: %(wrong)s.") % {
                "entry": isolate(str(self.entry)),
                "wrong": wrong,
            }
        if self.at is None:
            return _("Entry %(entry)s of seal %(number)s: %(wrong)s.") % {
                "entry": isolate(str(self.entry)),
                "number": self.seal,
                "wrong": wrong,
            }
        where = {
            "entry": isolate(str(self.entry)),
            "at": isolate(f"{self.at:%Y-%m-%d %H:%M:%S}Z"),
            "verb": isolate(self.verb),
            "subject": isolate(f"{self.subject_kind} {self.subject_id}"),
            "wrong": f"{wrong} ({isolate(self.name)})" if self.name else wrong,
        }
        return _("Entry %(entry)s (%(at)s, %(verb)s, %(subject)s): %(wrong)s.") % where
