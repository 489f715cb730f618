"""What rooms declare: which records can be found, by which texts, and who sees them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Model, QuerySet

from diwan.kernel.countries import COUNTRIES
from diwan.kernel.errors import Sentence
from diwan.kernel.exchange import Ref
from diwan.kernel.policies import Actor, Confidentiality, Policy

PUBLIC = "p"  # anybody may see it
CLOSED = "x"  # only who has to do with it
NAMES, TEXTS = "names", "texts"
TIERS = (NAMES, TEXTS)  # what has a name of its own, and what only has a text


@dataclass(frozen=True)
class Texts:
    """By what one record is found.

    `names` are what it is called (a unit's names in each language and at each time); `texts` what
    it says besides; `number` its official number. `day` is the day it belongs to: newer ones come
    first. `reach` is PUBLIC, a country (its staff see it) or CLOSED: it only spares the database
    work, the policy has the last word; a record that more people may see than `reach` says is
    still found by them.
    """

    id: UUID
    day: date | None
    reach: str
    names: Sequence[str] = ()
    texts: Sequence[str] = ()
    number: str = ""


def _nothing(ids: Sequence[UUID]) -> Iterable[Ref]:  # noqa: ARG001 - asked of every source
    return ()


@dataclass(frozen=True)
class Source:
    """One kind of record that can be found.

    `texts(ids)` gives what those of `ids` that exist are found by, in few questions; `records()`
    all of them; `seen(ids, actor)` those that the actor may see, by the room's policy. `follows`
    names other records whose texts hold a name of these. `named` says that the records have names
    of their own; those that only have a text (resolutions, actions) come after them. `list_url` is
    the name of the address that lists them with the parameter `q`. `elevated`: nobody but elevated
    actors sees any beside their own, and the kind is offered to them alone.
    """

    kind: str
    heading: Sentence
    texts: Callable[[Sequence[UUID]], Iterable[Texts]]
    records: Callable[[], QuerySet[Any]]
    seen: Callable[[Sequence[UUID], Actor], set[UUID]]
    follows: Callable[[Sequence[UUID]], Iterable[Ref]] = _nothing
    named: bool = True
    list_url: str = ""
    elevated: bool = False

    @property
    def tier(self) -> str:
        """In which part of the index it stands."""
        return NAMES if self.named else TEXTS


def seen_by(policy: Policy[Any]) -> Callable[[Sequence[UUID], Actor], set[UUID]]:
    """A source's `seen` from the policy that answers for its records."""

    def seen(ids: Sequence[UUID], actor: Actor) -> set[UUID]:
        model: type[Model] = policy.model
        # Django's documented way to a model's manager when the model is not known by name.
        rows = model._default_manager.filter(pk__in=ids)  # noqa: SLF001
        return set(policy.which(actor, "see", rows).values_list("pk", flat=True))

    return seen


def reach_of(confidentiality: str, country: str) -> str:
    """The reach of a record whose confidentiality alone says who reads it."""
    if confidentiality == Confidentiality.PUBLIC:
        return PUBLIC
    return country if confidentiality == Confidentiality.INTERNAL else CLOSED


def made_on(id_: UUID) -> date | None:
    """The day on which an identifier (UUIDv7) was made, for records that have no other day."""
    if id_.version != 7:
        return None
    return datetime.fromtimestamp((id_.int >> 80) / 1000, UTC).date()


_sources: dict[str, Source] = {}
Reach = Callable[[Actor], Iterable[str]]
_reaches: list[Reach] = []


def declare_source(source: Source) -> None:
    """Declare a kind of record; the order of declaration is that of the kinds on the page."""
    _sources[source.kind] = source


def sources() -> list[Source]:
    """All declared kinds."""
    return list(_sources.values())


def source_of(kind: str) -> Source | None:
    """What was declared for `kind`."""
    return _sources.get(kind)


def declare_reach(reach: Reach) -> None:
    """Declare what tells the countries whose internal records an actor may see."""
    if reach not in _reaches:
        _reaches.append(reach)


def reaches_of(actor: Actor) -> list[frozenset[str]]:
    """The reaches to look through, one after the other; a single empty one means all at once.

    First what the actor probably sees, then what is closed, then other countries': in each of them
    so many are looked at, so that what one sees among very much that one does not is found.
    """
    if actor.elevated:
        return [frozenset()]
    mine = {PUBLIC, *(country for reach in _reaches for country in reach(actor))}
    abroad = frozenset(COUNTRIES) - mine
    return [frozenset(each) for each in (mine, {CLOSED}, abroad) if each]
