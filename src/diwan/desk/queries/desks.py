"""One's own desk and the word desk, whole: each asks the exchange once and the directory once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from uuid import UUID
from zoneinfo import ZoneInfo

from diwan.desk.rules.grouping import grouped
from diwan.desk.rules.week import Week, week_of
from diwan.directory.public import PostCard, authority_of, post_cards
from diwan.kernel.countries import country
from diwan.kernel.errors import NotFound
from diwan.kernel.exchange import DeskItem, DeskQuestion, Waiting, desk_items
from diwan.kernel.policies import Actor
from diwan.kernel.reader import current
from diwan.kernel.urgency import Group
from diwan.kernel.working import today_in, work_calendar

SECRETARY_ORDER = (
    Waiting.DECIDE,
    Waiting.CLOSE,
    Waiting.CONFIRM,
    Waiting.ASSIGN,
    Waiting.SIGN,
    Waiting.PREPARE,
)


@dataclass(frozen=True)
class Owner:
    """How one post's duties stand, for the head above it."""

    card: PostCard
    late: int
    week: int
    all: int

    @property
    def vacant(self) -> bool:
        """True while nobody holds the post."""
        return not self.card.holders


@dataclass(frozen=True)
class Desk:
    """A desk laid out. `posts` has a card of every post that an item names.

    `since` is the reader's visit before: what arrived after it is new.
    """

    groups: Mapping[Group, Sequence[DeskItem]]
    weeks: Mapping[str, Week]
    posts: Mapping[UUID, PostCard]
    home: str
    since: datetime | None = None

    @cached_property
    def items(self) -> list[DeskItem]:
        """All items, in the order in which the desk shows them."""
        return [item for group in Group for item in self.groups[group]]

    @property
    def late(self) -> int:
        """How many things are late; an item that stands for many counts as many."""
        return self.count(Group.LATE)

    @property
    def week(self) -> int:
        """How many things are due this week and not late."""
        return self.count(Group.WEEK)

    @property
    def total(self) -> int:
        """How many things stand on the desk."""
        return sum(item.count for item in self.items)

    @property
    def arrived(self) -> int:
        """How many things arrived since the visit before, or the last working day before today."""
        return sum(
            item.count
            for item in self.items
            if item.since_at and self._arrived(item.since_at, self.week_of(item))
        )

    def _arrived(self, at: datetime, week: Week) -> bool:
        return at > self.since if self.since else at.date() >= week.yesterday

    @property
    def own_week(self) -> Week:
        """The week of the reader's country."""
        return self.weeks[self.home]

    def count(self, group: Group) -> int:
        """How many things lie in a group."""
        return sum(item.count for item in self.groups[group])

    def week_of(self, item: DeskItem) -> Week:
        """The week of the country that an item belongs to."""
        return self.weeks[_country_of(item, self.posts, self.home)]

    def waiting(self, *kinds: Waiting) -> list[DeskItem]:
        """Items that wait for one of `kinds`, in the desk's order."""
        return [item for item in self.items if item.waiting in kinds]

    def owners(self) -> list[Owner]:
        """How the posts' duties stand, the most late first, vacant posts before others."""
        counts: dict[UUID, dict[Group | None, int]] = defaultdict(lambda: defaultdict(int))
        for group, items in self.groups.items():
            for item in items:
                post = item.post_id
                if post is not None and post in self.posts and item.waiting is not Waiting.VACANT:
                    counts[post][group] += item.count
                    counts[post][None] += item.count
        owners = [
            Owner(self.posts[post], found[Group.LATE], found[Group.WEEK], found[None])
            for post, found in counts.items()
        ]
        return sorted(owners, key=lambda o: (-o.late, not o.vacant, -o.week, -o.all))


def own_and_word_desk(
    actor: Actor, *, post_id: UUID | None = None, since: datetime | None = None
) -> tuple[Desk, Desk]:
    """Both of `own_desk` and `word_desk`; the posts of both are asked for at once.

    New is what arrived after `since`, the visit before; without one as the week says. What waits
    for the signature of one's own post stands on both: rooms may read it with a secretary's rest.
    """
    own, word = _own_items(actor, post_id), _word_items(actor)
    posts = {post_id} if post_id else set(authority_of(actor).post_ids)
    own += [item for item in word if item.waiting is Waiting.SIGN and item.post_id in posts]
    post_cards({item.post_id for item in (*own, *word) if item.post_id}, actor.at)
    return laid(actor, own, since), laid(actor, word, since)


def own_desk(actor: Actor, *, post_id: UUID | None = None) -> Desk:
    """What the posts that `actor` holds owe; of `post_id` alone where it is named.

    Raises NotFound for a post that the actor doesn't hold.
    """
    return laid(actor, _own_items(actor, post_id))


def _own_items(actor: Actor, post_id: UUID | None) -> list[DeskItem]:
    held = frozenset(authority_of(actor).post_ids)
    if post_id is not None and post_id not in held:
        raise NotFound
    asked = frozenset({post_id}) if post_id else held
    question = DeskQuestion(actor=actor, at=actor.at, post_ids=asked)
    return desk_items(question) if asked else []


def word_desk(actor: Actor) -> Desk:
    """What waits for the actor as a secretary: to confirm, decide, close, assign and prepare."""
    return laid(actor, _word_items(actor))


def _word_items(actor: Actor) -> list[DeskItem]:
    return desk_items(DeskQuestion(actor=actor, at=actor.at, as_secretary=True))


def home_country(actor: Actor) -> str:
    """The country whose week a desk without items shows: the actor's, else the reader's."""
    countries = sorted(authority_of(actor).countries)
    if countries:
        return countries[0]
    return "EG" if current().timezone == country("EG").timezone else "IR"


def laid(actor: Actor, items: Iterable[DeskItem], since: datetime | None = None) -> Desk:
    """Lay items out; what is alike in all that the order looks at stands as it was made."""
    # Two rooms, or two posts of one person, may name the same thing: it stands once.
    once = {(i.ref, i.post_id, i.waiting): i for i in items}
    found = sorted(once.values(), key=lambda item: item.ref.id)
    posts = post_cards({item.post_id for item in found if item.post_id}, actor.at)
    home = home_country(actor)
    codes = {home, *(card.country for card in posts.values())}
    weeks = {code: week_of(work_calendar(code), today_in(code, actor.at)) for code in codes}
    zones = {code: country(code).timezone for code in codes}
    local = [_in_zone(item, zones[_country_of(item, posts, home)]) for item in found]
    groups = grouped(local, lambda item: weeks[_country_of(item, posts, home)], since)
    return Desk(groups, weeks, posts, home, since)


def _country_of(item: DeskItem, posts: Mapping[UUID, PostCard], home: str) -> str:
    card = posts.get(item.post_id) if item.post_id else None
    return card.country if card else home


def _in_zone(item: DeskItem, zone: str) -> DeskItem:
    if item.since_at is None:
        return item
    return replace(item, since_at=item.since_at.astimezone(ZoneInfo(zone)))
