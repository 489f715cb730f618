"""A stand-in for the rooms that put things on desks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from diwan.directory.models import Post
from diwan.directory.public import authority_of, below
from diwan.kernel.exchange import DeskItem, DeskQuestion, Ref, Waiting
from diwan.kernel.ids import new_id


def item(
    post: Post,
    *,
    waiting: Waiting = Waiting.DO,
    count: int = 1,
    due: date | None = None,
    late: int = 0,
    since: datetime | None = None,
) -> DeskItem:
    """Something that `post` owes."""
    return DeskItem(
        ref=Ref("test.duty", new_id()),
        post_id=post.pk,
        unit_id=post.unit_id,
        waiting=waiting,
        title={"fa": "تهیه گزارش", "en": "Prepare the report"},
        url="/there/",
        step="do it",
        step_url="/there/do/",
        due=due,
        late_days=late,
        since_at=since,
        count=count,
    )


@dataclass
class Offers:
    """Answers a desk's question from a list, and remembers what it was asked."""

    items: list[DeskItem] = field(default_factory=list)
    word: list[DeskItem] = field(default_factory=list)
    asked: list[DeskQuestion] = field(default_factory=list)

    def __call__(self, question: DeskQuestion) -> Iterable[DeskItem]:
        """The items of the posts or units asked for, or what waits for a secretary."""
        self.asked.append(question)
        if question.as_secretary:
            return self.word
        units = question.unit_ids
        if question.under_ids:
            paths = below(question.under_ids, authority_of(question.actor).day)
            units |= {path["descendant_id"] for path in paths}
        return [i for i in self.items if self._meant(i, question.post_ids, units)]

    @staticmethod
    def _meant(found: DeskItem, posts: frozenset[UUID], units: frozenset[UUID]) -> bool:
        if found.waiting is Waiting.VACANT:
            return found.unit_id in units
        return found.post_id in posts or found.unit_id in units
