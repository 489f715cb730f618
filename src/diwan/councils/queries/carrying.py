"""What carries resolutions out, as far as it can be done: records of any room, by their links."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from diwan.councils.constants import RESOLUTION
from diwan.councils.models import Resolution
from diwan.kernel import links
from diwan.kernel.exchange import cards
from diwan.kernel.models import Link
from diwan.kernel.policies import Actor


@dataclass(frozen=True)
class Carried:
    """Of `total` linked records that can be done `settled` are."""

    total: int
    settled: int

    @property
    def done(self) -> bool:
        """All of them."""
        return self.settled == self.total


def carried_out(actor: Actor, ids: Iterable[UUID] | None = None) -> dict[UUID, Carried]:
    """How the records stand that carry out resolutions, of `ids` or of all; seen ones alone.

    One question for the links, and where there are any two a kind. A resolution without any that
    can be done is left out. Links are said by hand: all of them are few.
    """
    if ids is not None:
        return _carried(actor, list(ids))
    known = actor.memo.get("councils.carried")
    if known is None:
        known = actor.memo["councils.carried"] = _carried(actor, None)
    return cast("dict[UUID, Carried]", known)


def _carried(actor: Actor, ids: list[UUID] | None) -> dict[UUID, Carried]:
    sources = links.sources_of(RESOLUTION, links.Verb.CARRIES_OUT, ids)
    every = [ref for refs in sources.values() for ref in refs]
    seen = cards(every, actor) if every else {}
    done = links.settled_of(seen)
    found = {}
    for pk, refs in sources.items():
        told = [done[ref] for ref in refs if ref in done]
        if told:
            found[pk] = Carried(len(told), sum(told))
    return found


def marked(resolutions: QuerySet[Resolution]) -> QuerySet[Resolution]:
    """Resolutions that say as a column whether anything is said to carry them out."""
    told = Link.objects.filter(
        verb=links.Verb.CARRIES_OUT, target_kind=RESOLUTION, target_id=OuterRef("pk")
    )
    return resolutions.annotate(is_carried=Exists(told))


def carried_of(actor: Actor, resolutions: Iterable[Resolution]) -> dict[UUID, Carried]:
    """How what carries out those of a page stands; no question where nothing does."""
    ids = [row.pk for row in resolutions if vars(row).get("is_carried", False)]
    return carried_out(actor, ids) if ids else {}
