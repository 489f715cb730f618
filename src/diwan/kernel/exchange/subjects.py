"""Subject: title, state and address of one of a room's records."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from diwan.kernel.errors import Sentence
from diwan.kernel.policies import Actor


@dataclass(frozen=True)
class Ref:
    """A record of any room: its kind (``room.model``) and identifier."""

    kind: str
    id: UUID


@dataclass(frozen=True)
class Card:
    """A record as strangers show it: `title` in its languages, `state` in the reader's, `url`."""

    ref: Ref
    title: Mapping[str, str]
    url: str
    state: Sentence = ""
    number: str = ""


class Subject(Protocol):
    """What a room declares for one kind of its records.

    `verbs` maps a verb of the audit to what was done, as a sentence goes on after the name:
    “renamed the unit”, «نام واحد را تغییر داد». For the trail a subject may besides have
    `fields` (field → how it is called), `choices` (field → value → how that is called) and
    `kinds` (field → the subject kind whose record the field's identifier names). Where not all who
    see a record may read all that was ever written in it, `veiled(entries, actor)` names those of
    the record's entries whose values and reason stay hidden from the actor.
    """

    kind: str
    name: Sentence
    verbs: Mapping[str, Sentence]

    def cards(self, ids: Sequence[UUID], actor: Actor) -> dict[UUID, Card]:
        """Cards of those of `ids` that `actor` may see; the others are left out."""
        ...


_subjects: dict[str, Subject] = {}


def declare_subject(subject: Subject) -> None:
    """Declare a kind of record."""
    _subjects[subject.kind] = subject


def subject_of(kind: str) -> Subject | None:
    """What was declared for `kind`."""
    return _subjects.get(kind)


def subject_kinds() -> list[str]:
    """All declared kinds, sorted."""
    return sorted(_subjects)


def cards(refs: Iterable[Ref], actor: Actor) -> dict[Ref, Card]:
    """Cards for refs of any kinds, one question a kind; what `actor` may not see is left out."""
    by_kind: dict[str, list[UUID]] = defaultdict(list)
    for ref in refs:
        by_kind[ref.kind].append(ref.id)
    found: dict[Ref, Card] = {}
    for kind, ids in by_kind.items():
        subject = _subjects.get(kind)
        if subject is not None:
            found.update({card.ref: card for card in subject.cards(ids, actor).values()})
    return found
